"""What is minimised: analytic functions, test functions, networks, data, expressions, plug-ins."""

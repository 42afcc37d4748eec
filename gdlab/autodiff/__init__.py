"""How a function is differentiated: primitives, traced values, the methods, the compiled program."""

"""What is minimised: analytic functions, test functions, networks, data, expressions, plug-ins."""

from gdlab.problems.base import Problem
from gdlab.problems.polynomial import Polynomial
from gdlab.problems.quadratic import Quadratic
from gdlab.problems.xor import XOR

PROBLEMS: dict[str, type[Problem]] = {
    "quadratic": Quadratic,
    "polynomial": Polynomial,
    "xor": XOR,
}

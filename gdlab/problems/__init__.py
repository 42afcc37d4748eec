"""What is minimised: analytic functions, test functions, networks, data, expressions, plug-ins."""

from gdlab.problems.base import Problem
from gdlab.problems.formula import Formula
from gdlab.problems.functions.bowls import Booth, Ellipsoid
from gdlab.problems.functions.landscapes import Branin, GoldsteinPrice, Himmelblau, Saddle, ThreeHumpCamel
from gdlab.problems.functions.multimodal import Ackley, Griewank, Levy, Rastrigin, StyblinskiTang
from gdlab.problems.functions.stochastic import NoisyQuadratic, Reddi
from gdlab.problems.functions.valleys import (
    Beale,
    BrownBadlyScaled,
    HelicalValley,
    PowellSingular,
    Rosenbrock,
    Trigonometric,
    Wood,
)
from gdlab.problems.least_squares import LeastSquares
from gdlab.problems.networks.mlp import MLP
from gdlab.problems.networks.regressions import Linear, Logistic, Perceptron, Softmax
from gdlab.problems.polynomial import Polynomial
from gdlab.problems.quadratic import Quadratic
from gdlab.problems.separable_logistic import SeparableLogistic
from gdlab.problems.xor import XOR

PROBLEMS: dict[str, type[Problem]] = {
    "quadratic": Quadratic,
    "polynomial": Polynomial,
    "xor": XOR,
    "mlp": MLP,
    "linear": Linear,
    "logistic": Logistic,
    "softmax": Softmax,
    "perceptron": Perceptron,
    "least_squares": LeastSquares,
    "separable_logistic": SeparableLogistic,
    "ellipsoid": Ellipsoid,
    "booth": Booth,
    "rosenbrock": Rosenbrock,
    "beale": Beale,
    "powell_singular": PowellSingular,
    "wood": Wood,
    "helical_valley": HelicalValley,
    "trigonometric": Trigonometric,
    "brown_badly_scaled": BrownBadlyScaled,
    "saddle": Saddle,
    "himmelblau": Himmelblau,
    "branin": Branin,
    "goldstein_price": GoldsteinPrice,
    "three_hump_camel": ThreeHumpCamel,
    "rastrigin": Rastrigin,
    "ackley": Ackley,
    "griewank": Griewank,
    "styblinski_tang": StyblinskiTang,
    "levy": Levy,
    "noisy_quadratic": NoisyQuadratic,
    "reddi": Reddi,
}

__all__ = [
    "MLP",
    "PROBLEMS",
    "XOR",
    "Ackley",
    "Beale",
    "Booth",
    "Branin",
    "BrownBadlyScaled",
    "Ellipsoid",
    "Formula",
    "GoldsteinPrice",
    "Griewank",
    "HelicalValley",
    "Himmelblau",
    "LeastSquares",
    "Levy",
    "Linear",
    "Logistic",
    "NoisyQuadratic",
    "Perceptron",
    "Polynomial",
    "PowellSingular",
    "Problem",
    "Quadratic",
    "Rastrigin",
    "Reddi",
    "Rosenbrock",
    "Saddle",
    "SeparableLogistic",
    "Softmax",
    "StyblinskiTang",
    "ThreeHumpCamel",
    "Trigonometric",
    "Wood",
]

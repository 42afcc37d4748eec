"""The numbers themselves, by item: as the lecture prints them, or what is right where it prints none or errs."""

import math
from typing import Any

from gdlab.experiment.lecture.item import OneOf

RUNS_AWAY = OneOf(("unbounded", "diverged"))

# fmt: off
EXPECTED: dict[int, dict[str, Any]] = {
    1: {"slope of sign at 2": 0.0, "central difference at 0, eps 1e-6": 1000000.0},
    2: {"sigmoid(0)": 0.5, "slope at 0": 0.25, "central difference at 0, eps 1e-6": 0.2500000000349445,
        "sigmoid(-800)": 0.0},
    3: {"central difference at 0, eps 1e-6": 0.9999999999996667},
    4: {"central difference at 0, eps 1e-6": 0.5, "slope at 0": 0.0, "slope at -1, 0.5 and 2": (0.0, 1.0, 1.0),
        "leaky_relu(-2), slope 0.01": -0.02, "kink that the check names": "relu(x)"},
    5: {"sum of softmax(1, 2, 3)": 1.0, "cross-entropy of 3 equal logits": math.log(3),
        "softmax(2, 0) - sigmoid(2)": 0.0},
    6: {"slopes at 0: sigmoid, tanh, softplus, gelu": (0.25, 1.0, 0.5, 0.5),
        "slopes at -2: step, relu, leaky_relu": (0.0, 0.0, 0.01),
        "slopes at 2: step, relu, leaky_relu": (0.0, 1.0, 1.0), "relu of slope 2 at 3": 6.0},
    7: {"best accuracy of a line": 0.75, "least squared loss": 0.25, "least cross-entropy": math.log(2)},
    8: {"parameters of 2-2-1": 9, "parameters of 2-4-1": 17, "accuracy of 2-4-1 after training": 1.0,
        "seeds of 10 that solve it with 2-4-1": None, "seeds of 10 that solve it with 2-2-1": None},
    9: {"walk minus reverse mode, XOR 2-4-1": 0.0},
    10: {"minimum": (1.0, 4.0), "w, step .1": (0.2, 0.36, 0.488, 0.5904, 0.67232),
         "J, step .1": (4.64, 4.4096, 4.262144), "w, step .5": (1.0,), "w, step 1": (2.0, 0.0, 2.0, 0.0),
         "outcome at .95": "converged", "outcome at 1.05": "diverged"},
    11: {"f(3, 4)": 42.0, "gradient": (24.0, 10.0), "f, step .1": (6.08, 5.0289664, 4.78723),
         "first step that is not finite, step .01": 710, "outcome, step .1": RUNS_AWAY, "outcome, step .01": RUNS_AWAY},
    12: {"symbolic": ((8.0, 6.0), (6.0, 0.0)), "dual": ((8.0, 6.0), (6.0, 0.0)), "reverse": ((8.0, 6.0), (6.0, 0.0)),
         "signs of the eigenvalues": (-1, 1)},
    13: {"mean of (1 - 0)² and (2 - 4)²": 2.5},
    14: {"y = 1, f = 5": 0.006715348489117967, "with the sign as printed": 5.006715348489118},
    15: {"w after 10 sweeps of c = .1": 1.0, "w after 20": 1.0, "evaluations of a sweep in 2 dimensions": 4},
    16: {"coordinate search, n = 5": 10, "forward differences, n = 5": 6, "central differences, n = 5": 10,
         "dual passes, n = 5": 5, "reverse mode, n = 5: forward, back": (1, 1)},
    17: {"forward differences, eps 1e-4": (24.000400000048216, 10.000000000047748)},
    18: {"forward differences of forward differences, eps 1e-4": ((7.999999951380232, 6.000099261882497),
                                                                  (6.000099261882497, -1.4210854715202004e-06))},
    19: {"forward differences, eps 1e-5": (24.000039999805264, 10.000000000331966)},
    20: {"error of forward ∂f/∂x at 1e-4, 1e-7, 1e-8, 1e-12": (4.0e-4, 3.5e-7, 1.46e-7, 2.1e-3),
         "central ∂f/∂x at 1e-4": 24.000000000050647},
    21: {"gradient of the mean - mean over 4 shards": 0.0, "gradient of one row - 2(w·x - y)x": 0.0},
    22: {"mean over all samples - full gradient": 0.0},
    23: {"batches of 8, 8 and 4, weighted - full gradient": 0.0},
    24: {"w, lr .1, gamma .9": (0.2, 0.54, 0.938, 1.3086, 1.58042)},
    25: {"w, lr .1, gamma .9": (0.2, 0.504, 0.82208, 1.0866816, 1.259858432)},
    26: {"lecture: w on J": (20000.0, 1.0000249987460847, 1.0000249974960849),
         "lecture: first step on f": (-239997.0, -99996.0)},
    27: {"lecture: w on J": (0.9999999950000007, 1.6700582481198722, 1.7443756207991012, 1.4902276011621727),
         "lecture: w on J at step 20": 0.7299175510724498, "lecture: first step on f": (2.07692308, 3.61538462),
         "published: first step on f, lr 1": (2.0, 3.0)},
    29: {"constant: (5)'": "0", "variable: (x)'": "1", "power: (x**3)'": "3*x**2", "sum: (x**2 + x)'": "2*x + 1",
         "scalar multiple: (7*x)'": "7", "product: (x*sin(x))'": "x*cos(x) + sin(x)",
         "quotient: (x/(x + 1))'": "1/(x + 1)**2", "chain: (sin(x**2))'": "2*x*cos(x**2)"},
    30: {"as it is drawn": "0 + (0·x + y·1)", "simplified": "y"},
    31: {"3 + (3 + 4ε)": "6.0 + 4.0ε", "(3 + 4ε)(5 + 7ε)": "15.0 + 41.0ε", "(3 + 4ε)/(5 + 7ε)": (0.6, -0.04),
         "(2 + 5ε)^3": (8.0, 60.0), "42 without ε": "42.0"},
    32: {"f": 42.0, "∂f/∂x": 24.0, "∂f/∂y": 10.0},
    33: {"printed": "((x) * (x)) * (y) + y + 2", "value": 42.0, "gradient": (24.0, 10.0),
         "gradient again": (24.0, 10.0), "visits of 18 doublings": 18},
    34: {"n1 to n7": ("x", "y", "2", "n1·n1", "n4·n2", "n2 + n3", "n5 + n6"),
         "values": (3.0, 4.0, 2.0, 9.0, 36.0, 6.0, 42.0), "adjoints": (24.0, 10.0, 1.0, 4.0, 1.0, 1.0, 1.0)},
    35: {"slope of a new cube at 2: dual, reverse, symbolic": (12.0, 12.0, 12.0), "its curvature": (12.0, 12.0, 12.0)},
    36: {"∂²f/∂x²": "2*y", "∂³f/∂x²∂y": "2", "fourth derivative of exp at 0, by reverse mode": 1.0},
}
# fmt: on

# Where fewer digits are given, or all of them count.
TOLERANCES: dict[tuple[int, str], float] = {
    (1, "central difference at 0, eps 1e-6"): 0,
    (2, "central difference at 0, eps 1e-6"): 0,
    (3, "central difference at 0, eps 1e-6"): 0,
    (4, "central difference at 0, eps 1e-6"): 0,
    (7, "least squared loss"): 1e-9,
    (7, "least cross-entropy"): 1e-9,
    (11, "f, step .1"): 1e-6,
    (17, "forward differences, eps 1e-4"): 0,
    (18, "forward differences of forward differences, eps 1e-4"): 0,
    (19, "forward differences, eps 1e-5"): 0,
    (20, "error of forward ∂f/∂x at 1e-4, 1e-7, 1e-8, 1e-12"): 0.03,
    (20, "central ∂f/∂x at 1e-4"): 0,
    (27, "lecture: first step on f"): 1e-8,
    (27, "published: first step on f, lr 1"): 1e-9,
}

"""In which range each hyper-parameter is searched when optimizers are tuned.

The ranges decide who wins (Choi et al. 2019, arXiv:1910.05446), so they are declared here once, wide and alike: rules
whose steps mean the same have the same range, and a hyper-parameter that is not in the table stays at its default. What
nears 1, as a decay does, is drawn so that its distance from 1 is log-uniform, since 1/(1 − β) is how many steps it
remembers.
"""

import math
from dataclasses import dataclass

DIGITS = 3  # significant, of what is drawn: enough to tell trials apart, few enough to be typed


@dataclass(frozen=True)
class Range:
    """Between which values one hyper-parameter is searched, its logarithm evenly.

    Args:
        low, high: the least and the greatest value, both > 0, or < 1 if it nears one.
        why: the reason or the source.
        nears_one: the logarithm of 1 − value is even, not that of the value.
        whole: only whole numbers.
    """

    low: float
    high: float
    why: str
    nears_one: bool = False
    whole: bool = False

    def at(self, share: float) -> float:
        """The value at a share of the way from low, 0, to high, 1, in a few digits."""
        first, last = self._spread(self.low), self._spread(self.high)
        value = math.exp(first + share * (last - first))
        if self.nears_one:
            return min(max(round(1 - _short(value), 12), self.low), self.high)
        return min(max(round(value) if self.whole else _short(value), self.low), self.high)

    def share(self, value: float) -> float:
        """How far on the way from low, 0, to high, 1, a value is."""
        first, last = self._spread(self.low), self._spread(self.high)
        return (self._spread(value) - first) / (last - first)

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}"

    def _spread(self, value: float) -> float:
        return math.log(1 - value if self.nears_one else value)


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


_GRADIENT = Range(1e-4, 10, "multiplies the gradient: stable on curvatures from 0.2 to 20,000 (2/L)")
_COORDINATE = Range(1e-5, 1, "about what each coordinate moves in a step, whatever the gradient")
_SUM = Range(1e-3, 10, "divided by a sum over all steps, so that it shrinks and may begin larger")
_LAYER = Range(1e-4, 1, "about the share of its norm that a layer moves in a step")
_DIRECTION = Range(0.5, 0.995, "remembers 2 to 200 steps", nears_one=True)
_SCALE = Range(0.8, 0.9999, "remembers 5 to 10,000 steps", nears_one=True)
_SHORT_SCALE = Range(0.5, 0.999, "remembers 2 to 1,000 steps", nears_one=True)
_DECAY = Range(1e-4, 1, "λ: each step takes lr·λ of w, from nearly nothing to all of it")
_DECREASE = Range(1e-6, 0.4, "must be < 1/2 for a whole Newton step to be taken (Nocedal & Wright 2006, Theorem 3.6)")
_SHRINK = Range(0.1, 0.9, "between cutting off a tenth and all but a tenth")
_WHOLE_STEP = Range(0.1, 1.9, "share of the whole step; stable on quadratics below 2")
_MEMORY = Range(1, 50, "m between 3 and 20 is usual (Nocedal & Wright 2006, section 7.2)", whole=True)

_MOMENTS = {"lr": _COORDINATE, "beta1": _DIRECTION, "beta2": _SCALE}

RANGES: dict[str, dict[str, Range]] = {
    "gd": {"lr": _GRADIENT},
    "sgd": {"lr": _GRADIENT},
    "momentum": {"lr": _GRADIENT, "gamma": _DIRECTION},
    "nag": {"lr": _GRADIENT, "gamma": _DIRECTION},
    "asgd": {"lr": _GRADIENT, "alpha": Range(0.5, 1, "averaging needs a power in (1/2, 1] (Polyak & Juditsky 1992)")},
    "adagrad": {"lr": _SUM},
    "rmsprop": {"lr": _COORDINATE, "rho": _SHORT_SCALE},
    "adadelta": {
        "lr": Range(1e-2, 100, "multiplies a step that has the unit of w already; 1 in the paper"),
        "rho": _SHORT_SCALE,
        "eps": Range(1e-8, 1e-2, "decides the first steps; 1e-8 to 1e-2 in Zeiler 2012 (arXiv:1212.5701), Table 2"),
    },
    "adam": _MOMENTS,
    "adamw": {**_MOMENTS, "weight_decay": _DECAY},
    "nadam": _MOMENTS,
    "radam": _MOMENTS,
    "amsgrad": _MOMENTS,
    "adamax": _MOMENTS,
    "adabelief": _MOMENTS,
    "yogi": _MOMENTS,
    "lamb": {"lr": _LAYER, "beta1": _DIRECTION, "beta2": _SCALE},
    "novograd": {"lr": _LAYER, "beta1": _DIRECTION, "beta2": _SHORT_SCALE},
    "sign_sgd": {"lr": _COORDINATE},
    "lion": {"lr": _COORDINATE, "beta1": _DIRECTION, "beta2": _SHORT_SCALE},
    "rprop": {
        "lr": Range(1e-4, 1, "the first step of each coordinate, which the rule then adapts"),
        "eta_minus": Range(0.2, 0.9, "around 0.5, for which Riedmiller & Braun 1993 argue"),
        "eta_plus": Range(1.01, 2, "around 1.2, for which Riedmiller & Braun 1993 argue"),
    },
    "steepest_descent": {"lr": Range(1e-3, 10, "only the first step that is tried"), "shrink": _SHRINK},
    "bb": {"lr": Range(1e-4, 1, "only the size of the first step"), "memory": _MEMORY},
    "polyak": {"lr": _WHOLE_STEP},
    "cg": {"c2": Range(1e-3, 0.49, "must be < 1/2 (Nocedal & Wright 2006, section 5.2)")},
    "newton": {
        "lr": _WHOLE_STEP,
        "floor": Range(1e-8, 0.5, "from hardly damped to nearly a step along the gradient"),
    },
    "newton_cg": {"c1": _DECREASE, "shrink": _SHRINK},
    "gauss_newton": {"lr": _WHOLE_STEP},
    "levenberg_marquardt": {"tau": Range(1e-8, 1, "1e-6 to 1 in Madsen, Nielsen & Tingleff 2004, section 3.2")},
    "bfgs": {"c2": Range(0.01, 0.99, "0.9 is usual, less is a more exact search (Nocedal & Wright 2006, section 3.1)")},
    "lbfgs": {
        "c2": Range(0.01, 0.99, "0.9 is usual, less is a more exact search (Nocedal & Wright 2006, section 3.1)"),
        "memory": _MEMORY,
    },
    "coordinate": {
        "c": Range(1e-3, 10, "the grid that is searched, in the unit of w"),
        "shrink": Range(0.1, 1, "1 keeps the grid, less refines it where nothing moves"),
    },
    "nelder_mead": {"size": Range(1e-3, 10, "the edges of the first simplex, in the unit of w")},
    "random_search": {
        "sigma": Range(1e-3, 10, "how far it reaches, in the unit of w"),
        "grow": Range(1, 2, "1 keeps the reach; the rule balances successes and failures"),
    },
}

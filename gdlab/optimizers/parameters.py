"""Hyper-parameters that many rules share, each with its range and its one line of explanation."""

from typing import Annotated, Any

import numpy as np

from gdlab.errors import ParameterError
from gdlab.optimizers.base import Optimizer
from gdlab.record import Fraction, NonNegative, Positive

LearningRate = Annotated[Positive, "step size"]
Gamma = Annotated[Fraction, "share of the last step that the next one keeps"]
Beta1 = Annotated[Fraction, "decay of the moving average m of the gradient"]
Beta2 = Annotated[Fraction, "decay of the moving average v of the squared gradient"]
Rho = Annotated[Fraction, "decay of the moving averages of squares"]
Eps = Annotated[Positive, "keeps the division away from zero"]
WeightDecay = Annotated[NonNegative, "λ: each step also takes lr·λ·w from w, outside the moments"]


def refuse_lr(rule: Optimizer, lr: Any, default: float) -> None:
    """Refuse a step size for a rule that has none, rather than ignore it; its default and 1 change nothing.

    Raises:
        ParameterError: if lr is anything else.
    """
    if np.any((lr != default) & (np.asarray(lr) != 1)):
        raise ParameterError(
            f"{rule.name}: lr = {lr!r} is not allowed with variant 'lecture', whose rule has no step size; leave lr out"
        )

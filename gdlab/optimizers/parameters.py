"""Hyper-parameters that many rules share, each with its range and its one line of explanation."""

from typing import Annotated, Any

import numpy as np

from gdlab.errors import ParameterError
from gdlab.optimizers.base import Optimizer
from gdlab.record import Fraction, NonNegative, Positive

LearningRate = Annotated[Positive, "step size"]
Gamma = Annotated[Fraction, "share of the last step that the next one keeps"]
Beta1 = Annotated[Fraction, "decay of the moving average of the gradient"]
Beta2 = Annotated[Fraction, "decay of the moving average of the squared gradient"]
Rho = Annotated[Fraction, "decay of the moving averages"]
Eps = Annotated[Positive, "keeps the division away from zero"]
WeightDecay = Annotated[NonNegative, "λ: each step also takes lr·λ·w from w, outside the moments"]


def refuse(rule: Optimizer, field: str, why: str, *harmless: float) -> None:
    """Refuse a value for a field that the rule as configured does not use, rather than ignore it.

    Its default and the harmless values, which change nothing, are let through.

    Raises:
        ParameterError: if the field holds anything else.
    """
    value = getattr(rule, field)
    default = next(parameter.default for parameter in rule.parameters() if parameter.name == field)
    if not np.all(np.isin(value, (default, *harmless))):
        raise ParameterError(f"{rule.name}: {field} = {_shown(value)} is not allowed {why}; leave {field} out", field)


def _shown(value: Any) -> str:
    """As a config has it."""
    return str(value).lower() if isinstance(value, bool) else repr(value)


def check_order(rule: Optimizer, least: str, greatest: str) -> None:
    """Hold two fields to their order.

    Raises:
        ParameterError: unless the one is at most the other.
    """
    low, high = getattr(rule, least), getattr(rule, greatest)
    if np.any(np.greater(low, high)):
        raise ParameterError(
            f"{rule.name}: {least} = {low!r} is not allowed, it must be ≤ {greatest} = {high!r}", least, greatest
        )

"""One gradient by every method: how far each is off, and what it costs."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gdlab.autodiff.cost import Cost
from gdlab.autodiff.derivatives import Array, Derivatives
from gdlab.autodiff.methods import METHODS, Method, Numeric, Reverse
from gdlab.errors import BranchError, DifferentiationError


@dataclass(frozen=True)
class Outcome:
    """What one method makes of a function.

    Args:
        label: `numeric central`, `dual`, …
        exact: whether it is exact to rounding.
        derivatives: the function bound to the method.
        gradient: at the point; None if the method cannot differentiate the function.
        problem: why it cannot.
    """

    label: str
    exact: bool
    derivatives: Derivatives | None
    gradient: Array | None
    problem: str = ""

    @property
    def cost(self) -> Cost:
        """The charge for the gradient."""
        return Cost() if self.derivatives is None else self.derivatives.cost_of_gradient


def every_method() -> Iterator[tuple[str, Method]]:
    """Each method under its name, numeric once for each scheme."""
    for name, method in METHODS.items():
        if method is Numeric:
            (schemes,) = (p.choices for p in Numeric.parameters() if p.name == "scheme")
            yield from ((f"{name} {scheme}", Numeric(scheme=scheme)) for scheme in schemes)
        else:
            yield name, method()


def compare_methods(f: Callable[[Any], Any], w: Any) -> list[Outcome]:
    """The gradient of f at w by every method; a function that branches is traced afresh by reverse mode.

    Args:
        f: a function written with NumPy, of one array, that returns a scalar.
        w: the point, shape (n,).
    """
    return [_outcome(label, method, f, w) for label, method in every_method()]


def reference(outcomes: list[Outcome]) -> Outcome:
    """The outcome that the others are compared with: reverse mode, another exact one, or the best differences.

    Raises:
        DifferentiationError: if no method can differentiate the function.
    """
    there = [outcome for outcome in outcomes if outcome.gradient is not None]
    if not there:
        raise DifferentiationError(outcomes[-1].problem)
    return min(there, key=_trust)


def _trust(outcome: Outcome) -> tuple[bool, int]:
    """Smaller for what is to be trusted more."""
    scheme = outcome.label.rpartition(" ")[2]
    differences = ("complex", "richardson", "central", "forward")
    return not outcome.label.startswith("reverse"), differences.index(scheme) + 1 if scheme in differences else 0


def reasons(outcomes: Iterable[Outcome]) -> dict[str, str]:
    """Why methods cannot differentiate a function: the reason by the methods that give it."""
    labels: dict[str, list[str]] = {}
    for outcome in outcomes:
        if outcome.problem:
            labels.setdefault(outcome.problem, []).append(outcome.label)
    return {", ".join(those): problem for problem, those in labels.items()}


def distance(found: Array, expected: Array) -> float:
    """max |found − expected|/(1 + |expected|); infinite if an entry is infinite or NaN in only one of them."""
    with np.errstate(all="ignore"):
        apart = np.abs(found - expected) / (1 + np.abs(expected))
    same = (found == expected) | (np.isnan(found) & np.isnan(expected))
    apart = np.where(same, 0.0, np.where(np.isfinite(apart), apart, np.inf))
    return float(np.max(apart, initial=0.0))


def _outcome(label: str, method: Method, f: Callable[[Any], Any], w: Any) -> Outcome:
    exact = not isinstance(method, Numeric)
    try:
        derivatives = method.bind(f, w)
        with np.errstate(all="ignore"):
            return Outcome(label, exact, derivatives, np.asarray(derivatives.gradient(derivatives.example)))
    except BranchError as error:
        if isinstance(method, Reverse) and not method.retrace:
            return _outcome(f"{label}, retraced", Reverse(retrace=True), f, w)
        return Outcome(label, exact, None, None, str(error))
    except DifferentiationError as error:
        return Outcome(label, exact, None, None, str(error))

"""Every gradient method against every other, at several points, in first and second order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from gdlab.autodiff.comparison import Outcome, compare_methods, distance, reasons
from gdlab.autodiff.derivatives import Array
from gdlab.autodiff.domain import undefined
from gdlab.autodiff.graph import Node, trace
from gdlab.autodiff.smoothness import Kink, find_kinks
from gdlab.autodiff.symbolic.elements import by_elements
from gdlab.errors import DifferentiationError

EXACT = 1e-9  # differences beyond this are more than rounding
_LOOSE = {"forward": 1e-3}  # first order, relative to 1 + |∂f|
_DIFFERENCES = 1e-5
_SECOND = 100.0  # second order by differences is that much less exact
_MOST_SQUARED = 32  # parameters up to which Hessians are compared
_TOLD = 5  # disagreements that are told in words


@dataclass(frozen=True)
class Disagreement:
    """Two methods whose derivatives differ by more than both of them err.

    Args:
        first, second: the methods.
        order: 1 for the gradient, 2 for the Hessian.
        point: the number of the point.
        apart: the largest difference, relative to 1 + |derivative|.
        allowed: how far they may be apart.
        kinks: at that point; they explain it if there are any.
    """

    first: str
    second: str
    order: int
    point: int
    apart: float
    allowed: float
    kinks: tuple[Kink, ...]

    def __str__(self) -> str:
        what = "gradient" if self.order == 1 else "Hessian"
        return (
            f"{self.first} and {self.second} differ in the {what} by {self.apart:.2g} at point {self.point + 1}, "
            f"where {self.allowed:.0e} is allowed" + (", at a kink" if self.kinks else "")
        )


@dataclass(frozen=True)
class GradientCheck:
    """What came of a check.

    Args:
        labels: the methods that took part.
        points: where they were compared, each (n,).
        first: the largest relative differences of gradients, by pair of labels.
        second: those of Hessians; empty for more than 32 parameters.
        disagreements: pairs that are further apart than allowed.
        kinks: of each point.
        left_out: methods that cannot differentiate the function, with their reason.
        undefined: why the function has no finite value, by the number of the point; nothing is compared there.
    """

    labels: tuple[str, ...]
    points: tuple[Array, ...]
    first: dict[tuple[str, str], float]
    second: dict[tuple[str, str], float]
    disagreements: tuple[Disagreement, ...]
    kinks: tuple[tuple[Kink, ...], ...]
    left_out: dict[str, str]
    undefined: dict[int, str]

    @property
    def ok(self) -> bool:
        """Whether there is a value at every point, and all methods agree wherever there is no kink."""
        return not self.undefined and all(disagreement.kinks for disagreement in self.disagreements)

    def __str__(self) -> str:
        """The summary, the kinks by their points, and the methods that are left out, with their reason."""
        lines = [self.summary]
        lines += [f"at point {k}: {kink}" for k, kinks in enumerate(self.kinks, 1) for kink in kinks]
        lines += [f"left out: {labels}: {reason}" for labels, reason in self.left_out.items()]
        return "\n".join(lines)

    @property
    def summary(self) -> str:
        """The result in one line."""
        if self.undefined:
            point, reason = next(iter(self.undefined.items()))
            return f"no value to differentiate at point {point + 1}: {reason}"
        count = len(self.points)
        head = f"{len(self.labels)} methods at {count} point{'s' if count != 1 else ''}: "
        unexplained = [str(disagreement) for disagreement in self.disagreements if not disagreement.kinks]
        if unexplained:
            more = f"; and {len(unexplained) - _TOLD} more" if len(unexplained) > _TOLD else ""
            return head + "; ".join(unexplained[:_TOLD]) + more
        return head + ("all agree, except at kinks" if self.disagreements else "all agree")


def check_gradient(f: Callable[[Any], Any], w: Any, *more: Any, names: Sequence[str] = ()) -> GradientCheck:
    """Compare all gradient methods with each other.

    Args:
        f: a function written with NumPy, of one array, that returns a scalar.
        w: a point, shape (n,).
        more: further points of that shape.
        names: what the elements of w are called where a kink is named; unset, w[0] and so on.

    Returns:
        A record whose `ok` is True if all agree, and whose text says who does not.
    """
    points = tuple(np.asarray(point, float) for point in (w, *more))
    graphs = [_graph(f, point, names) for point in points]
    kinks = tuple(() if graph is None else tuple(find_kinks(*graph)) for graph in graphs)
    found = [compare_methods(f, point) for point in points]
    outcomes = [outcome for outcome in found[0] if outcome.gradient is not None]
    labels = tuple(outcome.label for outcome in outcomes)
    orders = [[{o.label: o.gradient for o in at if o.gradient is not None} for at in found]]
    if points[0].size <= _MOST_SQUARED:
        orders.append([_hessians(at, point) for at, point in zip(found, points, strict=True)])
    values = [_value(at, point) for at, point in zip(found, points, strict=True)]
    missing = {
        k: (graph and undefined(*graph)) or f"the value is {value}"
        for k, (graph, value) in enumerate(zip(graphs, values, strict=True))
        if not np.isfinite(value)
    }
    apart: list[dict[tuple[str, str], float]] = [{}, {}]
    disagreements: list[Disagreement] = []
    for order, at_points in enumerate(orders, 1):
        for k, derivatives in enumerate(at_points):
            if k in missing:
                continue
            for a, b in combinations([label for label in labels if label in derivatives], 2):
                gap = distance(np.asarray(derivatives[a]), np.asarray(derivatives[b]))
                apart[order - 1][a, b] = max(gap, apart[order - 1].get((a, b), 0.0))
                allowed = max(_allowed(label, order, values[k]) for label in (a, b))
                if not gap <= allowed:
                    disagreements.append(Disagreement(a, b, order, k, gap, allowed, kinks[k]))
    left_out = reasons(found[0])
    return GradientCheck(labels, points, apart[0], apart[1], tuple(disagreements), kinks, left_out, missing)


def _hessians(outcomes: Sequence[Outcome], point: Array) -> dict[str, Any]:
    with np.errstate(all="ignore"):
        return {
            outcome.label: outcome.derivatives.hessian(point) for outcome in outcomes if outcome.derivatives is not None
        }


def _value(outcomes: Sequence[Outcome], point: Array) -> float:
    derivatives = next(outcome.derivatives for outcome in outcomes if outcome.derivatives is not None)
    with np.errstate(all="ignore"):
        return float(derivatives.value(point))


def _allowed(label: str, order: int, value: float) -> float:
    """How far a method may be off: rounding, and for differences truncation and the rounding of large values."""
    name, _, scheme = label.partition(" ")
    if name != "numeric" or (scheme == "complex" and order == 1):
        return EXACT * (1 if order == 1 else 10)
    base = _LOOSE.get(scheme, _DIFFERENCES) * (1 if order == 1 else _SECOND)
    return base + 1e-8 * abs(value) if np.isfinite(value) else np.inf


def _graph(
    f: Callable[[Any], Any], point: Array, names: Sequence[str]
) -> tuple[Node, Sequence[Node], Sequence[Any]] | None:
    """The result, the variables, and where they stand; None of a function that cannot be traced."""
    try:
        (w,), out = trace(f, point)
    except DifferentiationError:
        return None
    elements = by_elements([out], w, names)
    return (out, [w], [point]) if elements is None else (elements[1][0], elements[0], list(point))

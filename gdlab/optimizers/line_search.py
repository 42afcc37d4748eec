"""Line searches: how far to go from w along a direction of descent d.

With φ(α) = f(w + αd) and φ′(α) = ∇f(w + αd)·d, both look for a sufficient decrease, φ(α) ≤ φ(0) + c₁αφ′(0) (Armijo
1966); the strong Wolfe conditions ask for a slope that has flattened too, |φ′(α)| ≤ c₂|φ′(0)|. Comparisons are written
so that a trial whose f is NaN or infinite counts as too far.
"""

import math
from typing import Annotated, Any, NamedTuple

import numpy as np
from annotated_types import Ge, Gt, Le, Lt

from gdlab.errors import ParameterError
from gdlab.optimizers.base import Array, Move

C1 = Annotated[float, Gt(0), Lt(1), "c₁, share of the decrease along the tangent that a step must bring"]
C2 = Annotated[float, Gt(0), Lt(1), "c₂, share of the slope that may be left where a step ends"]
Shrink = Annotated[float, Ge(0.1), Le(0.9), "factor on a trial step that decreases f too little"]

GROW = 2.0  # factor on a trial step behind which f still falls
MARGIN = 0.1  # of the interval that an interpolated step keeps from its ends
TRIALS = 30  # evaluations in each phase of a search
TINY = 1e-20  # share of the first trial step below which none is tried
NOISE = 64  # rounding units by which computed values of equal f may differ


class Point(NamedTuple):
    """A point on the line: α, w + αd, and f, ∇f and φ′ there."""

    alpha: float
    w: Array
    f: float
    g: Array
    slope: float


class Line:
    """An objective along w + αd.

    Args:
        objective: what is minimised; a search that goes by values alone asks it for nothing else.
        w: where the line begins.
        f, g: the value and the gradient there.
        d: the direction, the shape of w.
    """

    def __init__(self, objective: Any, w: Array, f: float, g: Array, d: Array) -> None:
        self.objective = objective
        self.d = d
        self.start = Point(0.0, w, f, g, float(g.dot(d)))
        self.noise = NOISE * float(np.finfo(g.dtype).eps) * abs(f)

    @property
    def descends(self) -> bool:
        """Whether f falls along d."""
        return -math.inf < self.start.slope < 0

    def at(self, alpha: float) -> Point:
        """The point α along the line."""
        w = self.start.w + alpha * self.d
        f, g = self.objective.value_and_gradient(w)
        return Point(alpha, w, float(f), g, float(g.dot(self.d)))

    def falls_enough(self, alpha: float, w: Array, f: float, g: Array | None, c1: float) -> bool:
        """Armijo's condition. Where rounding hides whether f falls, the gradient must have become smaller instead.

        So f or, as long as f does not change, the norm of the gradient falls at every step, and no search goes round in
        circles at a minimum.
        """
        fall = self.start.f - f
        if fall > self.noise:
            return fall >= -c1 * alpha * self.start.slope
        if not fall >= -self.noise:
            return False
        g = self.objective.gradient(w) if g is None else g
        return bool(g.dot(g) < self.start.g.dot(self.start.g))


def backtrack(line: Line, alpha: float, c1: float, shrink: float) -> tuple[float, Array] | None:
    """The first of the steps α, α·shrink, α·shrink², … that decreases f sufficiently, and where it leads.

    None if there is none, or d is no direction of descent. Only values of f are asked for, while these can tell. A step
    less than 10⁻²⁰ of the first is not tried: that is after 67 values with shrink = ½, after 438 with 0.9.

    Source: Nocedal & Wright 2006, Algorithm 3.1.
    """
    start, least = line.start, TINY * alpha
    while line.descends and alpha > least:
        w = start.w + alpha * line.d
        if np.array_equal(w, start.w):
            break
        f = float(line.objective.value(w))
        if line.falls_enough(alpha, w, f, None, c1):
            return alpha, w
        alpha *= shrink
    return None


def strong_wolfe(line: Line, alpha: float, c1: float, c2: float) -> Point | None:
    """A point where the strong Wolfe conditions hold, or the best one that was met if rounding hides them.

    None if d is no direction of descent, or no point where f falls differs from w. Where f falls without end it is the
    point where the search gave up.

    Args:
        line: the line.
        alpha: the first trial step.
        c1: the constant of the first condition.
        c2: that of the second, c₁ < c₂.

    Source: Nocedal & Wright 2006, Algorithms 3.5 and 3.6.
    """
    point = _bracket(line, alpha, c1, c2) if line.descends else None
    return point if point is not None and point.w.tobytes() != line.start.w.tobytes() else None


def _bracket(line: Line, alpha: float, c1: float, c2: float) -> Point | None:
    """Go on until an interval is sure to hold such a point. Nocedal & Wright, Algorithm 3.5."""
    before = line.start
    for _ in range(TRIALS):
        point = line.at(alpha)
        enough = line.falls_enough(point.alpha, point.w, point.f, point.g, c1)
        if point.f == -math.inf or (enough and abs(point.slope) <= -c2 * line.start.slope):
            return point
        if not enough or point.f > before.f + line.noise or not math.isfinite(point.slope):
            return _zoom(line, before, point, c1, c2)
        if point.slope >= 0:
            return _zoom(line, point, before, c1, c2)
        before, alpha = point, GROW * alpha
    return before


def _zoom(line: Line, low: Point, high: Point, c1: float, c2: float) -> Point | None:
    """Narrow an interval that holds such a point, `low` its end with the lesser f. Nocedal & Wright, Algorithm 3.6."""
    for _ in range(TRIALS):
        if low.alpha == high.alpha:  # rounding leaves nothing between them
            break
        point = line.at(_between(low, high))
        enough = line.falls_enough(point.alpha, point.w, point.f, point.g, c1)
        if enough and abs(point.slope) <= -c2 * line.start.slope:
            return point
        if not enough or point.f > low.f + line.noise or not math.isfinite(point.slope):
            high = point
        else:
            if point.slope * (high.alpha - low.alpha) >= 0:
                high = low
            low = point
    return low if low.alpha > 0 else None


def _between(a: Point, b: Point) -> float:
    """Where the cubic through values and slopes of both ends is least, but not near the ends; else the middle.

    Source: Nocedal & Wright 2006, equation 3.59.
    """
    width = b.alpha - a.alpha
    d1 = a.slope + b.slope - 3 * (a.f - b.f) / (a.alpha - b.alpha)
    square = d1 * d1 - a.slope * b.slope
    if 0 <= square < math.inf:
        d2 = math.copysign(math.sqrt(square), width)
        bottom = b.slope - a.slope + 2 * d2
        if bottom != 0:
            share = 1 - (b.slope + d2 - d1) / bottom
            return a.alpha + min(max(share, MARGIN), 1 - MARGIN) * width
    return a.alpha + width / 2


def check_constants(rule: Any) -> None:
    """Refuse constants of the Wolfe conditions that no point may meet together.

    Raises:
        ParameterError: unless c₁ < c₂.
    """
    if not rule.c1 < rule.c2:
        raise ParameterError(f"{rule.name}: c1 = {rule.c1!r} is not allowed, it must be < c2 = {rule.c2!r}", "c1", "c2")


def all_finite(g: Array) -> bool:
    """Whether no element is NaN or infinite."""
    return bool(g.dot(g) < math.inf or np.isfinite(g).all())


def first_trial(g: Array) -> float:
    """The first trial step of a rule that knows nothing of f yet: min(1, 1/‖g‖₁), as in torch."""
    return 1 / max(1.0, float(np.abs(g).sum()))


def told_of(move: Move, d: Array) -> dict[str, Any]:
    """The α of a step along d, for a trace, and f where it began; no α if the step went along something else."""
    taken = move.after - move.w
    length = float(d.dot(d))
    alpha = float(taken.dot(d)) / length if length > 0 else 0.0
    found: dict[str, Any] = {} if move.f is None else {"f": move.f}
    return found | {"α": alpha} if np.allclose(taken, alpha * d, rtol=1e-6, atol=1e-12) else found

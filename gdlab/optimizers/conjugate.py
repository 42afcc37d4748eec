"""Nonlinear conjugate gradients."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np

from gdlab.optimizers.base import Array, Move, Objective, Optimizer
from gdlab.optimizers.line_search import C1, C2, Line, all_finite, check_constants, first_trial, strong_wolfe, told_of
from gdlab.record import Count

_BETAS = {
    "polak_ribiere": "β = max(0, g·y/g'·g'), y = g − g'",
    "fletcher_reeves": "β = g·g/g'·g'",
    "hestenes_stiefel": "β = g·y/d·y, y = g − g'",
    "dai_yuan": "β = g·g/d·y, y = g − g'",
}


class CGState(NamedTuple):
    """Steps since the direction was −g, the last gradient and direction, and α·φ′(0) of the last search."""

    k: Array
    g: Array
    d: Array
    fall: Array


@dataclass(frozen=True)
class CG(Optimizer):
    """Nonlinear conjugate gradients: each direction keeps what does not undo the step before.

    On a quadratic of n parameters, with exact searches, all formulas of β are the same and end after n steps. The
    direction is −g again after `restart` steps, and wherever f does not fall along d. A search begins where the tangent
    promises the decrease of the last step. The defaults of c₁ and c₂ are those of the source.
    """

    name = "cg"
    traceable = False
    uses_more = True
    fixed = frozenset({"c1", "c2"})
    formula = (
        "d ← −g + βd, y = g − g'\n"
        "β = g·g/g'·g' (fletcher_reeves), max(0, g·y/g'·g') (polak_ribiere), g·y/d·y (hestenes_stiefel) or "
        "g·g/d·y (dai_yuan)\n"
        "w ← w + αd, α by the strong Wolfe conditions"
    )
    source = (
        "Hestenes & Stiefel 1952; Fletcher & Reeves 1964; Polak & Ribière 1969; Dai & Yuan 1999; as in Nocedal & "
        "Wright 2006, section 5.2, with the line search of Algorithms 3.5 and 3.6"
    )

    beta: Annotated[Literal["polak_ribiere", "fletcher_reeves", "hestenes_stiefel", "dai_yuan"], "the formula of β"] = (
        "polak_ribiere"
    )
    restart: Annotated[Count | None, "steps after which the direction is −g again; unset: n"] = None
    c1: C1 = 1e-4
    c2: C2 = 0.1

    def __post_init__(self) -> None:
        super().__post_init__()
        check_constants(self)

    def init(self, w: Array) -> CGState:
        """Nothing seen yet."""
        zero = np.zeros((), w.dtype)
        return CGState(zero, np.zeros_like(w), np.zeros_like(w), zero)

    @property
    def written(self) -> str:
        """With the β that is chosen."""
        return f"d ← −g + βd, {_BETAS[self.beta]}\nw ← w + αd, α by the strong Wolfe conditions"

    def derived(self, move: Move) -> dict[str, Any]:
        """α, β (0 where the direction is −g again), and f where the step began."""
        before, d = move.before, move.state.d
        if move.g is None or move.state is before:
            return {}
        old = float(before.d.dot(before.d))
        beta = float((d + move.g).dot(before.d)) / old if old > 0 else 0.0
        return told_of(move, d) | {"β": beta}

    def parts(self, state: CGState) -> dict[str, Any]:
        """All but the gradient, which is that of the step."""
        return {"k": state.k, "d": state.d, "fall": state.fall}

    def step(self, objective: Objective, w: Array, state: CGState) -> tuple[Array, CGState]:
        """One step along d; along −g where f does not fall along d."""
        f, g = objective.value_and_gradient(w)
        if not all_finite(g):
            return w - g, state
        k, fall = int(state.k), float(state.fall)
        d = -g if k == 0 else self._beta(g, state) * state.d - g
        line = Line(objective, w, float(f), g, d)
        point = strong_wolfe(line, _first(line, fall), self.c1, self.c2)
        if point is None and k > 0:
            k, line = 0, Line(objective, w, float(f), g, -g)
            point = strong_wolfe(line, _first(line, fall), self.c1, self.c2)
        if point is None:
            return w, state
        k = (k + 1) % (self.restart or w.size)
        scalars = np.array([k, point.alpha * line.start.slope], w.dtype)
        return point.w, CGState(scalars[0], g, line.d, scalars[1])

    def _beta(self, g: Array, state: CGState) -> float:
        y = g - state.g
        match self.beta:
            case "fletcher_reeves":
                return _ratio(g.dot(g), state.g.dot(state.g))
            case "polak_ribiere":
                return max(0.0, _ratio(g.dot(y), state.g.dot(state.g)))
            case "hestenes_stiefel":
                return _ratio(g.dot(y), state.d.dot(y))
            case _:
                return _ratio(g.dot(g), state.d.dot(y))


def _first(line: Line, fall: float) -> float:
    """The first trial step: Nocedal & Wright, section 3.5, where the first-order change is that of the last step."""
    alpha = fall / line.start.slope if line.descends else 0.0
    return alpha if 0 < alpha < np.inf else first_trial(line.start.g)


def _ratio(a: Array, b: Array) -> float:
    """a/b, and 0, which is a restart, where that is not finite."""
    ratio = float(a / b) if b != 0 else 0.0
    return ratio if np.isfinite(ratio) else 0.0

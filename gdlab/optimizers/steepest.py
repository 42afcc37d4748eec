"""Steps along the gradient whose length is found anew each time."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np

from gdlab.optimizers.base import Array, Move, Objective, Optimizer
from gdlab.optimizers.line_search import (
    C1,
    C2,
    Line,
    Shrink,
    all_finite,
    backtrack,
    check_constants,
    strong_wolfe,
    told_of,
)
from gdlab.optimizers.parameters import refuse
from gdlab.record import Positive


class SteepestDescentState(NamedTuple):
    """The step size with which the next search begins."""

    alpha: Array


@dataclass(frozen=True)
class SteepestDescent(Optimizer):
    """Steepest descent: gradient descent whose step size a line search finds at every step.

    The search of a step begins one trial above the length of the last, at α/shrink, so that step sizes can grow again.
    c₁ is that of the source, and so is c₂ = 0.1, which it has for conjugate gradients; shrink is customary.
    """

    name = "steepest_descent"
    traceable = False
    uses_more = True
    fixed = frozenset({"lr", "c1", "c2", "shrink"})
    formula = "α = the first of α, α·shrink, α·shrink², … with f(w − αg) ≤ f(w) − c₁α‖g‖²\nw ← w − αg"
    source = (
        "Cauchy 1847, Comptes Rendus 25, pp. 536-538; Armijo 1966, Pacific J. Math. 16, pp. 1-3; "
        "Nocedal & Wright 2006, Algorithm 3.1 (armijo), Algorithms 3.5 and 3.6 (strong_wolfe)"
    )

    lr: Annotated[Positive, "step size that the first search tries first; has no effect later"] = 1.0
    search: Annotated[Literal["armijo", "strong_wolfe"], "how the step size is found"] = "armijo"
    c1: C1 = 1e-4
    c2: C2 = 0.1
    shrink: Shrink = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.search == "armijo":
            refuse(self, "c2", "with search 'armijo', which does not look at the slope")
        else:
            check_constants(self)

    @property
    def written(self) -> str:
        """That of the search."""
        if self.search == "armijo":
            return self.formula
        return "α with f(w − αg) ≤ f(w) − c₁α‖g‖² and |∇f(w − αg)·g| ≤ c₂‖g‖²\nw ← w − αg"

    def parts(self, state: SteepestDescentState) -> dict[str, Any]:
        """With which step size the next search begins."""
        return {"next_α": state.alpha}

    def derived(self, move: Move) -> dict[str, Any]:
        """α, which the search of this step has found, and f where it began."""
        return told_of(move, -move.g) if move.g is not None else {}

    def lr_at(self, k: Any) -> Any:
        """None: the size of a step is found at the step."""
        return None

    def init(self, w: Array) -> SteepestDescentState:
        """Begin with lr."""
        return SteepestDescentState(np.array(self.lr, w.dtype))

    def step(self, objective: Objective, w: Array, state: SteepestDescentState) -> tuple[Array, SteepestDescentState]:
        """One step against the gradient; none where no length of it decreases f."""
        f, g = objective.value_and_gradient(w)
        if not all_finite(g):
            return w - g, state
        line = Line(objective, w, float(f), g, -g)
        if self.search == "armijo":
            found = backtrack(line, float(state.alpha), self.c1, self.shrink)
        else:
            point = strong_wolfe(line, float(state.alpha), self.c1, self.c2)
            found = point and (point.alpha, point.w)
        if found is None:
            return w, state
        alpha, w = found
        return w, SteepestDescentState(np.array(alpha / self.shrink, w.dtype))

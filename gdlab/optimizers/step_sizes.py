"""Gradient descent whose step size follows from the gradients or values it sees, without a search."""

import math
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from annotated_types import Gt, Lt

from gdlab.errors import ParameterError
from gdlab.optimizers.base import Array, Move, Objective, Optimizer
from gdlab.optimizers.line_search import Line, all_finite, backtrack
from gdlab.optimizers.parameters import check_order, refuse
from gdlab.record import Count, Positive
from gdlab.state import State

ENOUGH, SHRINK = 1e-4, 0.5  # the constants of Raydan's search


class BBState(NamedTuple):
    """Steps done, the point and the gradient before the last one, and its size."""

    k: Array
    w: Array
    g: Array
    alpha: Array


class SearchedBBState(NamedTuple):
    """The same, and f at the last points, shape (memory,), −inf where there was none yet."""

    k: Array
    w: Array
    g: Array
    alpha: Array
    f: Array


@dataclass(frozen=True)
class BB(Optimizer):
    """Barzilai-Borwein: gradient descent with the step size that would have fitted the step before.

    With s = Δw and y = Δg of the step before, the long size fits y ≈ s/α best, the short one s ≈ αy. Where f curves
    downwards along s, both would be negative: there α = ‖s‖/‖y‖, the geometric mean of their sizes, and where the
    gradient has not changed, α stays. f may rise on the way, and if it is no quadratic the steps can run in a circle:
    the search halves a step until f is less than the greatest of its last values. `search: none` leaves that out, as
    the first source does. lr has no published default.
    """

    name = "bb"
    traceable = False
    uses_more = True
    fixed = frozenset({"lr", "alpha_min", "alpha_max"})
    formula = (
        "α = s·s/s·y (long) or s·y/y·y (short), between alpha_min and alpha_max\n"
        "α ← α/2 until f(w − αg) ≤ max(the last values of f) − α‖g‖²/10⁴\nw ← w − αg"
    )
    source = (
        "Barzilai & Borwein 1988, IMA Journal of Numerical Analysis 8, pp. 141-148; bounds and search by Raydan 1997, "
        "SIAM Journal on Optimization 7(1), pp. 26-33, after Grippo, Lampariello & Lucidi 1986; ‖s‖/‖y‖ as in Dai, "
        "Al-Baali & Yang 2015"
    )

    lr: Annotated[Positive, "size of the first step; has no effect later"] = 0.001
    size: Annotated[Literal["long", "short"], "which of the two formulas"] = "long"
    alpha_min: Annotated[Positive, "least step size before the search"] = 1e-10
    alpha_max: Annotated[Positive, "greatest step size"] = 1e10
    search: Annotated[Literal["nonmonotone", "none"], "whether a step that raises f too far is shortened"] = (
        "nonmonotone"
    )
    memory: Annotated[Count, "values of f that the search looks back on"] = 10

    def __post_init__(self) -> None:
        super().__post_init__()
        check_order(self, "alpha_min", "alpha_max")
        if self.search == "none":
            refuse(self, "memory", "without a search")
            object.__setattr__(self, "traceable", True)
            object.__setattr__(self, "uses_more", False)

    @property
    def written(self) -> str:
        """With the size that is chosen, and the search if there is one."""
        size = "s·s/s·y" if self.size == "long" else "s·y/y·y"
        lines = [f"α = {size}, between alpha_min and alpha_max; lr at the first step", "w ← w − αg"]
        if self.search != "none":
            lines.insert(1, f"α ← α/2 until f(w − αg) ≤ max(the last {self.memory} values of f) − α‖g‖²/10⁴")
        return "\n".join(lines)

    def lr_at(self, k: Any) -> Any:
        """None: the size of a step is found at the step."""
        return None

    def parts(self, state: State) -> dict[str, Any]:
        """α, the steps done, and the value of f that the search compared with; w and g are those of the step."""
        told = {"k": state.k, "alpha": state.alpha}
        return told if self.search == "none" else told | {"f_most": state.f.max()}

    def init(self, w: Array) -> BBState | SearchedBBState:
        """Begin with lr."""
        lanes = np.zeros(w.shape[1:], w.dtype)
        state = BBState(np.zeros((), w.dtype), w.copy(), np.zeros_like(w), lanes + self.lr)
        return state if self.search == "none" else SearchedBBState(*state, np.full(self.memory, -np.inf, w.dtype))

    def step(self, objective: Objective, w: Array, state: State) -> tuple[Array, State]:
        """One step of the size that would have fitted the last one."""
        if self.search == "none":
            g = objective.gradient(w)
            alpha = self._alpha(w, g, state)
            return w - alpha * g, BBState(state.k + 1, w, g, alpha)
        f, g = objective.value_and_gradient(w)
        if not all_finite(g):
            return w - g, state
        values = state.f.copy()
        values[int(state.k) % self.memory] = f
        line = Line(objective, w, float(values.max()), g, -g)
        found = backtrack(line, float(self._alpha(w, g, state)), ENOUGH, SHRINK)
        if found is None:
            return w, state
        return found[1], SearchedBBState(state.k + 1, w, g, np.array(found[0], w.dtype), values)

    def _alpha(self, w: Array, g: Array, state: State) -> Any:
        s, y = w - state.w, g - state.g
        ss, sy, yy = (np.sum(product, axis=0) for product in (s * s, s * y, y * y))
        bends, changes = sy > 0, yy > 0
        sy_or_1, yy_or_1 = np.where(bends, sy, 1), np.where(changes, yy, 1)
        fitted = ss / sy_or_1 if self.size == "long" else sy / yy_or_1
        fitted = np.where(bends, fitted, np.where(changes, np.sqrt(ss / yy_or_1), state.alpha))
        fitted = np.minimum(np.maximum(fitted, self.alpha_min), self.alpha_max)
        return np.where(state.k > 0, fitted, state.alpha)


@dataclass(frozen=True)
class Polyak(Optimizer):
    """Polyak's step: gradient descent with the step size that the distance of f from its minimum asks for.

    For a convex f it comes nearer to a minimizer at every step. A run takes f* from its problem where that knows it.
    With an f* above the minimum, the descent ends where f reaches it.
    """

    name = "polyak"
    uses_more = True
    needs = frozenset({"infimum"})
    fixed = frozenset({"f_star"})
    formula = "α = (f(w) − f*)/‖g‖²\nw ← w − lr·α·g"
    source = "Polyak 1969, USSR Computational Mathematics and Mathematical Physics 9(3), pp. 14-29"

    lr: Annotated[float, Gt(0), Lt(2), "share of Polyak's step that is taken"] = 1.0
    f_star: Annotated[float | None, "f*, the least value of f; unset: the known infimum of the problem"] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.f_star is not None:
            object.__setattr__(self, "needs", frozenset())

    def fitted(self, steps: int, seed: int, infimum: float | None = None) -> "Polyak":
        """With the known infimum of the loss as f*, if it has none of its own.

        Raises:
            ParameterError: if that is not known either, or not finite.
        """
        if self.f_star is not None:
            return self
        if infimum is None:
            raise ParameterError(
                "polyak: needs the minimum of the loss, which the problem does not tell; set f_star", "f_star"
            )
        if not math.isfinite(infimum):
            raise ParameterError("polyak: needs the minimum of the loss, which has no lower bound")
        return replace(self, f_star=infimum)

    def derived(self, move: Move) -> dict[str, Any]:
        """f, and α."""
        if move.f is None or move.g is None or self.f_star is None:
            return {}
        gg = float(move.g.dot(move.g))
        return {"f": move.f, "α": max(move.f - self.f_star, 0) / (gg or 1.0)}

    def init(self, w: Array) -> State:
        """No state."""
        return ()

    def step(self, objective: Objective, w: Array, state: State) -> tuple[Array, State]:
        """One step of Polyak's size."""
        if self.f_star is None:
            raise ParameterError(
                "polyak: f_star is not set; a run takes that of its problem, elsewhere it must be given"
            )
        f, g = objective.value_and_gradient(w)
        gg = np.sum(g * g, axis=0)
        alpha = np.maximum(f - self.f_star, 0) / np.where(gg > 0, gg, 1)
        return w - self.lr * alpha * g, ()

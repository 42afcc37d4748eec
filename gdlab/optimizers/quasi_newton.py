"""Quasi-Newton rules: curvature learned from the gradients at the points that are visited."""

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np

from gdlab.optimizers.base import Array, Move, Objective, Optimizer
from gdlab.optimizers.line_search import (
    C1,
    C2,
    Line,
    Point,
    all_finite,
    check_constants,
    first_trial,
    strong_wolfe,
    told_of,
)
from gdlab.optimizers.parameters import refuse
from gdlab.record import Count, Positive
from gdlab.state import State

CURVED = 10  # rounding units of ‖y‖² that s·y must exceed for a pair to be learned from


@dataclass(frozen=True)
class QuasiNewton(Optimizer):
    """What the rules share: a step along −H·g, and the pair s = Δw, y = Δg from which H learns.

    A rule defines `init`, `knows` (whether H has learned anything), `product` (H·g) and `learned` (the state after a
    pair). While H = I, a step begins with min(1, 1/‖g‖₁) of it.
    """

    traceable = False
    uses_more = True
    fixed = frozenset({"c1", "c2"})

    lr: Annotated[Positive, "share of −H·g that each step takes; without a search alone"] = 1.0
    search: Annotated[Literal["strong_wolfe", "none"], "how the length of a step is found"] = "strong_wolfe"
    c1: C1 = 1e-4
    c2: C2 = 0.9

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.search == "none":
            refuse(self, "c1", "without a search")
            refuse(self, "c2", "without a search")
        else:
            refuse(self, "lr", "with a search, which begins at the whole of −H·g")
        check_constants(self)

    @property
    def written(self) -> str:
        """Without a search w ← w − lr·Hg."""
        searched = "w ← w − α·Hg, α by the strong Wolfe conditions"
        return self.formula if self.search != "none" else self.formula.replace(searched, "w ← w − lr·Hg")

    def derived(self, move: Move) -> dict[str, Any]:
        """α, and f where the step began."""
        return told_of(move, -self.product(move.before, move.g)) if move.g is not None else {}

    def lr_at(self, k: Any) -> Any:
        """None with a search, which finds the length of each step."""
        return self.lr if self.search == "none" else None

    def knows(self, state: State) -> bool:
        """Whether H differs from the identity."""
        raise NotImplementedError(f"optimizer {self.name!r} must define knows(state)")

    def product(self, state: State, g: Array) -> Array:
        """H·g."""
        raise NotImplementedError(f"optimizer {self.name!r} must define product(state, g)")

    def learned(self, state: State, s: Array, y: Array, sy: float) -> State:
        """The state with one pair more, for which sy = s·y > 0."""
        raise NotImplementedError(f"optimizer {self.name!r} must define learned(state, s, y, sy)")

    def step(self, objective: Objective, w: Array, state: State) -> tuple[Array, State]:
        """One step along −H·g; where f does not fall there, along −g, and H starts anew."""
        f, g = objective.value_and_gradient(w)
        knows = self.knows(state)
        found = self._search(Line(objective, w, float(f), g, -self.product(state, g)), knows)
        if found is None and not all_finite(g):
            return w - g, state
        if found is None and knows:
            state = self.init(w)
            found = self._search(Line(objective, w, float(f), g, -g), knows=False)
        if found is None:
            return w, state
        s, y = found.w - w, found.g - g
        sy = float(s.dot(y))
        if CURVED * float(np.finfo(w.dtype).eps) * float(y.dot(y)) < sy < math.inf:
            state = self.learned(state, s, y, sy)
        return found.w, state

    def _search(self, line: Line, knows: bool) -> Point | None:
        alpha = self.lr if knows else self.lr * first_trial(line.start.g)
        return line.at(alpha) if self.search == "none" else strong_wolfe(line, alpha, self.c1, self.c2)


class BFGSState(NamedTuple):
    """The approximation H of the inverse Hessian, shape (n, n), and how many pairs it has learned from."""

    H: Array
    k: Array


@dataclass(frozen=True)
class BFGS(QuasiNewton):
    """BFGS: a dense approximation of the inverse Hessian that each step improves.

    Before the first pair enters, H = I is scaled to (s·y)/(y·y), as in equation 6.20. Memory and time of a step grow
    with n²; L-BFGS does nearly as well without that. The defaults of c₁ and c₂ are those of the source.
    """

    name = "bfgs"
    formula = "w ← w − α·Hg, α by the strong Wolfe conditions\nH ← (I − ρsyᵀ)H(I − ρysᵀ) + ρssᵀ, ρ = 1/(s·y)"
    source = (
        "Broyden 1970, Fletcher 1970, Goldfarb 1970, Shanno 1970; as in Nocedal & Wright 2006, Algorithm 6.1, "
        "with the line search of Algorithms 3.5 and 3.6"
    )

    def init(self, w: Array) -> BFGSState:
        """H = I."""
        return BFGSState(np.eye(w.size, dtype=w.dtype), np.zeros((), w.dtype))

    def knows(self, state: BFGSState) -> bool:
        """Whether H has learned."""
        return int(state.k) > 0

    def product(self, state: BFGSState, g: Array) -> Array:
        """H·g."""
        product: Array = state.H.dot(g)
        return product

    def learned(self, state: BFGSState, s: Array, y: Array, sy: float) -> BFGSState:
        """H with one pair more."""
        H, k = state  # noqa: N806 - the paper's symbol
        rho = 1 / sy
        if k == 0:
            H = H / (rho * float(y.dot(y)))  # noqa: N806
        Hy = H.dot(y)  # noqa: N806
        # The product of the formula, multiplied out: two passes over the matrix instead of two products of matrices.
        half = np.outer((0.5 * rho * (1 + rho * float(y.dot(Hy)))) * s - rho * Hy, s)
        return BFGSState(H + (half + half.T), k + 1)


class LBFGSState(NamedTuple):
    """The last pairs, and what the product H·g needs of them.

    pairs has shape (2, memory, n): S and Y, a pair a row, 0 where there is none yet; a new pair takes the place of the
    oldest. inverse, shape (memory, memory), is that of the triangle R of all s·y' in which y' is no older than s; where
    there is no pair its diagonal is 1. gamma is that of H₀ = γI, and k counts the pairs so far.
    """

    pairs: Array
    inverse: Array
    gamma: Array
    k: Array


@dataclass(frozen=True)
class LBFGS(QuasiNewton):
    """L-BFGS: BFGS that remembers the last few pairs instead of a matrix.

    H·g is that of the two-loop recursion (Nocedal & Wright, Algorithm 7.4) from H₀ = (s·y)/(y·y)·I of the newest pair.
    Each loop is one product with the inverse of a triangle, as in the compact form of the source, so that the time of a
    step hardly depends on the memory. `search: none` takes steps of lr, as torch does by default.
    """

    name = "lbfgs"
    formula = (
        "w ← w − α·Hg, α by the strong Wolfe conditions\n"
        "H = (s·y)/(y·y)·I of the newest pair s = Δw, y = Δg, then for each pair that is remembered\n"
        "H ← (I − ρsyᵀ)H(I − ρysᵀ) + ρssᵀ, ρ = 1/(s·y)"
    )
    source = (
        "Nocedal 1980, Mathematics of Computation 35, pp. 773-782; Liu & Nocedal 1989, Mathematical Programming 45, "
        "pp. 503-528; compact form by Byrd, Nocedal & Schnabel 1994, Mathematical Programming 63, pp. 129-156; "
        "line search of Nocedal & Wright 2006, Algorithms 3.5 and 3.6"
    )

    memory: Annotated[Count, "pairs that are remembered"] = 10

    def init(self, w: Array) -> LBFGSState:
        """No pairs: H = I."""
        pairs, inverse = np.zeros((2, self.memory, w.size), w.dtype), np.eye(self.memory, dtype=w.dtype)
        return LBFGSState(pairs, inverse, np.ones((), w.dtype), np.zeros((), w.dtype))

    def knows(self, state: LBFGSState) -> bool:
        """Whether there is a pair."""
        return int(state.k) > 0

    def product(self, state: LBFGSState, g: Array) -> Array:
        """First loop: u = R⁻¹Sg, q = γ(g − Yᵀu). Second: H·g = q + SᵀR⁻ᵀ(Du − Yq), D the diagonal of R."""
        S, Y, inverse = state.pairs[0], state.pairs[1], state.inverse  # noqa: N806 - the paper's symbols
        u = inverse.dot(S.dot(g))
        q: Array = g - u.dot(Y)
        q *= state.gamma
        q += (u / inverse.diagonal() - Y.dot(q)).dot(inverse).dot(S)
        return q

    def learned(self, state: LBFGSState, s: Array, y: Array, sy: float) -> LBFGSState:
        """The pairs with a new one in the place of the oldest."""
        pairs, inverse, oldest = state.pairs.copy(), state.inverse.copy(), int(state.k) % self.memory
        pairs[0, oldest], pairs[1, oldest] = s, y
        # Without its first row and column the inverse of a triangle is that of the rest; a new last column adds one.
        inverse[oldest] = inverse[:, oldest] = 0
        inverse[:, oldest] = inverse.dot(pairs[0].dot(y)) / -sy
        inverse[oldest, oldest] = 1 / sy
        return LBFGSState(pairs, inverse, sy / y.dot(y), state.k + 1)

"""What an optimizer is, and what it sees of a problem."""

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from gdlab.errors import ParameterError
from gdlab.optimizers.schedules.base import Schedule
from gdlab.own_code import Origin
from gdlab.record import Record

Array = np.ndarray[Any, np.dtype[Any]]
State = Any  # an array, or a (named) tuple of arrays or of states; () if there is none


class Objective(Protocol):
    """The function to minimise at the current minibatch, through the gradient method of the run; every call is counted.

    `w` has shape (n,), or (n, lanes) when many replicas run side by side; values then have shape () or (lanes,).
    """

    def value(self, w: Array) -> Any:
        """f(w), shape () or (lanes,)."""

    def gradient(self, w: Array) -> Array:
        """∇f(w), the shape of w."""

    def value_and_gradient(self, w: Array) -> tuple[Any, Array]:
        """f(w) and ∇f(w) from one evaluation."""

    def hessian(self, w: Array) -> Array:
        """∇²f(w), shape (n, n)."""

    def hvp(self, w: Array, v: Array) -> Array:
        """∇²f(w)·v, the shape of w, without forming the matrix."""


@dataclass(frozen=True)
class Optimizer(Record):
    """An update rule: an immutable record of hyper-parameters with a pure `init` and `step`.

    Hyper-parameters are numbers, or arrays of length lanes, in the dtype of `w`, when `w` is (n, lanes). Sums over the
    coordinates are written `np.sum(…, axis=0)`, which serves both shapes. Arguments are never changed in place. A state
    keeps the dtype of `w`; so does k, the number of steps done, which is a float: exact up to 2²⁴ in float32.

    Class attributes:
        uses_gradient: the step asks for gradients; a search without them sets it to False.
        uses_more: the step asks for values or curvature, which must fit its gradients; then these cannot be clipped.
        name: as YAML has it; that of the class, if it is not set.
        traceable: the step has no branch on a value, so that it can be traced and compiled together with the gradient.
            One that has (a search, a line search) sets it to False and runs one lane at a time.
        fixed: the hyper-parameters that only `init` reads, or whose change has no meaning: they follow no schedule.
        formula: the update in the symbols of the code, one line each.
        source: author, year and equation or algorithm.
        variants: for each value of `variant`, one sentence on what differs.
        origin: the user's own file that the rule comes from; None if it is built in.
    """

    uses_gradient: ClassVar[bool] = True
    uses_more: ClassVar[bool] = False
    traceable: ClassVar[bool] = True
    fixed: ClassVar[frozenset[str]] = frozenset()
    formula: ClassVar[str] = ""
    source: ClassVar[str] = ""
    variants: ClassVar[dict[str, str]] = {}
    origin: ClassVar[Origin | None] = None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if not hasattr(cls, "name"):
            cls.name = cls.__name__

    def __post_init__(self) -> None:
        for parameter in self.parameters():
            if isinstance(getattr(self, parameter.name), Schedule):
                raise ParameterError(
                    f"{self.name}: {parameter.name} is a number here; a schedule for it goes around the optimizer: "
                    f"Around({type(self).__name__}(), {{{parameter.name!r}: …}})"
                )
        super().__post_init__()

    def init(self, w: Array) -> State:
        """The state before the first step, in the shape and dtype of w."""
        raise NotImplementedError(f"optimizer {self.name!r} must define init(w)")

    def step(self, objective: Objective, w: Array, state: State) -> tuple[Array, State]:
        """One step: the next w and the next state."""
        raise NotImplementedError(f"optimizer {self.name!r} must define step(objective, w, state)")

    def solution(self, w: Array, state: State) -> Array:
        """The point that the method offers as its answer: w, unless it averages the points it visits."""
        return w

    @property
    def averages(self) -> bool:
        """Whether the answer is another point than w."""
        return type(self).solution is not Optimizer.solution

    def lr_at(self, k: Any) -> Any:
        """The step size lr of the step that follows k others, of the shape of k or a number; None if there is none."""
        return getattr(self, "lr", None)

    def fitted(self, steps: int, seed: int) -> "Optimizer":
        """The rule for a run of that many steps and that seed: with what was left open until then filled in."""
        return self

    def derived(self, state: State) -> dict[str, Array]:
        """What the formula names beside the state, such as m̂ and v̂, computed from the state after a step."""
        return {}

"""What an optimizer is, and what it sees of a problem."""

import inspect
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple, Protocol, Self

import numpy as np

from gdlab.errors import ParameterError, unknown
from gdlab.optimizers.schedules.base import Schedule
from gdlab.own_code import OwnRecord
from gdlab.state import State, leaves

Array = np.ndarray[Any, np.dtype[Any]]
Need = Literal["hessian", "hvp", "residuals", "infimum"]


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


class Move(NamedTuple):
    """A step that was taken, as a trace sees it.

    Args:
        w: where it began, shape (n,).
        after: where it led.
        g: the gradient that the rule took first, as the rule saw it; None if it took none.
        f: the value that it took where it began; None if it took none.
        before: the state at its beginning.
        state: the state after it.
    """

    w: Array
    after: Array
    g: Array | None
    f: float | None
    before: State
    state: State


@dataclass(frozen=True)
class Optimizer(OwnRecord):
    """An update rule: an immutable record of hyper-parameters with a pure `init` and `step`.

    Hyper-parameters are numbers, or arrays of length lanes, in the dtype of `w`, when `w` is (n, lanes). Sums over the
    coordinates are written `np.sum(…, axis=0)`, which serves both shapes. Arguments are never changed in place.

    A state is an array, a number, None, or a tuple, named tuple or dict of these, and every step returns one that is
    built like the one before. It keeps the dtype of `w`; so does k, the number of steps done, which is a float: exact
    up to 2²⁴ in float32.

    Class attributes:
        uses_gradient: the step asks for gradients; a search without them sets it to False.
        uses_more: the step asks for values or curvature, which must fit its gradients; then these cannot be clipped.
        needs: what the rule asks for beyond values and gradients.
        patience: steps in a row without any movement of w after which a run takes it for at rest, whatever the state
            does.
        name: as YAML has it; that of the class, if it is not set.
        traceable: the step has no branch on a value, so that it can be traced and compiled together with the gradient.
            One that has (a search, a line search) sets it to False and runs one lane at a time.
        fixed: the hyper-parameters that only `init` reads, or whose change has no meaning: they follow no schedule.
        remembers: what a step does depends on the state, so that this can begin anew.
        formula: the update in the symbols of the code, one line each, as it is by default.
        formulas: the same for each variant that has another.
        source: author, year and equation or algorithm.
        variants: for each value of `variant`, one sentence on what differs. Name, formulas, source and variants hold
            for the class that sets them, and for none derived from it.
    """

    uses_gradient: ClassVar[bool] = True
    uses_more: ClassVar[bool] = False
    needs: ClassVar[frozenset[Need]] = frozenset()
    patience: ClassVar[float] = 100
    traceable: ClassVar[bool] = True
    fixed: ClassVar[frozenset[str]] = frozenset()
    remembers: ClassVar[bool] = True
    formula: ClassVar[str] = ""
    formulas: ClassVar[dict[str, str]] = {}
    source: ClassVar[str] = ""
    variants: ClassVar[dict[str, str]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        inherited: dict[str, Any] = {"name": cls.__name__, "formula": "", "formulas": {}, "source": "", "variants": {}}
        for attribute in inherited.keys() - vars(cls).keys():
            setattr(cls, attribute, inherited[attribute])

    def __new__(cls, *_: Any, **given: Any) -> Self:
        """Tell, instead of Python, which parameters there are, and where those of what goes around belong."""
        known = [parameter.name for parameter in cls.parameters()] if given else []
        for name in given:
            if name not in known:
                raise TypeError(f"{unknown(f'parameter of {cls.__name__}', name, known)}{_where(cls, name)}")
        return super().__new__(cls)

    def __post_init__(self) -> None:
        for parameter in self.parameters():
            value = getattr(self, parameter.name)
            if isinstance(value, np.number | np.ndarray) and value.ndim == 0:
                # As a number of Python it takes on the precision of w, instead of lifting w to its own.
                object.__setattr__(self, parameter.name, value.item())
            if isinstance(value, Schedule):
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
    def written(self) -> str:
        """The update as this rule does it, with its variant and its options; `formula` unless these change it."""
        return self.formulas.get(getattr(self, "variant", ""), self.formula)

    @property
    def averages(self) -> bool:
        """Whether the answer is another point than w."""
        return type(self).solution is not Optimizer.solution

    def lr_at(self, k: Any) -> Any:
        """The step size lr of the step that follows k others, of the shape of k or a number; None if there is none."""
        return getattr(self, "lr", None)

    @property
    def lr_most(self) -> float | None:
        """The greatest step size that a schedule gives; None if there is none that could be set."""
        lr = self.lr_at(0)
        return float(lr) if isinstance(lr, int | float) else None

    @property
    def stable(self) -> float | None:
        """The lr·L below which the rule is stable on quadratics of curvature up to L; None if that is not known."""
        return None

    @property
    def built_in(self) -> bool:
        """Whether the rule is none of the user's own."""
        return type(self).__module__.startswith("gdlab.")

    def fitted(self, steps: int, seed: int, infimum: float | None = None) -> "Optimizer":
        """The rule for a run, with what was left open until then filled in.

        Args:
            steps: the budget.
            seed: of the run.
            infimum: of the loss, for a rule that says that it needs it: −inf if it has no lower bound, None if that is
                not known.

        Raises:
            ParameterError: if the rule has to know what is not known.
        """
        return self

    def remark(self, state: State) -> str | None:
        """A sentence about the step that led to a state, for the log of a run; None if there is nothing to say."""
        return None

    def parts(self, state: State) -> dict[str, Any]:
        """The arrays of a state by the names that they have in the formula, for a trace."""
        parts = leaves(state)
        if [path for path, _ in parts] == [()]:
            *_, name = inspect.signature(self.step).parameters  # what its author calls it, such as v
            return {name: state}
        return {"_".join(path): part for path, part in parts}

    def derived(self, move: Move) -> dict[str, Any]:
        """What the formula names beside the state, such as m̂ and v̂, as far as it is cheaply told from a step."""
        return {}


def _where(kind: type[Optimizer], name: str) -> str:
    """Where a keyword belongs that is none of the rule's."""
    from gdlab.optimizers.around import KEYS  # which is built on this

    if name not in KEYS:
        return ""
    return f". It goes around the optimizer: gdlab.Around(gdlab.{kind.__name__}(), {name}=…)"

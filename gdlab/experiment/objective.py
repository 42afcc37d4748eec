"""What an optimizer sees of a problem while a run trains: every call counted, nothing computed twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gdlab.autodiff import Cost, Method
from gdlab.autodiff.derivatives import Derivatives
from gdlab.autodiff.jacobian import Jacobian, bind_vector
from gdlab.errors import UsageError
from gdlab.experiment.parts import OnRows
from gdlab.optimizers.base import Optimizer
from gdlab.problems.base import Problem

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(slots=True)
class _Known:
    """What is known at a point, which its bytes name: an array may be written to once it was used."""

    key: bytes
    value: Any = None
    gradient: Any = None


class CountedObjective:
    """The objective of a run by its gradient method.

    What the runner looks at to log or to judge a run is charged to `logging`; once the optimizer asks for the same at
    the same point, the charge moves to `cost`. What the optimizer asked for at the last point that it tried is kept: a
    line search that ends there leaves nothing to be computed again, neither for the runner nor for the next step.

    Args:
        derivatives: the loss, or that over the rows of a batch, by the gradient method.
        jacobian: the residuals of a loss that is a sum of squares, by the gradient method, if the optimizer needs them.
        wants_gradient: whether the optimizer may be expected to ask for the gradient where its first step begins.

    Attributes:
        cost: what the optimizer has used.
        logging: what only the runner has used.
    """

    def __init__(
        self, derivatives: Derivatives | OnRows, jacobian: Jacobian | None = None, *, wants_gradient: bool = True
    ) -> None:
        self.derivatives = derivatives
        self.jacobian = jacobian
        self.cost = Cost()
        self.logging = Cost()
        self._point: Any = None
        self._here = _Known(b"")  # at that point, where the next step begins
        self._unclaimed: dict[str, Cost] = {}  # what of it is charged to logging so far
        self._claimed: set[str] = set()  # and what to the optimizer
        self._trial = _Known(b"")  # at the last point that the optimizer asked about beside it
        self._wants_gradient = wants_gradient  # whether the last step asked for the gradient at its starting point
        self.reprice()

    def reprice(self) -> None:
        """Take in what the derivatives cost; they may work it out at each call."""
        self._cost_of_gradient = self.derivatives.cost_of_gradient
        self._cost_of_both = self.derivatives.cost_of_value_and_gradient
        self._value_is_free = self._cost_of_gradient == self._cost_of_both  # whether a gradient brings it along

    def turn(self) -> None:
        """The derivatives are those of another batch now: nothing that is known of a point still holds."""
        self._point, self._here, self._trial = None, _Known(b""), _Known(b"")
        self.reprice()

    @property
    def seen(self) -> Any:
        """f at the last point that the optimizer tried, if that is known."""
        return self._trial.value

    def snapshot(self) -> dict[str, Any]:
        """All that it takes to go on from the point that the runner looks at."""
        here, trial = self._here, self._trial
        return {
            "cost": self.cost.counts(),
            "logging": self.logging.counts(),
            "here": [here.value, here.gradient],
            "trial": [np.frombuffer(trial.key, np.uint8), trial.value, trial.gradient],
            "unclaimed": {what: cost.counts() for what, cost in self._unclaimed.items()},
            "claimed": sorted(self._claimed),
            "wants": self._wants_gradient,
        }

    def restore(self, kept: Mapping[str, Any], w: Array) -> None:
        """Go on from a snapshot, at its point."""
        self.cost, self.logging = Cost(*kept["cost"]), Cost(*kept["logging"])
        self._point, self._here = w, _Known(w.tobytes(), *kept["here"])
        key, *known = kept["trial"]
        self._trial = _Known(key.tobytes(), *known)
        self._unclaimed = {what: Cost(*counts) for what, counts in kept["unclaimed"].items()}
        self._claimed = set(kept["claimed"])
        self._wants_gradient = kept["wants"]

    def value(self, w: Array) -> Any:
        """f(w)."""
        if w is self._point and self._here.value is not None:
            self._claim("value")
            return self._here.value
        trial = self._trial_at(w)
        if trial.value is None:
            self.cost += self.derivatives.cost_of_value
            trial.value = self.derivatives.value(w)
        return trial.value

    def gradient(self, w: Array) -> Array:
        """∇f(w)."""
        if w is self._point:
            self._wants_gradient = True
            self._know_gradient()
            self._claim("gradient")
            return self._here.gradient  # type: ignore[no-any-return]
        trial = self._trial_at(w)
        if trial.gradient is None:
            self._differentiate(trial, w, and_value=self._value_is_free)
        return trial.gradient  # type: ignore[no-any-return]

    def value_and_gradient(self, w: Array) -> tuple[Any, Array]:
        """f(w) and ∇f(w)."""
        if w is self._point:
            gradient = self.gradient(w)
            return self.value(w), gradient
        trial = self._trial_at(w)
        if trial.gradient is None:
            self._differentiate(trial, w, and_value=True)
        return self.value(w) if trial.value is None else trial.value, trial.gradient

    def hessian(self, w: Array) -> Array:
        """∇²f(w)."""
        self.cost += self.derivatives.cost_of_hessian
        return self.derivatives.hessian(w)

    def hvp(self, w: Array, v: Array) -> Array:
        """∇²f(w)·v."""
        self.cost += self.derivatives.cost_of_hvp
        return self.derivatives.hvp(w, v)

    def residuals(self, w: Array) -> Array:
        """The residuals r(w), shape (m,).

        Raises:
            UsageError: if there are none.
        """
        jacobian = self._jacobian()
        self.cost += jacobian.cost_of_value
        return jacobian.value(w)

    def residuals_and_jacobian(self, w: Array) -> tuple[Array, Array]:
        """The residuals r(w), shape (m,), and ∂rᵢ/∂wⱼ, shape (m, n).

        Raises:
            UsageError: if there are none.
        """
        jacobian = self._jacobian()
        self.cost += jacobian.cost
        return jacobian.value_and_jacobian(w)

    def _jacobian(self) -> Jacobian:
        if self.jacobian is None:
            raise UsageError("the loss tells no residuals, of which it would be the sum of squares")
        return self.jacobian

    def _trial_at(self, w: Array) -> _Known:
        key = w.tobytes()
        if key != self._trial.key:
            self._trial = _Known(key)
        return self._trial

    def _differentiate(self, trial: _Known, w: Array, *, and_value: bool) -> None:
        if and_value and trial.value is None:
            self.cost += self._cost_of_both
            trial.value, trial.gradient = self.derivatives.value_and_gradient(w)
        else:
            self.cost += self._cost_of_gradient
            trial.gradient = self.derivatives.gradient(w)

    # -- the runner's side ------------------------------------------------------------------------------------------

    def look(self, w: Array) -> Any:
        """f(w) for the runner, at the point where the next step begins."""
        key, trial, d = w.tobytes(), self._trial, self.derivatives
        if w is not self._point or key != self._here.key:  # otherwise the step has not moved, and all is known
            self._begin(w, _Known(key, trial.value, trial.gradient) if key == trial.key else _Known(key))
        here = self._here
        if here.value is None and self._wants_gradient and self._value_is_free:
            self._know_gradient()
        elif here.value is None:
            here.value = d.value(w)
            self._charge("value", d.cost_of_value)
        self._wants_gradient = False
        return here.value

    def _begin(self, w: Array, known: _Known) -> None:
        """A new point; what is known of it, the optimizer has asked for."""
        self._point, self._here = w, known
        self._unclaimed.clear()
        self._claimed.clear()
        if known.value is not None:
            self._claimed.add("value")
        if known.gradient is not None:
            self._claimed.add("gradient")

    def look_at_gradient(self, w: Array) -> Array:
        """∇f(w) for the runner, at the point it looks at."""
        self._know_gradient()
        return self._here.gradient  # type: ignore[no-any-return]

    def _know_gradient(self) -> None:
        here, d = self._here, self.derivatives
        if here.gradient is not None:
            return
        if here.value is None:
            here.value, here.gradient = d.value_and_gradient(self._point)
        else:
            here.gradient = d.gradient(self._point)
        self._charge("gradient", self._cost_of_gradient)

    def _charge(self, what: str, cost: Cost) -> None:
        self.logging += cost
        self._unclaimed[what] = cost

    def _claim(self, what: str) -> None:
        """Move the charge for what the runner has looked at to the optimizer, which now uses it."""
        if what in self._claimed:
            return
        self._claimed.add(what)
        if what == "value" and "value" not in self._unclaimed and "gradient" in self._unclaimed:
            self._split_off_value()
        cost = self._unclaimed.pop(what, None)
        if cost is not None:
            self.cost += cost
            self.logging += cost * -1

    def _split_off_value(self) -> None:
        """The value came with the gradient, but the optimizer may have no use for that."""
        value, both = self.derivatives.cost_of_value, self._unclaimed["gradient"]
        self._unclaimed["value"] = value
        if both.evaluations >= value.evaluations:
            self._unclaimed["gradient"] = both + value * -1
        else:  # a value by dual numbers would have cost an evaluation of its own
            self.logging += value


def counted(
    problem: Problem, method: Method, optimizer: Optimizer, start: Array, rows: OnRows | None = None
) -> CountedObjective:
    """The objective of a run by the gradient method.

    Args:
        problem: its loss, and its residuals if the optimizer works on these.
        method: the gradient method.
        optimizer: which optimizer will ask.
        start: a point, shape (n,).
        rows: the loss over the rows of a batch, or in shards, in its place.
    """
    derivatives: Any = method.bind(problem.loss, start) if rows is None else rows
    jacobian = None
    if "residuals" in optimizer.needs and (residuals := problem.residuals) is not None:
        jacobian = bind_vector(method, lambda w: residuals(w, None), start)
    return CountedObjective(derivatives, jacobian, wants_gradient=optimizer.uses_gradient)

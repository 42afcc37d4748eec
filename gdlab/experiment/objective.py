"""What an optimizer sees of a problem while a run trains: every call counted, nothing computed twice."""

from typing import Any

import numpy as np

from gdlab.autodiff import Cost
from gdlab.autodiff.derivatives import Derivatives

Array = np.ndarray[Any, np.dtype[Any]]


class CountedObjective:
    """The objective of a run by its gradient method.

    What the runner looks at to log or to judge a run is charged to `logging`; once the optimizer asks for the same at
    the same point, the charge moves to `cost`.

    Args:
        derivatives: the loss by the gradient method.
        wants_gradient: whether the optimizer may be expected to ask for the gradient where its first step begins.

    Attributes:
        cost: what the optimizer has used.
        logging: what only the runner has used.
    """

    def __init__(self, derivatives: Derivatives, *, wants_gradient: bool = True) -> None:
        self.derivatives = derivatives
        self.cost = Cost()
        self.logging = Cost()
        self._point: Any = None
        self._value: Any = None
        self._gradient: Any = None
        self._unclaimed: dict[str, Cost] = {}
        self._wants_gradient = wants_gradient  # whether the last step asked for the gradient at its starting point

    def value(self, w: Array) -> Any:
        """f(w)."""
        if w is self._point and self._value is not None:
            self._claim("value")
            return self._value
        self.cost += self.derivatives.cost_of_value
        return self.derivatives.value(w)

    def gradient(self, w: Array) -> Array:
        """∇f(w)."""
        if w is self._point:
            self._wants_gradient = True
            self._know_gradient()
            self._claim("gradient")
            return self._gradient  # type: ignore[no-any-return]
        self.cost += self.derivatives.cost_of_gradient
        return self.derivatives.gradient(w)

    def value_and_gradient(self, w: Array) -> tuple[Any, Array]:
        """f(w) and ∇f(w)."""
        if w is self._point:
            gradient = self.gradient(w)
            return self.value(w), gradient
        self.cost += self.derivatives.cost_of_value_and_gradient
        return self.derivatives.value_and_gradient(w)

    def hessian(self, w: Array) -> Array:
        """∇²f(w)."""
        self.cost += self.derivatives.cost_of_hessian
        return self.derivatives.hessian(w)

    def hvp(self, w: Array, v: Array) -> Array:
        """∇²f(w)·v."""
        self.cost += self.derivatives.cost_of_hvp
        return self.derivatives.hvp(w, v)

    # -- the runner's side ------------------------------------------------------------------------------------------

    def look(self, w: Array) -> Any:
        """f(w) for the runner, at the point where the next step begins."""
        self._point, self._value, self._gradient, self._unclaimed = w, None, None, {}
        d = self.derivatives
        if self._wants_gradient and d.cost_of_gradient == d.cost_of_value_and_gradient:
            self._know_gradient()
        else:
            self._value = d.value(w)
            self._charge("value", d.cost_of_value)
        self._wants_gradient = False
        return self._value

    def look_at_gradient(self, w: Array) -> Array:
        """∇f(w) for the runner, at the point it looks at."""
        self._know_gradient()
        return self._gradient  # type: ignore[no-any-return]

    def _know_gradient(self) -> None:
        d = self.derivatives
        if self._gradient is not None:
            return
        if self._value is None:
            self._value, self._gradient = d.value_and_gradient(self._point)
        else:
            self._gradient = d.gradient(self._point)
        self._charge("gradient", d.cost_of_gradient)

    def _charge(self, what: str, cost: Cost) -> None:
        self.logging += cost
        self._unclaimed[what] = cost

    def _claim(self, what: str) -> None:
        """Move the charge for what the runner has looked at to the optimizer, which now uses it."""
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

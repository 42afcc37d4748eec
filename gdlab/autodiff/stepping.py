"""One step of an iteration as a program: the objective, its gradient and the update, traced together.

What is iterated need not be known here: a step is any function `step(objective, w, state) -> (w, state)` that is
written with NumPy and asks the objective for values and gradients.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from gdlab.autodiff.cost import Cost
from gdlab.autodiff.graph import Node, apply, constant, scalar, variable
from gdlab.autodiff.program.program import Program
from gdlab.autodiff.reverse import gradients
from gdlab.autodiff.table import TABLE
from gdlab.errors import DifferentiationError
from gdlab.state import flatten

Array = np.ndarray[Any, np.dtype[Any]]
Step = Callable[[Any, Any, Any], tuple[Any, Any]]


class StepProgram:
    """A compiled step, by reverse mode.

    Args:
        loss: f(w), or f(w, rows) if rows are given, written with NumPy; returns a scalar.
        step: the step, whose state keeps its structure, shapes and dtypes.
        w: the parameters to begin with, shape (n,).
        state: the state to begin with.
        rows: row numbers of a minibatch, an int array; it fixes their count.

    Attributes:
        advance: each call but the first does a step; returns f at w, or nearby if `exact` is false. With rows each call
            does a step, and returns f at the w before it, or nearby.
        exact: whether the step asks for the gradient at w itself. Then `gradient` is ∇f(w) after each call; with rows
            it is kept nowhere.
        cost: of one step.
        w, gradient, rows: fixed arrays; the rows of a step are written before it.
        source: the program as text.

    Raises:
        DifferentiationError: if loss or step cannot be traced, or an array of the state does not stay what it is.
    """

    def __init__(self, loss: Callable[..., Any], step: Step, w: Array, state: Any, rows: Array | None = None) -> None:
        node = variable("w", w)
        inputs, f = {"w": node}, loss
        if rows is not None:
            inputs["rows"] = taken = Node(None, (), {}, rows.shape, rows.dtype, level=node.level, name="rows")
            f = partial(_on_rows, loss, taken)
        leaves, self._rebuild = flatten(state)
        variables = {name: variable(name, leaf, node.level) for name, leaf in leaves.items()}
        objective = TracedObjective(f, node)
        after, new = step(objective, node, self._rebuild(list(variables.values())))
        updates = {"w": constant(after)}
        updates |= updates_of(variables, new)
        outputs, self.exact = objective.results()
        if rows is not None:
            outputs = {"value": outputs["value"]}
        program = Program({**inputs, **variables}, outputs, updates, pause=rows is None)
        self.source = program.source
        self.cost = objective.cost
        self.w = program.arrays["w"]
        self.w[...] = w
        self.gradient = program.arrays.get("gradient", np.empty(0))
        self.rows = program.arrays.get("rows", np.empty(0, int))
        self._leaves = [program.arrays[name] for name in leaves]
        for array, leaf in zip(self._leaves, leaves.values(), strict=True):
            array[...] = leaf
        self.advance: Callable[[], Any] = program.run if rows is not None else program.run().__next__

    @property
    def state(self) -> Any:
        """The state, in the arrays that the next step overwrites."""
        return self._rebuild(self._leaves)

    def write(self, w: Array, state: Any) -> None:
        """Go on from another point and state of the same shapes; the next call then does no step."""
        self.w[...] = w
        for array, leaf in zip(self._leaves, flatten(state)[0].values(), strict=True):
            array[...] = leaf

    def take_over(self, other: "StepProgram") -> None:
        """Go on from where another program of the same step has come to."""
        self.w[...] = other.w
        for mine, its in zip(self._leaves, other._leaves, strict=True):
            mine[...] = its


def updates_of(variables: Mapping[str, Node], new: Any) -> dict[str, Node]:
    """What each array of a state becomes.

    Raises:
        DifferentiationError: if its shape or dtype would change, or another is in its place.
    """
    updates = {name: constant(x) for name, x in flatten(new)[0].items()}
    for name in variables.keys() | updates.keys():
        old, update = variables.get(name), updates.get(name)
        if old is None or update is None or (old.shape, old.dtype) != (update.shape, update.dtype):
            raise DifferentiationError(f"a step whose {name} changes its shape or dtype is not compiled")
    return updates


def _on_rows(loss: Callable[..., Any], rows: Node, w: Any) -> Any:
    return loss(w, rows)


class TracedObjective:
    """The objective while a step is traced: it adds to the graph, and notes what the step costs.

    Args:
        loss: f(w).
        w: the variable at which the step begins.
    """

    def __init__(self, loss: Callable[[Any], Any], w: Node) -> None:
        self.loss = loss
        self.w = w
        self.cost = Cost()
        self._losses: dict[int, tuple[Node, Node, Node]] = {}
        self._gradients: dict[int, Node] = {}

    def value(self, w: Node) -> Node:
        """f(w)."""
        if id(w) not in self._losses:
            self.cost += Cost(evaluations=1)
        return self._loss(w)[2]

    def gradient(self, w: Node) -> Node:
        """∇f(w)."""
        if id(w) not in self._gradients:
            new = id(w) not in self._losses
            self.cost += Cost(evaluations=int(new), reverse_passes=1)
            _, point, loss = self._loss(w)
            self._gradients[id(w)] = gradients(loss, [point])[0]
        return self._gradients[id(w)]

    def value_and_gradient(self, w: Node) -> tuple[Node, Node]:
        """f(w) and ∇f(w)."""
        gradient = self.gradient(w)
        return self.value(w), gradient

    def hessian(self, w: Node) -> Node:
        """Not within a program."""
        raise DifferentiationError("a step that needs the Hessian is not compiled")

    def hvp(self, w: Node, v: Node) -> Node:
        """Not within a program."""
        raise DifferentiationError("a step that needs a Hessian-vector product is not compiled")

    def results(self) -> tuple[dict[str, Node], bool]:
        """What is told before the update: f and ∇f at w if the step asks for them there, else f nearby."""
        if id(self.w) in self._gradients:
            return {"value": self._losses[id(self.w)][2], "gradient": self._gradients[id(self.w)]}, True
        if not self._losses:
            raise DifferentiationError("a step that never looks at the objective is not compiled")
        return {"value": next(iter(self._losses.values()))[2]}, False

    def _loss(self, w: Node) -> tuple[Node, Node, Node]:
        """The argument (kept, so that its id stays its own), the node to differentiate by, and the loss."""
        if id(w) not in self._losses:
            # A node of its own, whatever else depends on w.
            point = w if w is self.w else apply(TABLE["positive"], (w,), {})
            self._losses[id(w)] = (w, point, scalar(self.loss(point)))
        return self._losses[id(w)]

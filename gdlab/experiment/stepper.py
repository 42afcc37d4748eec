"""One step after the other: the optimizer and the objective, compiled into one program where both can be traced."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import numpy as np

from gdlab.autodiff import Cost, Method
from gdlab.autodiff.derivatives import Derivatives
from gdlab.autodiff.graph import Node, apply, constant, scalar, variable
from gdlab.autodiff.methods import Reverse
from gdlab.autodiff.program.program import Program
from gdlab.autodiff.reverse import gradients
from gdlab.autodiff.table import TABLE
from gdlab.errors import DifferentiationError
from gdlab.experiment.objective import CountedObjective
from gdlab.optimizers.base import Optimizer, State
from gdlab.problems.base import Problem

Array = np.ndarray[Any, np.dtype[Any]]


class Stepper(Protocol):
    """Advances a run. Between two calls of `next`, all that can be asked is about the same point w."""

    exact: bool
    """Whether `next` gives f(w); otherwise it gives f at a point nearby, good enough to notice that it runs away."""

    cost_of_step: Cost | None
    """What every step costs, if all cost the same."""

    def next(self) -> Any:
        """Do a step, but for the first call, and tell the loss there."""

    @property
    def w(self) -> Array:
        """The current parameters, not to be kept: a step may overwrite them."""

    @property
    def state(self) -> State:
        """The optimizer's state, not to be kept either."""

    def loss(self) -> float:
        """f(w)."""

    def gradient(self) -> Array:
        """∇f(w)."""

    def cost(self, steps: int) -> Cost:
        """What the optimizer has used for that many steps."""

    def logging(self) -> Cost:
        """What only the runner has used."""


def make_stepper(problem: Problem, method: Method, optimizer: Optimizer, start: Array) -> Stepper:
    """A compiled stepper for reverse mode and a traceable optimizer; one that steps through Python otherwise."""
    if optimizer.traceable and isinstance(method, Reverse) and not method.retrace:
        try:
            return CompiledStepper(problem, method, optimizer, start)
        except DifferentiationError:
            # The loss or the rule branches on values; step through Python, which says so itself if that fails too.
            pass
    return PythonStepper(method.bind(problem.loss, start), optimizer, start)


class PythonStepper:
    """Steps through Python: any method, any optimizer."""

    exact = True
    cost_of_step = None

    def __init__(self, derivatives: Derivatives, optimizer: Optimizer, start: Array) -> None:
        self.objective = CountedObjective(derivatives)
        self.optimizer = optimizer
        self.w = start
        self.state = optimizer.init(start)
        self._begun = False

    def next(self) -> Any:
        """Do a step, but for the first call, and tell the loss there."""
        if self._begun:
            self.w, self.state = self.optimizer.step(self.objective, self.w, self.state)
        self._begun = True
        return self.objective.look(self.w)

    def loss(self) -> float:
        """f(w)."""
        return float(self.objective.look(self.w))

    def gradient(self) -> Array:
        """∇f(w)."""
        return self.objective.look_at_gradient(self.w)

    def cost(self, steps: int) -> Cost:
        """What the optimizer has used."""
        return self.objective.cost

    def logging(self) -> Cost:
        """What only the runner has used."""
        return self.objective.logging


class CompiledStepper:
    """Loss, gradient and update in one straight-line program.

    Raises:
        DifferentiationError: if the loss or the update cannot be traced.
    """

    def __init__(self, problem: Problem, method: Method, optimizer: Optimizer, start: Array) -> None:
        w = variable("w", start)
        first = optimizer.init(start)
        leaves, self._rebuild = flatten(first)
        variables = {name: variable(name, leaf, w.level) for name, leaf in leaves.items()}
        objective = TracedObjective(problem, w)
        rule: Any = optimizer  # its step takes nodes as it takes arrays
        after, state = rule.step(objective, w, self._rebuild(list(variables.values())))
        updates = {"w": constant(after)}
        updates |= {n: constant(x) for n, x in zip(leaves, flatten(state)[0].values(), strict=True)}
        outputs, self.exact = objective.outputs()
        self.program = Program({"w": w, **variables}, outputs, updates, pause=True)
        self.cost_of_step = objective.cost
        self._seen = Cost()
        self._derivatives = method.bind(problem.loss, start)
        self.w = self.program.arrays["w"]
        self.w[...] = start
        self._leaves = [self.program.arrays[name] for name in leaves]
        for array, leaf in zip(self._leaves, leaves.values(), strict=True):
            array[...] = leaf
        self._run: Iterator[Any] = self.program.run()
        self.next = self._run.__next__
        self._value: Any = None

    @property
    def state(self) -> State:
        """The optimizer's state."""
        return self._rebuild(self._leaves)

    def loss(self) -> float:
        """f(w), evaluated apart."""
        self._seen += self._derivatives.cost_of_value
        return float(self._derivatives.value(self.w))

    def gradient(self) -> Array:
        """∇f(w)."""
        if self.exact:
            return self.program.arrays["gradient"]
        self._seen += self._derivatives.cost_of_gradient
        return self._derivatives.gradient(self.w)

    def cost(self, steps: int) -> Cost:
        """What the optimizer has used for that many steps."""
        return self.cost_of_step * steps

    def logging(self) -> Cost:
        """The look at the last point, which no step has used, and what was evaluated apart."""
        return self._seen + self.cost_of_step


class TracedObjective:
    """The objective while a step is traced: it adds to the graph, and notes what the step costs."""

    def __init__(self, problem: Problem, w: Node) -> None:
        self.problem = problem
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

    def outputs(self) -> tuple[Mapping[str, Node], bool]:
        """What the program tells before it updates: f and ∇f at w if the step asks for them there, else f nearby."""
        if id(self.w) in self._gradients:
            return {"value": self._losses[id(self.w)][2], "gradient": self._gradients[id(self.w)]}, True
        if not self._losses:
            raise DifferentiationError("a step that never looks at the objective is not compiled")
        return {"value": next(iter(self._losses.values()))[2]}, False

    def _loss(self, w: Node) -> tuple[Node, Node, Node]:
        """The argument (kept, so that its id stays its own), the node to differentiate by, and the loss."""
        if id(w) not in self._losses:
            point = w if w is self.w else apply(TABLE["positive"], (w,), {})  # its own node, whatever depends on w
            self._losses[id(w)] = (w, point, scalar(self.problem.loss(point, None)))
        return self._losses[id(w)]


def flatten(state: State) -> tuple[dict[str, Any], Any]:
    """The arrays of a state by name, and the function that puts them together again."""
    if isinstance(state, tuple):
        names = getattr(state, "_fields", tuple(f"state{i}" for i in range(len(state))))
        kind = type(state)
        rebuild = (lambda parts: kind(*parts)) if hasattr(state, "_fields") else tuple
        return {f"state_{name}": part for name, part in zip(names, state, strict=True)}, rebuild
    return {"state": state}, lambda parts: parts[0]

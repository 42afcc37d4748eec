"""A step of an iteration in lanes: traced once, compiled for as many replicas side by side as are running."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gdlab.autodiff.graph import Node, ancestors, constant, variable
from gdlab.autodiff.program.program import Program
from gdlab.autodiff.stepping import TracedObjective, updates_of
from gdlab.errors import DifferentiationError
from gdlab.state import flatten

Array = np.ndarray[Any, np.dtype[Any]]


class StepInLanes:
    """A step that is traced once, by reverse mode, for replicas that differ in their numbers.

    Args:
        loss: f(w), written with NumPy; returns a scalar.
        step: `step(objective, w, state, numbers) -> (w, state)`; the numbers are traced.
        w: a point, shape (n,).
        state: the state of one replica.
        numbers: names of scalars that differ from lane to lane.
        differing: names of the arrays of the state, as `flatten` has them, that differ at the start.

    Attributes:
        exact: whether the step asks for the gradient at w itself; if not, f is told nearby, and no gradient.
        cost: of one step of one lane.
        numbers: the names of the numbers within the program.
        laned: the arrays of the state that differ from lane to lane; the others are common to all.

    Raises:
        DifferentiationError: if loss or step cannot be traced, or the loss is the same for all w.
    """

    def __init__(
        self,
        loss: Callable[[Any], Any],
        step: Callable[[Any, Any, Any, Any], tuple[Any, Any]],
        w: Array,
        state: Any,
        numbers: tuple[str, ...] = (),
        differing: frozenset[str] = frozenset(),
    ) -> None:
        node = variable("w", w)
        leaves, rebuild = flatten(state)
        variables = {name: variable(name, leaf, node.level) for name, leaf in leaves.items()}
        given = {
            name: variable(f"lane_{name.replace('.', '_')}", np.zeros((), w.dtype), node.level) for name in numbers
        }
        objective = TracedObjective(loss, node)
        after, new = step(objective, node, rebuild(list(variables.values())), given)
        updates = updates_of(variables, new)
        self._outputs, self.exact = objective.results()
        if not any(one is node for one in ancestors([self._outputs["value"]])):
            raise DifferentiationError("a loss that is the same for all w is not compiled in lanes")
        self.laned = _laned([node, *given.values()], variables, updates, differing)
        self.numbers = {name: str(one.name) for name, one in given.items()}
        named = {self.numbers[name]: one for name, one in given.items()}
        self._inputs: dict[str, Node] = {"w": node, **named, **variables}
        self._updates = {"w": constant(after), **updates}
        self.cost = objective.cost
        self.rebuild = rebuild
        self.names = tuple(leaves)
        self._programs: dict[int, ProgramInLanes] = {}

    def at(self, lanes: int) -> "ProgramInLanes":
        """The program for so many lanes; asked again, the same one."""
        if lanes not in self._programs:
            laned = ["w", *self.numbers.values(), *self.laned]
            program = Program(self._inputs, self._outputs, self._updates, lanes=lanes, laned=laned, pause=True)
            self._programs[lanes] = ProgramInLanes(program, self)
        return self._programs[lanes]


class ProgramInLanes:
    """A compiled step of so many lanes. Write its arrays, `begin`, and `advance`.

    Attributes:
        w: shape (n, lanes).
        value: f at w, or nearby, after each call of `advance`; shape (lanes,).
        gradient: ∇f(w), shape (n, lanes); None if the step does not ask for it there.
        numbers: by name, each of shape (lanes,).
        leaves: the arrays of the state by name, those that differ by lane with a trailing axis.
        advance: each call but the first after `begin` does a step.
    """

    def __init__(self, program: Program, step: StepInLanes) -> None:
        arrays = program.arrays
        self.program = program
        self.w = arrays["w"]
        self.value = arrays["value"]
        self.gradient = None
        if "gradient" in arrays:
            self.gradient = arrays["gradient"]
            if self.gradient.shape != self.w.shape:  # that of a linear loss is the same in all lanes
                self.gradient = np.broadcast_to(self.gradient[:, None], self.w.shape)
        self.numbers = {name: arrays[within] for name, within in step.numbers.items()}
        self.leaves = {name: arrays[name] for name in step.names}
        self.advance: Callable[[], Any] = program.run().__next__

    def begin(self) -> None:
        """Start over from what now stands in the arrays."""
        self.advance = self.program.run().__next__


def _laned(
    roots: list[Node], variables: Mapping[str, Node], updates: Mapping[str, Node], differing: frozenset[str]
) -> frozenset[str]:
    """Which arrays of a state come to differ from lane to lane."""
    laned = set(differing)
    above = {name: {id(node) for node in ancestors([update])} for name, update in updates.items()}
    while True:
        sources = {id(node) for node in roots} | {id(variables[name]) for name in laned}
        found = {name for name, nodes in above.items() if name not in laned and nodes & sources}
        if not found:
            return frozenset(laned)
        laned |= found

"""From a graph to the source of a program: one statement a step, into arrays that are allocated once."""

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from gdlab.autodiff.graph import Node, ancestors, number
from gdlab.autodiff.primitive import Elementwise
from gdlab.autodiff.program.memory import Memory
from gdlab.autodiff.program.simplify import simplify
from gdlab.autodiff.program.source import Source, Statement
from gdlab.autodiff.program.statements import STATEMENTS
from gdlab.autodiff.program.storage import Buffer, Place
from gdlab.autodiff.program.text import dtype_text
from gdlab.autodiff.program.tiles import tile
from gdlab.autodiff.program.views import VIEWS

INFIX = {
    "add": "{} + {}",
    "subtract": "{} - {}",
    "multiply": "{} * {}",
    "divide": "{} / {}",
    "negative": "-{}",
    "power": "{} ** {}",
    "square": "{0} * {0}",
    "less": "{} < {}",
    "less_equal": "{} <= {}",
    "greater": "{} > {}",
    "greater_equal": "{} >= {}",
    "equal": "{} == {}",
    "not_equal": "{} != {}",
}


class Compiler:
    """Writes a program.

    Args:
        inputs: variables, by the name of the fixed array that holds them.
        outputs: what is computed, by name; 0-d results are returned by each run, arrays are left in a fixed array.
        updates: for inputs by name, the node whose value replaces them at the end of each run.
        lanes: the length of the trailing axis, or None for none.
        laned: the inputs that have the trailing axis; unset, all of them.
        pause: write a generator that yields the outputs before it updates the inputs, over and over; otherwise a
            function that does both and returns the outputs.
    """

    def __init__(
        self,
        inputs: Mapping[str, Node],
        outputs: Mapping[str, Node],
        updates: Mapping[str, Node] | None = None,
        *,
        lanes: int | None = None,
        laned: Sequence[str] | None = None,
        pause: bool = False,
    ) -> None:
        updates = updates or {}
        roots = simplify([*outputs.values(), *updates.values()])
        order = ancestors(roots)
        self.outputs = dict(zip(outputs, roots[: len(outputs)], strict=True))
        self.finals = dict(zip(updates, roots[len(outputs) :], strict=True))
        self.source = Source()
        self.memory = Memory(self.source, order, roots, lanes)
        self.consumers: dict[int, list[Node]] = {id(node): [] for node in order}
        for node in order:
            for child in node.inputs:
                self.consumers[id(child)].append(node)
        self._ones: dict[tuple[int, str], Any] = {}
        self._laned_by_node: dict[int, bool] = {}
        with_lanes = set(inputs if laned is None else laned) if lanes is not None else set()
        for name, node in inputs.items():
            self._input(name, node, name in with_lanes)
        self._find_laned(order)
        first = len(ancestors(self.outputs.values())) if pause else 0
        self._homes({id(node) for node in order[:first]})
        for node in order[:first]:
            self._step(node)
        if pause:
            self.source.emit(f"yield {self._results()}")
        for node in order[first:]:
            self._step(node)
        returned = "" if pause else self._results()
        self._update()
        if not pause:
            self.source.emit(f"return {returned}")
        tile(self.source)
        self.run = self.source.compile(loop=pause)

    # -- operands ---------------------------------------------------------------------------------------------------

    def operand(self, node: Node, beside: Node, laned: bool) -> str:
        """A value as the operand of an elementwise operation, with an axis of length one for lanes it does not have."""
        if node.is_constant:
            text = self._constant(node, beside)
            has_lanes = False
        else:
            place = self.memory.places[id(node)]
            text = place.name if place.array is not None else place.twin or place.name
            has_lanes = place.laned
        if laned and not has_lanes and node.shape:
            return self.source.bind("v", f"{text}[..., None]")[0]
        return text

    def array(self, node: Node, beside: Node) -> str:
        """A value as it is stored."""
        return self.operand(node, beside, laned=False)

    def scalar(self, node: Node) -> str:
        """A 0-d value as it is written in arithmetic on numbers."""
        if node.is_constant:
            value = number(node)
            if value is None or not np.isfinite(value):
                held = np.asarray(node.value)[()]
                return self.source.hold(held, repr(held))
            return repr(float(value))
        place = self.memory.places[id(node)]
        return place.name if place.array is None else f"{place.name}[()]"

    def atom(self, node: Node) -> str:
        """A 0-d value as it is written beside an operator."""
        text = self.scalar(node)
        return f"({text})" if text.startswith("-") else text

    def ones(self, count: int, dtype: Any) -> Any:
        """A row of ones."""
        return self._ones.setdefault((count, np.dtype(dtype).str), np.ones(count, dtype))

    def _constant(self, node: Node, beside: Node) -> str:
        value = number(node)
        if value is not None:
            # A plain number takes the dtype of what it is combined with.
            others = [child.dtype for child in beside.inputs if not isinstance(child.dtype, int | float)]
            return self.source.plain_number(value, np.result_type(value, *others) if others else np.dtype(float))
        return self.source.hold(node.value, f"constant, {node.dtype}{list(node.shape)}")

    # -- results ----------------------------------------------------------------------------------------------------

    def write(self, node: Node, laned: bool, statement: Callable[[str], str]) -> str:
        """Emit a statement that writes a step into its target."""
        self.source.emit(statement(self.memory.target(node, laned, inplace=False)))
        return ""

    def assign_number(self, node: Node, expression: str, operands: tuple[str, ...] = ()) -> None:
        """Keep a 0-d result as a number, and in a 0-d array too if arrays will be combined with it.

        Operands, which `{0}` and `{1}` of the expression stand for, make it a sum over all their elements.
        """
        name, twin = self.source.name("s"), None
        if any(self.reads_arrays(consumer) for consumer in self.consumers[id(node)]):
            twin, _ = self.source.bind("n", f"empty((){dtype_text(np.result_type(node.dtype))})")
        kind: Literal["total", "number"] = "total" if operands else "number"
        self.source.body.append(Statement(expression, operands, kind, (name, twin) if twin else (name,)))
        self.memory.occupy(node, Place(name, None, None, False, twin))

    def reads_arrays(self, consumer: Node) -> bool:
        """Whether a step takes its operands as arrays."""
        assert consumer.primitive is not None  # noqa: S101
        return consumer.primitive.name != "assemble" and bool(consumer.shape or self._laned_by_node[id(consumer)])

    # -- steps ------------------------------------------------------------------------------------------------------

    def _input(self, name: str, node: Node, laned: bool) -> None:
        array = np.zeros(self.memory.full_shape(node, laned), np.result_type(node.dtype))
        self.source.given(name, array, "input")
        buffer = Buffer(name, array, fixed=True)
        self._laned_by_node[id(node)] = laned
        self.memory.occupy(node, Place(name, array, buffer, laned))
        if node.shape == () and not laned and self.memory.pending[id(node)]:
            local = self.source.name("s")
            self.source.emit(f"{local} = {name}[()]")
            self.memory.places[id(node)] = Place(local, None, buffer, False, twin=name)

    def _find_laned(self, order: Sequence[Node]) -> None:
        for node in order:
            if id(node) not in self._laned_by_node:
                self._laned_by_node[id(node)] = any(self._laned_by_node[id(child)] for child in node.inputs)

    def _homes(self, before_pause: Container[int]) -> None:
        """The fixed arrays of updated inputs and of results. What is known before the pause updates nothing yet."""
        for name, node in self.finals.items():
            if node.primitive is not None and id(node) not in before_pause:
                buffer = next(p.buffer for p in self.memory.places.values() if p.buffer and p.buffer.name == name)
                self.memory.homes.setdefault(id(node), buffer)
        for name, node in self.outputs.items():
            laned = self._laned_by_node[id(node)]
            if node.shape or laned:
                array = np.zeros(self.memory.full_shape(node, laned), np.result_type(node.dtype))
                self.source.given(name, array, "result")
                self.memory.homes.setdefault(id(node), Buffer(name, array, fixed=True))

    def _step(self, node: Node) -> None:
        if node.primitive is None:
            return
        name, laned = node.primitive.name, self._laned_by_node[id(node)]
        if not (name in VIEWS and VIEWS[name](self, node, laned)):
            if isinstance(node.primitive, Elementwise):
                self._elementwise(node, node.primitive, laned)
            elif expression := STATEMENTS[name](self, node, laned):
                self.assign_number(node, expression)
        self.memory.release(node)

    def _elementwise(self, node: Node, primitive: Elementwise, laned: bool) -> None:
        name = primitive.name
        if node.shape == () and not laned:
            if name in INFIX:
                self.assign_number(node, INFIX[name].format(*(self.atom(child) for child in node.inputs)))
                return
            operands = ", ".join(self.scalar(child) for child in node.inputs)
            self.assign_number(node, f"{self.source.function(primitive.compute, name)}({operands})")
            return
        arrays = [self.operand(child, node, laned) for child in node.inputs]
        function = self.source.function(primitive.compute, name)
        if isinstance(primitive.compute, np.ufunc):
            # NumPy deprecates a third positional argument of these two.
            keyword = "out=" if primitive.compute in (np.maximum, np.minimum) else ""
            self.source.apply(function, arrays, self.memory.target(node, laned, inplace=True), keyword)
        else:
            copyto = self.source.function(np.copyto, "copyto")
            self.write(node, laned, lambda out: f"{copyto}({out}, {function}({', '.join(arrays)}))")

    def _results(self) -> str:
        """Leave array results in their fixed arrays; the 0-d ones as they are returned or yielded."""
        returned = []
        for name, node in self.outputs.items():
            if name in self.source.namespace:
                self._move(node, name)
            else:
                returned.append(self.scalar(node))
        return ", ".join(returned) or "None"

    def _update(self) -> None:
        """Move new values into the inputs they replace, none before the old value there has been moved on."""
        waiting = {name: node for name, node in self.finals.items() if not self._is_at(node, name)}
        while waiting:
            sources = {name: self._lies_in(node) for name, node in waiting.items()}
            free = [name for name in waiting if not any(s == name and n != name for n, s in sources.items())]
            if free:
                self._move(waiting.pop(free[0]), free[0])
                continue
            # Each is waiting for another: the first makes room by way of a copy.
            name = next(iter(waiting))
            array = self.source.namespace[name]
            spare, _ = self.source.bind("t", f"empty({array.shape}{dtype_text(array.dtype)})")
            self.source.emit(f"{spare}[...] = {name}")
            for node in waiting.values():
                if self._lies_in(node) == name:
                    self.memory.places[id(node)] = Place(spare, self.source.namespace[spare], None)

    def _lies_in(self, node: Node) -> str | None:
        place = self.memory.places.get(id(node))
        return place.buffer.name if place is not None and place.array is not None and place.buffer is not None else None

    def _is_at(self, node: Node, home: str) -> bool:
        place = self.memory.places.get(id(node))
        return place is not None and home in (place.name, place.twin)

    def _move(self, node: Node, home: str) -> None:
        if not self._is_at(node, home):
            source = self._constant(node, node) if node.is_constant else self.memory.places[id(node)].name
            self.source.emit(f"{home}[...] = {source}")

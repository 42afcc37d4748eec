"""Which array each value of a program is written into."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gdlab.autodiff.graph import Node
from gdlab.autodiff.program.source import Source
from gdlab.autodiff.program.storage import Buffer, Coverage, Place, Pool
from gdlab.autodiff.program.text import dtype_text, index_text, shape_text
from gdlab.autodiff.shapes import Shape
from gdlab.autodiff.structural import assemble, reshape


@dataclass(frozen=True)
class Slot:
    """A slice of an assembled array that a part is computed straight into."""

    owner: Node
    index: tuple[Any, ...]


class Memory:
    """Places of values.

    A value goes, in this order: into its slot, into the array it updates or is the result in, into the buffer of an
    operand that is read for the last time, into a free buffer, into a new one.

    Args:
        source: the program being written.
        order: all nodes, inputs first.
        roots: nodes that are read after the last step.
        lanes: the length of the trailing axis, or None.
    """

    def __init__(self, source: Source, order: Sequence[Node], roots: Sequence[Node], lanes: int | None) -> None:
        self.source = source
        self.lanes = lanes
        self.places: dict[int, Place] = {}
        self.homes: dict[int, Buffer] = {}
        self.pool = Pool()
        self.pending = Counter(id(child) for node in order for child in node.inputs)
        self.pending.update(id(root) for root in roots)
        self.slots = _slots(order, self.pending)

    def full_shape(self, node: Node, laned: bool) -> Shape:
        """The shape of a value with the axis of lanes, if it has one."""
        return (*node.shape, self.lanes) if laned and self.lanes is not None else node.shape

    def occupy(self, node: Node, place: Place) -> None:
        """Record where a value is."""
        self.places[id(node)] = place
        if place.buffer is not None:
            place.buffer.uses += self.pending[id(node)]

    def view(self, node: Node, of: Node, expression: str, laned: bool) -> Any:
        """A value that lies within another, made once."""
        name, array = self.source.bind("v", expression)
        self.occupy(node, Place(name, array, self.places[id(of)].buffer, laned))
        return array

    def target(self, node: Node, laned: bool, *, inplace: bool) -> str:
        """The name of the array that a step writes its result into.

        Args:
            node: the step.
            laned: whether the result has the axis of lanes.
            inplace: whether the step may overwrite an operand element by element.
        """
        shape, dtype = self.full_shape(node, laned), np.result_type(node.dtype)
        place = self._slot_place(node, shape, laned)
        if place is None:
            buffer = self._home(node, shape, dtype, inplace) or (self._dying(node, shape, dtype) if inplace else None)
            buffer = buffer or self.pool.take(shape, dtype) or self._new(shape, dtype)
            place = Place(buffer.name, buffer.array, buffer, laned)
        self.occupy(node, place)
        return place.name

    def array_of(self, node: Node) -> Any:
        """The array that a value occupies."""
        return self.places[id(node)].array

    def release(self, node: Node) -> None:
        """Count a read of each operand as done; a buffer without reads to come is free."""
        own = self._root(node)
        for child in node.inputs:
            buffer = self._root(child)
            if buffer is not None:
                buffer.uses -= 1
                if buffer.uses == 0 and buffer is not own:
                    self.pool.give(buffer)

    def _new(self, shape: Shape, dtype: np.dtype[Any]) -> Buffer:
        return Buffer(*self.source.bind("t", f"empty({shape}{dtype_text(dtype)})"))

    def _slot_place(self, node: Node, shape: Shape, laned: bool) -> Place | None:
        slot = self.slots.get(id(node))
        if slot is None or np.result_type(slot.owner.dtype) != np.result_type(node.dtype):
            return None
        if id(slot.owner) not in self.places:
            # All parts of an assembled array must agree on lanes with it: only then is the slice a part in full.
            if self.lanes is not None and not laned:
                return None
            self.target(slot.owner, laned, inplace=False)
        owner = self.places[id(slot.owner)]
        if owner.array is None or owner.laned != laned or owner.array[slot.index].size != int(np.prod(shape)):
            return None
        view = owner.array[slot.index]
        reshaped = np.reshape(view, shape)
        if view.size and not np.may_share_memory(reshaped, owner.array):
            return None
        text = f"{owner.name}[{index_text(slot.index)}]" + (
            "" if view.shape == shape else f".reshape({shape_text(shape)})"
        )
        name, array = self.source.bind("v", text)
        return Place(name, array, owner.buffer, laned)

    def _home(self, node: Node, shape: Shape, dtype: np.dtype[Any], inplace: bool) -> Buffer | None:
        """The fixed array that a value belongs in, if nothing that lies there is still to be read."""
        buffer = self.homes.get(id(node))
        if buffer is None or buffer.array.shape != shape or buffer.array.dtype != dtype:
            return None
        mine = [child for child in node.inputs if self._root(child) is buffer]
        free = buffer.uses == 0 or (inplace and buffer.uses == len(mine) and all(self._fills(c, buffer) for c in mine))
        return buffer if free else None

    def _dying(self, node: Node, shape: Shape, dtype: np.dtype[Any]) -> Buffer | None:
        for child in node.inputs:
            buffer = self._root(child)
            if buffer is None or buffer.fixed or buffer.array.shape != shape or buffer.array.dtype != dtype:
                continue
            mine = [c for c in node.inputs if self._root(c) is buffer]
            if buffer.uses == len(mine) and all(self._fills(c, buffer) for c in mine):
                return buffer
        return None

    def _root(self, node: Node) -> Buffer | None:
        place = self.places.get(id(node))
        return None if place is None else place.buffer

    def _fills(self, node: Node, buffer: Buffer) -> bool:
        """Whether a value fills its buffer exactly, so that an elementwise step may overwrite it."""
        array = self.places[id(node)].array
        return array is not None and array.shape == buffer.array.shape and array.strides == buffer.array.strides


def _slots(order: Sequence[Node], pending: Mapping[int, int]) -> dict[int, Slot]:
    """For each part of an assembled array that nothing else reads, and no earlier part overlaps: its slice."""
    slots: dict[int, Slot] = {}
    for owner in order:
        if owner.primitive is not assemble:
            continue
        coverage = Coverage(owner.shape)
        for part, index in zip(owner.inputs, owner.params["indices"], strict=True):
            if coverage.state(index) != "fresh":
                continue
            if part.primitive is None or pending[id(part)] > 1 or coverage.written[index].shape != part.shape:
                continue
            coverage.add(index)
            slots[id(part)] = Slot(owner, index)
            inner = part
            while inner.primitive is reshape and pending[id(inner.inputs[0])] == 1:
                inner = inner.inputs[0]
                slots[id(inner)] = Slot(owner, index)
    return slots

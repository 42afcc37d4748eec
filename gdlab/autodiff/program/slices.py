"""How elements are picked, put and assembled in a program."""

from typing import TYPE_CHECKING, Any

import numpy as np

from gdlab.autodiff.graph import Node
from gdlab.autodiff.program.storage import Coverage
from gdlab.autodiff.program.text import index_text, shape_text

if TYPE_CHECKING:
    from gdlab.autodiff.program.compile import Compiler


def assemble(c: "Compiler", node: Node, laned: bool) -> str:
    """Parts that were computed in their slices are there; the others are written or added, gaps are set to zero."""
    begun = c.memory.places.get(id(node))
    out = begun.name if begun is not None else c.memory.target(node, laned, inplace=False)
    coverage = Coverage(node.shape)
    rest: list[tuple[Node, tuple[Any, ...]]] = []
    for part, index in zip(node.inputs, node.params["indices"], strict=True):
        if _lies_in(c, part, node):
            coverage.add(index)
        else:
            rest.append((part, index))
    for part, index in rest:
        state = coverage.state(index)
        if state == "mixed":
            _fill_gaps(c, out, coverage)
        _put(c, node, part, index, out, laned, add=state != "fresh")
        coverage.add(index)
    if not coverage.complete:
        _fill_gaps(c, out, coverage)
    return ""


def _lies_in(c: "Compiler", part: Node, node: Node) -> bool:
    place = c.memory.places.get(id(part))
    return id(part) in c.memory.slots and place is not None and place.buffer is c.memory.places[id(node)].buffer


def _put(c: "Compiler", node: Node, part: Node, index: Any, out: str, laned: bool, *, add: bool) -> None:
    """Write a part into its slice, or add it to what is there."""
    whole = all(isinstance(k, slice) and k == slice(None) for k in index)
    element = all(isinstance(k, int) for k in index) and not laned
    if element and part.shape == ():
        c.source.emit(f"{out}[{index_text(index)}] {'+=' if add else '='} {c.scalar(part)}")
        return
    view = out if whole else c.source.bind("v", f"{out}[{index_text(index)}]")[0]
    value = c.operand(part, node, laned)
    if add:
        c.source.apply(c.source.function(np.add, "add"), [view, value], view)
    else:
        c.source.copy(view, value)


def _fill_gaps(c: "Compiler", out: str, coverage: Coverage) -> None:
    """Set to zero what no part has written; before anything is written, all of it."""
    gaps = coverage.gaps()
    if gaps is not None and len(gaps) <= 4:
        for gap in gaps:
            c.source.emit(f"{out}[{index_text((gap,))}] = 0")
    elif not coverage.written.any():
        c.source.emit(f"{out}.fill(0)")
    else:
        missing = c.source.hold(~coverage.written, f"unwritten elements of {out}")
        c.source.emit(f"{out}[{missing}] = 0")
    coverage.written[...] = True


def scatter_add(c: "Compiler", node: Node, laned: bool) -> str:
    """Elements added at positions, which may repeat, to zeros."""
    out = c.memory.target(node, laned, inplace=False)
    index = c.source.hold(node.params["index"], "index")
    c.source.emit(f"{out}.fill(0)")
    c.source.emit(f"{c.source.function(np.add.at, 'add_at')}({out}, {index}, {c.array(node.inputs[0], node)})")
    return ""


def getitem(c: "Compiler", node: Node, laned: bool) -> str:
    """Elements picked by arrays of integers: a copy."""
    index = c.source.hold(node.params["index"], "index")
    text = f"{c.array(node.inputs[0], node)}[{index}]"
    if node.shape == () and not laned:
        return text
    copyto = c.source.function(np.copyto, "copyto")
    return c.write(node, laned, lambda out: f"{copyto}({out}, {text})")


def take_rows(c: "Compiler", node: Node, laned: bool) -> str:
    """Rows picked by their numbers, which a run may change."""
    x, rows = node.inputs
    source, picked = c.array(x, node), c.array(rows, node)
    if laned:
        rows_laned = not rows.is_constant and c.memory.places[id(rows)].laned
        x_laned = not x.is_constant and c.memory.places[id(x)].laned
        if rows_laned and x_laned:
            raise NotImplementedError("rows that differ by lane cannot be taken from data that does")
        if rows_laned:
            axes = (0, *range(2, 1 + len(x.shape)), 1)
            copyto = c.source.function(np.copyto, "copyto")
            return c.write(
                node, laned, lambda out: f"{copyto}({out}, {source}[{picked}].transpose({shape_text(axes)}))"
            )
    take = c.source.function(np.take, "take")
    # Checking the rows again would make NumPy copy; they come from the sampler, which draws them in range.
    return c.write(node, laned, lambda out: f"{take}({source}, {picked}, 0, {out}, 'clip')")


def put_rows(c: "Compiler", node: Node, laned: bool) -> str:
    """The transpose of `take_rows`: rows added where they came from."""
    g, rows = node.inputs
    if laned and not rows.is_constant and c.memory.places[id(rows)].laned:
        raise NotImplementedError("the derivative by data does not run in lanes")
    out = c.memory.target(node, laned, inplace=False)
    c.source.emit(f"{out}.fill(0)")
    c.source.emit(
        f"{c.source.function(np.add.at, 'add_at')}({out}, {c.array(rows, node)}, {c.operand(g, node, laned)})"
    )
    return ""

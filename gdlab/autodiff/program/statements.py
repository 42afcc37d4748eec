"""How the operations on whole arrays are written in a program: views, which cost nothing, and statements."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from gdlab.autodiff.graph import Node, number
from gdlab.autodiff.program.storage import Coverage, Place
from gdlab.autodiff.program.text import index_text, shape_text
from gdlab.autodiff.structural import is_basic

if TYPE_CHECKING:
    from gdlab.autodiff.program.compile import Compiler


def _view_getitem(c: "Compiler", node: Node, laned: bool) -> bool:
    (x,) = node.inputs
    index = node.params["index"]
    if not is_basic(index):
        return False
    base = c.memory.places[id(x)]
    if node.shape == () and not laned:
        if not all(c.reads_arrays(consumer) for consumer in c.consumers[id(node)]):
            c.assign_number(node, f"{base.name}[{index_text(index)}]")
            return True
        index = (*index, Ellipsis)  # a 0-d view instead of a number
    c.memory.view(node, x, f"{base.name}[{index_text(index)}]", laned)
    return True


def _view_reshape(c: "Compiler", node: Node, laned: bool) -> bool:
    (x,) = node.inputs
    base = c.memory.places[id(x)]
    if base.array is None:
        return False
    shape = c.memory.full_shape(node, laned)
    if base.array.size and not np.may_share_memory(np.reshape(base.array, shape), base.array):
        return False
    c.memory.view(node, x, f"{base.name}.reshape({shape_text(shape)})", laned)
    return True


def _view_transpose(c: "Compiler", node: Node, laned: bool) -> bool:
    (x,) = node.inputs
    axes = node.params["axes"]
    order = (*axes, len(axes)) if laned else axes
    c.memory.view(node, x, f"{c.memory.places[id(x)].name}.transpose({shape_text(order)})", laned)
    return True


def _view_broadcast_to(c: "Compiler", node: Node, laned: bool) -> bool:
    (x,) = node.inputs
    shape = c.memory.full_shape(node, laned)
    if x.is_constant:
        name, array = c.source.bind("v", f"broadcast_to({c.operand(x, node, laned)}, {shape})")
        c.memory.occupy(node, Place(name, array, None, laned))
        return True
    base = c.operand(x, node, laned)
    if laned and len(x.shape) < len(node.shape):
        ones = (1,) * (len(node.shape) - len(x.shape))
        base = f"{base}.reshape({shape_text((*ones, *c.memory.full_shape(x, laned)))})"
    c.memory.view(node, x, f"broadcast_to({base}, {shape})", laned)
    return True


def _sum(c: "Compiler", node: Node, laned: bool) -> str:
    return _reduce(c, node, laned, np.add, "add")


def _max(c: "Compiler", node: Node, laned: bool) -> str:
    return _reduce(c, node, laned, np.maximum, "maximum")


def _min(c: "Compiler", node: Node, laned: bool) -> str:
    return _reduce(c, node, laned, np.minimum, "minimum")


def _reduce(c: "Compiler", node: Node, laned: bool, ufunc: np.ufunc, name: str) -> str:
    (x,) = node.inputs
    axes, keepdims = node.params["axes"], node.params["keepdims"]
    operand = c.array(x, node)
    if node.shape == () and not laned:
        function = c.source.function(ufunc.reduce, f"{name}_reduce")
        if ufunc is np.add:
            c.assign_number(node, f"{function}({{0}}, None)", (operand,))
            return ""
        return f"{function}({operand}, None)"
    axis = axes[0] if len(axes) == 1 else axes
    rows = x.shape[0] if x.shape else 0
    matrix = name == "add" and axes == (0,) and len(x.shape) == 2 and np.result_type(x.dtype).kind == "f"

    def statement(out: str) -> str:
        if matrix and not laned and not keepdims and rows <= 1024 and c.source.namespace[out].flags.c_contiguous:
            # A product with a row of ones is the faster sum down the columns of a small matrix.
            ones = c.source.hold(c.ones(rows, x.dtype), f"ones [{rows}]")
            return f"{c.source.function(np.dot, 'dot')}({ones}, {operand}, {out})"
        reduce = c.source.function(ufunc.reduce, f"{name}_reduce")
        return f"{reduce}({operand}, {axis}, None, {out}{', True' if keepdims else ''})"

    return c.write(node, laned, statement)


def _vdot(c: "Compiler", node: Node, laned: bool) -> str:
    a, b = node.inputs
    if laned:
        letters = "abcdefghijk"[: len(a.shape)]
        return _contract(c, node, laned, [letters, letters], "")
    dot = c.source.function(np.dot, "dot")
    flat = (_flat(c, a, node), _flat(c, b, node))
    if any(name not in c.source.namespace for name in flat):  # not a view: copied at each run
        return f"{dot}({', '.join(flat)})"
    c.assign_number(node, f"{dot}({{0}}, {{1}})", flat)
    return ""


def _flat(c: "Compiler", x: Node, beside: Node) -> str:
    text = c.array(x, beside)
    array = c.source.namespace[text]
    if array.ndim == 1:
        return text
    flat = array.reshape(-1)
    if np.may_share_memory(flat, array):
        return c.source.bind("v", f"{text}.reshape(-1)")[0]
    return f"{text}.reshape(-1)"


def _matmul(c: "Compiler", node: Node, laned: bool) -> str:
    a, b = node.inputs
    if laned:
        return _laned_matmul(c, node)
    left, right = c.array(a, node), c.array(b, node)
    if len(a.shape) <= 2 and len(b.shape) <= 2:
        dot = c.source.function(np.dot, "dot")
        if node.shape == ():
            return f"{dot}({left}, {right})"
        matmul = c.source.function(np.matmul, "matmul")

        def statement(out: str) -> str:
            contiguous = c.source.namespace[out].flags.c_contiguous
            return f"{dot if contiguous else matmul}({left}, {right}, {out})"

        return c.write(node, laned, statement)
    matmul = c.source.function(np.matmul, "matmul")
    return c.write(node, laned, lambda out: f"{matmul}({left}, {right}, {out})")


def _laned_matmul(c: "Compiler", node: Node) -> str:
    """A product of matrices in every lane: one BLAS call where one side is common to the lanes, einsum otherwise."""
    a, b = node.inputs
    lanes = c.memory.lanes
    common = a.is_constant or not c.memory.places[id(a)].laned
    if common and len(a.shape) == 2 and len(b.shape) <= 2:
        left, right = c.array(a, node), c.array(b, node)
        inner = b.shape[0]
        flat, array = c.source.bind("v", f"{right}.reshape({inner}, -1)")
        if np.may_share_memory(array, c.source.namespace[right]):
            dot = c.source.function(np.dot, "dot")
            return c.write(
                node,
                True,
                lambda out: f"{dot}({left}, {flat}, {c.source.bind('v', f'{out}.reshape({a.shape[0]}, -1)')[0]})",
            )
    if len(a.shape) > 2 or len(b.shape) > 2:
        raise NotImplementedError("a product of stacks of matrices does not run in lanes")
    letters_a = "ab" if len(a.shape) == 2 else "b"
    letters_b = "bc" if len(b.shape) == 2 else "b"
    out = (letters_a + letters_b).replace("b", "")
    assert lanes is not None  # noqa: S101 - only laned programs come here
    return _contract(c, node, True, [letters_a, letters_b], out)


def _einsum(c: "Compiler", node: Node, laned: bool) -> str:
    inputs, output = node.params["subscripts"].split("->")
    return _contract(c, node, laned, inputs.split(","), output)


def _contract(c: "Compiler", node: Node, laned: bool, terms: list[str], output: str) -> str:
    """An einsum; in lanes every operand that has the trailing axis gets one more letter."""
    einsum = c.source.function(np.einsum, "einsum")
    lane = "Z" if laned else ""
    named = [
        term + (lane if not child.is_constant and c.memory.places[id(child)].laned else "")
        for term, child in zip(terms, node.inputs, strict=True)
    ]
    operands = ", ".join(c.array(child, node) for child in node.inputs)
    call = f"{einsum}({','.join(named) + '->' + output + lane!r}, {operands}"
    if node.shape == () and not laned:
        return f"{call})[()]"
    return c.write(node, laned, lambda out: f"{call}, out={out})")


def _concatenate(c: "Compiler", node: Node, laned: bool) -> str:
    # Parts that do not differ from lane to lane are spread over the lanes by assignment.
    out = c.memory.target(node, laned, inplace=False)
    start, axis = 0, node.params["axis"]
    for part in node.inputs:
        stop = start + part.shape[axis]
        index = index_text((slice(None),) * axis + (slice(start, stop),))
        view, _ = c.source.bind("v", f"{out}[{index}]")
        c.source.copy(view, c.operand(part, node, laned))
        start = stop
    return ""


def _where(c: "Compiler", node: Node, laned: bool) -> str:
    condition, a, b = node.inputs
    if node.shape == () and not laned:
        yes, no = (_numpy_number(c, child, node) for child in (a, b))
        return f"{yes} if {c.atom(condition)} else {no}"
    texts = [c.operand(child, node, laned) for child in (condition, a, b)]
    copyto = c.source.function(np.copyto, "copyto")
    out = c.memory.target(node, laned, inplace=False)
    c.source.emit(f"{copyto}({out}, {texts[2]})")
    c.source.emit(f"{copyto}({out}, {texts[1]}, where={texts[0]})")
    return ""


def _numpy_number(c: "Compiler", x: Node, beside: Node) -> str:
    """A 0-d value that is no number of Python, which would raise where NumPy divides by zero."""
    value = number(x)
    return c.atom(x) if value is None else f"{c.source.plain_number(value, np.result_type(beside.dtype))}[()]"


def _cumsum(c: "Compiler", node: Node, laned: bool) -> str:
    cumsum = c.source.function(np.cumsum, "cumsum")
    operand = c.array(node.inputs[0], node)
    return c.write(node, laned, lambda out: f"{cumsum}({operand}, {node.params['axis']}, None, {out})")


def _assemble(c: "Compiler", node: Node, laned: bool) -> str:
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


def _scatter_add(c: "Compiler", node: Node, laned: bool) -> str:
    out = c.memory.target(node, laned, inplace=False)
    index = c.source.hold(node.params["index"], "index")
    c.source.emit(f"{out}.fill(0)")
    c.source.emit(f"{c.source.function(np.add.at, 'add_at')}({out}, {index}, {c.array(node.inputs[0], node)})")
    return ""


def _getitem(c: "Compiler", node: Node, laned: bool) -> str:
    index = c.source.hold(node.params["index"], "index")
    text = f"{c.array(node.inputs[0], node)}[{index}]"
    if node.shape == () and not laned:
        return text
    copyto = c.source.function(np.copyto, "copyto")
    return c.write(node, laned, lambda out: f"{copyto}({out}, {text})")


def _take_rows(c: "Compiler", node: Node, laned: bool) -> str:
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


def _put_rows(c: "Compiler", node: Node, laned: bool) -> str:
    g, rows = node.inputs
    if laned and not rows.is_constant and c.memory.places[id(rows)].laned:
        raise NotImplementedError("the derivative by data does not run in lanes")
    out = c.memory.target(node, laned, inplace=False)
    c.source.emit(f"{out}.fill(0)")
    c.source.emit(
        f"{c.source.function(np.add.at, 'add_at')}({out}, {c.array(rows, node)}, {c.operand(g, node, laned)})"
    )
    return ""


def _computed(c: "Compiler", node: Node, laned: bool) -> str:
    """Any other operation, computed as it is and copied; the axis of lanes goes in front for linear algebra."""
    primitive = node.primitive
    assert primitive is not None  # noqa: S101
    function = c.source.function(primitive.compute, primitive.name)
    options = "".join(f", {key}={_option(c, value)}" for key, value in node.params.items())
    operands = [c.array(child, node) for child in node.inputs]
    if laned:
        operands = [
            f"{text}.transpose({shape_text((len(child.shape), *range(len(child.shape))))})"
            if not child.is_constant and c.memory.places[id(child)].laned
            else text
            for text, child in zip(operands, node.inputs, strict=True)
        ]
    call = f"{function}({', '.join(operands)}{options})"
    if node.shape == () and not laned:
        return f"{call}[()]" if primitive.name in ("reshape", "cast") else call
    back = f".transpose({shape_text((*range(1, 1 + len(node.shape)), 0))})" if laned else ""
    copyto = c.source.function(np.copyto, "copyto")
    return c.write(node, laned, lambda out: f"{copyto}({out}, {call}{back})")


def _solve(c: "Compiler", node: Node, laned: bool) -> str:
    """In lanes, a vector on the right becomes a matrix of one column: solve takes no stack of vectors."""
    a, b = node.inputs
    if not laned or len(b.shape) != 1:
        return _computed(c, node, laned)
    solve, copyto = c.source.function(np.linalg.solve, "solve"), c.source.function(np.copyto, "copyto")
    left, right = c.array(a, node), c.array(b, node)
    right_laned = not b.is_constant and c.memory.places[id(b)].laned
    if a.is_constant or not c.memory.places[id(a)].laned:
        return c.write(node, laned, lambda out: f"{copyto}({out}, {solve}({left}, {right}))")
    column = f"{right}.transpose(1, 0)[..., None]" if right_laned else f"{right}[:, None]"
    call = f"{solve}({left}.transpose(2, 0, 1), {column})[..., 0]"
    return c.write(node, laned, lambda out: f"{copyto}({out}, {call}.transpose(1, 0))")


def _option(c: "Compiler", value: Any) -> str:
    if isinstance(value, np.dtype):
        return repr(value.name)
    return repr(value)


def _reshape(c: "Compiler", node: Node, laned: bool) -> str:
    (x,) = node.inputs
    if c.memory.places[id(x)].array is None:
        number = c.scalar(x)
        return c.write(node, laned, lambda out: f"{out}.fill({number})")
    text = f"{c.array(x, node)}.reshape({shape_text(c.memory.full_shape(node, laned))})"
    if node.shape == () and not laned:
        return f"{text}[()]"
    copyto = c.source.function(np.copyto, "copyto")
    return c.write(node, laned, lambda out: f"{copyto}({out}, {text})")


View = Callable[["Compiler", Node, bool], bool]
Statement = Callable[["Compiler", Node, bool], str]

VIEWS: dict[str, View] = {
    "getitem": _view_getitem,
    "reshape": _view_reshape,
    "transpose": _view_transpose,
    "broadcast_to": _view_broadcast_to,
}
STATEMENTS: dict[str, Statement] = {
    "sum": _sum,
    "max": _max,
    "min": _min,
    "vdot": _vdot,
    "matmul": _matmul,
    "einsum": _einsum,
    "concatenate": _concatenate,
    "where": _where,
    "cumsum": _cumsum,
    "assemble": _assemble,
    "scatter_add": _scatter_add,
    "getitem": _getitem,
    "take_rows": _take_rows,
    "put_rows": _put_rows,
    "reshape": _reshape,
    "cast": _computed,
    "inv": _computed,
    "solve": _solve,
    "det": _computed,
    "log_abs_det": _computed,
    "det_sign": _computed,
}

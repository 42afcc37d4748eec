"""How the operations on whole arrays that are not views are written in a program."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from gdlab.autodiff.graph import Node, number
from gdlab.autodiff.program import products, slices
from gdlab.autodiff.program.text import index_text, shape_text

if TYPE_CHECKING:
    from gdlab.autodiff.program.compile import Compiler


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


Statement = Callable[["Compiler", Node, bool], str]

STATEMENTS: dict[str, Statement] = {
    "sum": _sum,
    "max": _max,
    "min": _min,
    "vdot": products.vdot,
    "matmul": products.matmul,
    "einsum": products.einsum,
    "concatenate": _concatenate,
    "where": _where,
    "cumsum": _cumsum,
    "assemble": slices.assemble,
    "scatter_add": slices.scatter_add,
    "getitem": slices.getitem,
    "take_rows": slices.take_rows,
    "put_rows": slices.put_rows,
    "reshape": _reshape,
    "cast": _computed,
    "inv": _computed,
    "solve": _solve,
    "det": _computed,
    "log_abs_det": _computed,
    "det_sign": _computed,
}

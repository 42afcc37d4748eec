"""The graph of a function: what the traced value `Node` records, and how a graph is walked.

A node never changes and holds no gradient; the graph is the expression itself. All walks are loops, so a chain of a
hundred thousand additions is no deeper than one.
"""

import functools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from gdlab.autodiff.caller import call, refusal
from gdlab.autodiff.dual import LEVELS
from gdlab.autodiff.primitive import Elementwise, Primitive, Structural, Traced
from gdlab.autodiff.shapes import Shape, dtype_of, float_dtype, shape_of
from gdlab.autodiff.table import TABLE
from gdlab.autodiff.traced import TracedArray
from gdlab.errors import BranchError, DifferentiationError


class Node(TracedArray):
    """A step of a computation: a primitive and what it was applied to, or a leaf.

    Args:
        primitive: the operation; None for a leaf.
        inputs: the nodes it was applied to.
        params: its other parameters, such as axes.
        shape, dtype: of the result.
        value: of a constant, or of a variable that is traced at one point; None otherwise.
        name: of a variable; None otherwise.
    """

    __slots__ = ("dtype", "inputs", "level", "name", "params", "primitive", "shape", "value")

    def __init__(
        self,
        primitive: Primitive | None,
        inputs: tuple["Node", ...],
        params: dict[str, Any],
        shape: Shape,
        dtype: Any,
        *,
        level: int = 0,
        value: Any = None,
        name: str | None = None,
    ) -> None:
        self.primitive = primitive
        self.inputs = inputs
        self.params = params
        self.shape = shape
        self.dtype = dtype
        self.level = level
        self.value = value
        self.name = name

    @property
    def is_constant(self) -> bool:
        """Whether this is a leaf with a value."""
        return self.primitive is None and self.name is None

    def interpret(self, primitive: Primitive, args: Sequence[Any], params: dict[str, Any]) -> "Node":
        """Record the operation."""
        return apply(primitive, args, params)

    def scaled_by(self, g: Any) -> Any:
        """g·self with constants multiplied out and g·(1/y) written g/y."""
        factor = number(g)
        if self.primitive is _DIVIDE and (top := number(self.inputs[0])) is not None:
            return (top * factor if factor is not None else g if top == 1 else g * top) / self.inputs[1]
        if factor is None:
            return g * self
        if factor == 1:
            return self
        if self.primitive is _MULTIPLY and (own := number(self.inputs[0])) is not None:
            return factor * own * self.inputs[1]
        return factor * self

    def concrete(self) -> Any:
        """The value, where the variables have one."""
        if any(leaf.value is None for leaf in ancestors([self]) if leaf.primitive is None):
            return None
        (value,) = evaluate([self], {})
        return value.concrete() if isinstance(value, Node) else value

    def __bool__(self) -> bool:
        value = self.concrete()
        if value is not None:
            return bool(value)
        raise refusal(
            "a branch (if, while, and, or, assert, sorted …) on a traced value: the graph is the same for all values, "
            "so it cannot depend on one. Write np.where(condition, a, b), or ask for retrace=True, which traces the "
            "function afresh at each point",
            BranchError,
        )

    def __repr__(self) -> str:
        what = self.name or (repr(self.value) if self.primitive is None else self.primitive.name)
        return f"<node {what} {self.dtype}{list(self.shape)}>"


_COPIED = 1 << 20  # bytes of an array up to which it may be a scratch array
_DIVIDE, _MULTIPLY = TABLE["divide"], TABLE["multiply"]


def constant(value: Any) -> Node:
    """A leaf that holds a number or an array; a plain number takes the dtype of what it meets.

    An array is taken as it is now: it is copied, since the function may fill it anew for its next step. One too large
    to be a scratch array is not copied.
    """
    if isinstance(value, Node):
        return value
    if isinstance(value, np.number) and isinstance(number := value.item(), int | float):
        value = number  # np.sqrt(2) is meant as a number: it does not widen float32 either
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Node(None, (), {}, (), value, value=value)
    if isinstance(value, list | tuple):
        value = np.asarray(value)
    if isinstance(value, np.ma.MaskedArray):
        raise DifferentiationError("a traced value cannot be combined with a masked array; write np.where(mask, 0, a)")
    dtype = np.result_type(dtype_of(value))
    if dtype.kind not in "fiub":
        kind = "complex numbers" if dtype.kind == "c" else f"an array of dtype {dtype}"
        raise DifferentiationError(f"a traced value cannot be combined with {kind}; use real numbers")
    if isinstance(value, np.ndarray) and value.flags.writeable and value.nbytes <= _COPIED:
        value = value.copy()
    return Node(None, (), {}, shape_of(value), dtype, value=value)


def variable(name: str, like: Any, level: int | None = None, value: Any = None) -> Node:
    """A leaf that stands for an argument with the shape and dtype of `like`; integers become float64.

    With a value, branches on what is computed from it are taken as that value has it.
    """
    level = next(LEVELS) if level is None else level
    return Node(None, (), {}, shape_of(like), float_dtype(like), level=level, name=name, value=value)


def apply(primitive: Primitive, args: Sequence[Any], params: dict[str, Any]) -> Node:
    """A node that applies the primitive.

    Raises:
        ValueError: if the shapes do not fit, as NumPy would.
    """
    inputs = tuple(arg if isinstance(arg, Node) else constant(arg) for arg in args)
    shape, dtype = _infer(primitive, inputs, params)
    return Node(primitive, inputs, params, shape, dtype, level=max((node.level for node in inputs), default=0))


def _infer(primitive: Primitive, inputs: tuple[Node, ...], params: dict[str, Any]) -> tuple[Shape, Any]:
    if isinstance(primitive, Elementwise):
        first = inputs[0].shape
        same = all(node.shape == first for node in inputs)
        shape = first if same else np.broadcast_shapes(*(node.shape for node in inputs))
        return shape, _elementwise_dtype(primitive, inputs)
    if isinstance(primitive, Structural) and primitive.shape is not None:
        return primitive.shape(*(node.shape for node in inputs), **params), float_dtype(*inputs)
    out = primitive.compute(*(_stand_in(node) for node in inputs), **params)
    return np.shape(out), out.dtype


def _stand_in(node: Node) -> Any:
    """An array of one zero, broadcast, has the right shape without the memory; a plain number stays one."""
    return node.dtype if number(node) is not None else np.broadcast_to(np.zeros((), node.dtype), node.shape)


def _elementwise_dtype(primitive: Primitive, inputs: tuple[Node, ...]) -> Any:
    kinds = [node.dtype for node in inputs]
    first = kinds[0]
    if isinstance(primitive.compute, np.ufunc):
        return _resolved(
            primitive.compute, tuple(type(kind) if isinstance(kind, int | float) else kind for kind in kinds)
        )
    return first if len(kinds) == 1 and isinstance(first, np.dtype) and first.kind == "f" else float_dtype(*inputs)


@functools.cache
def _resolved(ufunc: np.ufunc, kinds: tuple[Any, ...]) -> Any:
    return ufunc.resolve_dtypes((*kinds, None))[-1]


def ancestors(outputs: Iterable[Node]) -> list[Node]:
    """All nodes that the outputs depend on, and the outputs, each once, inputs before what uses them."""
    order: list[Node] = []
    seen: set[int] = set()
    stack: list[tuple[Node, bool]] = [(node, False) for node in reversed(list(outputs))]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(node.inputs) if id(child) not in seen)
    return order


def evaluate(outputs: Sequence[Node], values: dict[int, Any]) -> list[Any]:
    """Compute the outputs by the primitives, given the values of variables by `id`; values may be traced themselves."""
    known = dict(values)
    for node in ancestors(outputs):
        if id(node) in known:
            continue
        if node.primitive is None:
            if node.value is None:
                raise DifferentiationError(f"the variable {node.name!r} has no value here")
            known[id(node)] = node.value
        else:
            known[id(node)] = node.primitive(*(known[id(child)] for child in node.inputs), **node.params)
    return [known[id(node)] for node in outputs]


def trace(f: Callable[..., Any], *examples: Any, names: Sequence[str] = ("w",)) -> tuple[tuple[Node, ...], Node]:
    """The variables and the result of f as a graph.

    Args:
        f: a function written with NumPy that returns a scalar.
        examples: arrays, or traced values, in the shapes of its arguments.
        names: what the arguments are called.

    Raises:
        DifferentiationError: if f branches on a traced value, writes into an array, or does not return a real scalar.
    """
    level = next(LEVELS)
    arguments = tuple(variable(name, example, level) for name, example in zip(names, examples, strict=True))
    return arguments, scalar(call(f, *arguments))


def scalar(out: Any) -> Node:
    """The result of a traced function as a node of shape ().

    Raises:
        DifferentiationError: if it is not a real scalar.
    """
    return constant(check_scalar(out))


def check_scalar(out: Any) -> Any:
    """The result of a function, traced or not, if it is a real scalar.

    Raises:
        DifferentiationError: if it is not.
    """
    shape = shape_of(out) if isinstance(out, Traced) else np.shape(out)
    kind = np.result_type(dtype_of(out)).kind if isinstance(out, Traced) else np.asarray(out).dtype.kind
    if kind == "b":
        raise DifferentiationError(
            "the function returned True or False; it must return a number, such as np.where(condition, a, b)"
        )
    if kind not in "iuf":
        what = {"c": "a complex number", "O": f"{out!r}, an object"}.get(kind, repr(out))
        raise DifferentiationError(
            f"the function returned {'None' if out is None else what}; it must return a real scalar"
        )
    if shape != ():
        hint = "; index it, or reduce it with np.sum" if math.prod(shape) == 1 else "; reduce it with np.sum or np.mean"
        raise DifferentiationError(f"the function returned shape {shape}, it must return a scalar{hint}")
    return out


def number(value: Any) -> float | None:
    """The plain number that a constant holds, or None."""
    if isinstance(value, Node):
        value = value.value if value.is_constant else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None

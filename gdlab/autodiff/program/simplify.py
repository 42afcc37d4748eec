"""The same graph with less in it: common parts once, constants folded, detours straightened.

What is rewritten changes a result by rounding at most: a sum of products becomes one inner product, whose terms are
added in another order, and −(x − y) becomes y − x, which differs in the sign of a zero.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gdlab.autodiff.elementwise import relu, sigmoid, softplus
from gdlab.autodiff.graph import Node, ancestors, apply, constant, number
from gdlab.autodiff.primitive import Elementwise, Primitive
from gdlab.autodiff.shapes import size_of
from gdlab.autodiff.table import TABLE

_COMPARED = 1 << 20  # bytes of constants that are looked through for equal ones
_FOLD_LIMIT = 4096  # a constant that grows beyond this many elements by folding stays an instruction


def simplify(outputs: Sequence[Node]) -> list[Node]:
    """Rebuild the graph below the outputs, inputs first, each distinct step once."""
    builder = _Builder()
    done: dict[int, Node] = {}
    for node in ancestors(outputs):
        done[id(node)] = (
            builder.leaf(node)
            if node.primitive is None
            else builder.step(node.primitive, [done[id(child)] for child in node.inputs], node.params, node)
        )
    return [done[id(node)] for node in outputs]


class _Builder:
    """Makes nodes by value numbering: the same operation on the same inputs is the same node."""

    def __init__(self) -> None:
        self.known: dict[Any, Node] = {}

    def leaf(self, node: Node) -> Node:
        if not node.is_constant:
            return self.known.setdefault(("variable", id(node)), node)
        return self.known.setdefault(_constant_key(node), node)

    def step(
        self, primitive: Primitive, inputs: list[Node], params: dict[str, Any], original: Node | None = None
    ) -> Node:
        """The node for an operation, rewritten where a rule applies."""
        if isinstance(primitive, Elementwise):
            inputs = _without_broadcasts(inputs)
        if all(node.is_constant for node in inputs):
            folded = _fold(primitive, inputs, params)
            if folded is not None:
                return self._as_wide(self.leaf(folded), original)
        rule = _RULES.get(primitive.name)
        if rule is not None:
            found = rule(self, inputs, params)
            if found is not None and (
                original is None or (found.shape, found.dtype) == (original.shape, original.dtype)
            ):
                return found
        key = (primitive.name, id(primitive), tuple(id(node) for node in inputs), freeze(params))
        if key not in self.known:
            self.known[key] = apply(primitive, inputs, params)
        return self._as_wide(self.known[key], original)

    def _as_wide(self, node: Node, original: Node | None) -> Node:
        """The node in the shape of the original, which is wider where inputs lost their broadcasts."""
        if original is None or node.shape == original.shape:
            return node
        return self.step(TABLE["broadcast_to"], [node], {"shape": original.shape})

    def make(self, name: str, *inputs: Any, **params: Any) -> Node:
        """An operation by its name; plain numbers become constants."""
        return self.step(TABLE[name], [self.leaf(x) if (x := constant(v)).is_constant else x for v in inputs], params)


def freeze(value: Any) -> Any:
    """A hashable stand-in for the parameters of an operation."""
    if isinstance(value, dict):
        return tuple((key, freeze(item)) for key, item in sorted(value.items()))
    if isinstance(value, tuple | list):
        return tuple(freeze(item) for item in value)
    if isinstance(value, slice):
        return ("slice", value.start, value.stop, value.step)
    if isinstance(value, np.ndarray):
        return ("array", value.dtype.str, value.shape, value.tobytes())
    return (type(value).__name__, value)


def _constant_key(node: Node) -> Any:
    value = node.value
    if isinstance(value, int | float):
        return ("number", type(value).__name__, repr(value))
    array = np.asarray(value)
    if array.nbytes > _COMPARED:
        return ("array", id(value))
    return ("array", array.dtype.str, array.shape, array.tobytes())


def _fold(primitive: Primitive, inputs: list[Node], params: dict[str, Any]) -> Node | None:
    if primitive.name == "assemble":
        return None  # parts are written one by one anyway
    out = apply(primitive, inputs, params)
    largest = max((size_of(node.shape) for node in inputs), default=0)
    if out.size > max(largest, _FOLD_LIMIT) or (primitive.name == "broadcast_to" and out.size > _FOLD_LIMIT):
        return None
    with np.errstate(all="ignore"):
        value = primitive.compute(*(node.value for node in inputs), **params)
    if np.ndim(value) == 0 and all(number(node) is not None for node in inputs) and np.result_type(value).kind == "f":
        return constant(float(value))
    return constant(value)


def _without_broadcasts(inputs: list[Node]) -> list[Node]:
    """Inputs of an elementwise step without the broadcasts that the step does by itself."""
    return [node.inputs[0] if node.primitive is TABLE["broadcast_to"] else node for node in inputs]


def _is(node: Node, name: str) -> bool:
    return node.primitive is not None and node.primitive is TABLE.get(name)


def _add(build: _Builder, inputs: list[Node], params: dict[str, Any]) -> Node | None:
    x, y = inputs
    if number(x) == 0:
        return y
    if number(y) == 0:
        return x
    if _is(y, "negative"):
        return build.make("subtract", x, y.inputs[0])
    if _is(x, "negative"):
        return build.make("subtract", y, x.inputs[0])
    return None


def _subtract(build: _Builder, inputs: list[Node], params: dict[str, Any]) -> Node | None:
    x, y = inputs
    if number(y) == 0:
        return x
    if _is(y, "negative"):
        return build.make("add", x, y.inputs[0])
    return build.make("negative", y) if number(x) == 0 else None


def _multiply(build: _Builder, inputs: list[Node], params: dict[str, Any]) -> Node | None:
    x, y = inputs
    for one, other in ((x, y), (y, x)):
        if number(one) == 1:
            return other
        if number(one) == -1:
            return build.make("negative", other)
    if x is y:
        return build.make("square", x)
    if _is(x, "negative") and _is(y, "negative"):
        return build.make("multiply", x.inputs[0], y.inputs[0])
    return None


def _divide(build: _Builder, inputs: list[Node], params: dict[str, Any]) -> Node | None:
    return inputs[0] if number(inputs[1]) == 1 else None


def _negative(build: _Builder, inputs: list[Node], params: dict[str, Any]) -> Node | None:
    (x,) = inputs
    if _is(x, "negative"):
        return x.inputs[0]
    if _is(x, "subtract"):
        return build.make("subtract", x.inputs[1], x.inputs[0])
    if _is(x, "multiply") and (factor := number(x.inputs[0])) is not None:
        return build.make("multiply", -factor, x.inputs[1])
    return None


def _power(build: _Builder, inputs: list[Node], params: dict[str, Any]) -> Node | None:
    match number(inputs[1]):
        case 2:
            return build.make("square", inputs[0])
        case 1:
            return inputs[0]
        case -1:
            return build.make("divide", 1, inputs[0])
        case 0.5:
            return build.make("sqrt", inputs[0])
    return None


def _reshape(build: _Builder, inputs: list[Node], params: dict[str, Any]) -> Node | None:
    (x,) = inputs
    if x.shape == params["shape"]:
        return x
    return build.make("reshape", x.inputs[0], **params) if _is(x, "reshape") else None


def _transpose(build: _Builder, inputs: list[Node], params: dict[str, Any]) -> Node | None:
    (x,) = inputs
    if _is(x, "transpose"):
        inner = x.params["axes"]
        return build.make("transpose", x.inputs[0], axes=tuple(inner[k] for k in params["axes"]))
    return x if params["axes"] == tuple(range(len(x.shape))) else None


def _broadcast_to(build: _Builder, inputs: list[Node], params: dict[str, Any]) -> Node | None:
    (x,) = inputs
    if x.shape == params["shape"]:
        return x
    return build.make("broadcast_to", x.inputs[0], **params) if _is(x, "broadcast_to") else None


def _sum(build: _Builder, inputs: list[Node], params: dict[str, Any]) -> Node | None:
    """A sum of products over all elements is one inner product; it has no intermediate array."""
    (x,) = inputs
    if params["keepdims"] or len(params["axes"]) != len(x.shape):
        return None
    if _is(x, "square"):
        return build.make("vdot", x.inputs[0], x.inputs[0])
    if _is(x, "multiply") and x.inputs[0].shape == x.inputs[1].shape == x.shape:
        return build.make("vdot", *x.inputs)
    return None


def _assemble(build: _Builder, inputs: list[Node], params: dict[str, Any]) -> Node | None:
    """Broadcasts within parts are done by the assignment; an assembly of assemblies is one assembly."""
    parts: list[Node] = []
    indices: list[Any] = []
    for part, index in zip(inputs, params["indices"], strict=True):
        everything = all(isinstance(k, slice) and k == slice(None) for k in index)
        if everything and _is(part, "assemble"):
            parts.extend(part.inputs)
            indices.extend(part.params["indices"])
        elif _is(part, "broadcast_to"):
            parts.append(part.inputs[0])
            indices.append(index)
        else:
            parts.append(part)
            indices.append(index)
    if len(parts) == len(inputs) and all(a is b for a, b in zip(parts, inputs, strict=True)):
        return None
    return build.make("assemble", *parts, indices=tuple(indices), shape=params["shape"])


def _detach(build: _Builder, inputs: list[Node], params: dict[str, Any]) -> Node:
    return inputs[0]


def _sigmoid(build: _Builder, inputs: list[Node], params: dict[str, Any]) -> Node:
    return build.make("divide", 1, build.make("add", 1, build.make("exp", build.make("negative", inputs[0]))))


def _softplus(build: _Builder, inputs: list[Node], params: dict[str, Any]) -> Node:
    return build.make("logaddexp", inputs[0], 0)


def _relu(build: _Builder, inputs: list[Node], params: dict[str, Any]) -> Node:
    return build.make("maximum", inputs[0], 0)


_Rule = Callable[[_Builder, list[Node], dict[str, Any]], Node | None]
_RULES: dict[str, _Rule] = {
    "add": _add,
    "subtract": _subtract,
    "multiply": _multiply,
    "divide": _divide,
    "negative": _negative,
    "positive": _detach,
    "power": _power,
    "reshape": _reshape,
    "transpose": _transpose,
    "broadcast_to": _broadcast_to,
    "assemble": _assemble,
    "sum": _sum,
    "detach": _detach,
    sigmoid.name: _sigmoid,
    softplus.name: _softplus,
    relu.name: _relu,
}

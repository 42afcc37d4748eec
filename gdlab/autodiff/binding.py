"""A graph as a function of its inputs: compiled, or walked where values of another derivative take part."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gdlab.autodiff.graph import Node, ancestors, evaluate
from gdlab.autodiff.primitive import Traced
from gdlab.autodiff.program.program import Program
from gdlab.autodiff.shapes import float_dtype
from gdlab.errors import UsageError


def point_like(w: Any) -> Any:
    """A point as an array of floating-point numbers: float32 stays, integers become float64."""
    array = np.asarray(w)
    if array.dtype.kind not in "biufO":
        raise UsageError(f"the point is an array of dtype {array.dtype}; it must be real numbers")
    return np.asarray(array, float_dtype(array))


def bound(inputs: Mapping[str, Node], outputs: Mapping[str, Node], *, walk: bool = False) -> Callable[..., Any]:
    """The outputs as a function of the inputs.

    Args:
        inputs: variables of one level: `w`, with minibatches `rows`, then directions.
        outputs: one or several by name; an output `result` is always an array.
        walk: do not compile.

    Returns:
        A function `call(w, rows, *directions)`; rows are ignored if they are not among the inputs. It gives one output
        by itself, several as a tuple, arrays as new arrays. With traced arguments the outputs are traced.
    """
    walked = _walked(inputs, outputs)
    if walk or outer(inputs, outputs):
        return walked
    compiled = _compiled(Program(inputs, outputs), inputs, outputs)

    def call(point: Any, taken: Any = None, *along: Any) -> Any:
        if isinstance(point, Traced) or (along and any(isinstance(v, Traced) for v in along)):
            return walked(point, taken, *along)
        return compiled(point, taken, *along)

    return call


def _compiled(program: Program, inputs: Mapping[str, Node], outputs: Mapping[str, Node]) -> Callable[..., Any]:
    run = program.run
    w, rows, result = program.arrays["w"], program.arrays.get("rows"), program.arrays.get("result")
    shape = w.shape
    directions = [program.arrays[name] for name in inputs if name not in ("w", "rows")]
    # Of a point of shape () the gradient is a number, which is given back as an array of shape ().
    number = np.result_type(outputs["result"].dtype) if "result" in outputs and result is None else None

    lock = threading.Lock()  # the arrays are the program's own, so that one thread at a time may use them

    def call(point: Any, taken: Any, *along: Any) -> Any:
        with lock:
            return locked(point, taken, *along)

    def locked(point: Any, taken: Any, *along: Any) -> Any:
        if getattr(point, "shape", None) != shape and np.shape(point) != shape:
            raise ValueError(f"these are the derivatives at points of shape {shape}, not {np.shape(point)}")
        w[...] = point
        if rows is not None:
            rows[...] = taken
        if along:
            for array, direction in zip(directions, along, strict=True):
                array[...] = direction
        found = run()
        if result is not None:
            return result.copy() if found is None else (found, result.copy())
        if number is not None:
            return (found[0], np.array(found[1], number)) if isinstance(found, tuple) else np.array(found, number)
        return found

    return call


def _walked(inputs: Mapping[str, Node], outputs: Mapping[str, Node]) -> Callable[..., Any]:
    variables = [node for name, node in inputs.items() if name != "rows"]

    def call(point: Any, taken: Any = None, *along: Any) -> Any:
        known = outer(inputs, outputs)
        known |= {id(node): value for node, value in zip(variables, (point, *along), strict=True)}
        if "rows" in inputs:
            known[id(inputs["rows"])] = taken
        found = evaluate(list(outputs.values()), known)
        copies = [value if isinstance(value, Traced) else np.array(value)[()] for value in found]
        for k, name in enumerate(outputs):
            if name == "result" and not isinstance(copies[k], Traced):
                copies[k] = np.asarray(copies[k])
        return copies[0] if len(copies) == 1 else tuple(copies)

    return call


def outer(inputs: Mapping[str, Node], outputs: Mapping[str, Node]) -> dict[int, Any]:
    """What belongs to a derivative further out, by `id`: it stands for itself."""
    level = inputs["w"].level
    return {
        id(node): node.value if node.is_constant else node
        for node in ancestors(outputs.values())
        if 0 < node.level < level or (node.is_constant and isinstance(node.value, Traced))
    }

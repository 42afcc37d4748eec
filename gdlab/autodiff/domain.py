"""Why a value or a derivative is not finite: the step of a graph at which it happens, in words."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gdlab.autodiff.graph import Node, ancestors, evaluate
from gdlab.autodiff.primitive import Elementwise
from gdlab.autodiff.symbolic.formula import text
from gdlab.autodiff.table import TABLE

_LONGEST = 60  # characters of a step that are shown


def undefined(out: Node, variables: Sequence[Node], values: Sequence[Any]) -> str:
    """Why the value of a graph is NaN or infinite: the innermost step that makes it so; empty if it is finite.

    Args:
        out: the result.
        variables: the inputs.
        values: where they stand, all finite.
    """
    found = _values(out, variables, values)
    if np.all(np.isfinite(found[id(out)])):
        return ""
    node = out
    while (cause := next((x for x in node.inputs if not np.all(np.isfinite(found[id(x)]))), None)) is not None:
        node = cause
    return _reason(node, found)


def untaken(out: Node, variables: Sequence[Node], values: Sequence[Any]) -> str:
    """The step in a branch of a `where` that is not taken whose slope is not finite there; empty if there is none.

    Its derivative is multiplied by 0 when the branches are joined, and 0·inf is NaN.

    Args:
        out: the result.
        variables: the inputs.
        values: where they stand.
    """
    found = _values(out, variables, values)
    for node in ancestors([out]):
        if node.primitive is None or node.primitive.name != "where":
            continue
        condition, first, second = node.inputs
        taken = np.asarray(found[id(condition)], bool)
        for branch, left in ((first, not np.all(taken)), (second, np.any(taken))):
            steep = next((step for step in ancestors([branch]) if _is_steep(step, found)), None) if left else None
            if steep is not None:
                inner = steep.inputs[steep.primitive is TABLE["divide"]]
                one, other = (_shown(inner), "1") if branch is first else ("1", _shown(inner))
                what = "it" if steep is branch else _shown(steep)
                return (
                    f"the branch {_shown(branch)} is not taken here, but {what} has no finite slope at "
                    f"{_place(inner, found)}, and 0·inf is nan: choose inside as well, with "
                    f"where({_shown(condition)}, {one}, {other}) in place of {_shown(inner)} there"
                )
    return ""


def _values(out: Node, variables: Sequence[Node], values: Sequence[Any]) -> dict[int, Any]:
    order = ancestors([out])
    known = {id(x): np.asarray(v, float)[()] for x, v in zip(variables, values, strict=True)}
    with np.errstate(all="ignore"):
        return dict(zip(map(id, order), evaluate(order, known), strict=True))


def _is_steep(node: Node, found: dict[int, Any]) -> bool:
    if not isinstance(node.primitive, Elementwise):
        return False
    args = [found[id(x)] for x in node.inputs]
    with np.errstate(all="ignore"):
        return any(
            not np.all(np.isfinite(np.asarray(node.primitive.partial(i, found[id(node)], args), float)))
            for i, x in enumerate(node.inputs)
            if not x.is_constant
        )


def _reason(node: Node, found: dict[int, Any]) -> str:
    name = node.primitive.name if node.primitive else ""
    value = np.asarray(found[id(node)], float)
    args = [np.asarray(found[id(x)], float) for x in node.inputs]
    divisor = {"divide": 1, "remainder": 1, "fmod": 1, "floor_divide": 1, "reciprocal": 0}.get(name)
    if divisor is not None and np.any(args[divisor] == 0):
        return f"division by zero: {_shown(node)} at {_place(node.inputs[divisor], found)}"
    if name == "power" and np.any((args[0] == 0) & (args[1] < 0)):
        return f"division by zero: {_shown(node)} at {_place(node.inputs[0], found)}"
    moving = [_place(x, found) for x in node.inputs if not x.is_constant]
    where = f" at {', '.join(moving)}" if moving else ""
    if np.any(np.isnan(value)) or name.startswith("log") or name == "arctanh":
        return f"{_shown(node)} is not defined{where}"
    return f"{_shown(node)} is too large for a number{where}: more than 1.8e308"


def _place(node: Node, found: dict[int, Any]) -> str:
    """`x = -1`; of an array the range of its elements."""
    value = np.asarray(found[id(node)], float)
    if value.ndim:
        return f"{_shown(node)} with elements from {np.min(value):.5g} to {np.max(value):.5g}"
    return f"{_shown(node)} = {float(value):.5g}"


def _shown(node: Node) -> str:
    formula = text([node])
    line = formula.results[0] if not formula.parts else str(formula).replace("\n", ", ")
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"

"""Where a function has no derivative in the plain sense: kinks, jumps, and ends of domains, near a point."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gdlab.autodiff.graph import Node, ancestors, evaluate
from gdlab.autodiff.symbolic.formula import text

NEAR = 2e-5  # relative; differences reach about this far

_LONGEST = 60  # characters of an expression that are shown


@dataclass(frozen=True)
class Kink:
    """A step that has no derivative at the point, or very near to it.

    Args:
        step: what is computed there, such as `abs(x - y)`.
        what: what is special about the point.
        convention: what the exact methods take for the derivative.
    """

    step: str
    what: str
    convention: str

    def __str__(self) -> str:
        return f"{self.step}: {self.what}; {self.convention}"


def find_kinks(out: Node, variables: Sequence[Node], values: Sequence[Any]) -> list[Kink]:
    """The kinks of a graph at a point.

    Args:
        out: the result.
        variables: the inputs.
        values: where they stand.
    """
    order = ancestors([out])
    known = {id(x): np.asarray(v, float)[()] for x, v in zip(variables, values, strict=True)}
    with np.errstate(all="ignore"):
        found = dict(zip(map(id, order), evaluate(order, known), strict=True))
    moving = {id(x) for x in variables}
    kinks: list[Kink] = []
    for node in order:
        if not any(id(x) in moving for x in node.inputs):
            continue
        moving.add(id(node))
        args = [np.asarray(found[id(x)], float) for x in node.inputs]
        for near, what, convention in _ROWS.get(node.primitive.name if node.primitive else "", ()):
            with np.errstate(all="ignore"):
                if np.any(near(args, found[id(node)], node.params)):
                    kinks.append(Kink(_shown(node), what, convention))
    return list(dict.fromkeys(kinks))


def _shown(node: Node) -> str:
    formula = text([node])
    line = formula.results[0] if not formula.parts else str(formula).replace("\n", ", ")
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


_Near = Callable[[Sequence[Any], Any, dict[str, Any]], Any]


def _at(place: float) -> _Near:
    return lambda args, z, params: np.abs(args[0] - place) <= NEAR * max(1.0, abs(place))


def _tie(args: Sequence[Any], z: Any, params: dict[str, Any]) -> Any:
    return np.abs(args[0] - args[1]) <= NEAR * np.maximum(1, np.abs(args[0]))


def _tied_extremum(args: Sequence[Any], z: Any, params: dict[str, Any]) -> Any:
    top = z if params["keepdims"] else np.expand_dims(z, params["axes"])
    hits = np.abs(args[0] - top) <= NEAR * np.maximum(1, np.abs(top))
    return np.sum(hits, axis=params["axes"]) > 1


def _whole(args: Sequence[Any], z: Any, params: dict[str, Any]) -> Any:
    ratio = args[0] / args[1] if len(args) == 2 else args[0]
    return np.abs(ratio - np.round(ratio)) <= NEAR


def _half(args: Sequence[Any], z: Any, params: dict[str, Any]) -> Any:
    return np.abs(np.abs(args[0] - np.round(args[0])) - 0.5) <= NEAR


def _edge(args: Sequence[Any], z: Any, params: dict[str, Any]) -> Any:
    return np.abs(np.abs(args[0]) - 1) <= NEAR


def _origin(args: Sequence[Any], z: Any, params: dict[str, Any]) -> Any:
    return np.maximum(np.abs(args[0]), np.abs(args[1])) <= NEAR


def _broken_power(args: Sequence[Any], z: Any, params: dict[str, Any]) -> Any:
    return (np.abs(args[0]) <= NEAR) & (args[1] < 1) & (args[1] != 0)


def _ending_power(args: Sequence[Any], z: Any, params: dict[str, Any]) -> Any:
    return (np.abs(args[0]) <= NEAR) & (args[1] > 1) & (args[1] != np.round(args[1]))


_JUMP = "the value jumps there", "the derivative is taken as 0 on both sides"
_TIE = "both arguments are equal", "they share the derivative equally"
_TURN = "the condition changes there", "the derivative is that of the side it is on"
_END = "the slope has no bound there", "the derivative is inf, -inf or nan"

_CLOSE = "the values end there", "the derivative is that from the right"

_ROWS: dict[str, tuple[tuple[_Near, str, str], ...]] = {
    "absolute": ((_at(0), "a kink at 0", "the derivative there is taken as 0"),),
    "relu": ((_at(0), "a kink at 0", "the derivative there is taken as 0"),),
    "sign": ((_at(0), *_JUMP),),
    "floor": ((_whole, *_JUMP),),
    "ceil": ((_whole, *_JUMP),),
    "trunc": ((_whole, *_JUMP),),
    "rint": ((_half, *_JUMP),),
    "floor_divide": ((_whole, *_JUMP),),
    "remainder": ((_whole, "the value jumps there", "the derivative is that of the right side"),),
    "maximum": ((_tie, *_TIE),),
    "minimum": ((_tie, *_TIE),),
    "max": ((_tied_extremum, "several elements are equal", "they share the derivative equally"),),
    "min": ((_tied_extremum, "several elements are equal", "they share the derivative equally"),),
    **dict.fromkeys(("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"), ((_tie, *_TURN),)),
    "sqrt": ((_at(0), *_END),),
    "cbrt": ((_at(0), *_END),),
    "log": ((_at(0), *_END),),
    "log2": ((_at(0), *_END),),
    "log10": ((_at(0), *_END),),
    "log1p": ((_at(-1), *_END),),
    "reciprocal": ((_at(0), *_END),),
    "power": ((_broken_power, *_END), (_ending_power, *_CLOSE)),
    "arcsin": ((_edge, *_END),),
    "arccos": ((_edge, *_END),),
    "arctanh": ((_edge, *_END),),
    "arccosh": ((_at(1), *_END),),
    "hypot": ((_origin, *_END),),
    "arctan2": ((_origin, *_END),),
}

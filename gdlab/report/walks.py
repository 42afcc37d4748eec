"""The walk through a formula as a table, as a DOT graph, and as plain data."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gdlab.autodiff.walk import Step, Use, Walk
from gdlab.report.grid import Cell, Column, Grid
from gdlab.report.numbers import number

_LONGEST = 48  # characters of a sum over paths
_WRITTEN = 3  # elements of an array that are written out

_TITLES = {"input": "inputs", "constant": "constants", "operation": "operations"}


def tabulate(walk: Walk, most: int = 200) -> Grid:
    """The steps from top to bottom: values, adjoints as sums over paths, and a column for each dual pass.

    Args:
        walk: the steps.
        most: how many of them are shown.
    """
    steps = walk.steps[:most]
    columns = [
        Column("step", [Cell(step.name) for step in steps]),
        Column("is", [Cell(step.text) for step in steps]),
        Column("value", [Cell(_value(step.value)) for step in steps], right=True),
        Column("adjoint", [Cell(_value(step.adjoint)) for step in steps], right=True),
        Column("as a sum over paths", [Cell(_sum(step)) for step in steps]),
    ]
    for k, name in enumerate(walk.passes):
        columns.append(
            Column(f"dual ∂/∂{name}", [Cell(_value(step.tangents[k])) for step in steps], right=True, rank=1)
        )
    firsts = {kind: next((k for k, step in enumerate(steps) if step.kind == kind), None) for kind in _TITLES}
    return Grid(columns, titles={k: _TITLES[kind] for kind, k in firsts.items() if k is not None})


def paths(step: Step) -> str:
    """The adjoint of a step as what it is the sum of: `9·1 + 1·1`; where numbers do not tell it, `from n5, n6`."""
    if all(use.partial is not None and np.ndim(use.partial) == 0 and np.ndim(use.share) == 0 for use in step.uses):
        text = " + ".join(_product(use) for use in step.uses)
        if len(text) <= _LONGEST:
            return text
    return "from " + ", ".join(dict.fromkeys(use.by for use in step.uses))


def _sum(step: Step) -> str:
    if not step.uses:
        return "no path leads to the result" if np.all(step.adjoint == 0) else "the result"
    told = paths(step)
    return told if told.startswith("from") else f"= {told}"


def dot(walk: Walk) -> str:
    """The graph in the DOT language of Graphviz: each step with its value and its adjoint."""
    lines = ["digraph walk {", "  rankdir=BT;", '  node [shape=box, fontname="sans-serif"];']
    for step in walk.steps:
        label = f"{step.name} = {step.text}\\n{_value(step.value)} | adjoint {_value(step.adjoint)}"
        shape = {"input": ', style="bold"', "constant": ', style="dotted"'}.get(step.kind, "")
        lines.append(f'  {step.name} [label="{_quoted(label)}"{shape}];')
    lines += [
        f'  {step.name} -> {use.by} [label="{_quoted(_local(use))}"];' for step in walk.steps for use in step.uses
    ]
    return "\n".join([*lines, "}"])


def data(walk: Walk) -> dict[str, Any]:
    """All of it as plain data."""
    return {
        "passes": list(walk.passes),
        "steps": [
            {
                "name": step.name,
                "kind": step.kind,
                "is": step.text,
                "value": np.asarray(step.value).tolist(),
                "adjoint": np.asarray(step.adjoint).tolist(),
                "paths": [{"by": use.by, "share": np.asarray(use.share).tolist()} for use in step.uses],
                "tangents": [np.asarray(tangent).tolist() for tangent in step.tangents],
            }
            for step in walk.steps
        ],
    }


def _product(use: Use) -> str:
    local = number(use.partial)
    return f"({local})·{_factor(use.adjoint)}" if local.startswith("-") else f"{local}·{_factor(use.adjoint)}"


def _factor(value: Any) -> str:
    text = number(value)
    return f"({text})" if text.startswith("-") else text


def _local(use: Use) -> str:
    return "" if use.partial is None or np.ndim(use.partial) else number(use.partial)


def _value(value: Any) -> str:
    """A number; of an array its few elements, or its shape and largest element."""
    if np.ndim(value) == 0:
        return number(value, 6)
    array = np.asarray(value)
    if array.size <= _WRITTEN:
        return f"[{', '.join(_elements(array))}]"
    return f"{'×'.join(map(str, array.shape))}, up to {number(np.max(np.abs(array)), 3)}"


def _elements(array: Sequence[Any] | np.ndarray[Any, Any]) -> list[str]:
    return [number(x, 4) for x in np.ravel(array)]


def _quoted(text: str) -> str:
    return text.replace('"', r"\"")

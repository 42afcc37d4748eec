"""The first steps of a run as a table: below each other what enters a step, side by side the coordinates."""

import math
from collections.abc import Iterator
from itertools import accumulate

from rich.text import Text

from gdlab.experiment.trace import Trace, TracedStep
from gdlab.report.grid import Cell, Column, Grid
from gdlab.report.numbers import ABSENT, number
from gdlab.report.text import literal
from gdlab.store.trace import FILE

MOST = 8  # coordinates that are shown

_WORDS = {"step_taken": "step taken", "effective_lr": "effective lr", "g_used": "g used"}


def trace_table(trace: Trace) -> Iterator[Text | Grid]:
    """The rule, its steps, and what there is no room for.

    A narrow terminal shows fewer coordinates, never a number cut short.
    """
    count = len(trace.steps)
    first = "the first step" if count == 1 else f"the first {count} steps" if count else "no steps"
    yield Text(f"{first} of {literal(trace.optimizer)}", style="bold")
    if trace.formula:
        yield Text(trace.formula)
    if trace.settings:
        told = (f"{name} = {_word(value)}" for name, value in trace.settings.items())
        yield Text(f"with {', '.join(told)}", style="dim")
    if not trace.steps:
        return
    yield Text()
    shown = min(trace.size, MOST)
    names = [name for step in trace.steps for name in step.vectors]
    columns = [Column("", [Cell(_WORDS.get(name, name)) for name in names])]
    columns += [_coordinate(trace, i, rank=i) for i in range(shown)]
    begins = [0, *accumulate(len(step.vectors) for step in trace.steps)]
    titles = {begin: _title(step) for begin, step in zip(begins, trace.steps, strict=False)}
    yield Grid(columns, titles, f"{FILE} has all")
    if shown < trace.size:
        yield Text(f"the first {shown} of {trace.size} coordinates; {FILE} has more", style="dim")
    for name, shape in trace.left_out.items():
        yield Text(f"not shown: {name}, of shape {'×'.join(map(str, shape))}", style="dim")


def _coordinate(trace: Trace, i: int, rank: int) -> Column:
    values = [float(vector[i]) for step in trace.steps for vector in step.vectors.values()]
    names = [name for step in trace.steps for name in step.vectors]
    cells = [_cell(name, value) for name, value in zip(names, values, strict=True)]
    return Column(f"[{i}]", cells, right=True, rank=rank)


def _cell(name: str, value: float) -> Cell:
    if name == "effective_lr" and math.isnan(value):
        return Cell(ABSENT)  # the gradient is 0 there
    return Cell(number(value), "bold" if name == "step_taken" else "")


def _word(value: float | str | bool) -> str:
    return number(value) if isinstance(value, float) else str(value).lower()


def _title(step: TracedStep) -> str:
    numbers = {"lr": step.lr, **step.numbers} if step.lr is not None else step.numbers
    told = [f"{name} = {number(value)}" for name, value in numbers.items()]
    return ", ".join([f"step {step.k} → {step.k + 1}", *told])

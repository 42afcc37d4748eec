"""What tuning found as tables and sentences for people."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gdlab.errors import join
from gdlab.experiment.tuning.draw import Setting
from gdlab.experiment.tuning.spent import Spent
from gdlab.experiment.tuning.study import Study
from gdlab.report.grid import Cell, Column, Grid
from gdlab.report.numbers import count, number, seconds, setting
from gdlab.report.statistics.folding import Fold
from gdlab.report.text import literal, plural
from gdlab.report.tuning import Found, Goal, Line

_NAMED = 4  # others that are told by name, rather than counted
_STYLES = {"better": "green", "worse": "red", "~": ""}


def result_grid(found: Found) -> Grid:
    """Tuned against default, and the tuned optimizers against each other, the best first and with a star."""
    lines, best = sorted(found.lines, key=lambda line: (line.score, line.tuned.median)), found.best
    marked = len(lines) > 1
    names = [Cell(f"{line.name}*", "bold") if marked and line.name in best else Cell(line.name) for line in lines]
    what = "loss" if found.goal.target is None else "cost"
    columns = [
        Column("optimizer", names),
        Column(f"tuned {what}", [Cell(_folded(line.score, line.tuned)) for line in lines], right=True),
        Column(f"default {what}", [Cell(_folded(line.default_score, line.default)) for line in lines], right=True),
        Column("tuned vs default", [_against(line, found.goal) for line in lines]),
    ]
    if marked:
        columns.append(Column("among the tuned", [Cell(_among(found, line.name)) for line in lines], rank=1))
    if any(line.tuned.failures or line.default.failures for line in lines):
        word = "failed" if found.goal.target is None else "missed"
        columns.append(Column(word, [Cell(_failures(line)) for line in lines], right=True, rank=2))
    columns.append(Column("best setting", [Cell(written(line.setting) or "the default") for line in lines], rank=3))
    return Grid(columns, hint="a wider terminal shows them, --json has all")


def cost_grid(found: Found, study: Study) -> Grid:
    """What the trials of each optimizer cost, as their runs report it."""
    lines = found.lines
    spent = [line.choice.spent for line in lines]
    trials = {one.name: len(one.settings) for one in study.candidates}
    word = "went wrong" if found.goal.target is None else "missed it"
    columns = [
        Column("optimizer", [Cell(line.name) for line in lines]),
        Column("tunes", [Cell(", ".join(one.space)) for one in study.candidates], rank=2),
        Column("trials", [Cell(count(trials[line.name])) for line in lines], right=True),
        Column("runs", [Cell(count(one.runs)) for one in spent], right=True),
        Column(word, [Cell(count(line.choice.failed)) for line in lines], right=True, rank=1),
        *_costs(spent),
    ]
    return Grid(columns, hint="a wider terminal shows them, --json has all")


def range_grid(study: Study) -> Grid:
    """What is searched, and why there."""
    rows = [(one.name, name, searched) for one in study.candidates for name, searched in one.space.items()]
    return Grid(
        [
            Column("optimizer", [Cell(name) for name, _, _ in rows]),
            Column("parameter", [Cell(parameter) for _, parameter, _ in rows]),
            Column("from", [Cell(number(searched.low)) for _, _, searched in rows], right=True),
            Column("to", [Cell(number(searched.high)) for _, _, searched in rows], right=True),
            Column("even in", [Cell(f"log(1 - {p})" if s.nears_one else f"log({p})") for _, p, s in rows], rank=1),
            Column("reason", [Cell(searched.why) for _, _, searched in rows], rank=2),
        ]
    )


def headline(found: Found, study: Study) -> str:
    """What was done, in a line."""
    trials = {len(one.settings) for one in study.candidates}
    (each,) = trials
    on, of = _seeds(study.seeds), _seeds(study.report_seeds)
    return f"{plural(each, 'trial')} of each, chosen by {found.goal.words} on {on}, reported on {of}"


def notes(found: Found) -> Iterator[str]:
    """What follows from the tables, and what does not."""
    what, unit = ("median", "") if found.goal.target is None else ("expected running time", " in passes over the loss")
    yield f"{what}{unit}, failures as worst; in brackets the quartiles of the runs"
    yield "~: not told apart; ×: tuned/default on the same seed, as a median"
    names = [line.name for line in found.lines]
    if len(names) > 1:
        best = [name for name in names if name in found.best]
        rest = [name for name in names if name not in found.best]
        if found.winner is not None:
            yield f"* {found.winner} is proven better than {_those(rest)}"
        elif best and found.best != found.standing.best:
            first = join([name for name in names if name in found.standing.best])
            yield f"* no winner: {first} on most seeds, {found.lowest.name} by its {what}, failures included"
        elif best:
            worse = f"; {_those(rest)}: proven worse than another, or failed" if rest else ""
            yield f"* no winner: {join(best)} {'are not told apart' if len(best) > 1 else 'leads unproven'}{worse}"
        yield "it is the settings found that are compared: more --trials, or another --seed, may find others"
    if not found.independent:
        yield (
            "the seed changes nothing here, as nothing is drawn: all runs of a setting are the same one, on which it "
            "was tuned too; that proves nothing, and --seeds 1 --report-seeds 1 would do"
        )


def warnings(found: Found) -> Iterator[str]:
    """What is wrong with the search itself, and what to do."""
    for line in found.lines:
        if not line.choice.sound:
            if found.goal.target is None:
                yield f"{line.name}: no trial ended well; its default is reported. {_remedy(line)}"
            else:
                yield (
                    f"{line.name}: no trial reached {found.goal.target:g}, so its best was chosen by final loss; "
                    "ask for more steps or another target"
                )
        for edge in line.edges:
            low, high = edge.wider or (edge.searched.low, edge.searched.high)
            yield (
                f"{line.name}: the best {edge.parameter}, {number(edge.value)}, lies at the {edge.side} edge of "
                f"{edge.searched}, so a better one may lie beyond it: "
                f"--range {line.name}.{edge.parameter}={low:g}:{high:g}"
            )


def _remedy(line: Line) -> str:
    return f"Look at one of them, or widen its ranges: --range {line.name}.…=LOW:HIGH"


def _those(names: Sequence[str]) -> str:
    return join(names) if len(names) <= _NAMED else f"all {len(names)} others"


def snippet(data: Any) -> str:
    """An optimizer as a line of a config: `optimizer: {name: adam, lr: 0.01}`."""
    return f"optimizer: {_flow(data)}"


def written(chosen: Setting) -> str:
    """A setting as in tables: `lr=0.01 beta1=0.9`."""
    return " ".join(f"{name}={setting(value)}" for name, value in chosen.items())


def _flow(value: Any) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_flow, value)) + "]"
        case str() if not value.isidentifier():
            return json.dumps(value)
        case _:
            return setting(value)


def _folded(score: float, one: Fold) -> str:
    """The score, and the quartiles where they are another thing."""
    return (
        number(score, 3)
        if one.lower == one.upper
        else f"{number(score, 3)} [{number(one.lower, 3)}, {number(one.upper, 3)}]"
    )


def _against(line: Line, goal: Goal) -> Cell:
    if not line.setting:
        return Cell("the default")
    one = line.against
    if one.answer == "~":
        return Cell("~")
    if not np.isfinite(one.effect):
        loser = "the default" if one.answer == "better" else "it"
        return Cell(f"{one.answer}: {loser} {'fails' if goal.target is None else 'misses'}", _STYLES[one.answer])
    size = f"×{number(one.effect, 2)}" if one.is_ratio else f"by {number(abs(one.effect), 2)}"
    return Cell(f"{one.answer}, {size}", _STYLES[one.answer])


def _among(found: Found, name: str) -> str:
    """`better than gd, ~ momentum`."""
    others = [line.name for line in found.lines if line.name != name]
    answers = {other: found.standing.of(name, other) for other in others}
    parts = []
    for answer, words in (("better", "better than"), ("worse", "worse than"), ("~", "~")):
        meant = [other for other in others if answers[other] == answer]
        parts += [f"{words} {', '.join(meant) if len(others) <= _NAMED else len(meant)}"] if meant else []
    return "; ".join(parts)


def _failures(line: Line) -> str:
    return f"{line.tuned.failures} and {line.default.failures} of {line.tuned.n}"


def _costs(spent: Sequence[Spent]) -> Iterator[Column]:
    for name in ("evaluations", "dual_passes", "reverse_passes", "seconds"):
        values = [getattr(one, name) for one in spent]
        if any(values):
            cells = [Cell(seconds(value) if name == "seconds" else f"{round(value):,}") for value in values]
            yield Column(name.replace("_", " "), cells, right=True)


def _seeds(seeds: Sequence[int]) -> str:
    if len(seeds) == 1:
        return f"seed {seeds[0]}"
    if [*seeds] == [*range(seeds[0], seeds[-1] + 1)]:
        return f"seeds {seeds[0]} to {seeds[-1]}"
    return literal(f"seeds {', '.join(map(str, seeds))}")

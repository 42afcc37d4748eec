"""Everything that is known of one run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from gdlab.report.numbers import count, duration, number, seconds, setting
from gdlab.report.outcomes import BROKEN, outcome
from gdlab.report.sections import Sections
from gdlab.report.sparkline import sparkline
from gdlab.report.text import head, literal, plural
from gdlab.report.view import Array, view
from gdlab.store.flat import COSTS, COUNTS, flat_runs
from gdlab.store.run import Curve, Run
from gdlab.store.strict_json import dumps
from gdlab.store.sweep.stored import StoredSweep

LOG_LINES = 20
_SPARK_WIDTH = 60


@dataclass(frozen=True)
class Spark:
    """The loss in one line, as a rich renderable that fits the terminal; what would hide all else is cut.

    Args:
        losses: of shape (rows,).
        broken: whether the run diverged, has no bound or became non-finite.
    """

    losses: Array
    broken: bool

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        finite = self.losses[np.isfinite(self.losses)]
        if not finite.size:
            yield Text("no finite loss was logged", style="dim")
            return
        seen = view([], [finite]) if self.broken else view([finite], [])
        first, last = number(self.losses[0]), number(self.losses[-1])
        width = max(1, min(_SPARK_WIDTH, options.max_width - len(first) - len(last) - 2))
        line = sparkline(seen.within(self.losses), width, seen.log, options.ascii_only)
        yield Text.assemble(first, " ", (line, "cyan"), " ", last)
        yield Text(f"{plural(self.losses.size, 'row')}, {'logarithmic' if seen.log else 'linear'}", style="dim")


def show(run: Run, curve: Curve, config: str, log: str) -> Sections:
    """One run for people: its outcome in a sentence, loss, config, summary, cost, surroundings and the end of its log.

    Args:
        run: the run.
        curve: its logged columns.
        config: its config as YAML.
        log: its log; the last 20 lines are shown.
    """
    state = outcome(run.status)
    above = [
        Text.assemble((literal(run.name), "bold"), "  ", (literal(run.id), "dim")),
        Text.assemble((state.text, state.style), f": {literal(run.reason)}"),
    ]
    return Sections(above, list(_sections(run, curve, config, log)))


def show_as_json(run: Run) -> str:
    """The run as a flat row, with its config and surroundings as they are stored."""
    row = {key: value for key, value in flat_runs([run])[0].items() if "." not in key}
    return dumps({**row, "key": run.key, **run.details, "config": run.config}).decode()


def _sections(run: Run, curve: Curve, config: str, log: str) -> Iterator[tuple[str, RenderableType]]:
    if "loss" in curve and curve["loss"].size:
        yield "loss", Spark(curve["loss"], run.status in BROKEN)
    yield "config", Text("\n".join(map(literal, config.splitlines())))
    told = {name: _written(name, value) for name, value in run.summary.items()}
    results = {name: text for name, text in told.items() if name not in COSTS}
    if run.details.get("w"):
        results["w"] = "  ".join(number(value, 8) for value in run.details["w"])
    yield "summary", pairs({"step": count(run.step), **results})
    costs = {name: told[name] for name in COSTS if name in told}
    if costs:
        yield "cost", pairs(costs)
    yield "surroundings", pairs(surroundings(run))
    yield from log_section(log)


def log_section(log: str) -> Iterator[tuple[str, RenderableType]]:
    """The last lines of a log, if there are any."""
    lines = log.splitlines()
    if lines:
        hidden = len(lines) - LOG_LINES
        title = f"log (the last {LOG_LINES} of {len(lines)} lines)" if hidden > 0 else "log"
        yield title, Text("\n".join(map(literal, lines[-LOG_LINES:])))


def _written(name: str, value: float) -> str:
    if name == "seconds":
        return seconds(value)
    return count(value) if name in COUNTS else number(value)


def surroundings(run: Run | StoredSweep) -> dict[str, str]:
    """Where and when a run or a sweep took place, written."""
    told = {"folder": literal(str(run.folder)), "started": run.started.isoformat(" ", "seconds")}
    if run.tags:
        told["tags"] = literal(", ".join(run.tags))
    for name, value in run.details.items():
        match value:
            case _ if name == "w":  # a result
                continue
            case None:
                continue
            case Mapping():
                told[name] = ", ".join(f"{key} {setting(item)}" for key, item in value.items())
            case list() | tuple():
                told[name] = literal(" ".join(map(str, value)))
            case _:
                told[name] = duration(value) if name == "duration" else setting(value)
    return told


def pairs(told: Mapping[str, str], *, titled: bool = True) -> Text:
    """Names and values below each other.

    Args:
        told: the values by name.
        titled: whether the names are written as titles, without underscores.
    """
    names = {name: head(name) if titled else literal(name) for name in told}
    width = max(map(len, names.values()))
    return Text("\n".join(f"{names[name]:{width}}  {value}" for name, value in told.items()))

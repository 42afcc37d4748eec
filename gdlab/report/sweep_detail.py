"""Everything that is known of one sweep."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from gdlab.report.compare.comparison import compare
from gdlab.report.compare.groups import SEED
from gdlab.report.compare.table import tabulate
from gdlab.report.detail import log_section, pairs, surroundings
from gdlab.report.listing import flat_sweep, tally
from gdlab.report.numbers import number, setting
from gdlab.report.outcomes import BROKEN, outcome
from gdlab.report.sections import Sections
from gdlab.report.text import literal, plural
from gdlab.store.flat import flatten
from gdlab.store.run import Run
from gdlab.store.status import Status
from gdlab.store.strict_json import dumps
from gdlab.store.sweep.stored import StoredSweep

BEST = 5  # settings that are shown
_VALUES = 8  # of a setting that are listed
_REASONS = 8

METRIC = "final_loss"


def show_sweep(sweep: StoredSweep, config: str, log: str) -> Sections:
    """One sweep for people: how far it is, what varies, the best settings, what went wrong and why, config and log.

    Args:
        sweep: the sweep.
        config: it as YAML.
        log: its log; the end is shown.

    Raises:
        StoreError: if its plan is damaged.
    """
    state = outcome(sweep.status)
    above = [
        Text.assemble((literal(sweep.name), "bold"), "  ", (literal(sweep.id), "dim")),
        Text.assemble((state.text, state.style), f": {literal(sweep.reason)}"),
        Text(f"cells {tally(sweep)}"),
    ]
    return Sections(above, list(_sections(sweep, config, log)))


def sweep_as_json(sweep: StoredSweep) -> str:
    """The sweep as plain data, with its config and surroundings as they are stored."""
    varied = {key: [*values] for key, values in _varied(sweep).items()}
    return dumps({**flat_sweep(sweep), "varied": varied, **sweep.details, "config": sweep.config}).decode()


def _sections(sweep: StoredSweep, config: str, log: str) -> Iterator[tuple[str, RenderableType]]:
    runs = [*sweep.cells.values()]
    varied = {key: _listed(values) for key, values in _varied(sweep).items()}
    if varied:
        yield "what varies", pairs(varied, titled=False)
    if any(METRIC in run.summary for run in runs):
        yield "best", tabulate(compare(runs), BEST).grid
    for title, statuses in (("failed", (Status.FAILED,)), ("out of hand", BROKEN)):
        wrong = [run for run in runs if run.status in statuses]
        if wrong:
            yield title, _reasons(wrong)
    if sweep.damaged:
        told = [f"{literal(path.name)}: {literal(reason)}" for path, reason in sweep.damaged]
        yield "damaged", Text("\n".join([*told, "run the sweep again: their cells count as not done"]))
    yield "config", Text("\n".join(map(literal, config.splitlines())))
    yield "surroundings", pairs(surroundings(sweep))
    yield from log_section(log)


def _varied(sweep: StoredSweep) -> Mapping[str, Sequence[Any]]:
    """The keys that vary and their values, in order; the seeds last."""
    plan = sweep.plan
    if plan is None:
        return {}
    found: dict[str, dict[str, Any]] = {key: {} for key in plan.keys}
    for part, values in plan.varied.items():
        for value in values:
            flat = flatten({part: value})
            for key in plan.keys:
                name = key.removesuffix(".name")
                if name in flat and key.partition(".")[0] == part:
                    found[key].setdefault(repr(flat[name]), flat[name])
    seeds = dict.fromkeys(plan.seeds)
    return {key: [*values.values()] for key, values in found.items()} | ({SEED: [*seeds]} if len(seeds) > 1 else {})


def _listed(values: Sequence[Any]) -> str:
    """Values; of many the range, or the first of them, and how many there are."""
    if len(values) <= _VALUES:
        return ", ".join(map(setting, values))
    if all(isinstance(value, int | float) for value in values):
        return f"{setting(min(values))} … {setting(max(values))} ({len(values)} values)"
    return f"{', '.join(map(setting, values[:_VALUES]))}, … ({len(values)} values)"


def _reasons(runs: Sequence[Run]) -> Text:
    """Why, the most frequent first; sentences that differ in their numbers only are one."""
    alike: dict[str, list[Run]] = {}
    for run in runs:
        alike.setdefault("".join("0" if c.isdigit() else c for c in run.reason), []).append(run)
    common = Counter({key: len(some) for key, some in alike.items()}).most_common(_REASONS)
    lines = []
    for key, many in common:
        first = alike[key][0]
        lines.append(f"{number(many)} × {literal(first.reason)}  (such as cell {first.id.rpartition('/')[2]})")
    if len(alike) > len(common):
        lines.append(f"and {plural(len(alike) - len(common), 'other reason')}")
    return Text("\n".join(lines))

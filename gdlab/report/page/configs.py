"""The configs, folded: each repeats its run."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gdlab.report.page.html import Html, element, joined, lines
from gdlab.report.page.subject import Subject
from gdlab.report.text import literal, plural
from gdlab.store.run import Run

_MOST = 100  # configs
_LONGEST = 20_000  # characters of one
_NAMES = 5


def configs(subject: Subject) -> Html:
    """Each config once, in a part that unfolds; runs that differ in their seed alone share one."""
    sweeps = [(f"{sweep.id} (sweep of {plural(sweep.count, 'cell')})", sweep.config) for sweep in subject.sweeps]
    every = [*sweeps, *_of_runs(subject.singles)]
    left = len(every) - _MOST
    return joined(
        [
            element("p", "Written into a file, a config repeats its run: ", element("code", "gdlab run FILE.yaml")),
            *(_folded(title, subject.dump(config)) for title, config in every[:_MOST]),
            *([element("p", f"and {plural(left, 'other config')}", class_="soft")] if left > 0 else []),
        ]
    )


def _of_runs(runs: Sequence[Run]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    alike: dict[str, list[Run]] = {}
    for run in runs:
        alike.setdefault(repr([item for item in run.config.items() if item[0] != "seed"]), []).append(run)
    for some in alike.values():
        ids = [run.id for run in some[:_NAMES]] + ([f"{len(some) - _NAMES} more"] if len(some) > _NAMES else [])
        seeds = f"; seeds {_seeds(some)}, of which this is the first" if len(some) > 1 else ""
        yield f"{', '.join(ids)}{seeds}", some[0].config


def _seeds(runs: Sequence[Run]) -> str:
    seeds = sorted({run.seed for run in runs})
    if len(seeds) > 1 and seeds == [*range(seeds[0], seeds[-1] + 1)]:
        return f"{seeds[0]} to {seeds[-1]}"
    return ", ".join(map(str, seeds[:_NAMES])) + (", …" if len(seeds) > _NAMES else "")


def _folded(title: str, text: str) -> Html:
    rest = len(text) - _LONGEST
    body = lines(text[:_LONGEST])
    cut = [element("p", f"… and {rest:,} more characters: gdlab show writes all", class_="soft")] if rest > 0 else []
    return element("details", element("summary", literal(title)), element("pre", body), *cut)

"""`gdlab info`: what there is."""

import dataclasses
import platform
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gdlab.cli.console import stdout, write
from gdlab.cli.stored import RUNS_FOLDER
from gdlab.errors import UsageError, unknown
from gdlab.store.surroundings import version_of

if TYPE_CHECKING:
    from rich.console import RenderableType

    from gdlab.config.catalog import Entry, Setting
    from gdlab.report.sections import Rows, Sections

PACKAGES = ("numpy", "pydantic", "pyyaml", "pandas", "matplotlib", "rich", "typer")

# The words for the lists, and what is in them.
KINDS = {
    "problems": "problem",
    "data": "data",
    "gradients": "gradient",
    "optimizers": "optimizer",
    "schedules": "schedule",
    "averages": "average",
    "around": "around",
}

_FORMULAS = {"problem": "Loss", "schedule": "Value h of the step that follows k others"}


def command(
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="KIND",
            help="problems, data, gradients, optimizers, schedules, averages or around; all of them if left out.",
            autocompletion=lambda: list(KINDS),
        ),
    ] = None,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Describe this one.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List problems, data sets, gradients, optimizers and schedules, or describe one.

    `gdlab info around` tells what goes around an optimizer: schedules, clipping, noise, weight decay, restarts and
    averages. A description has the rule, the parameters with their defaults and ranges, the source, and a config to
    start from.
    """
    data, text = _overview() if kind is None else _chosen(kind, name)
    if as_json:
        from gdlab.store.strict_json import dumps

        write(dumps(data).decode().rstrip("\n"))
    else:
        stdout().print(text)


def _overview() -> tuple[dict[str, Any], "Sections"]:
    from gdlab.report.sections import Sections

    versions = {"python": platform.python_version()} | {package: version_of(package) for package in PACKAGES}
    runs = str(RUNS_FOLDER.absolute())
    lists = {word: _entries(kind) for word, kind in KINDS.items()}
    data: dict[str, Any] = {"version": version_of("gdlab"), "versions": versions, "runs": runs}
    sections: dict[str, Any] = {word: _summaries(entries) for word, entries in lists.items()}
    sections["runs go to"] = runs
    sections["more"] = "gdlab info optimizers adam"
    head = [f"gdlab {data['version']}", ", ".join(f"{package} {number}" for package, number in versions.items())]
    data |= {word: [entry.name for entry in entries] for word, entries in lists.items()}
    return data, Sections.of(head, sections)


def _chosen(kind: str, name: str | None) -> tuple[Any, "RenderableType"]:
    """What the words on the command line mean: a list, one of a list, or just the name of one."""
    lists = {**KINDS, **{key: key for key in KINDS.values()}}
    if name is None and kind not in lists:
        named = [entry for key in KINDS.values() for entry in _entries(key) if entry.name == kind]
        if named:
            return dataclasses.asdict(named[0]), _description(named[0])
        names = [entry.name for key in KINDS.values() for entry in _entries(key)]
        raise UsageError(unknown("list or name", kind, [*KINDS, *names]))
    if kind not in lists:
        raise UsageError(unknown("list", kind, KINDS))
    if name is not None and lists[kind] == "optimizer" and ".py" in name:
        own = _own_optimizer(name)
        return dataclasses.asdict(own), _description(own)
    entries = _entries(lists[kind])
    if name is None:
        special = {"optimizer": _optimizers, "around": _around}
        text = special.get(lists[kind], _summaries)(entries)
        return [dataclasses.asdict(entry) for entry in entries], text
    found = {entry.name: entry for entry in entries}
    if name not in found:
        raise UsageError(unknown(lists[kind], name, found))
    return dataclasses.asdict(found[name]), _description(found[name])


def _entries(kind: str) -> list["Entry"]:
    from gdlab.config.catalog import entries

    return entries(kind)


def _own_optimizer(name: str) -> "Entry":
    """The optimizer of a file of the user's own, written `my_rule.py:MyRule`, or `my_rule.py` if it has but one."""
    from pathlib import Path

    from gdlab.config.catalog import own_optimizer

    file, _, rule = name.rpartition(":") if not name.endswith(".py") else (name, "", "")
    return own_optimizer(Path(file), rule)


def _summaries(entries: Iterable["Entry"]) -> "Rows":
    from gdlab.report.sections import Rows

    return Rows([(entry.name, entry.summary) for entry in entries])


def _optimizers(entries: Iterable["Entry"]) -> "RenderableType":
    """The list of optimizers, and where to read what goes around them."""
    from rich.console import Group

    from gdlab.report.sections import Sections

    pointers = {
        "Around them": "schedules, clipping, noise, weight decay, restarts and averages: gdlab info around",
        "Your own": "gdlab info optimizers my_rule.py:MyRule",
    }
    return Group(_summaries(entries), Sections.of([], pointers))


def _around(entries: Iterable["Entry"]) -> "RenderableType":
    """What goes around optimizers, with its parameters."""
    from gdlab.config.catalog import surroundings
    from gdlab.report.sections import Rows, Sections

    around = surroundings()
    bodies: dict[str, RenderableType] = {
        "Keys of the optimizer": Rows(_settings(around.settings)),
        "Schedules": "lr: {schedule: cosine, start: 0.1} in place of a number; see gdlab info schedules",
    }
    for entry in (*entries, *_entries("average")):
        title = f"{entry.name}: {entry.formula}"
        bodies[title] = Rows([("", "", entry.summary), *_settings(entry.settings)])
    bodies |= {
        "What a step does, in this order": Rows([(str(i), line) for i, line in enumerate(around.order, 1)]),
        "Sample": around.sample.rstrip("\n"),
    }
    head = ["around an optimizer", "Not all of it goes around each of them: gdlab info optimizers NAME says what does."]
    return Sections.of(head, bodies)


def _settings(settings: Iterable["Setting"]) -> list[tuple[str, str, str]]:
    return [(s.name, s.default, f"{s.allowed}: {s.doc}" if s.doc else s.allowed) for s in settings]


def _description(entry: "Entry") -> "Sections":
    from gdlab.report.sections import Rows, Sections

    settings = _settings(entry.settings)
    bodies = {
        _FORMULAS.get(entry.kind, "Rule"): entry.formula,
        "Known": Rows(list(entry.facts.items())) if entry.facts else "",
        "Parameters": Rows(settings) if settings else "none",
        "Variants": Rows(list(entry.variants.items())) if entry.variants else "",
        **{f"Rule of variant {word}": rule for word, rule in entry.formulas.items()},
        "Source": entry.source,
        "Sample": entry.sample.rstrip("\n"),
    }
    head = [f"{entry.kind} {entry.name}", entry.summary, *entry.details]
    return Sections.of(head, {title: body for title, body in bodies.items() if body})

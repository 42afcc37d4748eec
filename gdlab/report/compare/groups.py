"""Runs that differ in nothing but their seed, or that are the same in what was asked for."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from gdlab.report.compare.fields import Fields
from gdlab.report.numbers import setting
from gdlab.report.settings import Settings, identity, settings_of
from gdlab.store.run import Run

SEED = "seed"
TRIALS = "trials"  # the tag of runs that settings were chosen by


@dataclass(frozen=True)
class Group:
    """Runs that are one line of a comparison.

    Args:
        members: their places among all runs, at least one.
        settings: those of the first of them, without the seed.
        problem: equal for runs of the same problem, and for no others.
        named: what they were grouped by and its value, if it was asked for.
        is_baseline: whether they are what others are compared with.
    """

    members: tuple[int, ...]
    settings: Settings
    problem: Hashable
    named: tuple[tuple[str, str], ...] = ()
    is_baseline: bool = False


def grouped(
    runs: Sequence[Run],
    by: Sequence[str] = (),
    *,
    each: bool = False,
    baseline: frozenset[tuple[str, str]] = frozenset(),
) -> list[Group]:
    """Put runs together: those that differ only in their seed, or, if asked, those with the same values of some fields.

    Runs of different problems never share a group, nor do those of the baseline with others. The same seed twice says
    that something was run again: then each sweep is a group, and each name. Trials, by which settings were chosen,
    are left out of a group with other runs: their seeds flatter what was chosen.

    Args:
        runs: which.
        by: fields.
        each: every run by itself.
        baseline: folder and id of the runs that are the baseline.
    """
    told, places = _settings(runs)
    problems = [identity(one, "problem") for one in told]
    fields = Fields(runs)
    names = [*zip(*([setting(value) for value in fields.column(name)] for name in by), strict=True)]
    alike: dict[Hashable, list[int]] = {}
    for i, run in enumerate(runs):
        mine = bool(baseline) and (str(run.folder), run.id) in baseline
        key: Hashable = i if each else (problems[places[i]], names[i]) if by else places[i]
        alike.setdefault((key, mine), []).append(i)
    found = []
    for every in alike.values():
        members = _after_trials(runs, every)
        mine = bool(baseline) and (str(runs[members[0]].folder), runs[members[0]].id) in baseline
        for part in [members] if by or mine else _apart(runs, members):
            place = places[part[0]]
            label = tuple(zip(by, names[part[0]], strict=True)) if by else ()
            found.append(Group(tuple(part), told[place], problems[place], label, mine))
    return found


def _settings(runs: Sequence[Run]) -> tuple[list[Settings], list[int]]:
    """The settings that there are, and which of them each run has."""
    alike: dict[Hashable, list[int]] = {}
    for i, run in enumerate(runs):  # cells of a sweep share the very parts of their configs
        alike.setdefault(tuple([id(part) for key, part in run.config.items() if key != SEED]), []).append(i)
    firsts = [{key: part for key, part in runs[some[0]].config.items() if key != SEED} for some in alike.values()]
    known: dict[Hashable, int] = {}
    told: list[Settings] = []
    places = [0] * len(runs)
    for settings, some in zip(settings_of(firsts), alike.values(), strict=True):
        place = known.setdefault(tuple(sorted(settings.items())), len(told))
        if place == len(told):
            told.append(settings)
        for i in some:
            places[i] = place
    return told, places


def _after_trials(runs: Sequence[Run], members: Sequence[int]) -> list[int]:
    others = [i for i in members if TRIALS not in runs[i].tags]
    return others or [*members]


def _apart(runs: Sequence[Run], members: Sequence[int]) -> list[list[int]]:
    """One group, or if a seed comes twice one for each sweep and each name, or for each run."""
    if _once(runs, members):
        return [[*members]]
    sources: dict[Hashable, list[int]] = {}
    for i in members:
        is_cell = runs[i].id != runs[i].folder.name
        sources.setdefault(str(runs[i].folder) if is_cell else runs[i].name, []).append(i)
    return [part for some in sources.values() for part in ([some] if _once(runs, some) else [[i] for i in some])]


def _once(runs: Sequence[Run], members: Sequence[int]) -> bool:
    return len(members) == 1 or len({runs[i].seed for i in members}) == len(members)

"""Runs that differ in nothing but their seed."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from gdlab.report.settings import Settings, settings_of
from gdlab.store.run import Run

SEED = "seed"


@dataclass(frozen=True)
class Group:
    """Runs that differ in nothing but their seed.

    Args:
        settings: what they have in common.
        runs: at least one.
    """

    settings: Settings
    runs: tuple[Run, ...]


def by_settings(runs: Sequence[Run]) -> list[Group]:
    """Put runs that differ in nothing but their seed together, in the order of their first appearance."""
    alike: dict[Hashable, list[Run]] = {}
    for run in runs:  # cells of a sweep share the very parts of their configs
        alike.setdefault(tuple([id(part) for key, part in run.config.items() if key != SEED]), []).append(run)
    first = [{key: part for key, part in some[0].config.items() if key != SEED} for some in alike.values()]
    groups: dict[Hashable, tuple[Settings, list[Run]]] = {}
    for settings, some in zip(settings_of(first), alike.values(), strict=True):
        groups.setdefault(tuple(sorted(settings.items())), (settings, []))[1].extend(some)
    return [Group(settings, tuple(members)) for settings, members in groups.values()]

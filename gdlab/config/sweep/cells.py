"""A sweep and its cells."""

import dataclasses
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from gdlab.config.data import experiment_data, plain
from gdlab.config.look import look, placed
from gdlab.config.place import Node
from gdlab.config.resolve import filled
from gdlab.config.sweep.parts import Part, Parts, Rows
from gdlab.config.sweep.plan import Plan
from gdlab.config.words import show
from gdlab.errors import ConfigError, Fault, OwnCodeError, UsageError
from gdlab.experiment.spec import ROWS, ROWS_OF_A_CELL, Experiment, Log
from gdlab.store.key import canonical, hash_of


@dataclass(frozen=True)
class Cell:
    """One experiment of a sweep.

    Args:
        index: its place in the order of the sweep, from 0.
        settings: the values of the keys that vary, as plain data; without the seed.
        seed: the seed.
        experiment: what it is, validated.
        key: the hash of its data, as `gdlab.store.key.key` gives it.
    """

    index: int
    settings: Mapping[str, Any]
    seed: int
    experiment: Experiment
    key: str

    @property
    def data(self) -> dict[str, Any]:
        """The resolved config of the cell alone: resolving it gives its experiment again."""
        return experiment_data(self.experiment)


@dataclass(frozen=True)
class Sweep:
    """The cells that a config stands for; a config without a sweep is one cell.

    Iterating gives the cells in order, each made when it is asked for. All of them have been validated.

    Args:
        name: of the sweep, and of each of its cells.
        plan: what varies.
        parts: what the cells are put together from.
        data: the same as plain data: resolving it gives the same cells again.
        swept: whether the config, or the command line, asks for a sweep.
        source: the file it comes from, if it comes from one.
        warnings: what one should know before trusting a run, such as a kink of one's own loss at its start.
    """

    name: str
    plan: Plan
    parts: Parts = field(repr=False, compare=False)
    data: dict[str, Any] = field(repr=False)
    swept: bool
    source: Path | None = field(default=None, compare=False)
    warnings: tuple[Fault, ...] = field(default=(), compare=False)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that vary, from the one that changes slowest; without the seed."""
        return tuple(key for axis in self.plan.axes for key in axis.keys)

    def __len__(self) -> int:
        return self.plan.count

    def __iter__(self) -> Iterator[Cell]:
        index = 0
        for rows, seeds in self.plan.combinations():
            first, settings = combination(self.parts, rows, self.name), self._settings(rows)
            head, tail = _around_seed(first, self.parts.of(rows) or ())
            for seed in seeds:
                experiment = first if seed == first.seed else dataclasses.replace(first, seed=seed)
                yield Cell(index, settings, seed, experiment, hash_of(f"{head}{seed}{tail}"))
                index += 1

    def _settings(self, rows: Rows) -> dict[str, Any]:
        columns = zip(self._plain, rows, strict=True)
        return {key: value for column, row in columns for key, value in column[row].items()}

    @cached_property
    def _plain(self) -> list[list[dict[str, Any]]]:
        axes = self.plan.axes
        return [[dict(zip(axis.keys, map(plain_data, row), strict=True)) for row in axis.rows] for axis in axes]


def combination(parts: Parts, rows: Rows, name: str) -> Experiment:
    """The experiment of the cells with these rows, with the seed of the config.

    Raises:
        ConfigError: if something is wrong with its parts.
        ParameterError: if they do not go together.
    """
    found = parts.of(rows)
    if found is None:
        raise ConfigError(tuple(parts.faults))
    fields = {key: value for part in found for key, value in part.fields.items()}
    known = parts.log(rows)
    rows_logged = ROWS_OF_A_CELL if parts.swept else ROWS
    experiment = filled(fields if known is None else {**fields, "log": known}, name, rows_logged)
    parts.keep_log(rows, experiment.log)
    return experiment


def check(parts: Parts, plan: Plan, name: str, root: Node, warnings: list[Fault]) -> tuple[Fault, ...]:
    """Everything that is wrong with the cells of a sweep.

    Args:
        parts: what they are put together from.
        plan: what varies.
        name: of the sweep.
        root: the config without its sweep.
        warnings: takes what one should know before trusting a run.
    """
    faults, seen = parts.faults, set()
    if faults:  # a key that some lack is wrong in many cells
        return tuple(faults)
    for rows, _ in plan.combinations():
        if parts.hopeless:
            break
        if parts.of(rows) is None:
            continue
        try:
            experiment = combination(parts, rows, name)
            looked_at = (experiment.problem, experiment.gradient, experiment.batch)
            looks = repr((*looked_at, experiment.optimizer.uses_gradient))  # a record may hold what cannot be hashed
            if looks not in seen:
                seen.add(looks)
                warnings += look(experiment)
        except (UsageError, OwnCodeError) as error:
            faults[placed(error, root, _where(plan, rows))] = None
    return tuple(faults)


@functools.lru_cache(maxsize=1024)
def _told_last(name: str, tags: tuple[str, ...], log: Log) -> dict[str, str]:
    """The canonical form of what only the whole experiment tells."""
    return {"name": canonical(name), "tags": canonical(tags), "log": canonical(plain(log))}


def plain_data(node: Node) -> Any:
    """A value as plain data, with lists for tuples."""
    return _lists(node.plain())


def _lists(value: Any) -> Any:
    match value:
        case dict():
            return {key: _lists(item) for key, item in value.items()}
        case tuple() | list():
            return [_lists(item) for item in value]
        case _:
            return value


def _where(plan: Plan, rows: Rows) -> str:
    """Which cells are meant, in words."""
    said = [
        f"{key} = {show(node.plain())}"
        for axis, row in zip(plan.axes, rows, strict=True)
        for key, node in zip(axis.keys, axis.rows[row], strict=True)
    ]
    return f" (where {', '.join(said)})" if said else ""


def _around_seed(experiment: Experiment, parts: "list[Part] | tuple[()]") -> tuple[str, str]:
    """What stands before and behind the seed in the canonical form of the data of an experiment."""
    texts = {key: text for part in parts for key, text in part.texts.items()}
    texts |= _told_last(experiment.name, experiment.tags, experiment.log)
    pieces = {key: f'"{key}":{texts[key]}' for key in sorted(texts) if key != "seed"}
    head = ",".join(piece for key, piece in pieces.items() if key < "seed")
    tail = ",".join(piece for key, piece in pieces.items() if key > "seed")
    return f'{{{head},"seed":', f",{tail}}}"

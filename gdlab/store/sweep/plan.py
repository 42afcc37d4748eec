"""The plan of a sweep on disk: what each cell is, written once before any of them runs.

- `cells.csv`: cell, seed, key and the values that vary, a line for each cell, for people and for pandas;
- `configs.json`: the resolved config of every cell. What is the same for all stands once, and of the parts that vary,
  such as the optimizer, each that there is.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from gdlab.errors import StoreError
from gdlab.store.files import read_bytes, replace
from gdlab.store.strict_json import dumps, loads

CELLS, CONFIGS = "cells.csv", "configs.json"
_FIRST = ("cell", "seed", "key")
_SEED = "seed"


class Described(Protocol):
    """What is stored of a cell before it runs, as `gdlab.config.sweep.cells.Cell` has it."""

    @property
    def index(self) -> int:
        """Its number in the order of the sweep."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """The values of the keys that vary, without the seed."""

    @property
    def seed(self) -> int:
        """Its seed."""

    @property
    def key(self) -> str:
        """The hash of its data."""

    @property
    def data(self) -> Mapping[str, Any]:
        """Its resolved config."""


@dataclass(frozen=True)
class StoredPlan:
    """What the cells of a sweep are, all in their order.

    Args:
        keys: the keys that vary.
        places: where each cell stands in the following, by its number; a part of a sweep has not all numbers.
        seeds: of each cell.
        hashes: the key of each.
        common: what their configs have in common, in the order of a config, with None where they vary.
        varied: the parts that vary, each that there is, by the key of the config.
        which: which of them each cell has.
    """

    keys: tuple[str, ...]
    places: Mapping[int, int]
    seeds: Sequence[int]
    hashes: Sequence[str]
    common: Mapping[str, Any]
    varied: Mapping[str, Sequence[Any]]
    which: Mapping[str, Sequence[int]]

    def __len__(self) -> int:
        return len(self.seeds)

    def config(self, place: int) -> dict[str, Any]:
        """The resolved config of the cell at a place; its parts are shared with the configs of other cells."""
        own = {key: parts[self.which[key][place]] for key, parts in self.varied.items()}
        return {**self.common, **own, _SEED: self.seeds[place]}


def write_plan(folder: Path, cells: Iterable[Described]) -> int:
    """Store the plan of a sweep, and tell how many cells it has.

    Cells in a row that share their settings, and differ only in their seed, cost little.

    Raises:
        StoreError: if it cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    table, settings, words, many = _Parts(), None, [], 0
    for cell in cells:
        if cell.settings is not settings or settings is None:
            if settings is None:
                writer.writerow([*_FIRST, *cell.settings])
            settings, words = cell.settings, [*map(_word, cell.settings.values())]
            table.add(cell.data)
        table.repeat()
        writer.writerow([cell.index, cell.seed, cell.key, *words])
        many += 1
    replace(folder / CONFIGS, dumps(table.stored(), indent=None), sync=False)
    replace(folder / CELLS, text.getvalue().encode("utf-8", "backslashreplace"), sync=False)
    return many


class _Parts:
    """Configs taken apart by the keys of their top level."""

    def __init__(self) -> None:
        self._first: Mapping[str, Any] = {}
        self._numbers: dict[str, dict[str, int]] = {}
        self._parts: dict[str, list[Any]] = {}
        self._which: dict[str, list[int]] = {}
        self._current: dict[str, int] = {}
        self._count = 0

    def add(self, config: Mapping[str, Any]) -> None:
        """Take a config, of a cell that `repeat` counts."""
        if not self._count:
            self._first = config
        for key, part in config.items():
            if key == _SEED:
                continue
            if key not in self._parts:
                if part == self._first.get(key):  # as nearly always
                    continue
                self._vary(key)
            self._current[key] = self._number(key, part)

    def repeat(self) -> None:
        """Count a cell with the config that was added last."""
        self._count += 1
        for key, number in self._current.items():
            self._which[key].append(number)

    def stored(self) -> dict[str, Any]:
        """What is stored of them."""
        common = {key: None if key in self._parts or key == _SEED else part for key, part in self._first.items()}
        return {"common": common, "varied": self._parts, "which": self._which}

    def _vary(self, key: str) -> None:
        self._parts[key], self._numbers[key] = [], {}
        self._which[key] = [self._number(key, self._first.get(key))] * self._count

    def _number(self, key: str, part: Any) -> int:
        numbers = self._numbers[key]
        number = numbers.setdefault(repr(part), len(numbers))
        if number == len(self._parts[key]):
            self._parts[key].append(part)
        return number


def _word(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def read_plan(folder: Path) -> StoredPlan | None:
    """The plan of a sweep; None if it has not been written yet.

    Raises:
        StoreError: if it is damaged.
    """
    table, configs = read_bytes(folder / CELLS), read_bytes(folder / CONFIGS)
    if table is None or configs is None:
        return None
    try:
        head, *lines = csv.reader(io.StringIO(table.decode("utf-8"), newline=""))
        cells, texts, hashes, *_ = zip(*lines, strict=True) if lines else [()] * 3
        parts = loads(configs)
        keys, places = tuple(head[len(_FIRST) :]), {int(cell): place for place, cell in enumerate(cells)}
        seeds = [*map(int, texts)]
        plan = StoredPlan(keys, places, seeds, hashes, parts["common"], parts["varied"], parts["which"])
        if len(places) != len(plan):
            raise ValueError("a cell comes twice")
        if any(len(which) != len(plan) for which in plan.which.values()):
            raise ValueError(f"{CELLS} and {CONFIGS} do not have the same cells")
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        raise StoreError(f"the plan of the sweep, {CELLS} and {CONFIGS}, is damaged: {error}") from error
    return plan

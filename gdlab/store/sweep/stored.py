"""A stored sweep, as every reader sees it: what became of its cells, and each of them as a run."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from gdlab.errors import StoreError
from gdlab.store.liveness import is_alive
from gdlab.store.record import Record, read_record, rest
from gdlab.store.run import Curve, Run
from gdlab.store.status import RUNNING, Status
from gdlab.store.sweep.chunk_files import Curves, Ends, Pair, read_curves, whole
from gdlab.store.sweep.plan import CELLS, CONFIGS, StoredPlan, read_plan

DONE = "done"  # how a sweep ends whose cells are all stored, however each of them ended
_Place = tuple[int, int]  # of a cell: which chunk, and where in it


@dataclass(frozen=True)
class StoredSweep:
    """A sweep, read from disk. Its cells are read when they are first asked for.

    Args:
        folder: where it is stored.
        id: the name of the folder.
        name: the name of its experiments.
        config: the sweep as a config, plain data.
        status: `done`, `running`, `interrupted` or `failed`.
        reason: one sentence on how it ended.
        count: how many cells it has.
        counts: how many of them ended as what; cells that have not run yet are not counted.
        started: when, with its time zone.
        tags: words to select it by.
        key: the hash of its config.
        details: what else is known of it, as of a run.
    """

    folder: Path
    id: str
    name: str
    config: Mapping[str, Any]
    status: str
    reason: str
    count: int
    counts: Mapping[str, int]
    started: datetime
    tags: tuple[str, ...]
    key: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def stored(self) -> int:
        """How many cells have been run."""
        return sum(self.counts.values())

    @cached_property
    def plan(self) -> StoredPlan | None:
        """What its cells are; None if that has not been written.

        Raises:
            StoreError: if it is damaged.
        """
        return read_plan(self.folder)

    @cached_property
    def cells(self) -> Mapping[int, Run]:
        """The cells that are stored, as runs, by their numbers and in their order.

        Raises:
            StoreError: if the plan is damaged, or missing though there are chunks, or the folder cannot be read.
        """
        chunks = self._read.chunks
        if self.plan is None:
            if chunks:
                raise StoreError(f"{plan_gone(self.folder)}; run the sweep again to have it written again")
            return {}
        found = _latest([ends for _, ends in chunks])
        views = [_ChunkView(self.folder, self.details, pair, ends) for pair, ends in chunks]
        runs = {}
        for cell in sorted(found.keys() & self.plan.places.keys()):
            chunk, position = found[cell]
            runs[cell] = self._run(cell, self.plan, views[chunk], position)
        return runs

    @property
    def damaged(self) -> Sequence[tuple[Path, str]]:
        """The chunks that are damaged, or the folder if one is gone, and why; their cells count as not done.

        Raises:
            StoreError: if the folder cannot be read.
        """
        found = [(pair.ends, reason.removeprefix(f"{pair.ends}: ")) for pair, reason in self._read.damaged]
        gone = missing(self.counts, _latest([ends for _, ends in self._read.chunks]))
        return found or ([(self.folder, gone)] if gone else [])

    @cached_property
    def _read(self) -> "_Chunks":
        return _Chunks.of(self.folder)

    def _run(self, cell: int, plan: StoredPlan, view: "_ChunkView", position: int) -> Run:
        place, ends = plan.places[cell], view.ends
        summary = {name: values[position] for name, values in ends.summary.items()}
        logged = ends.status[position] != Status.FAILED  # then it has a loss, if only nan
        return Run(
            folder=self.folder,
            id=f"{self.id}/{cell}",
            name=self.name,
            config=plan.config(place),
            status=ends.status[position],
            step=ends.step[position],
            reason=ends.reason[position],
            summary={
                name: value for name, value in summary.items() if value == value or (logged and name == "final_loss")
            },
            seed=plan.seeds[place],
            started=self.started,
            tags=self.tags,
            load_curve=partial(view.curve, position),
            key=plan.hashes[place],
            details=_Details(view, position),
        )


@dataclass(frozen=True)
class _Chunks:
    """What the chunks in a folder say."""

    chunks: list[tuple[Pair, Ends]]
    damaged: list[tuple[Pair, str]]

    @classmethod
    def of(cls, folder: Path) -> "_Chunks":
        damaged: list[tuple[Pair, str]] = []
        return cls([*whole(folder, damaged, thoroughly=False)], damaged)


def plan_gone(folder: Path) -> str:
    """What is wrong with a plan that is not there, or not all of it."""
    names = " and no ".join(name for name in (CELLS, CONFIGS) if not (folder / name).exists())
    return f"the plan of the sweep is missing, there is no {names}"


def missing(counts: Mapping[str, int], found: Collection[int]) -> str:
    """What is wrong if more cells have been stored than are found; nothing if none is missing."""
    many = sum(counts.values()) - len(found)
    return f"a chunk is gone: {many:,} cells that were stored are in none" if many > 0 else ""


def _latest(chunks: Sequence[Ends]) -> dict[int, _Place]:
    """Where each cell stands; the last counts."""
    found: dict[int, _Place] = {}
    for number, ends in enumerate(chunks):
        found |= {cell: (number, position) for position, cell in enumerate(ends.cells)}
    return found


def statuses(chunks: Sequence[Ends]) -> dict[int, str]:
    """How the cells in some chunks ended; the last counts."""
    found: dict[int, str] = {}
    for ends in chunks:
        found |= zip(ends.cells, ends.status, strict=True)
    return found


class _ChunkView:
    """A chunk whose curves are read when they are first asked for, and kept."""

    def __init__(self, folder: Path, details: Mapping[str, Any], pair: Pair, ends: Ends) -> None:
        self.folder = folder
        self.details = details
        self.pair = pair
        self.ends = ends

    @property
    def curves(self) -> Curves:
        """The other file of the chunk.

        Raises:
            StoreError: if it is missing or damaged.
        """
        if isinstance(self._found, str):
            raise StoreError(self._found)
        return self._found

    @cached_property
    def _found(self) -> Curves | str:
        """What is in it, or what is wrong with it: it is read once, however many cells ask."""
        try:
            if self.pair.curves is None:
                raise StoreError(f"{self.pair.ends}: the curves of this chunk are missing")
            return read_curves(self.pair.curves)
        except StoreError as error:
            return str(error)

    def curve(self, position: int) -> Curve:
        """The columns of a cell."""
        return self.curves.packed.curve(position)


class _Details(Mapping[str, Any]):
    """What else is known of a cell: what is known of its sweep, where it ran, and its final parameters.

    Some of it stands in the file of curves, which is read only when something is looked up.
    """

    def __init__(self, view: _ChunkView, position: int) -> None:
        self._view = view
        self._position = position

    @property
    def _all(self) -> dict[str, Any]:
        view = self._view
        known = {name: value for name, value in view.details.items() if name != "driver"}
        try:
            curves = view.curves
        except StoreError:
            return known  # its curve tells
        known |= {name: value for name, value in curves.about.items() if name != "seconds"}
        return known if curves.w is None else known | {"w": curves.w[:, self._position].tolist()}

    def __getitem__(self, name: str) -> Any:
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


def read_sweep(folder: Path, record: Record) -> StoredSweep:
    """The sweep in a folder, with its record.

    Raises:
        StoreError: if the folder cannot be read.
    """
    if record["status"] == RUNNING:
        alive = is_alive(folder)
        record = read_record(folder) or record  # it may have ended between the two looks
        if record["status"] == RUNNING:
            counts = dict(Counter(statuses([ends for _, ends in _Chunks.of(folder).chunks]).values()))
            status = RUNNING if alive else Status.INTERRUPTED
            reason = f"{sum(counts.values()):,} of {record['count']:,} cells are done"
            record = record | {"status": str(status), "reason": reason, "counts": counts}
    return StoredSweep(
        folder=folder,
        id=folder.name,
        name=record["name"],
        config=record["config"],
        status=record["status"],
        reason=record["reason"],
        count=record["count"],
        counts={name: int(number) for name, number in record["counts"].items()},
        started=datetime.fromisoformat(record["started"]),
        tags=tuple(record["tags"]),
        key=record["key"],
        details=rest(record),
    )

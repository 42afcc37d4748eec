"""Which runs are meant by what someone typed."""

import glob
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from gdlab.errors import StoreError, UsageError, did_you_mean
from gdlab.store.files import in_words
from gdlab.store.names import name_of
from gdlab.store.reader import Damage, damage, read_folder
from gdlab.store.run import Run
from gdlab.store.sweep.stored import StoredSweep

LATEST = "latest"

_CELL = re.compile(r"\d{1,15}|[\d?*!\[\]-]+")  # the number of a cell, or a glob over numbers
_LISTED = 8  # candidates in a message


@dataclass(frozen=True)
class Selection:
    """What was selected.

    Args:
        runs: those that can be read, the cells of sweeps among them, the oldest first.
        damaged: those that cannot, by folder, and the damaged chunks of sweeps.
    """

    runs: tuple[Run, ...]
    damaged: tuple[Damage, ...]


@dataclass(frozen=True)
class Shown:
    """What was selected, a sweep as one.

    Args:
        items: runs, cells that were selected by themselves, and sweeps, the oldest first.
        damaged: the folders that cannot be read.
    """

    items: tuple[Run | StoredSweep, ...]
    damaged: tuple[Damage, ...]


def read_runs(selectors: Sequence[str | Path] = (), root: Path | str = "runs") -> Selection:
    """Read the runs that the selectors name, each once; all in the root if there are none.

    A selector is tried, in this order, as: the root itself, `latest` (the run started last), the id of a run in the
    root, the path of a run folder or of a runs folder, a cell of a sweep, a name, a tag, the beginning of an id, a glob
    over ids and names, a glob over paths. A name is what stands between time and suffix in an id, or the whole of it.
    A sweep stands for all of its cells; `ID/17`, or `NAME/17`, is one of them, and `ID/1?` some. Links that lead out of
    a runs folder are not followed.

    Args:
        selectors: what was typed.
        root: the runs folder; if it does not exist, there are no runs.

    Raises:
        UsageError: if a selector matches nothing, or is the beginning of several ids.
        StoreError: if the root cannot be read.
    """
    shown = read_shown(selectors, root)
    runs: dict[tuple[Path, str], Run] = {}
    damaged = [*shown.damaged]
    for item in shown.items:
        if isinstance(item, Run):
            runs.setdefault((item.folder, item.id), item)
            continue
        try:
            runs |= {(run.folder, run.id): run for run in item.cells.values()}
            damaged += [Damage(path, reason, is_chunk=True) for path, reason in item.damaged]
        except StoreError as error:
            damaged.append(damage(item.folder, error))
    return Selection(tuple(runs.values()), tuple(damaged))


def read_shown(selectors: Sequence[str | Path] = (), root: Path | str = "runs") -> Shown:
    """As `read_runs`, with a sweep as one, whose cells are not read.

    Raises:
        UsageError: if a selector matches nothing, or is the beginning of several ids.
        StoreError: if the root cannot be read.
    """
    if isinstance(selectors, str | Path):
        selectors = [selectors]
    shelf = _Shelf(Path(root))
    wanted = [entry for selector in selectors for entry in shelf.find(str(selector))] if selectors else shelf.entries
    results = {(entry.real, entry.cell): shelf.read(entry) for entry in wanted}
    found = [(result, cell) for (_, cell), result in results.items() if isinstance(result, Run | StoredSweep)]
    damaged = [result for result in results.values() if isinstance(result, Damage)]
    found.sort(key=lambda one: (one[0].started, one[0].folder.name, -1 if one[1] is None else one[1]))
    return Shown(tuple(item for item, _ in found), tuple(sorted(damaged, key=lambda damage: damage.folder)))


@dataclass(frozen=True)
class _Entry:
    """A folder that may hold a run: the name it goes by, where it is, its one path without links; the cell meant."""

    name: str
    folder: Path
    real: Path
    leads_out: bool = False
    cell: int | None = None


def _scan(root: Path) -> list[_Entry]:
    """The folders in a runs folder, by name. Hidden ones are nobody's runs."""
    real = Path(os.path.realpath(root))
    with in_words("read the runs folder", root):
        try:
            with os.scandir(root) as items:
                visible = sorted((item for item in items if not item.name.startswith(".")), key=lambda item: item.name)
                return [entry for item in visible if (entry := _entry(root, real, item)) is not None]
        except FileNotFoundError:
            return []


def _entry(root: Path, real_root: Path, item: "os.DirEntry[str]") -> _Entry | None:
    folder = root / item.name
    if not item.is_symlink():
        return _Entry(item.name, folder, real_root / item.name) if item.is_dir() else None
    if not _is_folder(folder):
        return None
    real = folder.resolve()
    if not real.is_relative_to(real_root):
        return _Entry(item.name, folder, real, leads_out=True)
    return _Entry(item.name, root / real.relative_to(real_root), real)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # too long, a NUL in it, links in a circle
        return False


class _Shelf:
    """A runs folder, in which each folder is read once at most."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.entries = _scan(root)
        self._by_id = {entry.name: [entry] for entry in self.entries}
        self._read: dict[Path, Run | StoredSweep | Damage | None] = {}

    def read(self, entry: _Entry) -> Run | StoredSweep | Damage | None:
        if entry.leads_out:
            return Damage(entry.folder, "it is a link that leads out of the runs folder, and is not followed")
        if entry.real not in self._read:
            self._read[entry.real] = read_folder(entry.folder)
        found = self._read[entry.real]
        return found if entry.cell is None or not isinstance(found, StoredSweep) else found.cells[entry.cell]

    def find(self, selector: str) -> list[_Entry]:
        """The runs that a selector means, good and damaged."""
        if selector and self._is_root(Path(selector)):
            return self.entries
        rules = (self._latest, self._id, self._path, self._cells, self._name, self._tag, self._beginning, self._glob)
        for rule in rules:
            found = [entry for entry in rule(selector) if self.read(entry) is not None]
            if found:
                return found
        if not self.entries:
            raise UsageError(f"no run matches {selector!r}: there are no runs in {self.root}")
        near = did_you_mean(selector, {LATEST, *self._by_id, *map(name_of, self._by_id)} - {selector})
        raise UsageError(
            f"no run in {self.root} matches {selector!r}{': ' + near if near else '.'} "
            "A run is its folder, its id or the beginning of it, a name, a tag, a glob, or 'latest'; a cell is ID/17"
        )

    def _is_root(self, path: Path) -> bool:
        try:
            return path.samefile(self.root)
        except (OSError, ValueError):  # not there, or nothing that could be: too long, a NUL in it
            return False

    def _latest(self, selector: str) -> list[_Entry]:
        if selector != LATEST:
            return []
        dated = [
            (run.started, run.id, entry)
            for entry in self.entries
            if isinstance(run := self.read(entry), Run | StoredSweep)
        ]
        return [max(dated, key=lambda item: item[:2])[2]] if dated else []

    def _id(self, selector: str) -> list[_Entry]:
        return self._by_id.get(selector, [])

    def _path(self, selector: str) -> list[_Entry]:
        path = Path(selector)
        if not selector or not _is_folder(path):
            return []
        return self._folder(path) or _scan(path)

    def _folder(self, path: Path) -> list[_Entry]:
        """The run in a folder that is there."""
        inside = self._id(path.name) if self._is_root(path.parent) else []  # a link there is judged as one
        real = path.resolve()
        single = inside or [_Entry(real.name, path if path.name else real, real)]
        return single if self.read(single[0]) is not None else []

    def _cells(self, selector: str) -> list[_Entry]:
        head, _, tail = selector.rpartition("/")
        if not head or not _CELL.fullmatch(tail) or self._is_root(Path(head)):
            return []
        found = self._sweeps(head)
        chosen = [
            replace(entry, cell=cell)
            for entry, sweep in found
            for cell in ([int(tail)] if tail.isdigit() else sweep.cells)
            if cell in sweep.cells and (tail.isdigit() or fnmatchcase(str(cell), tail))
        ]
        if found and not chosen:
            _, sweep = found[-1]
            what = f"cell {tail}" if tail.isdigit() else f"cell like {tail!r}"
            raise UsageError(
                f"no {what} of {sweep.id} is stored: it has {sweep.count:,} cells, numbered from 0, of which "
                f"{sweep.stored:,} are done"
            )
        return chosen

    def _sweeps(self, selector: str) -> list[tuple[_Entry, StoredSweep]]:
        """The sweeps that are meant by what stands before the number of a cell."""
        for rule in (self._latest, self._id, self._alone, self._name, self._tag, self._beginning):
            read = [(entry, self.read(entry)) for entry in rule(selector)]
            found = [(entry, sweep) for entry, sweep in read if isinstance(sweep, StoredSweep)]
            if found:
                return found
        return []

    def _alone(self, selector: str) -> list[_Entry]:
        return self._folder(Path(selector)) if _is_folder(Path(selector)) else []

    def _name(self, selector: str) -> list[_Entry]:
        return [entry for entry in self.entries if name_of(entry.name) == selector]

    def _tag(self, selector: str) -> list[_Entry]:
        read = ((entry, self.read(entry)) for entry in self.entries)
        return [entry for entry, run in read if isinstance(run, Run | StoredSweep) and selector in run.tags]

    def _beginning(self, selector: str) -> list[_Entry]:
        starts = [entry for entry in self.entries if selector and entry.name.startswith(selector)]
        found = list({entry.real: entry for entry in starts if self.read(entry) is not None}.values())
        ids = [entry.name for entry in found]
        if len(ids) > 1:
            more = f" and {len(ids) - _LISTED} more" if len(ids) > _LISTED else ""
            raise UsageError(
                f"{selector!r} is the beginning of {len(ids)} runs in {self.root}: {', '.join(ids[:_LISTED])}{more}. "
                "Write more of the id, or a glob to mean them all"
            )
        return found

    def _glob(self, selector: str) -> list[_Entry]:
        names = ((entry, entry.name) for entry in self.entries)
        found = [e for e, name in names if fnmatchcase(name, selector) or fnmatchcase(name_of(name), selector)]
        return found or [entry for path in _glob(selector) for entry in self._path(path)]


def _glob(pattern: str) -> list[str]:
    try:
        return sorted(glob.glob(pattern))  # noqa: PTH207 # Path.glob refuses absolute patterns
    except (OSError, ValueError):
        return []

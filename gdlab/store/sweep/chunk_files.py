"""Chunks on disk: a pair of files each, named after their content.

    chunk-0007-9f2c61d0a4b85e13.csv    a line for each cell: status, step, summary and reason
    chunk-0007-03d1c5f7be1290aa.npz    the curves, see `gdlab.store.sweep.packing`, and the final parameters

The digits are a checksum, so that damage is noticed, by a power failure too. The curves come first: a chunk is there
once its CSV file has got its name, and curves without one are what a writer has left that was killed. Of a cell that
is in several chunks the last counts.
"""

import csv
import hashlib
import io
import math
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gdlab.errors import StoreError
from gdlab.store.files import in_words, read_bytes, replace
from gdlab.store.strict_json import dumps, loads
from gdlab.store.sweep.chunk import Chunk
from gdlab.store.sweep.packing import Packed, narrow, pack

_NAME = re.compile(r"chunk-(\d{4,})-([0-9a-f]{16})\.(csv|npz)")
_FIRST, _LAST = ("cell", "status", "step"), ("reason",)


@dataclass(frozen=True)
class Ends:
    """How the cells of a chunk ended, in columns, as its CSV file has it.

    Args:
        cells: the number of each in the order of the sweep.
        status: of each.
        step: the steps each had done.
        summary: a number for each by name, NaN where there is none.
        reason: of each.
    """

    cells: Sequence[int]
    status: Sequence[str]
    step: Sequence[int]
    summary: Mapping[str, Sequence[float]]
    reason: Sequence[str]


@dataclass(frozen=True)
class Curves:
    """The other file of a chunk, read.

    Args:
        packed: the curves.
        w: the final parameters, shape (n, cells), if they are kept.
        about: seconds, and where it ran.
    """

    packed: Packed
    w: np.ndarray[Any, np.dtype[Any]] | None
    about: Mapping[str, Any]


@dataclass(frozen=True)
class Pair:
    """The files of a chunk.

    Args:
        number: of the chunk.
        ends: the CSV file.
        curves: the file of curves; None if it is not there.
    """

    number: int
    ends: Path
    curves: Path | None


def pairs(folder: Path) -> list[Pair]:
    """The chunks in the folder of a sweep, the first first.

    Raises:
        StoreError: if the folder cannot be read.
    """
    found = _files(folder)
    curves = {number: path for number, kind, path in found if kind == "npz"}
    return [Pair(number, path, curves.get(number)) for number, kind, path in found if kind == "csv"]


def leftovers(folder: Path) -> list[Path]:
    """What a writer has left that was killed while it wrote: drafts, and curves of no chunk.

    Raises:
        StoreError: if the folder cannot be read.
    """
    found = _files(folder)
    whole = {number for number, kind, _ in found if kind == "csv"}
    with in_words("read", folder):
        return [*folder.glob("*.tmp"), *(path for number, _, path in found if number not in whole)]


def next_number(folder: Path) -> int:
    """A number that no chunk has."""
    return max((number for number, _, _ in _files(folder)), default=-1) + 1


def _files(folder: Path) -> list[tuple[int, str, Path]]:
    with in_words("read", folder):
        names = sorted(path.name for path in folder.iterdir())
    matches = [match for match in map(_NAME.fullmatch, names) if match]
    return sorted((int(match[1]), match[3], folder / match[0]) for match in matches)


def write_chunk(folder: Path, number: int, chunk: Chunk) -> None:
    """Store a chunk in one piece.

    Raises:
        StoreError: if it cannot be written; nothing of it is left then.
    """
    curves = _curves(chunk)
    path = _path(folder, number, "npz", curves)
    try:
        # Without waiting for the disk: what a power failure takes is noticed by its checksum, and run again.
        replace(path, curves, sync=False)
        ends = _ends(chunk)
        replace(_path(folder, number, "csv", ends), ends, sync=False)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def _path(folder: Path, number: int, kind: str, content: bytes | memoryview) -> Path:
    return folder / f"chunk-{number:04d}-{_checksum(content)}.{kind}"


def _checksum(content: bytes | memoryview) -> str:
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def _curves(chunk: Chunk) -> memoryview:
    members = pack(chunk.rows, chunk.curves)
    if chunk.w is not None:
        members["w"] = narrow(np.asarray(chunk.w, dtype=np.float64))
    about = dumps({"seconds": float(chunk.seconds), **chunk.host})
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, about=np.frombuffer(about, np.uint8), **members)
    return file.getbuffer()


def _ends(chunk: Chunk) -> bytes:
    numbers = [[*map(_written, values.tolist())] for values in chunk.summary.values()]
    columns = [chunk.cells.tolist(), map(str, chunk.status), chunk.step.tolist(), *numbers, chunk.reason]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*_FIRST, *chunk.summary, *_LAST])
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue().encode("utf-8", "backslashreplace")


def _written(value: float) -> str:
    return "" if math.isnan(value) else repr(value)


def read_ends(pair: Pair) -> Ends:
    """How the cells of a chunk ended.

    Raises:
        StoreError: if one of its files is missing or the CSV file is damaged.
    """
    if pair.curves is None:
        raise StoreError(f"{pair.ends}: the curves of this chunk are missing")
    content = _checked(pair.ends)
    head, *lines = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    cells, status, step, *numbers, reason = zip(*lines, strict=True) if lines else [()] * len(head)
    names = head[len(_FIRST) : -len(_LAST)]
    summary = {name: [*map(_number, column)] for name, column in zip(names, numbers, strict=True)}
    return Ends([*map(int, cells)], status, [*map(int, step)], summary, reason)


def _number(text: str) -> float:
    return float(text or "nan")


def read_curves(path: Path) -> Curves:
    """The curves of a chunk.

    Raises:
        StoreError: if they are missing or damaged.
    """
    content = _checked(path)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            members = {name: file[name] for name in file.files}
        return Curves(Packed(members), members.get("w"), loads(members["about"].tobytes()))
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise StoreError(f"{path}: it is damaged: {error}") from error


def check(pair: Pair) -> Ends:
    """How the cells of a chunk ended, once both of its files are found whole.

    Raises:
        StoreError: if one is missing or damaged.
    """
    ends = read_ends(pair)
    if pair.curves is not None:
        _checked(pair.curves)
    return ends


def _checked(path: Path) -> bytes:
    content = read_bytes(path)
    if content is None:
        raise StoreError(f"{path}: there is no such file")
    match = _NAME.fullmatch(path.name)
    if match is None or match[2] != _checksum(content):
        raise StoreError(f"{path}: it is damaged, its content does not match the checksum in its name")
    return content


def whole(folder: Path, damaged: list[tuple[Pair, str]], *, thoroughly: bool) -> Iterator[tuple[Pair, Ends]]:
    """The chunks that can be read, the first first.

    Args:
        folder: of the sweep.
        damaged: takes those that cannot, and why.
        thoroughly: also look into the curves, which takes as long as reading them.
    """
    for pair in pairs(folder):
        try:
            yield pair, (check if thoroughly else read_ends)(pair)
        except StoreError as error:
            damaged.append((pair, str(error)))

"""Tables read from NumPy's own files, which may be larger than memory."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from gdlab.errors import DataError, did_you_mean
from gdlab.problems.data.base import PIECE, Array, Table
from gdlab.problems.data.classes import classes_of_numbers, classes_of_words
from gdlab.problems.data.places import as_slice, column_places
from gdlab.problems.data.text_file import check_readable, listed
from gdlab.problems.mapped import Mapped

PAIRS = (("X", "y"), ("x", "y"), ("inputs", "targets"), ("data", "target"))


def read_npz(path: str, target: str | None, columns: tuple[int, ...] | None, classes: bool | None) -> Table:
    """The rows of two arrays in one file.

    Args:
        path: of the file.
        target: the name of the array of targets; None for one of the usual names.
        columns: of the inputs; None for all.
        classes: whether the targets are classes; None if their type says.

    Raises:
        DataError: names file, array and place of what cannot be used.
    """
    if _begins(path, np.lib.format.MAGIC_PREFIX):
        raise DataError(f"{path}: this is a single array, as .npy holds it, not an .npz")
    with Path(path).open("rb") as file, _loaded(path, file) as arrays:
        pair = _pair(path, tuple(arrays.files), target)
        x, y = (_member(path, arrays, name) for name in pair)
    inputs, targets = f"{path}: {pair[0]}", f"{path}: {pair[1]}"
    x = _flat(inputs, x)
    places = list(range(x.shape[1])) if columns is None else column_places(columns, x.shape[1], inputs)
    _check_numbers(inputs, x, places)
    return _table(np.array(x[:, places], float, order="C"), _vector(targets, y), classes, inputs, targets, places)


def read_npy(
    path: str, target: str | int | None, columns: tuple[int, ...] | None, classes: bool | None, most: float
) -> Table:
    """The rows of one array, with the targets in one of its columns or in a second file.

    Args:
        path: of the file.
        target: a column, or the name of a second .npy, from the folder of the first.
        columns: of the inputs; None for all but the target.
        classes: whether the targets are classes; None if their type says.
        most: bytes up to which the file is read whole.

    Raises:
        DataError: names file and place of what cannot be used.
    """
    array = _flat(path, _array(path))
    width = array.shape[1]
    places = list(range(width)) if columns is None else column_places(columns, width, path)
    if isinstance(target, str) and target.endswith(".npy"):
        beside = str(Path(path).parent / target)
        check_readable(beside)
        y, where = _vector(beside, np.array(_array(beside))), beside
    elif isinstance(target, int) and not isinstance(target, bool):
        column = column_places((target,), width, path)[0]
        y, where = np.array(array[:, column]), path
        if columns is None:
            places.remove(column)
        elif column in places:
            raise DataError(f"{path}: column {column} is the target, so it can be no input")
    else:
        raise DataError(
            f"{path}: where are the targets? Write target: and a column number from 0 on, or a second .npy beside it"
        )
    if not places:
        raise DataError(f"{path}: there is no column beside the target, but inputs are needed")
    _check_numbers(path, array, places)
    whole = array.nbytes <= most
    inputs = np.array(array[:, places], float, order="C") if whole else _mapped(path, array, places)
    return _table(inputs, y, classes, path, where, places)


def _mapped(path: str, array: Array, places: list[int]) -> Mapped:
    if not array.flags.c_contiguous or not array.dtype.isnative:
        raise DataError(
            f"{path}: the rows of this array cannot be read one by one, since it is stored column by column or in "
            "foreign byte order: save it with np.save(file, np.ascontiguousarray(X, float))"
        )
    chosen = as_slice(places)
    return Mapped(array, path, chosen if isinstance(chosen, slice) else np.array(chosen))


def _loaded(path: str, source: Any, mode: Any = None) -> Any:
    """What NumPy makes of a file. Pickles are never loaded."""
    try:
        return np.load(source, mmap_mode=mode, allow_pickle=False)
    except (ValueError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: this cannot be read as arrays of NumPy: {_reason(error)}") from error


def _array(path: str) -> Array:
    """The array of a .npy, mapped."""
    if _begins(path, b"PK"):
        raise DataError(f"{path}: this holds several arrays, as .npz does, not one as .npy")
    if not _begins(path, np.lib.format.MAGIC_PREFIX):
        raise DataError(f"{path}: this is no array as np.save writes it; text is read from a .csv")
    array: Array = _loaded(path, path, "r")
    return array


def _begins(path: str, beginning: bytes) -> bool:
    with Path(path).open("rb") as file:
        return file.read(len(beginning)) == beginning


def _member(path: str, arrays: Any, name: str) -> Array:
    try:
        return np.asarray(arrays[name])
    except (ValueError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: the array {name!r} cannot be read: {_reason(error)}") from error


def _pair(path: str, names: tuple[str, ...], target: str | None) -> tuple[str, str]:
    """The names of inputs and targets."""
    if target is not None and target not in names:
        near = did_you_mean(target, names)
        raise DataError(
            f"{path}: there is no array {target!r} for the target: {near + ' ' if near else ''}"
            f"There are {listed(names)}"
        )
    for inputs, targets in PAIRS:
        if inputs in names and (targets in names if target is None else target != inputs):
            return inputs, target or targets
    if target is not None and len(names) == 2:
        return next(name for name in names if name != target), target
    there = f"there are {listed(names)}" if names else "there is none"
    raise DataError(f"{path}: the arrays must be X and y, or inputs and targets: {there}")


def _flat(title: str, array: Array) -> Array:
    """An array with one row for each entry of its first axis: images become rows of pixels."""
    if array.dtype.kind not in "biuf":
        kind = "text" if array.dtype.kind in "US" else f"of the type {array.dtype}"
        raise DataError(f"{title}: the array is {kind}: inputs must be numbers")
    if array.ndim == 0 or array.size == 0:
        raise DataError(f"{title}: the array of shape {array.shape} has no rows with inputs")
    return array.reshape(len(array), -1) if array.ndim != 2 else array


def _vector(title: str, array: Array) -> Array:
    """Targets, one for each row."""
    if array.ndim == 0 or array.size != len(array):
        raise DataError(f"{title}: the targets have the shape {array.shape}: there must be one for each row")
    if array.dtype.kind not in "biufUS":
        raise DataError(f"{title}: the targets are of the type {array.dtype}: they must be numbers or text")
    return array.reshape(-1)


def _check_numbers(title: str, array: Array, places: list[int]) -> None:
    """Refuse NaN and infinity, a piece at a time."""
    if array.dtype.kind != "f":
        return
    for begin, piece in _pieces(array):
        wrong = ~np.isfinite(piece[:, as_slice(places)])
        if wrong.any():
            row, column = (int(number) for number in np.argwhere(wrong)[0])
            place = places[column]
            raise DataError(
                f"{title}: row {begin + row}, column {place} (both from 0 on) has {piece[row, place]}: "
                "it must be a finite number"
            )


def _pieces(array: Array) -> Iterator[tuple[int, Array]]:
    size = max(1, PIECE // array.shape[1])
    for begin in range(0, len(array), size):
        yield begin, array[begin : begin + size]


def _table(inputs: Any, y: Array, classes: bool | None, title: str, where: str, places: list[int]) -> Table:
    """Inputs and targets together, by the rules of `DataFile`."""
    if len(inputs) != len(y):
        raise DataError(f"{title}: there are {len(inputs)} rows of inputs, but {len(y)} targets in {where}")
    names = tuple(map(str, places))
    if y.dtype.kind in "US":
        if classes is False:
            raise DataError(f"{where}: the targets are text: they must be numbers, or classes with classes: true")
        words, numbers = np.unique(y.astype(str), return_inverse=True)
        return Table(inputs, *classes_of_words(numbers.reshape(-1), words.tolist()), names)
    _check_numbers(where, y.reshape(-1, 1), [0])
    if classes or (classes is None and y.dtype.kind == "b"):
        return Table(inputs, *classes_of_numbers(y), names)
    return Table(inputs, y.astype(float), (), names)


def _reason(error: BaseException) -> str:
    """What NumPy says, but for its advice to load pickles."""
    if "pickle" in str(error) or "Object arrays" in str(error):
        return "it holds Python objects, which are never loaded, or is damaged"
    if "mmap length" in str(error):
        return "it is shorter than its header says, as one that was not copied or written to its end"
    return (str(error).splitlines() or [type(error).__name__])[0]

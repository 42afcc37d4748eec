"""run.json: what it must say, in which types, so that a reader can rely on it."""

import os
import reprlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from gdlab.errors import StoreError
from gdlab.store.files import read_bytes
from gdlab.store.liveness import is_alive
from gdlab.store.run import FORMAT
from gdlab.store.strict_json import loads

FILE = "run.json"
LIMIT = 16 * 2**20  # bytes of a run.json or the end of a log; far more than any run has

_TEXT, _WHOLE = (str, "text"), (int, "a whole number")

_EVERY: dict[str, tuple[type, str]] = {
    "format": _WHOLE,
    "name": _TEXT,
    "status": _TEXT,
    "reason": _TEXT,
    "tags": (list, "a list of words"),
    "started": (str, "a time with its zone"),
    "key": _TEXT,
    "config": (dict, "a mapping"),
}
RUN = {**_EVERY, "step": _WHOLE, "summary": (dict, "a mapping of numbers"), "seed": _WHOLE}
SWEEP = {**_EVERY, "sweep": (bool, "true"), "count": _WHOLE, "counts": (dict, "a mapping of numbers")}

Record = dict[str, Any]


def is_sweep(record: Mapping[str, Any]) -> bool:
    """Whether a record is that of a sweep."""
    return "sweep" in record


def rest(record: Mapping[str, Any]) -> Record:
    """What a record says beyond what it must."""
    kinds = SWEEP if is_sweep(record) else RUN
    return {name: value for name, value in record.items() if name not in kinds}


def read_record(folder: Path) -> Record | None:
    """The checked content of run.json; None if the folder holds no run, or one that is just being made.

    Raises:
        StoreError: if it, or config.yaml, is missing or damaged.
    """
    content = read_bytes(folder / FILE, LIMIT)
    configured = os.path.lexists(folder / "config.yaml")
    if content is None:
        if not configured or is_alive(folder):
            return None
        raise StoreError(f"{FILE} is missing")
    if not configured:
        raise StoreError("config.yaml is missing")
    try:
        record = loads(content)
    except ValueError as error:
        raise StoreError(f"{FILE} is not JSON: {error}") from error
    _check(record)
    return record  # type: ignore[no-any-return] # checked just above


def _check(record: Any) -> None:
    """Hold that a run.json says what a run needs, in the right types."""
    if not isinstance(record, dict):
        raise StoreError(f"{FILE} does not hold a mapping")
    kinds = SWEEP if is_sweep(record) else RUN
    for name, (kind, words) in kinds.items():
        if name not in record:
            raise StoreError(f"{FILE} has no {name!r}")
        right = isinstance(record[name], kind) and (kind is bool or not isinstance(record[name], bool))
        _hold(right, record, name, words)
        if name == "format" and record["format"] > FORMAT:
            raise StoreError(f"{FILE} has format {record['format']}: a newer gdlab wrote it")
    numbers = "counts" if is_sweep(record) else "summary"
    _hold(all(map(_is_number, record[numbers].values())), record, numbers, kinds[numbers][1])
    _hold(all(isinstance(tag, str) for tag in record["tags"]), record, "tags", kinds["tags"][1])
    _hold(_has_zone(record["started"]), record, "started", kinds["started"][1])


def _hold(valid: bool, record: Mapping[str, Any], name: str, words: str) -> None:
    if not valid:
        raise StoreError(f"{FILE}: {name!r} must be {words}, not {reprlib.repr(record[name])}")


def _is_number(value: Any) -> bool:
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and float(value) is not None
    except OverflowError:
        return False


def _has_zone(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False

"""Runs for TensorBoard: a folder for each, with an event file of its logged columns as scalars.

An event file is a sequence of records (TFRecord), each

    length (8 bytes)  masked CRC-32C of the length (4)  data (length bytes)  masked CRC-32C of the data (4)

all little-endian, where the data is an `Event` message in the wire format of Protocol Buffers:

    Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5 }
    Summary { repeated Value value = 1 }    Value { string tag = 1; float simple_value = 2 }

Source: tensorflow/core/lib/io/record_writer.cc, core/util/event.proto, core/framework/summary.proto; the checksum is
that of RFC 3720, appendix B.4.
"""

import math
import struct
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from gdlab.report.export.curves import curves
from gdlab.store.files import in_words
from gdlab.store.run import Curve, Run

_POLYNOMIAL = 0x82F63B78  # Castagnoli, bits reversed
_MASK = 0xA282EAD8
_LARGEST = 3.4028234663852886e38  # of a float of four bytes
_VARINT, _DOUBLE, _BYTES, _FLOAT = 0, 1, 2, 5  # wire types

Words = np.ndarray[Any, np.dtype[np.uint32]]


def write_tensorboard(runs: Sequence[Run], path: Path) -> list[str]:
    """A folder of logs: `tensorboard --logdir PATH` shows each run under its id.

    Returns:
        A line on each file of curves that cannot be read.

    Raises:
        StoreError: if it cannot be written.
    """
    notes: list[str] = []
    with in_words("write", path):
        path.mkdir(parents=True)
        for run, curve in curves(runs, notes):
            folder = path.joinpath(*run.id.split("/"))
            folder.mkdir(parents=True)
            began = run.started.timestamp()
            name = f"events.out.tfevents.{int(began):010d}.gdlab"
            (folder / name).write_bytes(b"".join(records([*_events(curve, began)])))
    return notes


def _events(curve: Curve, began: float) -> Iterator[bytes]:
    yield _double(1, began) + _bytes(3, b"brain.Event:2")
    columns = {name: values.tolist() for name, values in curve.items() if name != "step"}
    seconds = columns.get("seconds", [])
    for row, step in enumerate(curve["step"].tolist() if curve else []):
        values = b"".join(
            _bytes(1, _bytes(1, name.encode()) + _float(2, column[row]))
            for name, column in columns.items()
            if not math.isnan(column[row]) or name == "loss"
        )
        passed = seconds[row] if seconds and math.isfinite(seconds[row]) else 0.0
        yield _double(1, began + passed) + _key(2, _VARINT) + varint(int(step)) + _bytes(5, values)


def records(events: Sequence[bytes]) -> Iterator[bytes]:
    """The events as records, with their checksums."""
    lengths = [struct.pack("<Q", len(event)) for event in events]
    heads, bodies = checksums(lengths), checksums(events)
    for length, head, event, body in zip(lengths, heads, events, bodies, strict=True):
        yield length + struct.pack("<I", head) + event + struct.pack("<I", body)


def checksums(texts: Sequence[bytes]) -> list[int]:
    """The masked CRC-32C of each: its bits rotated right by 15, plus a constant. Equal lengths go side by side."""
    found = np.empty(len(texts), dtype=np.uint32)
    lengths = np.array([len(text) for text in texts])
    for length in np.unique(lengths).tolist():
        which = np.flatnonzero(lengths == length)
        joined = np.frombuffer(b"".join([texts[i] for i in which.tolist()]), np.uint8)
        found[which] = _masked(_crc32c(joined.reshape(len(which), length).T))
    return [int(x) for x in found]


def _crc32c(columns: np.ndarray[Any, np.dtype[np.uint8]]) -> Words:
    """Of texts of the same length, shape (length, texts)."""
    table, crc = _table(), np.full(columns.shape[1], 0xFFFFFFFF, np.uint32)
    for column in columns:
        crc = table[(crc ^ column) & 0xFF] ^ (crc >> np.uint32(8))
    return crc ^ np.uint32(0xFFFFFFFF)


def _masked(crc: Words) -> Words:
    rotated = (crc >> np.uint32(15)) | (crc << np.uint32(17))
    return rotated + np.uint32(_MASK)


@cache
def _table() -> Words:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, (table >> np.uint32(1)) ^ np.uint32(_POLYNOMIAL), table >> np.uint32(1))
    return table


def varint(value: int) -> bytes:
    """A whole number ≥ 0, seven bits a byte, the lowest first."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _key(field: int, kind: int) -> bytes:
    return varint(field << 3 | kind)


def _bytes(field: int, content: bytes) -> bytes:
    return _key(field, _BYTES) + varint(len(content)) + content


def _double(field: int, value: float) -> bytes:
    return _key(field, _DOUBLE) + struct.pack("<d", value)


def _float(field: int, value: float) -> bytes:
    """A number in four bytes; what is too large for them is infinite."""
    huge = abs(value) > _LARGEST
    return _key(field, _FLOAT) + struct.pack("<f", math.copysign(math.inf, value) if huge else value)

"""Event files, read back by a small reader of its own."""

import math
import struct
from pathlib import Path

import pytest

from gdlab.report.export.tensorboard import checksums, write_tensorboard

# RFC 3720, appendix B.4
PUBLISHED = [
    (b"\x00" * 32, 0x8A9136AA),
    (b"\xff" * 32, 0x62A8AB43),
    (bytes(range(32)), 0x46DD794E),
    (bytes(range(31, -1, -1)), 0x113FDB5C),
    (b"123456789", 0xE3069283),
]


def masked(crc):
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def slow_crc(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def test_the_checksum_is_the_published_one():
    texts, crcs = zip(*PUBLISHED, strict=True)
    assert checksums(texts) == [masked(crc) for crc in crcs]
    assert [slow_crc(text) for text in texts] == [*crcs]


def number(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def message(data):
    """The fields of a message: numbers and contents in their order."""
    at, fields = 0, []
    while at < len(data):
        key, at = number(data, at)
        kind = key & 7
        if kind == 0:
            value, at = number(data, at)
        else:
            length = {1: 8, 5: 4}.get(kind)
            if length is None:
                length, at = number(data, at)
            value, at = data[at : at + length], at + length
        fields.append((key >> 3, value))
    return fields


def events(path):
    data, at = path.read_bytes(), 0
    while at < len(data):
        head = data[at : at + 8]
        (length,), (crc,) = struct.unpack("<Q", head), struct.unpack("<I", data[at + 8 : at + 12])
        assert crc == masked(slow_crc(head))
        body = data[at + 12 : at + 12 + length]
        assert struct.unpack("<I", data[at + 12 + length : at + 16 + length])[0] == masked(slow_crc(body))
        yield dict(message(body))
        at += 16 + length


def test_every_logged_number_is_read_back(make_run, tmp_path):
    run = make_run(loss=[0.25, 1e300, -math.inf, math.nan])
    assert write_tensorboard([run], tmp_path / "logs") == []
    (path,) = (tmp_path / "logs" / run.id).iterdir()
    assert path.name.startswith("events.out.tfevents.")
    first, *rows = events(path)
    assert first[3] == b"brain.Event:2"
    assert [row[2] for row in rows] == [0, 10, 20, 30]
    assert struct.unpack("<d", rows[1][1])[0] == run.started.timestamp() + 5, "half a second a step"
    values = [
        {f[1]: struct.unpack("<f", f[2])[0] for f in (dict(message(v)) for _, v in message(row[5]))} for row in rows
    ]
    assert values[0] == {b"loss": 0.25, b"evaluations": 0, b"seconds": 0}
    assert [value[b"loss"] for value in values[1:3]] == [math.inf, -math.inf]
    assert math.isnan(values[3][b"loss"])


def test_tensorboard_reads_it(make_run, tmp_path):
    loader = pytest.importorskip("tensorboard.backend.event_processing.event_file_loader", reason="no tensorboard here")
    run = make_run(loss=[0.25, 0.5])
    write_tensorboard([run], tmp_path / "logs")
    (path,) = Path(tmp_path / "logs" / run.id).iterdir()
    assert [event.step for event in loader.EventFileLoader(str(path)).Load()] == [0, 0, 10]

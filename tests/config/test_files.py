from pathlib import Path

import pytest

from gdlab.config.files import LARGEST, read
from gdlab.errors import ConfigError


def refusal(path):
    with pytest.raises(ConfigError) as caught:
        read(path)
    (fault,) = caught.value.faults
    return str(fault)


def test_reads_text_without_its_byte_order_mark(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes("\ufeffα: 1\r\n".encode())
    assert read(path) == "α: 1\r\n"


CONTENTS = [
    (b"a: 1\nb: \xff\n", "a.yaml:2:4: is not UTF-8: the byte 0xff begins no character (save it as UTF-8)"),
    ("\ufeffé: ".encode() + b"\xe9", "a.yaml:1:4: is not UTF-8: the byte 0xe9 begins no character (save it as UTF-8)"),
    ("a: 1".encode("utf-16"), "a.yaml: is not UTF-8 but UTF-16 (save it as UTF-8)"),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a.yaml: is a binary file, not text"),
    (b"a: 1\n\nb: \x1b[31m", "a.yaml:3:4: the control character U+001B is not allowed"),
    (b"#" * (LARGEST + 1), "a.yaml: is larger than 1 MB, which no config is"),
]


@pytest.mark.parametrize(("content", "message"), CONTENTS, ids=[message[:40] for _, message in CONTENTS])
def test_refuses_content(tmp_path, monkeypatch, content, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_bytes(content)
    assert refusal(Path("a.yaml")) == message


def test_a_file_of_one_megabyte_is_not_too_large(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"#" * LARGEST)
    assert len(read(path)) == LARGEST


MISSING = [
    ("configs/adam_xr.yaml", "no such file (did you mean 'configs/adam_xor.yaml'?)"),
    ("configs/adam_xor", "no such file (did you mean 'configs/adam_xor.yaml'?)"),
    ("confgs/adam_xor.yaml", "no such file (did you mean 'configs/adam_xor.yaml'?)"),
    ("adam_xor.yaml", "no such file (did you mean 'configs/adam_xor.yaml'?)"),
    ("configs/zzz", "no such file"),
    ("qqq/zzz", "no such file (there is no folder 'qqq')"),
    ("configs/adam_xor.yaml/x", "cannot be read: Not a directory"),
    ("x" * 5000, "cannot be read: File name too long"),
    ("a\0b", "cannot be read: embedded null byte"),
    ("configs", "is a folder, not a file (name its files, as in configs/*.yaml)"),
    ("runs/1", "is a folder, not a file (did you mean 'runs/1/config.yaml'?)"),
    ("empty", "is a folder, not a file"),
]


@pytest.mark.parametrize(("name", "message"), MISSING, ids=[name[:30] for name, _ in MISSING])
def test_refuses_what_is_no_file(tmp_path, monkeypatch, name, message):
    for folder in ("configs", "runs/1", "empty"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "configs/adam_xor.yaml").write_text("")
    (tmp_path / "runs/1/config.yaml").write_text("")
    monkeypatch.chdir(tmp_path)
    assert refusal(Path(name)) == f"{name}: {message}"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no endless file here")
def test_an_endless_file_is_too_large():
    assert "is larger than 1 MB" in refusal(Path("/dev/zero"))

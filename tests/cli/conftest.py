"""Commands in this process, as `gdlab …` would run them, and in one of their own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Result:
    """What a command left: its exit code and what it wrote."""

    code: int
    out: str
    err: str


@pytest.fixture
def gdlab(monkeypatch, capsys):
    """Call a command: `gdlab("info", "adam")`."""
    from gdlab.cli import main

    def call(*args):
        monkeypatch.setattr(sys, "argv", ["gdlab", *map(str, args)])
        with pytest.raises(SystemExit) as caught:
            main()
        return Result(caught.value.code, *capsys.readouterr())

    return call


@pytest.fixture
def process(tmp_path):
    """Call a command in a process of its own, in an empty folder."""

    def call(*args, code=("-m", "gdlab"), env=(), stdout=subprocess.PIPE):
        clean = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONUTF8")}
        done = subprocess.run(
            [sys.executable, "-W", "error", *code, *args],
            cwd=tmp_path,
            env={**clean, "PYTHONPATH": str(ROOT), **dict(env)},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
        return Result(done.returncode, (done.stdout or b"").decode("utf-8", "replace"), done.stderr.decode())

    return call

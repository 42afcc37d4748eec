"""Commands in this process, as `gdlab …` would run them, in one of their own, and on a terminal."""

import os
import pty
import signal
import subprocess
import sys
import termios
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


@pytest.fixture
def terminal():
    """Call a command on a terminal: `terminal("compare", columns=40)`; all that it writes there is `out`."""

    def call(*args, columns=80, env=(), typed="", interrupt=lambda written: False):
        """Ctrl-C is sent once, when what was written is enough for `interrupt`."""
        clean = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")}
        clean |= {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT), **dict(env)}
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (24, columns))
        os.write(ours, typed.encode())
        command = [sys.executable, "-m", "gdlab", *map(str, args)]
        written, interrupted = b"", False
        with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=clean) as process:
            os.close(theirs)
            while part := _read(ours):
                written += part
                if not interrupted and interrupt(written.decode("utf-8", "replace")):
                    interrupted = True
                    process.send_signal(signal.SIGINT)
        os.close(ours)
        return Result(process.returncode, written.decode(), "")

    return call


def _read(descriptor):
    try:
        return os.read(descriptor, 65536)
    except OSError:  # how Linux says that the other side has closed
        return b""


@pytest.fixture
def stored(gdlab, tmp_path, monkeypatch):
    """Run configs, given by name, in a folder of their own; tells where each is stored."""

    def run(configs):
        monkeypatch.chdir(tmp_path)
        for name, text in configs.items():
            Path(f"{name}.yaml").write_text(text)
        assert gdlab("run", *(f"{name}.yaml" for name in configs)).code == 0
        return {name: next(Path("runs").glob(f"*{name}*")) for name in configs}

    return run

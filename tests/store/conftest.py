import json
import os
import subprocess
import sys
import textwrap

import pytest

from gdlab.store.metrics import COLUMNS
from gdlab.store.writer import RunWriter

CONFIG = {"problem": {"name": "xor", "hidden": [4]}, "optimizer": {"name": "adam", "lr": 0.01}, "seed": 3}


@pytest.fixture
def root(tmp_path):
    return tmp_path / "runs"


@pytest.fixture
def begin(root):
    """Open a run; the test ends it."""

    def begin(name="adam_xor", **changes):
        arguments = {"config_text": "seed: 3\n", "config": CONFIG, "columns": (*COLUMNS, "accuracy"), "seed": 3}
        return RunWriter.create(changes.pop("root", root), name, **arguments | changes)

    return begin


@pytest.fixture
def row():
    """The row of a step, with a loss of 1/(step+1)."""

    def row(step):
        return (step, 1 / (step + 1), 0.5, 0.01, step + 1, 0, step + 1, step * 0.1, None)

    return row


@pytest.fixture
def make(begin, row):
    """Store a finished run of three rows and return its folder."""

    def make(name="adam_xor", status="max_steps", **changes):
        with begin(name, **changes) as writer:
            for step in (0, 10, 20):
                writer.extend([row(step)])
            writer.finish(status, 20, "all 20 steps are done", {"final_loss": 1 / 21, "accuracy": 0.75})
        return writer.folder

    return make


@pytest.fixture
def leave(begin, row):
    """Begin a run, store the rows of some steps, leave the block by an exception, and return the folder."""

    def leave(error, steps=(), prepare=lambda writer: None):
        writer = begin()

        def block():
            with writer:
                prepare(writer)
                for step in steps:
                    writer.extend([row(step)])
                raise error

        with pytest.raises(type(error)) as caught:
            block()
        assert caught.value is error, "it goes on as it was"
        return writer.folder

    return leave


@pytest.fixture
def killed(leave):
    """A run as it is after `kill -9`: no process, no end."""

    def killed(steps=()):
        folder = leave(KeyboardInterrupt(), steps)
        path = folder / "run.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"status": "running"}))
        return folder

    return killed


@pytest.fixture
def names():
    """What is in a folder."""
    return lambda folder: sorted(path.name for path in folder.iterdir())


@pytest.fixture
def script(root, tmp_path):
    """Start another Python that knows `root`, `COLUMNS`, `CONFIG` and `create(name)`."""
    running = []
    preamble = f"""
        import sys
        from gdlab.errors import StoreError
        from gdlab.store.metrics import COLUMNS
        from gdlab.store.writer import RunWriter
        root = {str(root)!r}
        def create(name="adam_xor"):
            return RunWriter.create(root, name, "seed: 3\\n", {CONFIG!r}, COLUMNS, seed=3)
        def row(step):
            return (step, 1 / (step + 1), 0.5, 0.01, step + 1, 0, step + 1, step * 0.1)
    """

    def script(code):
        whole = textwrap.dedent(preamble) + textwrap.dedent(code)
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        process = subprocess.Popen(
            [sys.executable, "-c", whole],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env=environment,
        )
        running.append(process)
        return process

    yield script
    for process in running:
        process.kill()
        process.communicate()

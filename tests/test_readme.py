"""README, commands and configs say the same."""

import re
from pathlib import Path

import numpy as np
import pytest

import gdlab
from gdlab.cli import COMMANDS
from gdlab.config.models import SECTIONS, json_schema
from gdlab.store.status import Status

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
CONFIGS = sorted(path.stem for path in (ROOT / "configs").glob("*.yaml"))


def _section(title: str) -> str:
    return README.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_the_two_commands_stand_as_they_are_run() -> None:
    lines = README.splitlines()
    assert "python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/gdlab run configs/adam_xor.yaml" in lines
    assert "python3 -m venv .venv && .venv/bin/pip install -e '.[dev]' && .venv/bin/pytest" in lines


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_explained_and_has_help(name: str) -> None:
    assert re.search(rf"^\| `gdlab {name}\b", _section("Commands"), re.MULTILINE)
    assert COMMANDS[name].__doc__


def test_no_command_is_explained_that_does_not_exist() -> None:
    assert set(re.findall(r"^\| `gdlab (\w+)", _section("Commands"), re.MULTILINE)) == set(COMMANDS)


def test_every_config_is_listed() -> None:
    assert sorted(re.findall(r"`(\w+)`", _section("What is in configs/").split("|---|---|")[1])) == CONFIGS


def test_every_key_of_a_config_is_listed() -> None:
    keys = json_schema()["properties"]
    listed = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", _section("A config"), re.MULTILINE))))
    assert set(keys) == listed
    assert set(SECTIONS) <= listed


def test_every_outcome_is_listed() -> None:
    assert all(f"`{status}`" in _section("How a run ends") for status in Status)


def test_pictures_are_there() -> None:
    for target in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README):
        assert (ROOT / target).is_file()


def test_python_example_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs").mkdir()
    code = re.search(r"```python\n(.*?)```", _section("From Python"), re.DOTALL)
    assert code is not None
    names: dict[str, object] = {}
    exec(code[1], names)  # noqa: S102 - the README's own example
    assert "def run():" in capsys.readouterr().out
    np.testing.assert_allclose(names["gradient"], [-215.6, -88])
    assert isinstance(names["result"].points, np.ndarray)  # type: ignore[attr-defined]
    assert gdlab.__doc__

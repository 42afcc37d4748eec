"""README, commands and configs say the same."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gdlab
from gdlab.autodiff import METHODS
from gdlab.cli import COMMANDS
from gdlab.config.models import SECTIONS, json_schema
from gdlab.experiment.spec import Experiment
from gdlab.experiment.trace import trace
from gdlab.optimizers.around import KEYS
from gdlab.optimizers.schedules import SCHEDULES
from gdlab.problems import PROBLEMS
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


def test_everything_that_goes_around_an_optimizer_is_listed() -> None:
    words = set(re.findall(r"[a-z_0-9]+", _section("Around an optimizer")))
    assert set(KEYS) - {"clip_eps"} <= words
    assert set(SCHEDULES) <= words


def test_the_optimizer_of_ones_own_runs(tmp_path: Path) -> None:
    code = re.search(r"```python\n(.*?)```", _section("Your own optimizer"), re.DOTALL)
    assert code is not None
    (tmp_path / "my_rule.py").write_text(code[1])
    own = {"file": str(tmp_path / "my_rule.py"), "name": "MyRule", "lr": 0.1}
    assert gdlab.minimize(lambda w: np.sum((w - 1) ** 2), [3.0], own).losses[-1] < 1e-6


def test_the_traced_step_is_the_one_that_is_shown() -> None:
    shown = re.search(r"^step 0 → 1.*?(?=```)", _section("Around an optimizer"), re.MULTILINE | re.DOTALL)
    assert shown is not None
    (step,) = trace(Experiment(PROBLEMS["rosenbrock"](), METHODS["reverse"](), gdlab.Adam(lr=0.1)), 1).steps
    for line in shown[0].splitlines()[1:]:
        *name, first, second = line.split()
        values = step.vectors["_".join(name)]
        np.testing.assert_allclose([float(first), float(second)], values, rtol=1e-4)


def test_every_outcome_is_listed() -> None:
    assert all(f"`{status}`" in _section("How a run ends") for status in Status)


def test_the_comparison_and_the_picture_come_from_the_commands_above_them(tmp_path: Path) -> None:
    example = README.partition("```\n$ for ")[2].partition("```")[0]
    commands, shown = f"for {example}".replace("$ ", "").split("All 5 runs: ")
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    call = f'gdlab() {{ "{sys.executable}" -m gdlab "$@"; }}\n'
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    script = ["sh", "-ec", call + commands]
    done = subprocess.run(script, cwd=tmp_path, env=environment, capture_output=True, check=True)
    printed = done.stdout.decode().partition("All 5 runs: ")[2]
    assert printed.startswith(shown.partition("…")[0])
    assert _without_seconds(printed) == _without_seconds(shown)
    assert (tmp_path / "curves.png").stat().st_size > 10_000


def _without_seconds(table: str) -> list[list[str]]:
    rows = [line.split() for line in table.splitlines()[2:]]
    return [row[:-1] if len(row) > 3 and row[-1][0].isdigit() else row for row in rows]


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

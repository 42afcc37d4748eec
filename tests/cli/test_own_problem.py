"""A problem from a user's own file, from the command line."""

from pathlib import Path

import pytest

from gdlab.store.selection import read_runs

LOSS = "import numpy as np\n\ndef my_loss(w, factor=2):\n    return factor * np.sum(w**2)\n"
CONFIG = "problem: {file: my_problem.py, name: my_loss, start: [1, 2]}\noptimizer: {name: gd, lr: 0.1}\nsteps: 50\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("configs").mkdir()
    Path("configs/my_problem.py").write_text(LOSS)
    Path("configs/mine.yaml").write_text(CONFIG)
    return tmp_path


def test_runs_like_a_built_in_one_and_its_stored_config_repeats_it(gdlab, here):
    assert gdlab("run", "configs/mine.yaml", "-q").code == 0
    (run,) = read_runs().runs
    problem = run.config["problem"]
    assert (problem["name"], problem["file"]) == ("my_loss", str(here / "configs" / "my_problem.py"))
    assert len(problem["sha256"]) == 64
    assert "my_loss" in gdlab("compare", "runs").out
    assert gdlab("run", run.folder / "config.yaml", "-q").code == 0
    first, second = read_runs().runs
    assert first.summary["final_loss"] == second.summary["final_loss"]
    Path("configs/my_problem.py").write_text(LOSS.replace("2 *", "3 *").replace("=2", "=3"))
    result = gdlab("run", run.folder / "config.yaml", "-q")
    assert result.code == 2
    assert "its hash has changed" in result.err


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return w", "my_loss returns an array of shape (2,)"),
        ("return 1 / 0", "ZeroDivisionError"),
        ("w[0] = 1\n    return w.sum()", "my_loss writes into its argument"),
    ],
)
def test_what_is_no_loss_is_one_message_and_nothing_is_written(gdlab, here, body, message):
    Path("configs/my_problem.py").write_text(f"def my_loss(w):\n    {body}\n")
    result = gdlab("run", "configs/mine.yaml")
    assert (result.code, result.out) == (2, "")
    assert "my_problem.py:2:5: " in result.err or "my_problem.py:2:12: " in result.err
    assert message in result.err
    assert not Path("runs").exists()


def test_a_kink_at_the_start_is_a_warning(gdlab, here):
    Path("configs/my_problem.py").write_text(
        "import numpy as np\n\ndef my_loss(w):\n    return np.where(w[0] > 1, w[0], 1.0) + w[1]**2\n"
    )
    result = gdlab("validate", "configs/mine.yaml")
    assert result.code == 0
    assert "has a kink at its start" in result.err

"""A sweep that is run again does what is left of it, and of what has changed all."""

import json

import pytest

from gdlab.config.dump import dump
from gdlab.config.sweep.resolve import resolve_sweep
from gdlab.experiment.sweep.engines import engine
from gdlab.experiment.sweep.execute import Order, Told, execute_sweep
from gdlab.experiment.sweep.options import Options
from gdlab.store.reader import read_folder

RULE = """
from dataclasses import dataclass

from gdlab import Optimizer


@dataclass(frozen=True)
class Mine(Optimizer):
    \"\"\"Gradient descent with a factor.\"\"\"

    lr: float = 0.1

    def init(self, w):
        return ()

    def step(self, objective, w, state):
        return w - 1.0 * self.lr * objective.gradient(w), state
"""
OWN_RULE = """
problem: quadratic
optimizer: {file: rule.py, name: Mine}
steps: 5
sweep: {grid: {optimizer.lr: [0.1, 0.2]}}
"""
OWN_DATA = """
problem: {name: mlp, data: {file: d.csv, target: y}, hidden: [2]}
optimizer: gd
steps: 5
sweep: {grid: {problem.hidden: [[2], [3]]}}
"""
PLAIN = """
problem: quadratic
optimizer: {name: gd, lr: 0.1}
steps: 5
sweep: {grid: {optimizer.lr: [0.1, 0.2]}, seeds: 2}
"""


@pytest.fixture
def run(tmp_path):
    """Run the config, and tell what came of it, with what was warned of."""

    def run(text, **options):
        path = tmp_path / "s.yaml"
        path.write_text(text)
        sweep = resolve_sweep(path)
        warned = []
        order = Order(sweep.name, list(sweep), sweep.data, dump(sweep.data))
        told = Told(warned=warned.append)
        return execute_sweep(order, tmp_path / "runs", engine("here"), told, Options(**options)), warned

    return run


@pytest.mark.parametrize(
    ("text", "file", "content", "edited"),
    [
        (OWN_RULE, "rule.py", RULE, RULE.replace("1.0 *", "0.5 *")),
        (OWN_DATA, "d.csv", "x,y\n1,2\n2,3\n3,5\n", "x,y\n1,2\n2,3\n3,9\n"),
    ],
)
def test_cells_run_again_when_a_file_that_they_read_has_changed(tmp_path, run, text, file, content, edited):
    (tmp_path / file).write_text(content)
    first, _ = run(text)
    again, _ = run(text)
    assert (first.ran, again.ran, again.before, again.folder) == (2, 0, 2, first.folder)
    (tmp_path / file).write_text(edited)
    changed, _ = run(text)
    assert (changed.ran, changed.before) == (2, 0)
    assert changed.folder != first.folder
    losses = [
        [cell.summary["final_loss"] for cell in read_folder(one.folder).cells.values()] for one in (first, changed)
    ]
    assert losses[0] != losses[1]
    (tmp_path / file).write_text(content)
    assert run(text)[0].folder == first.folder


def test_what_is_done_stays_as_it_ended(run):
    first, _ = run(PLAIN)
    before = (first.folder / "run.json").read_bytes()
    again, warned = run(PLAIN)
    assert (again.ran, again.before, again.done, warned) == (0, 4, True, [])
    assert (first.folder / "run.json").read_bytes() == before


def test_a_damaged_plan_is_written_again_and_no_cell_runs_again(run):
    first, _ = run(PLAIN)
    plan = (first.folder / "cells.csv").read_text()
    for damage in ("{", plan.replace("0.2", "0.3").replace(plan.splitlines()[1].split(",")[2], "f" * 64)):
        (first.folder / "cells.csv").write_text(damage)
        again, (told,) = run(PLAIN)
        assert told.endswith("; it is written again")
        assert told in (first.folder / "log.txt").read_text()
        assert (again.ran, again.before) == (0, 4)
        assert (first.folder / "cells.csv").read_text() == plan
    assert json.loads((first.folder / "run.json").read_text())["status"] == "done"


def test_the_parts_of_a_sweep_are_others_than_the_whole():
    def order(shard):
        return Order("s", [], {}, "", shard=shard)

    assert len({order(shard).key for shard in ("", "1/2", "2/2")}) == 3


def test_a_sweep_whose_record_is_damaged_is_named_beside_the_new_one(run, tmp_path):
    first, _ = run(PLAIN)
    (first.folder / "run.json").write_text("")
    second, (told,) = run(PLAIN)
    assert told.startswith(f"{first.folder}: run.json is not JSON")
    assert told.endswith("; a new sweep begins beside it")
    assert (second.ran, second.folder == first.folder) == (4, False)
    assert run(PLAIN)[1] == [], "it is found"


def test_why_cells_failed_is_counted(run, tmp_path):
    (tmp_path / "rule.py").write_text(
        RULE.replace("        return w", "        raise RuntimeError('no more')\n        return w")
    )
    finished, _ = run(OWN_RULE)
    assert finished.failed == 2
    ((reason, many),) = finished.failures.items()
    assert "no more" in reason
    assert many == 2

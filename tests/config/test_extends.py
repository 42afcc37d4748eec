"""One config on top of another."""

import pytest

from gdlab.config.extends import load_extended
from gdlab.config.sweep.resolve import resolve_sweep
from gdlab.errors import ConfigError

BASE = """\
name: base
problem: {name: xor, hidden: [3, 3], activation: tanh}
optimizer: {name: adam, lr: 0.05, beta1: 0.8}
tags: [a, b]
sweep: {seeds: 3}
"""


def written(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder / "child.yaml"


# The base has BASE; what a child says, and what of it and the base stands in the end.
MERGES = [
    ("steps: 5", {"steps": 5, "optimizer": {"name": "adam", "lr": 0.05, "beta1": 0.8}}),
    ("optimizer: {lr: 0.1}", {"optimizer": {"name": "adam", "lr": 0.1, "beta1": 0.8}}),
    ("optimizer: {name: adam, lr: 0.1}", {"optimizer": {"name": "adam", "lr": 0.1, "beta1": 0.8}}),
    ("optimizer: adam", {"optimizer": {"name": "adam", "lr": 0.05, "beta1": 0.8}}),
    ("optimizer: {name: gd, lr: 1}", {"optimizer": {"name": "gd", "lr": 1}}),
    ("optimizer: gd", {"optimizer": "gd"}),
    ("problem: {hidden: [2]}", {"problem": {"name": "xor", "hidden": (2,), "activation": "tanh"}}),
    ("problem: quadratic", {"problem": "quadratic"}),
    ("tags: [c]", {"tags": ("c",)}),
    (
        "optimizer: {lr: {schedule: cosine, start: 1}}",
        {"optimizer": {"name": "adam", "lr": {"schedule": "cosine", "start": 1}, "beta1": 0.8}},
    ),
    ("sweep: {grid: {steps: [1, 2]}}", {"sweep": {"grid": {"steps": (1, 2)}}}),
    ("steps: 5", {"sweep": {"seeds": 3}}),
]


@pytest.mark.parametrize(("child", "expected"), MERGES)
def test_merges_key_by_key_and_starts_anew_with_another_name(tmp_path, child, expected):
    path = written(tmp_path, base=BASE, child=f"extends: base.yaml\n{child}\n")
    document = load_extended(path)
    assert not document.faults
    data = document.root.plain()
    assert {key: data[key] for key in expected} == expected
    assert "extends" not in data
    assert "name" not in data


def test_null_leaves_the_sweep_of_the_base_out(tmp_path):
    path = written(tmp_path, base=BASE, child="extends: base.yaml\nsweep: null\n")
    assert "sweep" not in load_extended(path).root.value
    assert not resolve_sweep(path).swept


def test_another_schedule_leaves_nothing_of_the_one_before(tmp_path):
    base = "problem: quadratic\noptimizer: {name: gd, lr: {schedule: step, start: 1, every: 5, factor: 0.5}}\n"
    path = written(tmp_path, base=base, child="extends: base.yaml\noptimizer: {lr: {schedule: constant, start: 2}}\n")
    assert load_extended(path).root.plain()["optimizer"] == {"name": "gd", "lr": {"schedule": "constant", "start": 2}}


def test_chains_of_configs(tmp_path):
    path = written(
        tmp_path,
        a="problem: quadratic\noptimizer: {name: gd, lr: 0.1}\nsteps: 1\n",
        b="extends: a.yaml\nsteps: 2\nseed: 2\n",
        child="extends: b.yaml\nseed: 3\n",
    )
    (cell,) = resolve_sweep(path)
    assert (cell.experiment.steps, cell.seed, cell.experiment.name) == (2, 3, "child")


def test_paths_go_from_the_folder_of_the_file_that_says_them(tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "rule.py").write_text(
        "from dataclasses import dataclass\n"
        "from gdlab.optimizers import Optimizer\n\n\n"
        "@dataclass(frozen=True)\n"
        "class Mine(Optimizer):\n"
        "    def init(self, w):\n        return ()\n\n"
        "    def step(self, objective, w, state):\n        return w - objective.gradient(w), state\n"
    )
    (inner / "base.yaml").write_text("problem: quadratic\noptimizer: {file: rule.py}\n")
    path = written(tmp_path, child="extends: inner/base.yaml\nsteps: 3\n")
    (cell,) = resolve_sweep(path)
    assert cell.experiment.optimizer.origin.file.resolve() == (inner / "rule.py").resolve()


# Files, and the place and part of the message of each fault.
FAULTS = [
    ({"child": "extends: child.yaml\n"}, [("child.yaml", 1, 10, "extends itself: child.yaml → child.yaml")]),
    (
        {"child": "extends: b.yaml\n", "b": "steps: 1\nextends: c.yaml\n", "c": "extends: b.yaml\n"},
        [("c.yaml", 1, 10, "extends itself: child.yaml → b.yaml → c.yaml → b.yaml")],
    ),
    ({"child": "extends: bse.yaml\n", "base": BASE}, [("child.yaml", 1, 10, "is no file")]),
    ({"child": "extends: [1]\n"}, [("child.yaml", 1, 10, "extends cannot be [1]")]),
    (
        {"child": "extends: base.yaml\nsteps: -1\n", "base": "problem: xor\noptimizer: {name: gd, lr: -1}\n"},
        [("child.yaml", 2, 8, "steps cannot be -1"), ("base.yaml", 2, 27, "lr of optimizer 'gd' cannot be -1")],
    ),
    (
        {"child": "extends: base.yaml\nsteps: 1\nsteps: 2\n", "base": "problem: xor\noptimizer: gd\nx: &a 1\n"},
        [
            ("child.yaml", 3, 1, "repeated key 'steps'"),
            ("base.yaml", 3, 1, "unknown key 'x'"),
            ("base.yaml", 3, 4, "the anchor '&a' is not allowed"),
        ],
    ),
]


@pytest.mark.parametrize(("files", "expected"), FAULTS)
def test_faults_stand_in_the_file_that_has_them(tmp_path, files, expected):
    path = written(tmp_path, **files)
    with pytest.raises(ConfigError) as caught:
        resolve_sweep(path)
    told = caught.value.faults
    places = [(fault.source.rpartition("/")[2], fault.line, fault.column) for fault in told]
    assert places == [tuple(place) for *place, _ in expected]
    for fault, (*_, message) in zip(told, expected, strict=True):
        assert message in fault.message


def test_a_missing_base_says_which_was_meant(tmp_path):
    path = written(tmp_path, base=BASE, child="extends: bse.yaml\n")
    with pytest.raises(ConfigError, match=r"did you mean .*base\.yaml"):
        resolve_sweep(path)

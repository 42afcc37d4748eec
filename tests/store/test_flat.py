import math
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gdlab.store.flat import columns, flat_runs, flatten, measures
from gdlab.store.run import Run

XOR = {"name": "xor", "hidden": [4]}
GD = {"name": "gd", "lr": 0.1}
ADAM = {"name": "adam", "lr": 0.01, "beta1": 0.9}
RUN = Run(
    folder=Path("runs/1"),
    id="1",
    name="gd_xor",
    config={"problem": XOR, "gradient": {"name": "reverse"}, "optimizer": GD, "steps": 50, "seed": 7, "name": "a"},
    status="converged",
    step=20,
    reason="the loss reached the target",
    summary={"final_loss": 1 / 3, "evaluations": 21.0},
    seed=7,
    started=datetime(2026, 11, 24, 21, 36, 1, tzinfo=UTC),
    tags=("a", "b"),
    load_curve=dict,
)


def run(summary=(), **config):
    return replace(RUN, config={**RUN.config, **config}, summary={**RUN.summary, **dict(summary)})


@pytest.mark.parametrize(
    ("config", "flat"),
    [
        ({"optimizer": GD, "seed": 0}, {"optimizer": "gd", "optimizer.lr": 0.1, "seed": 0}),
        ({"gradient": "dual"}, {"gradient": "dual"}),
        ({"stop": {"target_loss": None}, "log": {}}, {"stop.target_loss": None}),
        (
            {"optimizer": {"name": "gd", "lr": {"schedule": "cosine", "start": 0.1}}},
            {"optimizer": "gd", "optimizer.lr": "cosine", "optimizer.lr.start": 0.1},
        ),
        (
            {"optimizer": {"name": "gd", "average": {"name": "ema", "decay": {"a": {"b": 1}}}}},
            {"optimizer": "gd", "optimizer.average": "ema", "optimizer.average.decay.a.b": 1},
        ),
    ],
)
def test_a_config_is_flat_with_a_dot_for_each_level(config, flat):
    assert flatten(config) == flat


def test_all_rows_have_the_same_columns_in_the_same_order():
    runs = [run(), run({"accuracy": 0.75}, problem={"name": "quadratic"}, optimizer=ADAM)]
    first, second = flat_runs(runs)
    assert tuple(first) == tuple(second) == columns(runs)
    assert (first["accuracy"], second["accuracy"]) == (None, 0.75)
    assert (first["optimizer.beta1"], second["optimizer.beta1"]) == (None, 0.9)
    assert (first["problem.hidden"], second["problem.hidden"]) == ([4], None)


def test_the_settings_of_a_part_stand_together():
    names = columns([run(), run(optimizer=ADAM, stop={"grad_tol": None}), run(optimizer={"name": "nag", "gamma": 0.9})])
    settings = [name for name in names if "." in name]
    assert settings == ["problem.hidden", "optimizer.lr", "optimizer.beta1", "optimizer.gamma", "stop.grad_tol"]


def test_a_row_says_who_what_and_how_it_ended_with_raw_numbers():
    (row,) = flat_runs([RUN])
    assert {name: value for name, value in row.items() if value is not None} == {
        "id": "1",
        "name": "gd_xor",
        "problem": "xor",
        "gradient": "reverse",
        "optimizer": "gd",
        "status": "converged",
        "reason": "the loss reached the target",
        "step": 20,
        "steps": 50,
        "seed": 7,
        "final_loss": 1 / 3,
        "evaluations": 21,
        "started": "2026-11-24T21:36:01+00:00",
        "tags": ["a", "b"],
        "folder": "runs/1",
        "problem.hidden": [4],
        "optimizer.lr": 0.1,
    }


def test_counts_are_whole_numbers_and_what_is_not_finite_stays():
    (row,) = flat_runs([run({"evaluations": 21.0, "final_loss": math.inf, "best_step": math.nan})])
    assert repr(row["evaluations"]) == "21"
    assert row["final_loss"] == math.inf
    assert math.isnan(row["best_step"])


def test_measures_are_what_a_summary_has_beyond_losses_and_costs():
    runs = [run({"accuracy": 1.0}), run({"margin": 2.0, "accuracy": 0.5})]
    assert measures(runs) == ("accuracy", "margin")


def test_a_word_that_comes_twice_is_one_column_and_the_run_has_it():
    odd = run({"step": 99.0})
    assert len(set(columns([odd]))) == len(columns([odd]))
    assert flat_runs([odd])[0]["step"] == 20

"""Values of a curve that is drawn by hand: loss 1, 0.5, 0.1, 0.01 at steps 0, 10, 20, 30 of a budget of 40."""

import math
from dataclasses import replace

import numpy as np
import pytest

from gdlab.errors import StoreError
from gdlab.report.compare.measured import measure
from gdlab.report.compare.metrics import METRICS, chosen_metrics
from gdlab.report.compare.target import parse_target

STEP = np.array([0.0, 10.0, 20.0, 30.0])
CURVE = {
    "step": STEP,
    "loss": np.array([1.0, 0.5, 0.1, 0.01]),
    "evaluations": 2 * STEP,
    "dual_passes": 0 * STEP,
    "reverse_passes": 3 * STEP,
    "seconds": 0.5 * STEP,
}


def unreadable():
    raise StoreError("metrics.csv:3: it is damaged")


@pytest.fixture
def run(make_run):
    return make_run(loss=CURVE["loss"], curve=CURVE, config={"steps": 40})


def one(run, metric, target="0.1", infimum=None):
    found = measure([run], [METRICS[metric]], parse_target(target), lambda run: infimum)
    return found.values[metric][0]


@pytest.mark.parametrize(
    ("metric", "value"), [("steps", 20), ("evaluations", 40), ("passes", 100), ("seconds", 10), ("ert", 100)]
)
def test_the_cost_of_the_first_row_at_the_target(run, metric, value):
    assert one(run, metric) == value
    assert one(run, metric, "0.001") == math.inf
    assert one(run, metric, "+0.05", infimum=0.05) == value


def test_the_area_is_the_mean_height_and_goes_on_to_the_budget(run):
    # (10 (1+.5)/2 + 10 (.5+.1)/2 + 10 (.1+.01)/2 + 10 · .01) / 40
    assert one(run, "area") == pytest.approx((7.5 + 3 + 0.55 + 0.1) / 40)


def test_the_suboptimality_is_the_loss_above_the_minimum(run):
    assert one(run, "suboptimality", infimum=0.0075) == pytest.approx(0.0025)
    assert math.isnan(one(run, "suboptimality"))


def test_curves_are_read_only_for_what_is_made_of_them(make_run):
    runs = [replace(make_run(), load_curve=unreadable)]
    ends = [METRICS[name] for name in ("final", "best", "suboptimality")]
    assert measure(runs, ends, parse_target("0.1"), lambda run: 0.0).unread == ()
    assert measure(runs, [METRICS["area"]], None, lambda run: None).unread == ("metrics.csv:3: it is damaged",)


def test_a_success_is_a_target_that_was_reached_by_a_run_that_ended_well(make_run):
    runs = [
        make_run(loss=[1.0, 0.1]),
        make_run(loss=[1.0, 0.2]),
        make_run(loss=[1.0, 0.01], status="diverged"),
        make_run(loss=[1.0, -1e300], status="unbounded"),
        make_run(loss=[1.0, 0.1, math.nan], status="non_finite"),
        make_run(loss=[0.05, 3.0]),
    ]
    found = measure(runs, [METRICS["final"]], parse_target("0.1"), lambda run: None)
    assert found.succeeded.tolist() == [True, False, False, False, False, True]
    assert found.failed.tolist() == [False, False, True, True, True, False]
    assert measure(runs, [], None, lambda run: None).succeeded.tolist() == [True, True, False, False, False, True]


@pytest.mark.parametrize(
    ("names", "target", "titles"),
    [
        ([], None, ["final loss"]),
        ([], "1", ["passes to target"]),
        (["final_loss"], None, ["final loss"]),
        (["accuracy", "best"], None, ["accuracy", "best loss"]),
        (["rank"], None, ["final loss", "mean rank"]),
        (["final", "final"], None, ["final loss"]),
        (["rank", "best"], None, ["best loss", "mean rank"]),
    ],
)
def test_metrics_by_name(make_run, names, target, titles):
    run = make_run(summary={"accuracy": 0.5})
    found = chosen_metrics(names, [run], target)
    assert [metric.title for metric in found] == titles
    assert found[0].lowest == (titles[0] != "accuracy")

import numpy as np
import pytest

from gdlab.errors import UsageError
from gdlab.problems import PROBLEMS
from gdlab.report.plots.columns import across, check_axes, up

CURVE = {
    "step": np.array([0.0, 10.0]),
    "loss": np.array([3.0, 1.25]),
    "evaluations": np.array([1.0, 11.0]),
    "dual_passes": np.array([2.0, 22.0]),
    "reverse_passes": np.array([4.0, 44.0]),
}


def test_passes_are_all_that_was_spent(make_run):
    assert across(make_run(), CURVE, "passes", lambda run: None).tolist() == [7.0, 77.0]


def test_an_epoch_is_a_step_that_looks_at_all_rows(make_run):
    xor = PROBLEMS["xor"]()
    assert across(make_run(), CURVE, "epoch", lambda run: xor).tolist() == [0.0, 10.0]
    logged = CURVE | {"epoch": np.array([0.0, 2.5])}
    assert across(make_run(), logged, "epoch", lambda run: None).tolist() == [0.0, 2.5]
    words = across(make_run(), CURVE, "epoch", lambda run: PROBLEMS["rosenbrock"]())
    assert words == "there are no epochs without rows of data"


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        ("rosenbrock", [3.0, 1.25]),
        ("quadratic", [-1.0, -2.75]),  # its minimum is 4, and a loss below it is not hidden
        ("polynomial", "the infimum of its problem is −∞"),
        ("mlp", "the infimum of its problem is not known"),
    ],
)
def test_suboptimality_is_the_loss_above_the_known_infimum(make_run, problem, expected):
    found = up(make_run(), CURVE, "suboptimality", lambda run: PROBLEMS[problem]())
    assert (found if isinstance(found, str) else found.tolist()) == expected


def test_axes_that_there_are_none_of_are_answered_with_those_there_are():
    check_axes([CURVE], "passes", "suboptimality")
    with pytest.raises(UsageError, match=r"unknown --x 'time'.*step, epoch, evaluations"):
        check_axes([CURVE], "time", "loss")
    with pytest.raises(UsageError, match="unknown --y 'los': did you mean 'loss'"):
        check_axes([CURVE], "step", "los")

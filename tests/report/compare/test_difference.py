import numpy as np
import pytest

from gdlab.report.compare.difference import as_data, change, difference, sentences, side_of
from gdlab.report.compare.difference_table import show_difference

STEP = np.array([0.0, 10.0, 20.0])


def curve(*losses, seconds=1.0):
    return {"step": STEP[: len(losses)], "loss": np.array(losses), "seconds": seconds * STEP[: len(losses)]}


def test_what_differs_in_config_and_result_side_by_side(make_run, printed):
    a = make_run("a", loss=[1.0, 0.5], details={"host": "hare", "versions": {"gdlab": "1.0"}})
    b = make_run("a", "gd", loss=[1.0, 0.25], details={"host": "snail", "versions": {"gdlab": "1.0"}})
    found = difference(side_of(a, "one"), side_of(b, "two"))
    assert "".join(printed(part) for part in show_difference(found)) == (
        "config           one    two\n"
        "───────────────────────────\n"
        "optimizer        adam   gd\n"
        "optimizer.beta1  0.9    -\n"
        "optimizer.beta2  0.999  -\n"
        "\n"
        "result      one  two   change\n"
        "─────────────────────────────\n"
        "final loss  0.5  0.25    ×0.5\n"
        "best loss   0.5  0.25    ×0.5\n"
        "\n"
        "surroundings  one   two\n"
        "─────────────────────────\n"
        "host          hare  snail\n"
        "\n"
        "config: 9 of 12 are the same\n"
        "result: 7 of 9 are the same\n"
        "surroundings: 1 of 2 are the same\n"
    )


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [
        (curve(3.0, 2.0, 1.0), curve(3.0, 2.0, 1.0, seconds=9.0), "the curves are the same to the last bit"),
        (curve(3.0, 2.0), curve(3.0, 2.0, 1.0), "the same to the last bit, at the steps that both have logged"),
        (curve(3.0, np.nan), curve(3.0, np.nan), "the same to the last bit"),
        (curve(3.0, 2.0, 1.0), curve(3.0, 2.5, 1.0), "differ after step 0: loss at step 10 is 2 and 2.5"),
        (curve(3.0, 2.0), curve(4.0, 2.0), "differ from the start: loss at step 0 is 3 and 4"),
        (curve(), curve(3.0), "the curves have no step in common"),
    ],
)
def test_where_the_curves_part(make_run, a, b, told):
    found = difference(side_of(make_run(), curve=a), side_of(make_run(), curve=b))
    assert told in found.curves


def test_what_is_the_same_is_said_in_a_word(make_run):
    run = make_run()
    assert [*sentences(difference(side_of(run), side_of(run)))] == ["config: the same", "result: the same"]


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [(2, 1, "×0.5"), (0.0, 3.0, "+3"), (-1.0, -2.0, "-1"), (1.0, None, "-"), ("a", "b", "-"), (True, 2, "-")],
)
def test_by_how_much(a, b, told):
    assert change(a, b) == told


def test_as_plain_data(make_run):
    found = as_data(difference(side_of(make_run(loss=[1.0, 0.5]), "x"), side_of(make_run(loss=[1.0, 0.25]), "y")))
    assert found["titles"] == ["x", "y"]
    assert found["config"] == {}
    assert found["result"] == {"final_loss": [0.5, 0.25], "best_loss": [0.5, 0.25]}
    assert found["same"] == {"config": 12, "result": 7}

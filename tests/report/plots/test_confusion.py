import numpy as np
import pytest

from gdlab.errors import UsageError
from gdlab.report.plots.again import trained_again
from gdlab.report.plots.confusion import confusion, draw_confusion
from gdlab.report.plots.gradients import draw_gradients

IRIS = {"name": "softmax", "data": {"name": "iris", "test": 0.4}}
GD = {"name": "gd", "lr": 0.05}


@pytest.fixture
def iris(stored):
    return stored(problem=IRIS, optimizer=GD, steps=30)


def test_counts_are_of_test_rows_by_true_and_predicted_class(iris):
    (one,) = trained_again([iris])
    counts = confusion(one)
    test = one.problem.split.test
    assert counts.sum(axis=1).tolist() == [20, 20, 20]
    predicted = one.problem.predict(one.result.w, test.inputs)
    for i in range(3):
        for j in range(3):
            assert counts[i, j] == sum(t == i and p == j for t, p in zip(test.targets, predicted, strict=True))
    assert np.trace(counts) / 60 == pytest.approx(one.result.summary["test_accuracy"])


def test_every_count_and_every_class_is_written(iris):
    (axes,) = draw_confusion([iris]).figure.axes
    counts = confusion(trained_again([iris])[0])
    assert {int(text.get_text()) for text in axes.texts} == set(counts.ravel().tolist())
    assert len(axes.texts) == counts.size, "zeros as well"
    assert [label.get_text() for label in axes.get_yticklabels()] == ["setosa", "versicolor", "virginica"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted", "true")
    assert "on 60 test rows" in axes.get_title(loc="left")


@pytest.mark.parametrize(
    ("problem", "why"),
    [
        ("rosenbrock", "a is no classifier: its problem is rosenbrock"),
        ({"name": "softmax", "data": "iris"}, "a keeps no rows apart to test on: give its data a share of them"),
        ({"name": "linear", "data": {"name": "sine", "test": 0.2}}, "a has numbers as targets, and no classes"),
    ],
)
def test_what_cannot_be_counted_is_said(stored, problem, why):
    run = stored(problem=problem, optimizer={"name": "gd", "lr": 1e-3}, steps=1)
    with pytest.raises(UsageError, match=f"nothing to draw: {why}"):
        draw_confusion([run])


def test_a_run_that_stands_for_its_seeds_says_so(stored):
    runs = [stored(problem=IRIS, optimizer=GD, steps=2, seed=seed) for seed in (3, 4)]
    for draw in (draw_confusion, draw_gradients):
        (axes,) = draw(runs).figure.axes
        assert axes.get_title(loc="left").startswith("a · seed 3, one of 2")

import math

import numpy as np
import pytest

from gdlab.errors import UsageError
from gdlab.report.plots.looks import LOOKS
from gdlab.report.plots.lr import draw_lr


@pytest.fixture
def draw(make_run):
    """Draw runs given as (optimizer, lr, seed, final loss, status)."""

    def draw(*rows):
        runs = [
            make_run(name, name, seed=seed, status=status, settings={"lr": lr}, summary={"final_loss": loss})
            for name, lr, seed, loss, status in rows
        ]
        picture = draw_lr(runs)
        picture.figure.draw_without_rendering()
        return picture

    return draw


def sweep(name, losses, seed=0):
    return [(name, lr, seed, loss, "diverged" if math.isinf(loss) else "max_steps") for lr, loss in losses.items()]


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_each_optimizer_is_a_curve_of_medians_over_its_learning_rates(draw):
    rows = [row for seed, top in enumerate((1, 3, 2)) for row in sweep("gd", {0.1: top, 0.01: 10 * top}, seed)]
    (axes,) = draw(*rows, *sweep("adam", {0.1: 0.5, 0.01: 0.1})).figure.axes
    by_color = {line.get_color(): line for line in axes.lines if line.get_xdata().size == 2}
    gd, adam = by_color[LOOKS["gd"][0]], by_color[LOOKS["adam"][0]]
    assert (gd.get_xdata().tolist(), gd.get_ydata().tolist()) == ([0.01, 0.1], [20, 2])
    assert adam.get_ydata().tolist() == [0.1, 0.5]
    assert legend(axes) == ["gd (n = 3)", "adam"]
    assert (axes.get_xscale(), axes.get_xlabel(), axes.get_ylabel()) == ("log", "learning rate", "final loss")


def test_bars_go_from_quartile_to_quartile(draw):
    rows = [row for seed, top in enumerate((1, 2, 3, 4, 5)) for row in sweep("gd", {0.1: top, 0.01: top}, seed)]
    (axes,) = draw(*rows).figure.axes
    first = axes.collections[0].get_segments()[0]
    assert first[:, 1].tolist() == [2, 4]


def test_where_every_optimizer_diverges_is_shaded(draw):
    infinite = math.inf
    rows = sweep("gd", {0.01: 1, 0.1: infinite, 1.0: infinite}) + sweep("adam", {0.01: 1, 0.1: 0.5, 1.0: infinite})
    (axes,) = draw(*rows).figure.axes
    (shade,) = axes.patches
    assert shade.get_x() == pytest.approx(math.sqrt(0.1))
    assert "median run broke" in legend(axes)
    crosses = {line.get_color(): line.get_xdata().tolist() for line in axes.lines if line.get_marker() == "X"}
    assert crosses[LOOKS["gd"][0]] == [0.1, 1.0]
    assert crosses[LOOKS["adam"][0]] == [1.0]
    heights = [set(line.get_ydata()) for line in axes.lines if line.get_marker() == "X" and len(line.get_ydata())]
    assert min(map(min, heights)) > 1, "above the axis, in parts of its height"
    assert len({max(one) for one in heights}) == 2


def test_a_run_that_is_not_sound_is_never_low_however_low_it_ended(draw):
    rows = [("gd", 0.1, 0, -1e9, "unbounded"), ("gd", 0.01, 0, 1.0, "max_steps"), ("gd", 0.001, 0, 2.0, "max_steps")]
    (axes,) = draw(*rows).figure.axes
    assert axes.get_ylim()[0] > 0


def test_one_learning_rate_is_no_curve(draw):
    with pytest.raises(UsageError, match=r"no optimizer has run with two learning rates, lr is 0\.1.*optimizer\.lr="):
        draw(*sweep("gd", {0.1: 1}), *sweep("adam", {0.1: 2}))


def test_runs_without_a_learning_rate_are_named(make_run):
    runs = [make_run(f"g{lr}", "gd", settings={"lr": lr}) for lr in (0.1, 0.2)] + [make_run("plain", "lbfgs")]
    assert draw_lr(runs).notes == ("not drawn, they have no learning rate: plain",)


def test_all_diverged_is_a_picture_of_that(draw):
    (axes,) = draw(*sweep("gd", {1.0: math.inf, 10.0: math.inf})).figure.axes
    (shade,) = axes.patches
    assert shade.get_x() <= 1.0
    assert np.isfinite(axes.get_ylim()).all()

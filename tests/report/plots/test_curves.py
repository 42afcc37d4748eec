import math

import numpy as np
import pytest
from matplotlib.colors import same_color

from gdlab.errors import UsageError
from gdlab.problems import PROBLEMS
from gdlab.report.plots.curves import MOST_PANELS, draw_curves
from gdlab.report.plots.legend import ENDS
from gdlab.report.plots.looks import LOOKS
from gdlab.report.plots.saving import save

XOR = {"name": "xor", "hidden": [4], "activation": "tanh"}
MARKS = set(ENDS.values())


@pytest.fixture
def draw(tmp_path):
    """Draw runs, lay the picture out or save it (neither may give a warning), and return it."""

    def draw(runs, saved=False, **options):
        picture = draw_curves([(run, run.curve()) for run in runs], **options)
        if saved:
            save(picture.figure, tmp_path / "curves.png")
        else:
            picture.figure.draw_without_rendering()
        return picture

    return draw


def lines(axes):
    return [line for line in axes.lines if line.get_marker() not in MARKS]


def marks(axes):
    return [line for line in axes.lines if line.get_marker() in MARKS]


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_every_run_is_a_line_of_its_logged_points(make_run, draw):
    runs = [make_run("a", "adam", loss=[1, 0.5, 0.001]), make_run("g", "gd", loss=[1, 0.9])]
    (axes,) = draw(runs).figure.axes
    drawn = {line.get_color(): line for line in lines(axes)}
    adam, gd = drawn[LOOKS["adam"][0]], drawn[LOOKS["gd"][0]]
    assert (adam.get_xdata().tolist(), adam.get_ydata().tolist()) == ([0, 10, 20], [1, 0.5, 0.001])
    assert (gd.get_xdata().tolist(), gd.get_ydata().tolist()) == ([0, 10], [1, 0.9])
    assert legend(axes) == ["a", "g"]


def test_the_picture_says_what_it_shows(make_run, draw):
    (axes,) = draw([make_run(problem=XOR | {"hidden": [3]})]).figure.axes
    assert axes.get_title(loc="left") == "xor hidden=[3]"
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("step", "loss")


@pytest.mark.parametrize(
    ("x", "label", "last"),
    [("step", "step", 20), ("evaluations", "evaluations of the loss", 40), ("seconds", "seconds", 10)],
)
def test_the_x_axis_can_be_any_cost(make_run, draw, x, label, last):
    (axes,) = draw([make_run()], x=x).figure.axes
    assert axes.get_xlabel() == label
    assert lines(axes)[0].get_xdata()[-1] == last


@pytest.mark.parametrize(
    ("loss", "scale"), [([1, 0.01], "log"), ([1, 0.5], "linear"), ([1, 0], "linear"), ([-1, -100], "linear")]
)
def test_the_axis_is_logarithmic_only_where_that_is_honest(make_run, draw, loss, scale):
    (axes,) = draw([make_run(loss=loss)]).figure.axes
    assert axes.get_yscale() == scale


@pytest.mark.parametrize("status", ENDS)
def test_the_end_of_a_broken_run_is_marked_and_explained(make_run, draw, status):
    runs = [make_run("good", loss=[1, 0.5]), make_run("bad", "gd", loss=[1, 1.1, 1.2], status=status)]
    (axes,) = draw(runs).figure.axes
    (mark,) = marks(axes)
    assert (mark.get_xdata().tolist(), mark.get_ydata().tolist()) == ([20], [1.2])
    assert same_color(mark.get_markerfacecolor(), LOOKS["gd"][0])
    assert legend(axes) == ["good", "bad", status]


def test_a_run_that_leaves_the_picture_is_marked_where_it_leaves(make_run, draw):
    runs = [make_run("good", loss=[1, 0.5, 0.25]), make_run("bad", "gd", loss=[1, 1e5, 1e300], status="diverged")]
    (axes,) = draw(runs).figure.axes
    low, high = axes.get_ylim()
    assert low < 0.25
    assert high < 2
    assert marks(axes)[0].get_ydata()[0] == high
    assert 0 < marks(axes)[0].get_xdata()[0] < 10


def test_points_that_are_not_finite_are_not_drawn(make_run, draw):
    (axes,) = draw([make_run(loss=[1, math.nan, 0.5, math.inf, -math.inf])]).figure.axes
    assert lines(axes)[0].get_ydata().tolist() == [1, 0.5]


def test_runs_without_a_finite_point_are_named_in_a_note(make_run, draw):
    runs = [make_run("a"), make_run("empty", loss=[]), make_run("nan", loss=[math.nan, math.nan])]
    picture = draw(runs)
    assert legend(picture.figure.axes[0]) == ["a"]
    assert picture.notes == ("not drawn, no finite loss is logged: empty and nan",)


def test_a_run_that_leaves_the_picture_is_named_in_a_note(make_run, draw):
    calm, spike = np.linspace(5, 4, 300), [5.0, 4e8, *np.linspace(4.5, 4, 18)]
    picture = draw([make_run("calm", loss=calm), *(make_run(f"spike{i}", loss=spike) for i in range(1))])
    assert picture.notes == ("spike0 leaves the picture: its loss goes up to 4e8",)
    picture = draw([make_run("calm", loss=[*calm] * 9), *(make_run(f"spike{i}", loss=spike) for i in range(5))])
    assert len(picture.notes) == 4
    assert picture.notes[3] == "2 more curves that leave the picture"


def test_a_run_that_counts_nothing_of_the_x_axis_is_named_in_a_note(make_run, draw):
    dual = make_run("dual", curve={"step": np.arange(3.0), "loss": np.ones(3), "evaluations": np.zeros(3)})
    picture = draw([make_run("a"), dual], x="evaluations")
    assert picture.notes == ("not drawn, no evaluations are counted: dual",)
    with pytest.raises(UsageError, match="there is nothing to draw: no evaluations are counted"):
        draw([dual], x="evaluations")


def test_an_accuracy_is_not_logarithmic_however_low_it_began(make_run, draw):
    curve = {"step": np.arange(2.0), "loss": np.ones(2), "test_accuracy": np.array([0.01, 1.0])}
    (axes,) = draw([make_run(curve=curve)], y="test_accuracy").figure.axes
    assert axes.get_yscale() == "linear"
    assert axes.get_ylim()[0] <= 0


def test_any_logged_column_can_be_drawn(make_run, draw):
    curve = {"step": np.arange(3.0), "loss": np.ones(3), "accuracy": np.array([0.5, math.nan, 1.0])}
    (axes,) = draw([make_run(curve=curve)], y="accuracy").figure.axes
    assert axes.get_ylabel() == "accuracy"
    assert lines(axes)[0].get_ydata().tolist() == [0.5, 1.0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"x": "steps"},
            "unknown --x 'steps': did you mean 'step'? There are step, epoch, evaluations, dual_passes, ",
        ),
        (
            {"y": "los"},
            "unknown --y 'los': did you mean 'loss'? There are step, loss, evaluations, seconds and suboptimality",
        ),
    ],
)
def test_a_wrong_axis_is_answered_with_what_is_allowed(make_run, draw, options, message):
    with pytest.raises(UsageError) as caught:
        draw([make_run()], **options)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("loss", [[], [math.nan], [math.inf, -math.inf]])
def test_nothing_to_draw_is_said(make_run, draw, loss):
    with pytest.raises(UsageError, match="there is nothing to draw: no finite loss is logged"):
        draw([make_run(loss=loss)])


def test_each_problem_has_a_panel_with_its_own_axis_and_legend(make_run, draw):
    polynomial = {"name": "polynomial"}
    runs = [make_run("a", loss=[1, 0.001]), make_run("p", problem=polynomial, loss=[6, -6], status="unbounded")]
    first, second = draw(runs).figure.axes
    assert (first.get_title(loc="left"), second.get_title(loc="left")) == ("polynomial", "xor hidden=[4]")
    assert (first.get_yscale(), second.get_yscale()) == ("linear", "log")
    assert (legend(first), legend(second)) == (["p", "unbounded"], ["a"])


def test_more_problems_than_panels_are_said(make_run, draw):
    runs = [make_run(problem={"name": f"p{i:02d}"}) for i in range(MOST_PANELS + 3)]
    picture = draw(runs)
    assert len(picture.figure.axes) == MOST_PANELS
    assert picture.notes == ("only 12 of 15 panels are drawn: name fewer runs to see the others",)


def test_seeds_are_folded_into_median_and_quartiles(make_run, draw):
    (axes,) = draw([make_run(seed=seed, loss=[1, 0.5 + 0.1 * seed]) for seed in range(5)]).figure.axes
    assert legend(axes) == ["adam_xor (n = 5)"]
    (line,) = lines(axes)
    assert line.get_ydata().tolist() == [1, pytest.approx(0.7)]
    (band,) = axes.collections
    edges = band.get_paths()[0].vertices
    assert sorted({y.round(9) for x, y in edges if x == 10}) == [0.6, 0.8]


def test_seeds_that_broke_are_counted_and_marked(make_run, draw):
    runs = [make_run(seed=seed, loss=[1, 0.5, 0.25]) for seed in range(3)]
    runs.append(make_run(seed=3, loss=[1, 0.9], status="diverged"))
    (axes,) = draw(runs).figure.axes
    assert legend(axes) == ["adam_xor (n = 4, 1 broke)", "diverged"]
    (line,) = lines(axes)
    assert line.get_ydata()[-1] == 0.25
    assert [mark.get_xdata().tolist() for mark in marks(axes)] == [[10]]


def test_where_most_seeds_broke_the_median_ends(make_run, draw):
    runs = [make_run(seed=seed, loss=[1, 2], status="diverged") for seed in range(3)]
    runs.append(make_run(seed=3, loss=[1, 0.5, 0.25]))
    (axes,) = draw(runs).figure.axes
    assert lines(axes)[0].get_xdata().max() == 10


def test_a_setting_can_have_a_panel_for_each_value_on_one_axis(make_run, draw):
    runs = [make_run(f"r{lr}", settings={"lr": lr}, loss=[1, lr]) for lr in (1.0, 0.1, 0.01)]
    drawn = draw(runs, facet="lr").figure.axes
    assert [axes.get_title(loc="left") for axes in drawn] == ["lr = 0.01", "lr = 0.1", "lr = 1.0"]
    assert len({axes.get_ylim() for axes in drawn}) == 1
    both = draw([*runs, make_run(problem={"name": "quadratic"}, loss=[50, 40])], facet="optimizer").figure.axes
    titles = [axes.get_title(loc="left") for axes in both]
    assert titles == ["xor hidden=[4] · optimizer = adam", "quadratic · optimizer = adam"]


def test_a_setting_that_there_is_none_of_is_answered_with_those_that_differ(make_run, draw):
    runs = [make_run(settings={"lr": lr}) for lr in (1.0, 0.1)]
    with pytest.raises(UsageError, match=r"unknown --facet 'lrr'.*There is optimizer\.lr"):
        draw(runs, facet="lrr")


def test_many_runs_that_differ_in_one_number_have_a_scale_of_colours(make_run, draw):
    runs = [make_run(f"r{k}", settings={"lr": 0.001 * 2**k}, loss=[1, 1 / (k + 2)]) for k in range(60)]
    figure = draw(runs).figure
    axes = figure.axes[0]
    assert len(lines(axes)) == 60
    (told,) = legend(axes)
    assert told.startswith("adam lr = 0.001 …")
    assert told.endswith("(60)")
    (scale,) = axes.child_axes
    ticks = [label.get_text() for label in scale.get_yticklabels()]
    assert ticks[0] == "0.001"
    assert float(ticks[-1]) == pytest.approx(0.001 * 2**59, rel=0.01)


def test_suboptimality_is_drawn_above_the_known_infimum(make_run, draw):
    run = make_run(problem={"name": "quadratic"}, loss=[5, 4.5, 4.25])
    (axes,) = draw([run], y="suboptimality", problem_of=lambda run: PROBLEMS["quadratic"]()).figure.axes
    assert lines(axes)[0].get_ydata().tolist() == [1, 0.5, 0.25]
    assert axes.get_ylabel() == "loss − infimum"


@pytest.mark.parametrize("amount", [3, 60, 500])
def test_a_legend_stays_inside_the_picture(make_run, draw, amount):
    figure = draw([make_run(f"run_{i}", loss=[1, 1 / (i + 2)]) for i in range(amount)]).figure
    (axes,) = figure.axes
    assert len(lines(axes)) == amount
    box = axes.get_legend().get_window_extent()
    assert axes.bbox.x1 < box.x0
    assert box.x1 <= figure.bbox.x1
    assert figure.bbox.y0 <= box.y0


@pytest.mark.parametrize(
    "losses",
    [
        [[-1e308, 1e308], [1e308, -1e308]],
        [[1e308, 1.7e308]],
        [[1e-308, 1e308]],
        [[5e-324, 1e-320]],
        [[5e-324, 1.7976931348623157e308]],
        [[0.25, 0.25, 0.25]],
        [[0.0, 0.0]],
        [[-1.0, -5.0]],
        [[0.5]],
        [[0.0]],
        [[1e308]],
        [[4.0, 4.0 + 1e-15]],
    ],
)
@pytest.mark.parametrize("status", ["max_steps", "diverged"])
def test_any_values_give_a_picture_that_holds_them(make_run, draw, losses, status):
    runs = [make_run(f"r{i}", loss=loss, status=status) for i, loss in enumerate(losses)]
    (axes,) = draw(runs, saved=True).figure.axes
    low, high = axes.get_ylim()
    assert np.isfinite([low, high]).all()
    assert low < high
    for line in lines(axes):
        y = line.get_ydata()
        assert ((low <= y) & (y <= high)).any()


def test_huge_values_are_drawn_in_units_that_the_axis_names(make_run, draw):
    (axes,) = draw([make_run(loss=[-2e307, 4e307])]).figure.axes
    assert axes.get_ylabel() == "loss / 1e307"
    assert lines(axes)[0].get_ydata() == pytest.approx([-2, 4])


def test_a_single_point_is_visible(make_run, draw):
    (axes,) = draw([make_run(loss=[0.5])]).figure.axes
    assert lines(axes)[0].get_marker() == "o"


def test_steps_are_whole_on_the_axis(make_run, draw):
    (axes,) = draw([make_run(loss=[0.5])]).figure.axes
    ticks = axes.get_xticks()
    assert (ticks == np.round(ticks)).all()


def test_names_and_problems_are_drawn_as_they_are(make_run, draw):
    name = "$x_1$ [red]_\x1b"
    (axes,) = draw([make_run(name, problem={"name": "$p$"})], saved=True).figure.axes
    assert legend(axes) == [r"$x_1$ [red]_\x1b"]
    assert axes.get_title(loc="left") == "$p$"
    texts = [*axes.get_legend().get_texts(), axes.yaxis.label, axes._left_title]
    assert not any(text.get_parse_math() for text in texts)


def test_a_median_that_leaves_the_picture_is_named_in_a_note(make_run, draw):
    calm, spike = np.linspace(5, 4, 2000), [5.0, 4e8, *np.linspace(4.5, 4, 18)]
    picture = draw([make_run("calm", loss=calm), *(make_run("spike", loss=spike, seed=seed) for seed in range(3))])
    assert picture.notes == ("spike (n = 3) leaves the picture: its median loss goes up to 4e8",)


def test_seeds_that_all_break_at_once_leave_the_picture_to_the_others(make_run, draw):
    runs = [make_run("bad", "gd", loss=[1, 1e3, 1e9], status="diverged", seed=seed) for seed in range(3)]
    (axes,) = draw([*runs, make_run("good", loss=[1, 0.5, 0.25])]).figure.axes
    assert axes.get_ylim()[1] < 2


@pytest.mark.parametrize("loss", [[1, 0.1, 1e-4, 0], [1, 0, 1e-4, 0]])
@pytest.mark.parametrize("status", ["max_steps", "diverged"])
def test_one_exact_zero_does_not_make_the_axis_linear(make_run, draw, loss, status):
    picture = draw([make_run("a", loss=[1, 1e-4]), make_run("zero", "gd", loss=loss, status=status)], saved=True)
    (axes,) = picture.figure.axes
    assert axes.get_yscale() == "log"
    assert 1e-6 < axes.get_ylim()[0] < 1e-4
    said = ("zero leaves the picture: its loss goes down to 0",)
    assert picture.notes == (said if status == "max_steps" else ())


def test_a_rate_that_falls_to_zero_has_a_linear_axis(make_run, draw):
    curve = {"step": np.arange(5.0), "loss": np.ones(5), "lr": np.array([1, 0.1, 0.01, 0.001, 0])}
    assert draw([make_run(curve=curve)], y="lr").figure.axes[0].get_yscale() == "linear"


def test_a_run_that_grew_to_its_last_step_does_not_squeeze_the_others(make_run, draw):
    runs = [make_run("good", loss=[1, 0.5, 0.25]), make_run("grew", "gd", loss=[1, 0.2, 1e200])]
    picture = draw(runs)
    low, high = picture.figure.axes[0].get_ylim()
    assert low < 0.2
    assert high < 2
    assert picture.notes == ("grew leaves the picture: its loss goes up to 1e200",)
    assert draw(runs[1:]).figure.axes[0].get_ylim()[1] > 1e200


def test_a_minority_of_seeds_that_break_does_not_squeeze_the_others(make_run, draw):
    good = [make_run(seed=seed, loss=[1, 0.5, 0.25]) for seed in range(6)]
    bad = [make_run(seed=9 + seed, loss=[1, 1e30, 1e60], status="diverged") for seed in range(4)]
    (axes,) = draw([*good, *bad]).figure.axes
    assert axes.get_ylim()[1] < 2


def test_each_of_several_optimizers_has_a_scale_of_its_own(make_run, draw):
    runs = [
        make_run(f"{name}{k}", name, settings={"lr": 0.001 * 2**k}, loss=[1, 1 / (k + 2)], seed=seed)
        for name in ("gd", "adam") for k in range(10) for seed in range(2)
    ]  # fmt: skip
    (axes,) = (one for one in draw(runs).figure.axes if one.get_xlabel() == "step")
    assert [scale.get_title(loc="left") for scale in axes.child_axes] == ["adam\nlr", "gd\nlr"]
    assert legend(axes) == ["adam lr = 0.001 … 0.512 (10, n = 2)", "gd lr = 0.001 … 0.512 (10, n = 2)"]

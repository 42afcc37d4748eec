import numpy as np
import pytest

from gdlab.report.plots.looks import LOOKS, SOLID
from gdlab.report.plots.series import Line, panels


@pytest.fixture
def draw(make_run):
    """Panels of runs, each given as arguments of make_run."""

    def draw(*runs):
        made = [make_run(**arguments) for arguments in runs]
        return panels([Line(run, np.arange(2.0), np.arange(2.0)) for run in made])

    return draw


def labels(panel):
    return [series.label for series in panel.series]


def test_one_problem_is_one_panel_titled_with_what_is_not_at_its_default(draw):
    (panel,) = draw({"name": "a"}, {"name": "b"})
    assert panel.title == "xor"
    data = {"name": "mlp", "hidden": [5], "data": {"name": "csv", "file": "own.csv", "sha256": "ab12"}}
    (panel,) = draw({"name": "a", "problem": data})
    assert panel.title == "mlp hidden=[5] data=csv data.file=own.csv"


def test_several_problems_are_titled_with_what_tells_them_apart(draw):
    small = {"name": "xor", "hidden": [2], "activation": "tanh"}
    drawn = draw({"name": "a"}, {"name": "b", "problem": small}, {"name": "c", "problem": {"name": "quadratic"}})
    assert [panel.title for panel in drawn] == ["quadratic", "xor hidden=[2]", "xor hidden=[4]"]


def test_the_legend_is_in_the_order_of_the_table(draw):
    (panel,) = draw(
        {"name": "diverged", "loss": [1, -9], "status": "diverged"},
        {"name": "second", "loss": [1, 0.2]},
        {"name": "first", "loss": [1, 0.1]},
    )
    assert labels(panel) == ["first", "second", "diverged"]


def test_runs_that_differ_in_their_seed_alone_are_one_series(draw):
    (panel,) = draw(*({"name": "a", "seed": seed} for seed in range(3)), {"name": "b"})
    assert sorted(labels(panel)) == ["a (n = 3)", "b"]


def test_the_same_run_twice_is_not_called_seeds(draw):
    (panel,) = draw({"name": "a"}, {"name": "a"})
    assert labels(panel) == ["a (n = 2 runs)"]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"settings": {"lr": 0.1}}, {"settings": {"lr": 1e-3}}, ["a lr=0.001", "a lr=0.1", "other"]),
        ({"optimizer": "adam"}, {"optimizer": "gd"}, ["a adam", "a gd", "other"]),
        ({}, {"config": {"steps": 99}}, ["a steps=20", "a steps=99", "other"]),
        ({}, {"config": {"gradient": "dual"}}, ["a dual", "a reverse", "other"]),
    ],
)
def test_a_name_that_repeats_is_completed_by_what_differs(draw, first, second, expected):
    (panel,) = draw({"name": "a"} | first, {"name": "a"} | second, {"name": "other"})
    assert sorted(labels(panel)) == expected


def test_one_optimizer_has_one_line_style_and_shades_in_the_order_of_its_learning_rates(draw):
    (panel,) = draw(
        *({"name": f"r{lr}", "settings": {"lr": lr}} for lr in (10.0, 9.0, 0.1)), {"name": "g", "optimizer": "gd"}
    )
    by_label = {series.label: series.look for series in panel.series}
    adams = [by_label[label] for label in ("r0.1", "r9.0", "r10.0")]
    assert len({look.dashes for look in adams}) == 1
    assert len({look.color for look in adams}) == 3
    assert [sum(bytes.fromhex(look.color[1:])) for look in adams] == sorted(
        sum(bytes.fromhex(a.color[1:])) for a in adams
    )
    assert by_label["g"].dashes != adams[0].dashes


def test_an_optimizer_looks_the_same_in_every_panel(draw):
    one, other = draw({"name": "a"}, {"name": "b", "problem": {"name": "quadratic"}})
    assert one.series[0].look == other.series[0].look


def test_with_many_series_nothing_is_marked(draw):
    (panel,) = draw(*({"name": f"r{i}", "optimizer": f"o{i % 9}", "settings": {"lr": i}} for i in range(18)))
    assert {series.look.marker for series in panel.series} == {""}


def test_names_are_literal(draw):
    (panel,) = draw({"name": "$a_b$ [red]\x1b"})
    assert labels(panel) == [r"$a_b$ [red]\x1b"]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"settings": {"lr": 0.1}}, {"settings": {"lr": 0.1 + 0.2}}, ["adam lr=0.1", "adam lr=0.3"]),
        ({"optimizer": "adam"}, {"optimizer": "gd"}, ["adam", "gd"]),
        ({}, {"config": {"steps": 99}}, ["adam steps=20", "adam steps=99"]),
    ],
)
def test_a_name_that_all_share_gives_way_to_the_optimizer(draw, first, second, expected):
    (panel,) = draw({"name": "sweep"} | first, {"name": "sweep"} | second)
    assert sorted(labels(panel)) == expected


def test_long_decimals_are_short_wherever_they_stay_apart(draw):
    short = draw(*({"settings": {"lr": lr}} for lr in (0.000999999999999999, 0.00123456789)))[0]
    assert sorted(labels(short)) == ["adam lr=0.001", "adam lr=0.0012346"]
    near = draw(*({"settings": {"lr": lr}} for lr in (0.000999999999999999, 0.001000000000001)))[0]
    assert len(set(labels(near))) == 2


@pytest.mark.parametrize(("other", "dashes"), [("gd", SOLID), ("adamw", LOOKS["adam"][1])])
def test_many_lines_of_one_style_are_solid_where_their_colour_alone_tells_them(draw, other, dashes):
    (panel,) = draw(*({"name": f"r{i}", "settings": {"lr": i}} for i in range(9)), {"name": "z", "optimizer": other})
    assert {series.look.dashes for series in panel.series if series.label != "z"} == {dashes}

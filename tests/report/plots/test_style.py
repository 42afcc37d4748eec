import itertools

import matplotlib as mpl
import pytest
from matplotlib.colors import to_rgb

from gdlab.optimizers import OPTIMIZERS
from gdlab.report.plots.looks import LOOKS, MARKERS, Look, looks, shades
from gdlab.report.plots.style import inked, style


def test_no_two_known_optimizers_look_the_same():
    assert len(set(LOOKS.values())) == len(LOOKS)


def test_all_registered_optimizers_can_be_told_apart():
    chosen = looks(list(OPTIMIZERS))
    assert len(set(chosen.values())) == len(OPTIMIZERS)


def test_an_optimizer_looks_the_same_in_every_picture():
    few, many = looks(["my_rule", "adam"]), looks(["gd", "adam", "nag", "my_rule"])
    assert few["adam"] == many["adam"]
    assert few["my_rule"] == many["my_rule"]


def test_unknown_optimizers_look_like_no_other_even_when_there_are_many():
    names = [f"rule_{i}" for i in range(15)]
    assert len(set(looks([*names, *LOOKS]).values())) == 15 + len(LOOKS)


def test_more_optimizers_than_looks_are_still_drawn():
    names = [f"rule_{i}" for i in range(200)]
    assert set(looks(names)) == set(names)


def luminance(color):
    """Relative luminance of WCAG 2.1, from 0 (black) to 1 (white)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("name", LOOKS)
def test_shades_go_from_dark_to_light_and_stay_visible_on_white(name):
    ladder = [luminance(look.color) for look in shades(looks([name])[name], 5, marked=True)]
    assert all(a < b for a, b in itertools.pairwise(ladder))
    assert ladder[-1] < 0.48  # a contrast of 2 to 1


def test_shades_are_told_apart_by_markers_while_there_are_enough():
    look = looks(["gd"])["gd"]
    assert [one.marker for one in shades(look, 3, marked=True)] == list(MARKERS[:3])
    assert {one.marker for one in shades(look, 3, marked=False)} == {""}
    assert {one.marker for one in shades(look, len(MARKERS) + 1, marked=True)} == {""}
    assert shades(look, 1, marked=True) == [look]
    assert isinstance(look, Look)


def test_the_style_ignores_the_users_settings_and_leaves_them_alone():
    with mpl.rc_context({"text.usetex": True, "axes.facecolor": "red", "lines.linewidth": 9}):
        with style():
            assert mpl.rcParams["text.usetex"] is False
            assert mpl.rcParams["axes.facecolor"] == "white"
        assert mpl.rcParams["lines.linewidth"] == 9


@pytest.mark.parametrize("name", ["paper", "talk", "dark"])
def test_shades_go_the_same_way_on_every_ground_and_stand_out_from_it(name):
    with style(name):
        under = luminance(mpl.rcParams["axes.facecolor"])
        for look in looks(list(LOOKS)).values():
            ladder = [luminance(inked(one.color)) for one in shades(look, 8, marked=False)]
            assert all(a < b for a, b in itertools.pairwise(ladder))
            ends = [sorted((under + 0.05, one + 0.05)) for one in (ladder[0], ladder[-1], luminance(inked(look.color)))]
            assert all(bright / dark > 1.9 for dark, bright in ends)

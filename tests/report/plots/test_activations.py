"""What is drawn of the activations: their values, their derivatives, and no slope where there is a jump."""

import numpy as np
import pytest

from gdlab.problems.networks.activations import ACTIVATIONS
from gdlab.report.plots.activations import draw_activations


@pytest.fixture(scope="module")
def curves():
    """The x and y of each activation, left and right."""
    panels = draw_activations().figure.axes
    return [
        {line.get_label().partition(",")[0]: line.get_data() for line in axes.lines if line.get_label()[0] != "_"}
        for axes in panels
    ]


def at(curve, z):
    x, y = curve
    return y[np.nanargmin(np.abs(x - z))]


def test_every_activation_is_in_both_panels(curves):
    assert len(curves) == 2
    for panel in curves:
        assert list(panel) == list(ACTIVATIONS)
        for x, _ in panel.values():
            assert (np.nanmin(x), np.nanmax(x)) == (-5, 5)


@pytest.mark.parametrize(
    ("name", "values", "slopes"),
    [
        ("identity", (-2, 2), (1, 1)),
        ("step", (-1, 1), (0, 0)),
        ("sigmoid", (1 / (1 + np.exp(2)), 1 / (1 + np.exp(-2))), [np.exp(-2) / (1 + np.exp(-2)) ** 2] * 2),
        ("tanh", (-np.tanh(2), np.tanh(2)), [1 / np.cosh(2) ** 2] * 2),
        ("relu", (0, 2), (0, 1)),
        ("leaky_relu", (-0.2, 2), (0.1, 1)),
        ("elu", (np.exp(-2) - 1, 2), (np.exp(-2), 1)),
        ("softplus", (np.log1p(np.exp(-2)), np.log1p(np.exp(2))), (1 / (1 + np.exp(2)), 1 / (1 + np.exp(-2)))),
    ],
)
def test_values_and_slopes_at_minus_2_and_2(curves, name, values, slopes):
    left, right = curves
    np.testing.assert_allclose([at(left[name], -2), at(left[name], 2)], values, rtol=1e-12)
    np.testing.assert_allclose([at(right[name], -2), at(right[name], 2)], slopes, rtol=1e-12)


@pytest.mark.parametrize(("panel", "name"), [(0, "step"), (1, "relu"), (1, "leaky_relu")])
def test_no_line_joins_the_sides_of_a_jump(curves, panel, name):
    x, y = curves[panel][name]
    steps = np.abs(np.diff(y))
    assert np.nanmax(steps) < 0.02
    assert np.any(np.isnan(y))
    assert {float(v) for v in y[np.isfinite(y)]} >= {at((x, y), -1), at((x, y), 1)}


def test_looks_differ():
    lines = [line for line in draw_activations().figure.axes[0].lines if line.get_label()[0] != "_"]
    assert len({line.get_color() for line in lines}) == len(lines)

import numpy as np
import pytest

from gdlab.autodiff import gradient
from gdlab.errors import UsageError
from gdlab.report.plots.again import trained_again
from gdlab.report.plots.gradients import draw_gradients, layer_norms

XOR = {"name": "xor", "hidden": [4, 3]}
GD = {"name": "gd", "lr": 0.5}


def test_norms_are_those_of_each_layers_part_of_the_gradient(stored):
    (one,) = trained_again([stored(problem=XOR, optimizer=GD, steps=5)])
    steps, norms = layer_norms(one)
    assert steps.tolist() == [0, 1, 2, 3, 4, 5]
    assert norms.shape == (6, 3)
    # 2-4-3-1: 12, 15 and 4 parameters
    whole = gradient(one.problem.loss, one.points[2], method="dual")
    parts = [whole[:12], whole[12:27], whole[27:]]
    assert norms[2] == pytest.approx([float(np.sqrt(np.sum(part**2))) for part in parts])


def test_every_layer_is_a_line(stored):
    (axes,) = draw_gradients([stored(problem=XOR, optimizer=GD, steps=5)]).figure.axes
    labels = ["layer 1: 2→4 (first)", "layer 2: 4→3", "layer 3: 3→1 (last)"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == labels
    assert len({line.get_color() for line in axes.lines}) == 3
    assert axes.get_xlabel() == "step"


def test_a_long_run_is_looked_at_here_and_there(stored):
    (one,) = trained_again([stored(problem=XOR, optimizer=GD, steps=1000)])
    steps, _ = layer_norms(one)
    assert (steps.size, steps[0], steps[-1]) == (200, 0, 1000)


def test_what_has_no_layers_is_said(stored):
    run = stored(problem="rosenbrock", optimizer={"name": "gd", "lr": 1e-3}, steps=1)
    with pytest.raises(UsageError, match="nothing to draw: a has no layers: its problem is rosenbrock"):
        draw_gradients([run])

"""One gradient by every method, and how far apart arrays are."""

import numpy as np
import pytest

from gdlab.autodiff import Cost
from gdlab.autodiff.comparison import compare_methods, distance, every_method, reference
from gdlab.autodiff.methods import METHODS
from gdlab.errors import DifferentiationError


def polynomial(w):
    return w[0] ** 2 * w[1] + w[1] + 2


def test_every_method_takes_part_and_numeric_with_each_scheme():
    labels = [label for label, _ in every_method()]
    assert {label.partition(" ")[0] for label in labels} == set(METHODS)
    assert {"numeric forward", "numeric central"} <= set(labels)


def test_all_methods_find_the_gradient_at_their_cost():
    outcomes = {outcome.label: outcome for outcome in compare_methods(polynomial, [3.0, 4.0])}
    for outcome in outcomes.values():
        np.testing.assert_allclose(outcome.gradient, [24.0, 10.0], rtol=1e-6)
    assert outcomes["numeric forward"].cost == Cost(evaluations=3)
    assert outcomes["numeric central"].cost == Cost(evaluations=4)
    assert outcomes["dual"].cost == Cost(dual_passes=2)
    assert outcomes["reverse"].cost == Cost(evaluations=1, reverse_passes=1)


def test_reverse_mode_is_the_reference():
    assert reference(compare_methods(polynomial, [3.0, 4.0])).label == "reverse"


def test_a_function_that_branches_is_traced_afresh_and_has_no_formula():
    outcomes = {o.label: o for o in compare_methods(lambda w: w[0] ** 2 if w[0] > 0 else -w[0], [1.0])}
    assert outcomes["reverse, retraced"].gradient.tolist() == [2.0]
    assert outcomes["symbolic"].gradient is None
    assert "branch" in outcomes["symbolic"].problem
    assert outcomes["symbolic"].cost == Cost()


def test_a_function_that_no_method_takes_is_refused():
    with pytest.raises(DifferentiationError, match="shape"):
        reference(compare_methods(lambda w: w, [1.0, 2.0]))


@pytest.mark.parametrize(
    ("found", "expected", "apart"),
    [
        ([1.0, 2.0], [1.0, 2.0], 0.0),
        ([1.0, 3.0], [1.0, 2.0], 1 / 3),
        ([np.inf], [np.inf], 0.0),
        ([np.nan], [np.nan], 0.0),
        ([np.inf], [-np.inf], np.inf),
        ([np.nan], [1.0], np.inf),
        ([1.0], [np.inf], np.inf),
        ([], [], 0.0),
    ],
)
def test_distance(found, expected, apart):
    assert distance(np.array(found), np.array(expected)) == pytest.approx(apart)

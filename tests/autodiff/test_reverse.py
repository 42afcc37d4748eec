"""The backward pass: the adjoint of every node, as the lecture walks them, and its graph."""

import numpy as np
import pytest

from gdlab.autodiff.graph import constant, evaluate, variable
from gdlab.autodiff.reverse import adjoints, gradients


def walk():
    """f = x·x·y + (y + 2) as seven nodes, of which the constant is one."""
    x = variable("x", 0.0)
    y = variable("y", 0.0, x.level)
    two = constant(2.0)
    square = x * x
    product = square * y
    total = y + two
    return [x, y, two, square, product, total, product + total]


def test_the_seven_nodes_and_their_adjoints():
    n1, n2, n3, n4, n5, n6, n7 = nodes = walk()
    point = {id(n1): 3.0, id(n2): 4.0}
    assert evaluate(nodes, point) == [3, 4, 2, 9, 36, 6, 42]
    found = adjoints(n7, wrt=[n1, n2, n3])
    values = evaluate([found[id(n)] for n in (n7, n6, n5, n4, n3, n2, n1)], point)
    assert values == [1, 1, 1, 4, 1, 10, 24]


def test_adjoints_only_of_what_leads_to_the_variables():
    n1, n2, _, n4, n5, n6, n7 = walk()
    assert set(adjoints(n7)) == {id(n) for n in (n1, n2, n4, n5, n6, n7)}
    assert set(adjoints(n7, wrt=[n1])) == {id(n) for n in (n1, n4, n5, n7)}
    assert set(adjoints(n7, wrt=[n4])) == {id(n) for n in (n4, n5, n7)}


def test_adjoints_do_not_pile_up():
    n1, n2, *_, n7 = walk()
    point = {id(n1): 3.0, id(n2): 4.0}
    for _ in range(2):
        assert evaluate(gradients(n7, [n1, n2]), point) == [24, 10]


def test_gradients_are_in_the_shape_and_dtype_of_the_variables():
    x = variable("x", np.zeros((2, 3), np.float32))
    y = variable("y", np.zeros(3), x.level)
    z = variable("z", np.zeros(4), x.level)
    found = gradients(constant(np.sum(x * y) + 0.0 * z[0]), [x, y, z])
    assert [(g.shape, np.result_type(g.dtype)) for g in found] == [
        ((2, 3), np.float32),
        ((3,), np.float64),
        ((4,), np.float64),
    ]


@pytest.mark.parametrize("seed", [2.0, np.array([1.0, -1.0, 0.5])])
def test_a_seed_weighs_the_results(seed):
    x = variable("x", np.zeros(3))
    (found,) = evaluate(gradients(constant(x**2), [x], seed), {id(x): np.array([1.0, 2.0, 3.0])})
    np.testing.assert_array_equal(found, 2 * np.array([1, 2, 3]) * seed)


def test_what_is_not_used_has_gradient_zero():
    x, y = variable("x", np.ones(2)), variable("y", np.ones(3))
    zero, one = evaluate(gradients(constant(np.sum(y)), [x, y]), {})
    np.testing.assert_array_equal(zero, [0, 0])
    np.testing.assert_array_equal(one, [1, 1, 1])
    np.testing.assert_array_equal(evaluate(gradients(constant(7), [x]), {})[0], [0, 0])

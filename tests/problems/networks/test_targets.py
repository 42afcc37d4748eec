import numpy as np
import pytest

from gdlab.problems.data import Table
from gdlab.problems.networks.targets import levels, one_hot, signs

X = np.zeros((3, 1))


@pytest.mark.parametrize(
    ("encode", "targets", "classes", "expected"),
    [
        (levels, [0.5, -2.0, 7.0], (), [[0.5], [-2.0], [7.0]]),
        (levels, [0, 1, 1], ("a", "b"), [[0], [1], [1]]),
        (levels, [2, 0, 1], ("a", "b", "c"), [[0, 0, 1], [1, 0, 0], [0, 1, 0]]),
        (signs, [0, 1, 1], ("a", "b"), [[-1], [1], [1]]),
        (one_hot, [0, 1, 1], ("a", "b"), [[1, 0], [0, 1], [0, 1]]),
        (one_hot, [2, 0, 1], ("a", "b", "c"), [[0, 0, 1], [1, 0, 0], [0, 1, 0]]),
    ],
)
def test_targets_as_a_network_is_to_answer_them(encode, targets, classes, expected):
    found = encode(Table(X, np.array(targets), classes))
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, expected)

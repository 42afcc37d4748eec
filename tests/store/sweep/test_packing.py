"""Columns come back as they were, and take no more room than they must."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gdlab.store.sweep.packing import Packed, narrow, pack

FLOATS = st.one_of(st.floats(), st.sampled_from([0.0, 0.25, 1.0, np.nan, np.inf, -np.inf, 1e300]))


@st.composite
def columns(draw):
    cells, points = draw(st.integers(1, 5)), draw(st.integers(0, 6))
    rows = draw(arrays(np.int64, cells, elements=st.integers(0, points)))
    each = arrays(np.float64, (points, cells), elements=FLOATS)
    shared = arrays(np.float64, (points,), elements=FLOATS)
    return rows, draw(st.dictionaries(st.text(max_size=3).filter(lambda s: "\0" not in s), st.one_of(each, shared)))


@given(columns())
def test_whatever_is_packed_comes_back(drawn):
    rows, curves = drawn
    packed = Packed(pack(rows, curves))
    for cell, many in enumerate(rows):
        curve = packed.curve(cell)
        assert list(curve) == list(curves)
        for name, column in curves.items():
            expected = column[:many, cell] if column.ndim == 2 else column[:many]
            np.testing.assert_array_equal(curve[name], expected)
            assert curve[name].dtype == np.float64


def kinds(members):
    return {name.split(".")[1] for name in members if "." in name}


def test_a_column_that_is_the_same_for_all_cells_stands_once():
    step = np.array([[0.0, 0], [10, 10], [20, np.nan]])
    members = pack(np.array([3, 2]), {"step": step})
    assert kinds(members) == {"shared"}
    assert members["0.shared"].tolist() == [0, 10, 20]


def test_a_cell_that_ends_between_two_rows_costs_one_number():
    step = np.array([[0.0, 0], [10, 10], [20, 17]])
    members = pack(np.array([3, 3]), {"step": step})
    assert kinds(members) == {"shared", "last"}
    assert Packed(members).curve(1)["step"].tolist() == [0, 10, 17]


def test_nothing_is_stored_beyond_the_last_rows():
    loss = np.random.default_rng(0).random((100, 3))
    members = pack(np.array([100, 1, 2]), {"loss": loss})
    assert members["0.each"].size == 103


@pytest.mark.parametrize(
    ("values", "dtype"),
    [([0.75, np.nan, -np.inf], "f2"), ([2001.0, 70_000], "f4"), ([0.1], "f8"), ([1e300, 1], "f8"), ([1e-50], "f8")],
)
def test_the_narrowest_type_that_holds_every_value_is_taken(values, dtype):
    found = narrow(np.array(values))
    assert found.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(found.astype(np.float64), values)


def test_one_value_at_the_end_that_does_not_fit_is_seen():
    values = np.append(np.zeros(1000), 0.1)
    assert narrow(values)[-1] == 0.1

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlab.errors import StoreError
from gdlab.store.metrics import COLUMNS, format_head, format_rows, read_curve, totals

HEAD = "step,loss,grad_norm\n"


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "metrics.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read_curve(path)

    return read


def test_the_form_of_a_row():
    row = (3, 0.1, math.inf, -math.inf, math.nan, None, 1e-300, -0.0)
    assert format_rows([row], 8) == b"3,0.1,inf,-inf,nan,,1e-300,-0.0\n"


def test_numpy_scalars_and_truth_values_are_numbers_too():
    row = (np.int64(3), np.float64(0.1), np.float32(0.5), np.array(2.5), True, np.bool_(False), None)
    assert format_rows([row], 7) in (b"3,0.1,0.5,2.5,1,0,\n", b"3,0.1,0.5,2.5,1,0.0,\n")


@pytest.mark.parametrize("value", ["abc", [1.0, 2.0], 1j, np.array([1.0, 2.0])])
def test_what_is_no_number_is_refused(value):
    with pytest.raises((TypeError, ValueError)):
        format_rows([(0, value)], 2)


@pytest.mark.parametrize("row", [(0,), (0, 1, 2), ()])
def test_a_row_of_another_length_is_refused(row):
    with pytest.raises(ValueError, match="not one for each of the 2 columns"):
        format_rows([(0, 1), row], 2)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2**53), *[st.none() | st.floats() | st.floats(width=32)] * 3), max_size=20))
def test_rows_come_back_bit_for_bit(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("rows") / "metrics.csv"
    path.write_bytes(format_head(("step", "a", "b", "c")) + format_rows(rows, 4))
    curve = read_curve(path)
    for position, values in enumerate(curve.values()):
        expected = np.array([math.nan if row[position] is None else row[position] for row in rows], dtype=np.float64)
        np.testing.assert_array_equal(values, expected)
        np.testing.assert_array_equal(np.signbit(values[values == 0]), np.signbit(expected[expected == 0]))


def test_a_last_line_without_its_newline_is_dropped(read):
    whole = HEAD + "0,0.9,\n1,0.85,2\n"
    for cut in range(len(HEAD), len(whole)):
        curve = read(whole[:cut])
        assert curve["loss"].tolist() == ([] if cut < len(HEAD + "0,0.9,\n") else [0.9])
    assert read(whole)["loss"].tolist() == [0.9, 0.85]


def test_empty_fields_are_nan(read):
    curve = read("step,a,b,c\n0,,,\n1,,2,\n")
    assert np.isnan([curve["a"], curve["c"]]).all()
    np.testing.assert_array_equal(curve["b"], [math.nan, 2])


def test_columns_are_contiguous_float64(read):
    curve = read(HEAD + "0,1,2\n1,2,3\n")
    assert all(values.dtype == np.float64 and values.flags.c_contiguous for values in curve.values())


def test_windows_line_ends_are_read(read):
    assert read("step,loss\r\n0,1\r\n1,0.5\r\n")["loss"].tolist() == [1, 0.5]


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("0,1,1\nx,1,1\n2,1,1\n", 3, "'x' is not a number"),
        ("0,1,1\n1,0.5\n2,1,1\n", 3, "it has 2 fields and not 3"),
        ("0,1,1\n1,1,1,1\n2,1,1\n", 3, "it has 4 fields and not 3"),
        ("0,1\n1,1\n", 2, "it has 2 fields and not 3"),
        ("0,1,1,\n1,1\n", 2, "it has 4 fields and not 3"),
        ("0,1,1\n,1,1\n", 3, "'' is not a number"),
        ("0,1,1\nnan,1,1\n", 3, "'nan' is not a number"),
        ("0,1,1\n\n2,1,1\n", 3, "it has 1 fields"),
        ("0,1,1\n1,1.0.0,1\n", 3, "'1.0.0' is not a number"),
        ("0,1,1\n1,\0\0\0,1\n", 3, "is not a number"),
        (b"0,1,1\n1,\xff\xfe,1\n", 3, "is not a number"),
        ('0,1,1\n1,"2",1\n', 3, "is not a number"),
        ("0,1,1\n#,1,1\n", 3, "'#' is not a number"),
    ],
)
def test_a_damaged_row_is_named_by_file_and_line(read, tmp_path, body, line, words):
    body = body.encode() if isinstance(body, str) else body
    with pytest.raises(StoreError) as caught:
        read(HEAD.encode() + body)
    assert str(caught.value).startswith(f"{tmp_path / 'metrics.csv'}:{line}: damaged row")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "step,loss", "\n", "0,1,2\n", "loss,step\n1,2\n", "step,a,a\n0,1,1\n", "\0\0\0\n"]
)
def test_without_a_head_it_is_no_metrics_file(read, text):
    with pytest.raises(StoreError, match=r"metrics\.csv:1: these are not the names of columns"):
        read(text)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(StoreError, match=r"cannot read .*metrics\.csv: there is no such file"):
        read_curve(tmp_path / "metrics.csv")


@pytest.mark.parametrize(
    "columns", [(), ("loss",), ("step", "a", "a"), ("step", "a,b"), ("step", "a\n"), ("step", " ")]
)
def test_columns_that_would_break_the_file_are_refused(columns):
    with pytest.raises(StoreError, match="column"):
        format_head(columns)


def test_totals_come_from_the_rows(read):
    body = "0,0.9,5,0.1,1,0,1,0.0,0.5\n10,0.2,3,0.1,11,0,11,0.1,1\n20,0.4,,0.1,21,0,21,0.2,0.75\n"
    step, summary = totals(read(",".join((*COLUMNS, "accuracy")) + "\n" + body))
    assert step == 20
    assert summary == {
        "final_loss": 0.4,
        "best_loss": 0.2,
        "best_step": 10,
        "evaluations": 21,
        "dual_passes": 0,
        "reverse_passes": 21,
        "seconds": 0.2,
        "accuracy": 0.75,
    }


@pytest.mark.parametrize(
    ("body", "summary"),
    [
        ("", {}),
        ("0,nan,nan\n", {}),
        ("0,1,1\n1,nan,\n", {"best_loss": 1, "best_step": 0}),
        ("0,1,1\n1,inf,inf\n", {"final_loss": math.inf, "best_loss": 1, "best_step": 0, "grad_norm": math.inf}),
    ],
)
def test_totals_leave_out_what_is_unknown(read, body, summary):
    assert totals(read(HEAD + body))[1] == summary

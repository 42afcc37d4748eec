"""The user's own text files: what is read, and the one message that each bad file gives."""

import gzip
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab.errors import DataError, ParameterError
from gdlab.problems.data import DataFile, Iris
from gdlab.problems.mapped import Mapped

HEAD = "a,b,y\n"
BARE = {"header": False, "target": 0}
WITH_WORDS = {"one_hot": True}
KINDS = ".csv, .tsv, .txt, .data, .npz and .npy"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def split(content=None, name="table.csv", needed=False, **fields):
    if content is not None:
        Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    data = DataFile(file=name, **{"target": "y", **fields})
    return data.split(np.random.default_rng(0), classes=needed)


def read(*args, **fields):
    return split(*args, **fields).train


@pytest.mark.parametrize(
    ("content", "fields", "inputs", "targets", "classes"),
    [
        (HEAD + "1,2,0.5\n3,4,7\n", {}, [[1, 2], [3, 4]], [0.5, 7], ()),
        (HEAD + "1,2,oak\n3,4,ash\n5,6,oak\n", {}, [[1, 2], [3, 4], [5, 6]], [1, 0, 1], ("ash", "oak")),
        ("y,a\n1,2\n3,4\n", {}, [[2], [4]], [1, 3], ()),
        ("a,y,b\n1,0,2\n3,1,4\n", {}, [[1, 2], [3, 4]], [0, 1], ()),
        (HEAD + "1,2,10\n3,4,9\n", {"classes": True}, [[1, 2], [3, 4]], [1, 0], ("9", "10")),
        (HEAD + "1,2,1.0\n3,4,2\n", {"classes": True}, [[1, 2], [3, 4]], [0, 1], ("1", "2")),
        (HEAD + "1,2,3\n3,4,x\n", {"classes": True}, [[1, 2], [3, 4]], [0, 1], ("3", "x")),
        (HEAD + "1,2,True\n3,4,False\n", {}, [[1, 2], [3, 4]], [1, 0], ("False", "True")),
        (HEAD + "1,2,true\n3,4,false\n", {"classes": False}, [[1, 2], [3, 4]], [1, 0], ()),
        (HEAD + "1,TRUE,1\n3,FALSE,2\n", {}, [[1, 1], [3, 0]], [1, 2], ()),
        (HEAD + "1,true,3\n4,1,6\n7,0,8\n", {}, [[1, 1], [4, 1], [7, 0]], [3, 6, 8], ()),
        (HEAD + "1,0.5,3\n4,TRUE,6\n", {}, [[1, 0.5], [4, 1]], [3, 6], ()),
        (HEAD + "1,2,true\n4,5,0\n", {}, [[1, 2], [4, 5]], [1, 0], ()),
        (HEAD + "1,true ,3\n4,false,6\n", {}, [[1, 1], [4, 0]], [3, 6], ()),
        (HEAD + "1,2,true \n4,5,false\n", {}, [[1, 2], [4, 5]], [1, 0], ("False", "True")),
        (HEAD + "1,2,NA\n3,4,US\n", {}, [[1, 2], [3, 4]], [0, 1], ("NA", "US")),
        (HEAD + '1,2,"x, y"\n3,4,"p ""q"""\n', {}, [[1, 2], [3, 4]], [1, 0], ('p "q"', "x, y")),
        (HEAD + '1, 2, "x, y"\n3, 4, z\n', {}, [[1, 2], [3, 4]], [0, 1], ("x, y", "z")),
        (HEAD + "1,2,x \n3,4,x\n5,6,z\n", {}, [[1, 2], [3, 4], [5, 6]], [0, 0, 1], ("x", "z")),
        (HEAD + "1,1e3,2\n3,-4.5E-1,6\n", {}, [[1, 1000], [3, -0.45]], [2, 6], ()),
        (HEAD + "1,99999999999999999999999,2\n3,4,6\n", {}, [[1, 1e23], [3, 4]], [2, 6], ()),
        (HEAD + "1,2,3\r\n\r\n4,5,6\r\n\r\n", {}, [[1, 2], [4, 5]], [3, 6], ()),
        ("\ufeff" + HEAD + "1,2,3\n4,5,6", {}, [[1, 2], [4, 5]], [3, 6], ()),
        ("a;b;y\n1,5;2;3\n4;5;6\n", {"delimiter": ";", "decimal": ","}, [[1.5, 2], [4, 5]], [3, 6], ()),
        ("1,2,3\n4,5,6\n", {"header": False, "target": -1}, [[1, 2], [4, 5]], [3, 6], ()),
        ("1,2,3\n4,5,6\n", {"header": False, "target": 0}, [[2, 3], [5, 6]], [1, 4], ()),
        (HEAD + "1,2,3\n4,5,6\n", {"target": 1}, [[1, 3], [4, 6]], [2, 5], ()),
        (HEAD + "1,2,3\n4,5,6\n", {"columns": ["b"]}, [[2], [5]], [3, 6], ()),
        (HEAD + "1,2,3\n4,5,6\n", {"columns": ("b", 0)}, [[2, 1], [5, 4]], [3, 6], ()),
        (",b,y\n0,2,3\n1,5,6\n", {"columns": ["b"]}, [[2], [5]], [3, 6], ()),
        ("y,a,why\n1,2,\n3,4,\n", {"columns": ["a"]}, [[2], [4]], [1, 3], ()),
        ("y,a,why\n1,2,ok\n3,4,\n", {"columns": ["a"]}, [[2], [4]], [1, 3], ()),
    ],
)
def test_tables_that_are_read(content, fields, inputs, targets, classes):
    table = read(content, **fields)
    assert table.inputs.tolist() == inputs
    assert table.inputs.flags.c_contiguous
    assert table.targets.tolist() == targets
    assert table.classes == classes


def at(place, cell, message, hint=""):
    """The error at a place, `line:column`, of a line that is `before<cell>after`, in a form that is read off."""
    before, cell, after = cell.replace(">", "<").split("<")
    gutter = f"  {place.split(':')[0]} | "
    below = " " * (len(gutter) - 2) + "| " + " " * len(before) + "^" * max(1, len(cell))
    return f"table.csv:{place}: {message}\n{gutter}{before}{cell}{after}\n{below}{' ' + hint if hint else ''}"


ONE_HOT = "one_hot: true makes a column of each word; columns: [...] leaves a column out"
WORDS = "with classes: true numbers and text are both read as classes"
AMONG = "a word in its place, or columns: [...] to leave the column out"
NO_NUMBER = "which is no finite number"

# What is in the file, how it is read, and what is said.
BAD = [
    ("", {}, "table.csv: the file is empty: there must be rows in it"),
    ("\n\n", {}, "table.csv: the file is empty: there must be rows in it"),
    (HEAD, {}, "table.csv: there is a header, but no row below it"),
    (HEAD + "1,2,3\n1,2\n", {}, at("3:3", "1,<2>", "the row has 2 cells, the header has 3")),
    (HEAD + "1,2\n1,2,3\n", {}, at("2:3", "1,<2>", "the row has 2 cells, the header has 3")),
    (HEAD + "1,2,3\n1,2,3,4\n", {}, at("3:7", "1,2,3,<4>", "the row has 4 cells, the header has 3")),
    (HEAD + "1,2,3,4\n1,2,3\n", {}, at("2:7", "1,2,3,<4>", "the row has 4 cells, the header has 3")),
    ("1,2,3\n4,5\n", BARE, at("2:3", "4,<5>", "the row has 2 cells, the first row has 3")),
    ("y,a,b\n1,2,\n0,3\n", {"columns": ("a",)}, at("3:3", "0,<3>", "the row has 2 cells, the header has 3")),
    (HEAD + "1,2,3\n\n4,two,6\n", {}, at("4:3", "4,<two>,6", f"column 'b' has 'two', {NO_NUMBER}", ONE_HOT)),
    (HEAD + "1,?,3\n4,5,6\n", {}, at("2:3", "1,<?>,3", f"column 'b' has '?', {NO_NUMBER}")),
    (HEAD + "1,,3\n4,5,6\n", {}, at("2:3", "1,<>,3", "column 'b' is empty")),
    (HEAD + "1, ,3\n4,5,6\n", {}, at("2:4", "1, <>,3", "column 'b' is empty")),
    (HEAD + "1,2,3\n4,NaN,6\n", {}, at("3:3", "4,<NaN>,6", f"column 'b' has 'NaN', {NO_NUMBER}")),
    (HEAD + "1,2,3\n-inf,5,6\n", {}, at("3:1", "<-inf>,5,6", f"column 'a' has '-inf', {NO_NUMBER}")),
    (HEAD + "1,1e999,3\n", {}, at("2:3", "1,<1e999>,3", f"column 'b' has '1e999', {NO_NUMBER}")),
    (HEAD + "1,2,\n4,5,6\n", {}, at("2:5", "1,2,<>", "column 'y' is empty")),
    (HEAD + "1,2,oak\n4,5,\n", {}, at("3:5", "4,5,<>", "column 'y' is empty")),
    (HEAD + "1,2,inf\n4,5,6\n", {}, at("2:5", "1,2,<inf>", f"column 'y' has 'inf', {NO_NUMBER}")),
    (HEAD + "1,true,3\n4,x,6\n", {}, at("3:3", "4,<x>,6", f"column 'b' has 'x', {NO_NUMBER}", ONE_HOT)),
    (HEAD + "1,2,true\n4,5,\n", {}, at("3:5", "4,5,<>", "column 'y' is empty")),
    (HEAD + "1,true,3\n4,,6\n", {}, at("3:3", "4,<>,6", "column 'b' is empty")),
    (
        HEAD + "1,x,3\n4,7,6\n4,y,6\n",
        WITH_WORDS,
        at("3:3", "4,<7>,6", "column 'b' has '7', a number among words", AMONG),
    ),
    (HEAD + "1,x,3\n4,7,6\n4,8,6\n", WITH_WORDS, at("2:3", "1,<x>,3", f"column 'b' has 'x', {NO_NUMBER}")),
    (HEAD + "1,2,0\n4,5,oak\n", {}, at("3:5", "4,5,<oak>", f"column 'y' has 'oak', {NO_NUMBER}", WORDS)),
    (
        HEAD + "1,2,oak\n4,5,ash\n",
        {"classes": False},
        at("2:5", "1,2,<oak>", f"column 'y' has 'oak', {NO_NUMBER}", "with classes: true text is read as classes"),
    ),
    (HEAD + "1,2,oak\n4,5,oak\n", {}, "table.csv: all 2 rows are of the class 'oak': there must be two at least"),
    (
        HEAD.replace("y", "species") + "1,2,3\n",
        {"target": "specis"},
        (
            "table.csv: there is no column 'specis' for the target: did you mean 'species'? "
            "There are 'a', 'b' and 'species'"
        ),
    ),
    (
        HEAD + "1,2,3\n",
        {"columns": ("width",)},
        "table.csv: there is no column 'width' for the input: There are 'a', 'b' and 'y'",
    ),
    (
        "1,2,3\n4,5,6\n",
        {},
        (
            "table.csv: there is no column 'y' for the target: if the first row, of numbers, is no header, "
            "write header: false. There are '1', '2' and '3'"
        ),
    ),
    (
        HEAD + "1,2,3\n",
        {"target": 3},
        "table.csv: there is no column 3 for the target: there are 3, from 0 to 2, or from the last, −1, to −3",
    ),
    (
        HEAD + "1,2,3\n",
        {"target": None},
        "table.csv: which column is the target? Write target: and one of 'a', 'b' and 'y'",
    ),
    (HEAD + "1,2,3\n", {"columns": ("a", "y")}, "table.csv: column 'y' is the target, so it can be no input"),
    (HEAD + "1,2,3\n", {"columns": ("a", 0)}, "table.csv: column 'a' stands twice in columns"),
    ("a,a,y\n1,2,3\n", {}, at("1:3", "a,<a>,y", "there are two columns 'a'", "each needs a name of its own")),
    (
        ",a,y\n0,2,3\n",
        {},
        (
            "table.csv:1: column 1 has no name, as the row numbers that pandas writes: name it, "
            "or choose the inputs with columns: [...]"
        ),
    ),
    ("a;b;y\n1;2;3\n", {}, "table.csv:1: there is one column only, 'a;b;y': is the delimiter ';'?"),
    ("y\n1\n2\n", {}, "table.csv:1: there is one column only, 'y', but inputs and a target are needed"),
    (b"a,b,y\n1,2,3\n4,caf\xe9,6\n", {}, "table.csv:3:6: the byte 0xe9 is not UTF-8 text: save it as UTF-8"),
    ((HEAD + "1,2,3\n").encode("utf-16"), {}, "table.csv: the text is UTF-16: save it as UTF-8"),
    (HEAD + '1,2,3\n4,5,"six\n7,8,9\n', {}, "table.csv:3: a quote is opened in this row and never closed"),
    (HEAD + '1,2,"x\nz"\n4,q,z\n', {}, at("4:3", "4,<q>,z", f"column 'b' has 'q', {NO_NUMBER}", ONE_HOT)),
    (
        HEAD + "1,red,3\n4,5,6\n",
        WITH_WORDS,
        at("3:3", "4,<5>,6", "column 'b' has '5', a number among words", AMONG),
    ),
    (HEAD + "1,red,3\n4,,6\n", WITH_WORDS, at("3:3", "4,<>,6", "column 'b' is empty")),
    (HEAD + "1,2,3\n4,5,6\n", {"test": 0.1}, "table.csv: a test share of 0.1 of 2 rows leaves none to test on"),
    (HEAD + "1,2,3\n4,5,6\n", {"test": 0.9}, "table.csv: a test share of 0.9 of 2 rows leaves none to learn from"),
    (
        HEAD + "1,2,p\n4,5,q\n",
        {"test": 0.5},
        "table.csv: no class has two rows, so that none can be kept apart to test on",
    ),
]


@pytest.mark.parametrize(("content", "fields", "message"), BAD)
def test_bad_tables_give_one_clear_message(content, fields, message):
    with pytest.raises(DataError) as caught:
        split(content, **fields)
    assert str(caught.value) == message
    assert caught.value.exit_code == 2


def test_the_line_is_that_of_the_file_far_down():
    with pytest.raises(DataError, match=r"^table\.csv:300003:1: column 'a' has 'q'"):
        read(HEAD + "1,2,3\n" * 300_001 + "q,2,3\n")


def test_a_long_line_is_not_shown():
    names = [f"column_{i}" for i in range(50)]
    with pytest.raises(DataError) as caught:
        read(",".join([*names, "y"]) + "\n" + "1," * 49 + "oops,1\n")
    assert str(caught.value).startswith("table.csv:2: column 'column_49' has 'oops', which is no finite number")
    assert "\n" not in str(caught.value)


def test_classes_that_a_problem_needs_are_whole():
    assert read(HEAD + "1,2,0\n3,4,2\n", needed=True).classes == ("0", "2")
    with pytest.raises(DataError) as caught:
        read(HEAD + "1,2,0\n\n3,4,2.5\n", needed=True)
    assert str(caught.value) == (
        "table.csv:4: column 'y': the target 2.5 is no class: classes are text or whole numbers; for numbers choose a "
        "loss such as squared or huber"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing.csv", "missing.csv: there is no such file"),
        ("irsi.csv", "irsi.csv: there is no such file: did you mean iris.csv?"),
        ("folder.csv", "folder.csv: this is a folder, not a file"),
        ("book.xlsx", f"book.xlsx: files '.xlsx' cannot be read: there are {KINDS}; save a spreadsheet as .csv"),
        ("plain", f"plain: files without an ending cannot be read: there are {KINDS}"),
    ],
)
def test_what_is_no_table_is_refused(name, message, folder):
    (folder / "folder.csv").mkdir()
    for other in ("iris.csv", "book.xlsx", "plain"):
        (folder / other).write_text("a,y\n1,2\n")
    with pytest.raises(DataError) as caught:
        read(None, name)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"file": ""}, "file: file = '' is not allowed, it must be the path of a file"),
        ({"columns": ()}, "file: columns = [] is not allowed, there must be one input at least"),
        (
            {"delimiter": ";;"},
            (
                "file: delimiter = ';;' is not allowed, it must be one letter, such as ';', "
                "other than a quote or the decimal '.'"
            ),
        ),
        ({"decimal": ","}, "file: decimal = ',' is not allowed without a delimiter such as ';'"),
        ({"test": 1.5}, "file: test = 1.5 is not allowed, it must be a number ≥ 0 and < 1"),
    ],
)
def test_fields_that_are_out_of_range(fields, message):
    with pytest.raises(ParameterError) as caught:
        DataFile(**{"file": "table.csv", **fields})
    assert str(caught.value) == message


def test_text_inputs_become_a_column_of_each_word():
    table = read("size,colour,y\n1,red,0.5\n2,blue,0.7\n3,red,0.1\n", one_hot=True)
    assert table.columns == ("size", "colour=blue", "colour=red")
    assert table.inputs.tolist() == [[1, 0, 1], [2, 1, 0], [3, 0, 1]]


def test_free_text_is_not_made_into_columns():
    rows = "".join(f"word{i},{i}\n" for i in range(1001))
    with pytest.raises(DataError, match=r"column 'text' has 1001 different words, too many .*: at most 1000"):
        read("text,y\n" + rows, one_hot=True)


def test_a_tab_separates_in_tsv_and_gz_is_decompressed(folder):
    assert read("a\tb\ty\n1\t2\t3\n", "table.tsv").inputs.tolist() == [[1, 2]]
    (folder / "table.csv.gz").write_bytes(gzip.compress(b"a,y\n1,2\n"))
    assert read(None, "table.csv.gz").targets.tolist() == [2]
    (folder / "table.csv.gz").write_bytes(gzip.compress(b"a,y\n1,2\nq,2\n"))
    with pytest.raises(DataError, match=r"^table\.csv\.gz:3:1: column 'a' has 'q'"):
        read(None, "table.csv.gz")


def test_a_class_keeps_its_words_where_pandas_reads_parts_of_a_long_file_as_numbers():
    table = read("a,y\n" + "1,01\n" * 300_000 + "2,x\n", classes=True)
    assert table.classes == ("01", "x")


def test_iris_from_csv_is_iris():
    iris = Iris().table(np.random.default_rng(0))
    rows = zip(iris.inputs.tolist(), iris.targets.tolist(), strict=True)
    lines = [",".join(map(str, x)) + f",{iris.classes[k]}\n" for x, k in rows]
    fields = {"target": "species", "test": 0.2, "standardize": True}
    found = split(",".join((*iris.columns, "species")) + "\n" + "".join(lines), **fields)
    shipped = Iris(test=0.2, standardize=True).split(np.random.default_rng(0))
    for part, other in ((found.train, shipped.train), (found.test, shipped.test)):
        np.testing.assert_array_equal(part.inputs, other.inputs)
        np.testing.assert_array_equal(part.targets, other.targets)
        assert (part.classes, part.columns) == (other.classes, other.columns)


@given(
    st.lists(st.tuples(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**15), 10**15)), min_size=1),
)
def test_numbers_come_back_as_they_were_written(rows):
    table = read("a,y\n" + "".join(f"{x!r},{y}\n" for x, y in rows))
    np.testing.assert_allclose(table.inputs[:, 0], [x for x, _ in rows], rtol=4e-16, atol=5e-324)
    assert table.targets.tolist() == [y for _, y in rows]


@given(st.binary(max_size=80))
def test_any_bytes_are_a_table_or_an_error_in_words(content):
    for content_of in (content, b"a,y\n" + content, b"1,2\n" + content):
        with suppress(DataError):
            assert np.all(np.isfinite(read(content_of, target=-1).inputs))


def test_built_in_data_need_no_pandas():
    code = (
        "import sys, numpy as np; from gdlab.problems.data import Digits; "
        "Digits(test=0.5).split(np.random.default_rng(0)); assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_large_array_is_known_by_its_header_its_size_and_when_it_was_changed():
    np.save("big.npy", np.arange(2e5).reshape(-1, 2))
    data = DataFile(file="big.npy", target=1, memory=1).identified()
    assert data.is_unchanged
    assert data.sha256 != DataFile(file="big.npy", target=1).identified().sha256
    assert isinstance(data.table(np.random.default_rng(0)).inputs, Mapped)
    array = np.load("big.npy", mmap_mode="r+")
    array[-1, 0] = 7
    array.flush()
    os.utime("big.npy", ns=(1, 1))
    assert not data.is_unchanged
    with pytest.raises(DataError, match=r"big.npy is not what it was, its hash has changed; leave sha256 out"):
        data.table(np.random.default_rng(0))


def test_targets_in_a_second_file_are_part_of_what_is_known_of_the_first():
    np.save("x.npy", np.ones((3, 2)))
    np.save("y.npy", np.arange(3.0))
    data = DataFile(file="x.npy", target="y.npy").identified()
    np.save("y.npy", np.arange(4.0)[1:])
    assert not data.is_unchanged
    assert read(name="x.npy", target="y.npy").targets.tolist() == [1, 2, 3]


def test_nobody_can_write_into_a_table_that_was_read():
    table = read(HEAD + "1,2,3\n4,5,6\n")
    with pytest.raises(ValueError, match="read-only"):
        table.inputs[0] = 1

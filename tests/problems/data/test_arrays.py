"""The user's own arrays: .npz, .npy, and .npy that stay on disk."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import gdlab
from gdlab.autodiff.methods import METHODS
from gdlab.errors import DataError
from gdlab.problems.data import DataFile
from gdlab.problems.rows import take

X = np.array([[1.0, 2.0, 0.0], [3.0, 4.0, 1.0], [5.0, 6.0, 0.0], [7.0, 8.0, 1.0]])
Y = np.array([0, 1, 0, 1])
ROWS, WIDTH = 20_000, 8


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def split(name, needed=False, **fields):
    return DataFile(file=name, **fields).split(np.random.default_rng(0), classes=needed)


def nan(array=X):
    changed = array.astype(float)
    changed.flat[changed.size - 2] = np.nan
    return changed


@pytest.mark.parametrize(
    ("arrays", "fields", "inputs", "classes"),
    [
        ({"X": X, "y": Y}, {}, X, ()),
        ({"x": X, "y": Y}, {}, X, ()),
        ({"inputs": X, "targets": Y, "more": Y}, {}, X, ()),
        ({"data": X, "target": Y}, {}, X, ()),
        ({"a": X, "b": Y}, {"target": "b"}, X, ()),
        ({"X": X, "label": Y}, {"target": "label"}, X, ()),
        ({"X": X, "y": Y}, {"classes": True}, X, ("0", "1")),
        ({"X": X, "y": Y == 1}, {}, X, ("False", "True")),
        ({"X": X, "y": np.array(["no", "yes"])[Y]}, {}, X, ("no", "yes")),
        ({"X": X, "y": np.array([b"no", b"yes"])[Y]}, {}, X, ("no", "yes")),
        ({"X": X.astype("u1"), "y": Y[:, None]}, {}, X, ()),
        ({"X": X.reshape(4, 3, 1), "y": Y}, {}, X, ()),
        ({"X": X, "y": Y}, {"columns": (2, -3)}, X[:, [2, 0]], ()),
    ],
)
def test_npz(arrays, fields, inputs, classes):
    np.savez("table.npz", **arrays)
    table = split("table.npz", **fields).train
    assert table.inputs.dtype == float
    np.testing.assert_array_equal(table.inputs, inputs)
    np.testing.assert_array_equal(table.targets, Y)
    assert table.classes == classes
    assert table.columns == tuple(str(place % 3) for place in fields.get("columns", range(3)))


@pytest.mark.parametrize("memory", [256, 0])
@pytest.mark.parametrize(
    ("fields", "inputs", "targets"),
    [
        ({"target": -1}, X[:, :2], X[:, 2]),
        ({"target": 0}, X[:, 1:], X[:, 0]),
        ({"target": 1}, X[:, [0, 2]], X[:, 1]),
        ({"target": "labels.npy"}, X, Y),
        ({"target": 2, "columns": (1, 0)}, X[:, [1, 0]], X[:, 2]),
    ],
)
@pytest.mark.parametrize("kind", ["f8", "f4", "i2", "u1"])
def test_npy_in_memory_and_on_disk(memory, fields, inputs, targets, kind):
    np.save("table.npy", X.astype(kind))
    np.save("labels.npy", Y)
    table = split("table.npy", memory=memory, **fields).train
    rows = np.array([3, 0, 3])
    x, y = table.take(rows)
    assert table.resident == (memory > 0)
    np.testing.assert_array_equal(x, inputs[rows])
    np.testing.assert_array_equal(y, targets[rows])
    assert x.dtype.kind == "f"
    assert table.inputs.shape == inputs.shape
    assert len(table.columns) == inputs.shape[1]


def test_targets_lie_beside_the_file_whatever_the_folder(folder):
    (folder / "data").mkdir()
    np.save("data/table.npy", X)
    np.save("data/labels.npy", Y)
    assert split("data/table.npy", target="labels.npy").train.targets.tolist() == Y.tolist()


FINITE = "(both from 0 on) has {}: it must be a finite number"
WHERE = "table.npy: where are the targets? Write target: and a column number from 0 on, or a second .npy beside it"

BAD_NPZ = [
    ({"X": nan(), "y": Y}, {}, f"table.npz: X: row 3, column 1 {FINITE.format('nan')}"),
    ({"X": X, "y": [0, 1, np.inf, 0]}, {}, f"table.npz: y: row 2, column 0 {FINITE.format('inf')}"),
    ({"X": X, "y": Y[:3]}, {}, "table.npz: X: there are 4 rows of inputs, but 3 targets in table.npz: y"),
    ({"a": X, "b": Y}, {}, "table.npz: the arrays must be X and y, or inputs and targets: there are 'a' and 'b'"),
    (
        {"X": X, "label": Y},
        {"target": "lable"},
        "table.npz: there is no array 'lable' for the target: did you mean 'label'? " + "There are 'X' and 'label'",
    ),
    ({"X": X, "y": Y}, {"columns": (0, -3)}, "table.npz: X: column 0 stands twice in columns"),
    ({"X": X.astype(str), "y": Y}, {}, "table.npz: X: the array is text: inputs must be numbers"),
    ({"X": X + 1j, "y": Y}, {}, "table.npz: X: the array is of the type complex128: inputs must be numbers"),
    ({"X": X, "y": np.eye(4)}, {}, "table.npz: y: the targets have the shape (4, 4): there must be one for each row"),
    ({"X": np.zeros((0, 3)), "y": []}, {}, "table.npz: X: the array of shape (0, 3) has no rows with inputs"),
    (
        {"X": np.array([[None]] * 4), "y": Y},
        {},
        "table.npz: the array 'X' cannot be read: it holds Python objects, " + "which are never loaded, or is damaged",
    ),
    (
        {"X": X, "y": Y},
        {"columns": ("a",)},
        "table.npz: columns of an array have no names: 'a' must be a number from 0 on",
    ),
    ({"X": X, "y": Y}, {"columns": (3,)}, "table.npz: X: there is no column 3: there are 3, from 0 to 2"),
    ({"X": X, "y": Y}, {"target": 1}, "table.npz: target = 1 must be the name of an array in the file"),
    ({"X": X, "y": Y}, {"one_hot": True}, "table.npz: one_hot is for text files, not for arrays"),
    ({"X": X, "y": Y * 0}, {"classes": True}, "table.npz: all 4 rows are of the class '0': there must be two at least"),
    (
        {"X": X, "y": np.array(["a", "b"])[Y]},
        {"classes": False},
        "table.npz: y: the targets are text: " + "they must be numbers, or classes with classes: true",
    ),
]

BAD_NPY = [
    (nan(), {"target": 0}, f"table.npy: row 3, column 1 {FINITE.format('nan')}"),
    (nan(), {"target": 0, "memory": 0}, f"table.npy: row 3, column 1 {FINITE.format('nan')}"),
    (nan(), {"target": 1}, f"table.npy: row 3, column 0 {FINITE.format('nan')}"),
    (X, {"target": 3}, "table.npy: there is no column 3: there are 3, from 0 to 2"),
    (X, {}, WHERE),
    (X, {"target": "species"}, WHERE),
    (X, {"target": "labels.npy"}, "labels.npy: there is no such file: did you mean table.npy?"),
    (X, {"target": 0, "columns": (0, 1)}, "table.npy: column 0 is the target, so it can be no input"),
    (Y, {"target": 0}, "table.npy: there is no column beside the target, but inputs are needed"),
    (
        np.asfortranarray(X),
        {"target": 0, "memory": 0},
        (
            "table.npy: the rows of this array cannot be read one by one, since it is stored column by column or in "
            "foreign byte order: save it with np.save(file, np.ascontiguousarray(X, float))"
        ),
    ),
]


@pytest.mark.parametrize(("arrays", "fields", "message"), BAD_NPZ)
def test_bad_npz(arrays, fields, message):
    np.savez("table.npz", **arrays)
    with pytest.raises(DataError) as caught:
        split("table.npz", **fields)
    assert str(caught.value) == message


@pytest.mark.parametrize(("array", "fields", "message"), BAD_NPY)
def test_bad_npy(array, fields, message):
    np.save("table.npy", array)
    with pytest.raises(DataError) as caught:
        split("table.npy", **fields)
    assert str(caught.value) == message


@pytest.mark.parametrize("name", ["table.npz", "table.npy"])
@pytest.mark.parametrize("content", [b"", b"junk", b"PK\x03\x04junk", b"\x93NUMPY\x01\x00junk"])
def test_damaged_arrays(name, content, folder):
    (folder / name).write_bytes(content)
    with pytest.raises(DataError, match=rf"^{name}: ") as caught:
        split(name, target="y" if name == "table.npz" else 0)
    assert "allow_pickle" not in str(caught.value)


def test_one_kind_of_file_under_the_name_of_the_other(folder):
    np.savez("table.npz", X=X, y=Y)
    np.save("table.npy", X)
    (folder / "a.npy").write_bytes((folder / "table.npz").read_bytes())
    (folder / "b.npz").write_bytes((folder / "table.npy").read_bytes())
    with pytest.raises(DataError, match=r"^a\.npy: this holds several arrays, as \.npz does, not one as \.npy"):
        split("a.npy", target=0)
    with pytest.raises(DataError, match=r"^b\.npz: this is a single array, as \.npy holds it, not an \.npz"):
        split("b.npz")


@pytest.fixture
def large(folder):
    """An array of which no more than pieces should come into memory."""
    rng = np.random.default_rng(0)
    array = rng.normal(3, 5, (ROWS, WIDTH))
    array[:, -1] = rng.integers(0, 3, ROWS)
    np.save("large.npy", array)
    return array


FIELDS = {"target": -1, "test": 0.2, "standardize": True}


@pytest.mark.parametrize("part", ["train", "test"])
def test_a_mapped_table_is_the_table(large, part):
    """Split and standardized alike, whether it is in memory or not."""
    whole, mapped = (getattr(split("large.npy", True, memory=memory, **FIELDS), part) for memory in (256, 0))
    assert whole.resident
    assert not mapped.resident
    assert mapped.classes == whole.classes == ("0", "1", "2")
    np.testing.assert_array_equal(mapped.targets, whole.targets)
    rows = np.arange(len(whole))
    np.testing.assert_allclose(mapped.take(rows)[0], whole.take(rows)[0], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(take(mapped.inputs, rows[::7]), whole.inputs[::7], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(mapped.inputs[rows[:3]], whole.inputs[:3], rtol=1e-12, atol=1e-12)


def test_a_mapped_table_is_not_read_whole():
    """Opening, splitting and taking rows needs less than the file: the pieces and one number a row."""
    wide = np.broadcast_to(np.arange(3000.0)[:, None], (3000, 2000))
    np.save("wide.npy", wide)
    bytes_of_file = wide.size * 8
    tracemalloc.start()
    found = split("wide.npy", target=0, memory=1, test=0.3)
    found.train.take(np.array([1, 2, 3]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < bytes_of_file / 4


def test_a_mapped_table_cannot_be_taken_whole(large):
    table = split("large.npy", memory=0, target=-1).train
    for use in (lambda: table.take(), lambda: np.asarray(table.inputs), lambda: np.mean(table.inputs)):
        with pytest.raises(DataError, match=r"^large\.npy is read row by row, .*: give batch: \{size: 256\}, or raise"):
            use()


@pytest.mark.parametrize("method", ["numeric", "dual", "reverse", "symbolic"])
@pytest.mark.parametrize("kind", ["f8", "f4", "u1"])
def test_a_loss_on_mapped_rows_can_be_differentiated(large, method, kind):
    """By rows that change from step to step, too: those of a whole table in memory give the same."""
    np.save("kind.npy", np.abs(large).astype(kind))
    whole, mapped = (split("kind.npy", memory=memory, **FIELDS).train for memory in (256, 0))

    def loss(table):
        def mean_square(w, rows):
            x, y = table.take(rows)
            return np.mean((np.tanh(x @ w) - y) ** 2)

        return mean_square

    w = np.linspace(-0.2, 0.3, WIDTH - 1)
    first = np.array([5, 1, 400])
    bound = METHODS[method]().bind(loss(mapped), w, first)
    for rows in (first, np.array([9, 9, 15_000])):
        exact = gdlab.gradient(lambda v, r=rows: loss(whole)(v, r), w)
        np.testing.assert_allclose(bound.gradient(w, rows), exact, rtol=1e-5, atol=1e-7)
        assert bound.value(w, rows) == pytest.approx(loss(whole)(w, rows), rel=1e-6)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"just some text\n", "this is no array as np.save writes it; text is read from a .csv"),
        (None, "it is shorter than its header says"),
    ],
)
def test_a_npy_that_is_none_or_was_cut_short(content, message):
    np.save("table.npy", np.eye(50))
    path = Path("table.npy")
    path.write_bytes(path.read_bytes()[:5000] if content is None else content)
    with pytest.raises(DataError, match=message):
        split("table.npy", target=0)

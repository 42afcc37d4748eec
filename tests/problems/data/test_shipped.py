"""Facts about the shipped data that their documentation states."""

import zipfile
from importlib import resources

import numpy as np
import pytest

from gdlab.problems.data import Digits, Iris

RNG = np.random.default_rng(0)


def test_iris_is_what_its_documentation_says():
    """UCI's iris.names: ranges, means and deviations to two digits; 50 rows of each class."""
    rows = Iris().table(RNG)
    assert rows.columns == ("sepal_length", "sepal_width", "petal_length", "petal_width")
    assert rows.classes == ("setosa", "versicolor", "virginica")
    assert rows.targets.tolist() == [0] * 50 + [1] * 50 + [2] * 50
    assert rows.inputs.min(axis=0).tolist() == [4.3, 2.0, 1.0, 0.1]
    assert rows.inputs.max(axis=0).tolist() == [7.9, 4.4, 6.9, 2.5]
    np.testing.assert_allclose(rows.inputs.mean(axis=0), [5.84, 3.05, 3.76, 1.20], atol=0.01)
    np.testing.assert_allclose(rows.inputs.std(axis=0, ddof=1), [0.83, 0.43, 1.76, 0.76], atol=0.01)


def test_iris_has_the_rows_of_the_paper():
    """UCI's page: samples 35 and 38 should be these."""
    rows = Iris().table(RNG)
    assert rows.inputs[34].tolist() == [4.9, 3.1, 1.5, 0.2]
    assert rows.inputs[37].tolist() == [4.9, 3.6, 1.4, 0.1]


def test_setosa_is_separable_by_the_length_of_its_petals():
    rows = Iris().table(RNG)
    length = rows.inputs[:, 2]
    assert length[rows.targets == 0].max() < length[rows.targets != 0].min()


def test_iris_correlations_with_the_class():
    """UCI's iris.names gives them to four digits, for its own two wrong rows."""
    rows = Iris().table(RNG)
    found = [np.corrcoef(column, rows.targets)[0, 1] for column in rows.inputs.T]
    np.testing.assert_allclose(found, [0.7826, -0.4194, 0.9490, 0.9565], atol=0.01)


def test_digits_are_what_their_documentation_says():
    """UCI's optdigits.names: the test set's size, range and count of each class."""
    rows = Digits().table(RNG)
    assert rows.inputs.shape == (1797, 64)
    assert (rows.inputs.min(), rows.inputs.max()) == (0, 16)
    np.testing.assert_array_equal(rows.inputs, np.rint(rows.inputs))
    assert np.bincount(rows.targets).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert rows.classes == tuple("0123456789")
    assert rows.columns[0] == "row1_col1"
    assert rows.columns[63] == "row8_col8"


def test_the_first_digit_is_a_zero_with_a_hole():
    """Row by row: a ring of dark points around the centre of the image."""
    image = Digits().table(RNG).inputs[0].reshape(8, 8)
    assert image[3:5, 3:5].max() == 0
    assert image[3:5, 2].min() > 0
    assert image[3:5, 5].min() > 0
    assert image[0, 3] > 0
    assert image[7, 3] > 0


def test_digits_can_be_told_apart():
    """The nearest mean of a class is right for nine of ten, which it would not be were rows and labels mixed up."""
    split = Digits(test=0.3).split(RNG)
    means = np.array([split.train.inputs[split.train.targets == k].mean(axis=0) for k in range(10)])
    apart = np.linalg.norm(split.test.inputs[:, None] - means[None], axis=2)
    assert np.mean(np.argmin(apart, axis=1) == split.test.targets) > 0.85


@pytest.mark.parametrize("kind", [Iris, Digits])
def test_source_and_licence_stand_in_the_record_and_beside_the_file(kind):
    text = resources.files("gdlab.problems.data").joinpath("uci", "README.md").read_text("utf-8")
    assert kind.licence == "CC BY 4.0"
    assert kind.licence in text
    assert kind.source.split("doi:")[1].split(",")[0].split(";")[0] in text


def test_the_files_ship_in_a_wheel(tmp_path, monkeypatch):
    """Built by the project's own settings."""
    wheel = pytest.importorskip("hatchling.builders.wheel", reason="hatchling builds the wheel")
    root = str(resources.files("gdlab").joinpath("..").resolve())
    built = next(wheel.WheelBuilder(root).build(directory=str(tmp_path)))
    with zipfile.ZipFile(built) as archive:
        names = set(archive.namelist())
    assert {f"gdlab/problems/data/uci/{name}" for name in ("iris.csv", "digits.csv.gz", "README.md")} <= names

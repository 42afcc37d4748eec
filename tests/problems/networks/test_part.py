"""Networks on rows that stay in their file: only those that are named are read."""

import numpy as np
import pytest

from gdlab.autodiff.methods import Reverse
from gdlab.errors import DataError
from gdlab.problems.data import DataSet, Split, Table
from gdlab.problems.mapped import Mapped
from gdlab.problems.networks.mlp import MLP

RNG = np.random.default_rng(0)
INPUTS, TARGETS = RNG.normal(size=(60, 3)), RNG.integers(0, 3, 60)
CLASSES = ("a", "b", "c")


class Resident(DataSet):
    name = "resident"

    def split(self, rng, classes=False):
        return Split(Table(INPUTS[:40], TARGETS[:40], CLASSES), Table(INPUTS[40:], TARGETS[40:], CLASSES))


@pytest.fixture
def in_file(tmp_path):
    np.save(tmp_path / "x.npy", INPUTS)
    mapped = Mapped(np.load(tmp_path / "x.npy", mmap_mode="r"), "x.npy")

    class InFile(DataSet):
        name = "in_file"

        def split(self, rng, classes=False):
            train, test = mapped.select(np.arange(40)), mapped.select(np.arange(40, 60))
            return Split(Table(train, TARGETS[:40], CLASSES), Table(test, TARGETS[40:], CLASSES))

    return MLP(data=InFile())


@pytest.fixture
def resident():
    return MLP(data=Resident())


def test_rows_of_a_file_count_as_those_in_memory(in_file, resident):
    w = RNG.normal(size=resident.dim)
    rows = np.array([7, 3, 39, 7])
    assert in_file.dim == resident.dim
    assert in_file.rows == resident.rows == 40
    assert in_file.loss(w, rows) == pytest.approx(resident.loss(w, rows), rel=1e-14)
    for problem in (in_file, resident):
        value, gradient = Reverse().bind(problem.loss, w, rows).value_and_gradient(w, rows)
        assert value == pytest.approx(resident.loss(w, rows), rel=1e-14)
        np.testing.assert_allclose(gradient, Reverse().bind(resident.loss, w, rows).gradient(w, rows), atol=1e-15)


def test_measures_go_over_a_file_in_pieces(in_file, resident, monkeypatch):
    monkeypatch.setattr("gdlab.problems.data.base.PIECE", 3 * 7)
    w = RNG.normal(size=resident.dim)
    for name, measure in in_file.measures().items():
        assert measure(w, None) == pytest.approx(resident.measures()[name](w, None), rel=1e-14)


def test_the_loss_of_all_rows_of_a_file_is_refused(in_file):
    with pytest.raises(DataError, match=r"x\.npy .* give batch: \{size: 256\}"):
        in_file.loss(np.zeros(in_file.dim))

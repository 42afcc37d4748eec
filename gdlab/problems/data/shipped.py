"""Real data that come with gdlab: two sets of the UCI Machine Learning Repository."""

import gzip
from dataclasses import dataclass
from importlib import resources

import numpy as np

from gdlab.problems.data.base import DataSet, Table

SPECIES = ("setosa", "versicolor", "virginica")
SIDE = 8  # pixels of an image of a digit, in each direction


@dataclass(frozen=True)
class Iris(DataSet):
    """Three species of iris, 50 flowers each, told apart by four lengths in cm.

    Setosa is linearly separable from the others; versicolor and virginica are not from each other. Rows 35 and 38 are
    those of Fisher's paper, which the repository's file has wrong.

    Source: Fisher 1936, Annals of Eugenics 7(2), 179–188; UCI Machine Learning Repository, doi:10.24432/C56C76.
    """

    name = "iris"
    source = "Fisher 1936, Iris, UCI Machine Learning Repository, doi:10.24432/C56C76; two rows corrected by the paper"
    licence = "CC BY 4.0"

    def table(self, rng: np.random.Generator) -> Table:
        """All 150 rows in the order of the source, species after species; nothing is drawn."""
        header, *lines = _read("iris.csv").decode("ascii").splitlines()
        cells = [line.split(",") for line in lines]
        inputs = np.array([row[:-1] for row in cells], float)
        targets = np.array([SPECIES.index(row[-1]) for row in cells])
        return Table(inputs, targets, SPECIES, tuple(header.split(",")[:-1]))


@dataclass(frozen=True)
class Digits(DataSet):
    """Images of handwritten digits, 8 × 8 pixels from 0 (blank) to 16.

    The column `row2_col3` is the third pixel of the second row from the top.

    Source: Alpaydin & Kaynak 1998, UCI Machine Learning Repository, doi:10.24432/C50P49, its test set.
    """

    name = "digits"
    source = (
        "Alpaydin & Kaynak 1998, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, "
        "doi:10.24432/C50P49, optdigits.tes"
    )
    licence = "CC BY 4.0"

    def table(self, rng: np.random.Generator) -> Table:
        """All 1,797 rows in the order of the source; nothing is drawn."""
        text = gzip.decompress(_read("digits.csv.gz")).decode("ascii")
        cells = np.array(text.replace("\n", ",").split(",")[:-1], np.uint8).reshape(-1, SIDE * SIDE + 1)
        columns = tuple(f"row{i}_col{j}" for i in range(1, SIDE + 1) for j in range(1, SIDE + 1))
        return Table(cells[:, :-1].astype(float), cells[:, -1].astype(int), tuple("0123456789"), columns)


def _read(name: str) -> bytes:
    return resources.files("gdlab.problems.data").joinpath("uci", name).read_bytes()

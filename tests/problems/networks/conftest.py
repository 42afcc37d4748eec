"""Data sets of a few rows that tests know by heart."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gdlab.problems.data import DataSet, Table


def made(inputs: Any, targets: Any, classes: tuple[str, ...] = ()) -> DataSet:
    """A data set of the given rows."""

    class Made(DataSet):
        name = "made"

        def table(self, rng: np.random.Generator) -> Table:
            return Table(np.array(inputs, float), np.array(targets), classes)

    return Made()


@pytest.fixture
def rows() -> Callable[..., DataSet]:
    return made

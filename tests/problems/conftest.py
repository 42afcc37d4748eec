"""Helpers shared by the tests of problems."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from gdlab.problems import PROBLEMS
from gdlab.problems.base import Problem

DIMS = (1, 2, 3, 7)


def variants() -> Iterator[Problem]:
    """Every problem of the registry with its defaults, and those of any dimension in several dimensions."""
    for problem in PROBLEMS.values():
        yield problem()
        dim = next((p for p in problem.parameters() if p.name == "dim"), None)
        if dim is not None:
            yield from (problem(dim=n) for n in DIMS if n != dim.default and dim.allows(n))


def title(problem: Problem) -> str:
    return f"{problem.name}-{problem.dim}"


@pytest.fixture(params=list(variants()), ids=title)
def problem(request: pytest.FixtureRequest) -> Problem:
    return request.param


def gradient_by_differences(f: Callable[[Any], Any], w: Any, eps: float = 1e-6) -> Any:
    """Central differences, written for the tests, with steps in proportion to the coordinates."""
    slopes = []
    for i, step in enumerate(eps * np.maximum(np.abs(w), 1)):
        shift = step * np.eye(len(w))[i]
        slopes.append((f(w + shift) - f(w - shift)) / (2 * step))
    return np.array(slopes)


@pytest.fixture
def slope() -> Callable[..., Any]:
    return gradient_by_differences

"""Settings to try, spread evenly over what may be tried."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gdlab.errors import UsageError, join
from gdlab.optimizers.ranges import Range

Array = np.ndarray[Any, np.dtype[np.float64]]
Setting = Mapping[str, float]
Space = Mapping[str, Range]

_PATIENCE = 50  # times that points are drawn anew for those that repeat others, as whole numbers do


def points(dimensions: int, n: int, seed: int, first: int = 0) -> Array:
    """Points in the unit cube that leave no large gap, shape (n, dimensions), whatever n.

    xᵢ = (s + i·α) mod 1, αⱼ = φ⁻ʲ, φ the positive root of φᵈ⁺¹ = φ + 1, s drawn evenly from the seed

    More points go on where fewer end. Each dimension takes its shift from a stream of its own.

    Args:
        dimensions: d.
        n: how many.
        seed: of the shift.
        first: the number of the first of them.

    Source: the generalised golden ratio of Roberts 2018, "The unreasonable effectiveness of quasirandom sequences";
    shifted as by Cranley & Patterson 1976 (SIAM Journal on Numerical Analysis 13:904).
    """
    shift = np.array([np.random.default_rng([seed, j]).random() for j in range(dimensions)])
    step = _ratio(dimensions) ** -np.arange(1.0, dimensions + 1)
    places: Array = (shift + np.arange(first, first + n)[:, None] * step) % 1
    return places


def settings(space: Space, trials: int, seed: int) -> tuple[Setting, ...]:
    """The settings of an optimizer's trials, the first one empty: all at its default.

    Optimizers with the same ranges try the same values, so that none is luckier than its double.

    Args:
        space: the range of each hyper-parameter that is tuned.
        trials: how many, at least 1.
        seed: of the draws.

    Raises:
        UsageError: if there are not that many.
    """
    found: dict[tuple[float, ...], Setting] = {(): {}}
    for turn in range(_PATIENCE):
        missing = trials - len(found)
        for row in points(len(space), missing, seed, turn * trials if turn else 0):
            values = tuple(one.at(float(x)) for one, x in zip(space.values(), row, strict=True))
            found.setdefault(values, dict(zip(space, values, strict=True)))
        if len(found) == trials:
            return tuple(found.values())
    raise UsageError(
        f"--trials {trials}: there are only {len(found):,} different settings of {join([*space])}; "
        "ask for fewer, or for a wider --range"
    )


def _ratio(dimensions: int) -> float:
    """φ, by fixed-point iteration, which contracts by more than a half."""
    ratio = 2.0
    for _ in range(60):
        ratio = (1 + ratio) ** (1 / (dimensions + 1))
    return ratio

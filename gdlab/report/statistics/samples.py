"""The runs of one optimizer, and which of another's they are paired with."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from gdlab.report.statistics.failures import Floats, charge
from gdlab.report.statistics.quantiles import median


@dataclass(frozen=True, eq=False)
class Sample:
    """One value for each run of a group.

    Args:
        values: low is good: of an accuracy give the negative; shape (n,).
        keys: what makes a pair: the seed, or problem and seed, of each run; None if runs have nothing in common with
            those of another group. Runs of one key are not independent and are folded into their median.
        floors: for values that are known between two bounds, such as a cost between two logged rows, the lower one,
            which is not itself possible unless it is the value; unset: the values, known as they are.
        failed: which runs failed, shape (n,); they count as +∞, as does each value that is not finite.
    """

    values: ArrayLike
    keys: Sequence[Hashable] | None = None
    failed: ArrayLike | None = None
    floors: ArrayLike | None = None

    @cached_property
    def by_key(self) -> dict[Hashable, float]:
        """The charged value of each key; empty if there are no keys."""
        return self._folded(self.values)

    @cached_property
    def floor_by_key(self) -> dict[Hashable, float]:
        """The charged lower bound of each key."""
        return self.by_key if self.floors is None else self._folded(self.floors)

    def _folded(self, values: ArrayLike) -> dict[Hashable, float]:
        if self.keys is None:
            return {}
        charged = charge(values, self.failed).ravel().tolist()
        gathered: dict[Hashable, list[float]] = {}
        for key, value in zip(self.keys, charged, strict=True):
            gathered.setdefault(key, []).append(value)
        return {key: every[0] if len(every) == 1 else float(median(every)) for key, every in gathered.items()}

    @cached_property
    def charged(self) -> Floats:
        """The charged values, one for each independent run."""
        if self.keys is None:
            return charge(self.values, self.failed).ravel()
        return np.array([*self.by_key.values()], dtype=np.float64)

    @cached_property
    def charged_floors(self) -> Floats:
        """The charged lower bounds, in the order of `charged`."""
        if self.floors is None:
            return self.charged
        if self.keys is None:
            return charge(self.floors, self.failed).ravel()
        return np.array([*self.floor_by_key.values()], dtype=np.float64)

    @cached_property
    def median(self) -> float:
        """The median of the charged values; NaN if there are none."""
        return float(median(self.charged))


def paired(a: Sample, b: Sample) -> tuple[Floats, Floats] | None:
    """The values of the keys that both have, in the same order, each of shape (n,); None if they are not to be paired.

    Pairs are formed where at least half of the runs of the smaller group have one. What has no partner is left out:
    it would compare other seeds.
    """
    common = common_keys(a, b)
    return None if common is None else (_of(a.by_key, common), _of(b.by_key, common))


def paired_floors(a: Sample, b: Sample) -> tuple[Floats, Floats] | None:
    """The lower bounds of what `paired` returns."""
    common = common_keys(a, b)
    return None if common is None else (_of(a.floor_by_key, common), _of(b.floor_by_key, common))


def common_keys(a: Sample, b: Sample) -> list[Hashable] | None:
    """The keys that make pairs; None if runs are not to be paired."""
    first, second = a.by_key, b.by_key
    common = list(first) if first.keys() == second.keys() else [key for key in first if key in second]
    if not common or 2 * len(common) < min(len(first), len(second)):
        return None
    return common


def _of(values: Mapping[Hashable, float], keys: Sequence[Hashable]) -> Floats:
    return np.array([values[key] for key in keys], dtype=np.float64)

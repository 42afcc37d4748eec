"""Which cells a sweep has: their number without spelling them out, and the cells in their order."""

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from gdlab.config.place import Node
from gdlab.store.key import canonical

SEED = "seed"  # what seeds are called where they are excluded


@dataclass(frozen=True)
class Axis:
    """Keys that change together.

    Args:
        keys: dotted, such as `optimizer.lr`.
        rows: their values in turn, one for each key.
    """

    keys: tuple[str, ...]
    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True)
class Exclusion:
    """Cells to leave out: those in which each key has one of its values, all in canonical form."""

    values: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Plan:
    """The product of the axes and the seeds, without what is excluded; the last axis changes fastest, the seed faster.

    Args:
        axes: the keys that vary.
        seeds: the seeds.
        excluded: what to leave out.
    """

    axes: tuple[Axis, ...]
    seeds: Sequence[int]
    excluded: tuple[Exclusion, ...] = ()

    @cached_property
    def count(self) -> int:
        """How many cells there are; the time it takes goes with the sum of the axes, not with their product."""
        if not self.excluded:
            return math.prod(len(axis.rows) for axis in self.axes) * len(self.seeds)
        seen = Counter({self._all: 1})  # how many partial cells are left that the exclusions of a mask still match
        for masks in (*map(Counter, self._masks), Counter(self._seed_masks)):
            further: Counter[int] = Counter()
            for (mask, many), (row, times) in itertools.product(seen.items(), masks.items()):
                further[mask & row] += many * times
            seen = further
        return seen[0]

    def combinations(self) -> Iterator[tuple[tuple[int, ...], Sequence[int]]]:
        """The row of each axis and the seeds that go with it, in order, where any seed is left."""
        ranges = [range(len(axis.rows)) for axis in self.axes]
        seeds_of: dict[int, Sequence[int]] = {0: self.seeds}
        for rows in itertools.product(*ranges):
            mask = self._all
            for masks, row in zip(self._masks, rows, strict=True):
                mask &= masks[row]
            if mask not in seeds_of:
                seeds_of[mask] = self._left(mask)
            if seeds_of[mask]:
                yield rows, seeds_of[mask]

    def _left(self, mask: int) -> Sequence[int]:
        return [seed for seed, own in zip(self.seeds, self._seed_masks, strict=True) if not own & mask]

    @property
    def _all(self) -> int:
        return (1 << len(self.excluded)) - 1

    @cached_property
    def _masks(self) -> list[list[int]]:
        """For each row of each axis a bit for each exclusion: whether nothing in the row speaks against it."""
        return [self._axis_masks(axis) for axis in self.axes]

    def _axis_masks(self, axis: Axis) -> list[int]:
        masks = [self._all] * len(axis.rows)
        for bit, exclusion in enumerate(self.excluded):
            for key, words in exclusion.values.items():
                column = owner(key, self.axes)
                if column not in axis.keys:
                    continue
                k = axis.keys.index(column)
                for i, row in enumerate(axis.rows):
                    if word_at(row[k], key.removeprefix(column)) not in words:
                        masks[i] &= ~(1 << bit)
        return masks

    @cached_property
    def _seed_masks(self) -> Sequence[int]:
        if not any(SEED in exclusion.values for exclusion in self.excluded):
            return [self._all] * len(self.seeds)
        return [sum(self._bit(bit, str(seed)) for bit in range(len(self.excluded))) for seed in self.seeds]

    def _bit(self, bit: int, seed: str) -> int:
        words = self.excluded[bit].values.get(SEED)
        return 1 << bit if words is None or seed in words else 0


def owner(key: str, axes: Sequence[Axis]) -> str:
    """The varied key that decides on a key: itself, or the longest that leads to it; empty if there is none."""
    keys = (varied for axis in axes for varied in axis.keys if key == varied or key.startswith(f"{varied}."))
    return max(keys, key=len, default="")


def word_at(node: Node, path: str) -> str | None:
    """What stands in a value at a path such as `.lr`, in canonical form; None if there is nothing."""
    for name in path.split(".")[1:]:
        entries = {"name": node} if isinstance(node.value, str) else node.value
        if not isinstance(entries, dict) or name not in entries:
            return None
        node = entries[name]
    return canonical(node.plain())

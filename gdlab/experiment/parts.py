"""The derivatives of a loss over some of its rows, put together from parts: to save memory, or in threads."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np

from gdlab.autodiff import Cost, Method
from gdlab.autodiff.derivatives import Derivatives
from gdlab.problems.base import Problem

Array = np.ndarray[Any, np.dtype[Any]]

CHUNK = 1 << 14  # rows of a part: more fill the cache, and all of large data the memory


class OnRows:
    """The derivatives of a loss that is a mean over its rows, over those that are current, by a gradient method.

    The mean over many rows is the mean of those of its parts, each weighted by its number of rows; so is its gradient.

    Args:
        problem: whose loss it is.
        method: the gradient method.
        start: a point, shape (n,).
        shards: parts that are computed apart, each in a thread of its own.

    Attributes:
        rows: the current rows, an int array; all of them to begin with.
        weight: what the mean over them counts for.
    """

    def __init__(self, problem: Problem, method: Method, start: Array, shards: int = 1) -> None:
        self.problem = problem
        self.method = method
        self.start = start
        self.shards = shards
        self.weight = 1.0
        self.rows: Array = np.arange(problem.rows)
        self._bound: dict[tuple[int, int], Derivatives] = {}
        self._threads = ThreadPoolExecutor(shards, "shard") if shards > 1 else None

    @property
    def share(self) -> float:
        """The current rows as a share of all."""
        return len(self.rows) / self.problem.rows

    def value(self, w: Array) -> Any:
        """The loss."""
        return self._sum(lambda part, rows: part.value(w, rows))

    def gradient(self, w: Array) -> Array:
        """Its gradient, shape (n,)."""
        return self._sum(lambda part, rows: part.gradient(w, rows))  # type: ignore[no-any-return]

    def value_and_gradient(self, w: Array) -> tuple[Any, Array]:
        """Both."""
        both = self._each(lambda part, rows: part.value_and_gradient(w, rows))
        weights = self._weights()
        value = sum(weight * value for weight, (value, _) in zip(weights, both, strict=True))
        return value, _added(weights, [gradient for _, gradient in both])

    def hessian(self, w: Array) -> Array:
        """Its Hessian, shape (n, n)."""
        return self._sum(lambda part, rows: part.hessian(w, rows))  # type: ignore[no-any-return]

    def hvp(self, w: Array, v: Array) -> Array:
        """Its Hessian times v, shape (n,)."""
        return self._sum(lambda part, rows: part.hvp(w, v, rows))  # type: ignore[no-any-return]

    @property
    def cost_of_value(self) -> Cost:
        """The charge for one value: that of all rows, times the share of the current ones."""
        return self._any.cost_of_value * self.share

    @property
    def cost_of_gradient(self) -> Cost:
        """The charge for one gradient."""
        return self._any.cost_of_gradient * self.share

    @property
    def cost_of_value_and_gradient(self) -> Cost:
        """The charge for both together."""
        return self._any.cost_of_value_and_gradient * self.share

    @property
    def cost_of_hessian(self) -> Cost:
        """The charge for one Hessian."""
        return self._any.cost_of_hessian * self.share

    @property
    def cost_of_hvp(self) -> Cost:
        """The charge for one product with a vector."""
        return self._any.cost_of_hvp * self.share

    @property
    def _any(self) -> Derivatives:
        return next(self._parts())[0]

    def _sum(self, f: Callable[[Derivatives, Array], Any]) -> Any:
        return _added(self._weights(), self._each(f))

    def _each(self, f: Callable[[Derivatives, Array], Any]) -> list[Any]:
        """What f makes of each part, in their order."""
        parts = self._parts()
        if self._threads is None:
            return [f(*part) for part in parts]
        return list(self._threads.map(partial(_quietly, f), *zip(*parts, strict=True)))

    def _weights(self) -> list[float]:
        return [self.weight * len(rows) / len(self.rows) for rows in self._split()]

    def _split(self) -> Sequence[Array]:
        """The current rows in parts as equal as can be, none larger than what is looked at at once."""
        many = min(len(self.rows), max(self.shards, -(-len(self.rows) // CHUNK)))
        return [self.rows] if many == 1 else np.array_split(self.rows, many)

    def _parts(self) -> Iterator[tuple[Derivatives, Array]]:
        """Each part with derivatives for its size; in threads with some of its own, for programs have fixed arrays."""
        for place, rows in enumerate(self._split()):
            key = (len(rows), place if self._threads is not None else 0)
            if key not in self._bound:
                self._bound[key] = self.method.bind(self.problem.loss, self.start, rows)
            yield self._bound[key], rows


def _quietly(f: Callable[[Derivatives, Array], Any], part: Derivatives, rows: Array) -> Any:
    """In a thread, which does not inherit that overflow is no news."""
    with np.errstate(all="ignore"):
        return f(part, rows)


def _added(weights: Sequence[float], parts: Sequence[Any]) -> Any:
    if len(parts) == 1 and weights[0] == 1:
        return parts[0]
    total = weights[0] * parts[0]
    for weight, part in zip(weights[1:], parts[1:], strict=True):
        total = total + weight * part
    return total

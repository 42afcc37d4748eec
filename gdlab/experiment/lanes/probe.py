"""What an optimizer can do in lanes, found by trying it on a small bowl."""

from typing import Any, cast

import numpy as np

from gdlab.experiment.lanes.numbers import numbers, with_numbers
from gdlab.optimizers import Objective, Optimizer
from gdlab.optimizers.checked import begun, taken

Array = np.ndarray[Any, np.dtype[Any]]

_POINTS = np.array([[0.7, -1.1], [-0.4, 0.9]])  # each column a replica
_STEPS = 3


class _Bowl:
    """f = Σ i·wᵢ², of one point or of many side by side."""

    def value(self, w: Any) -> Any:
        return np.sum(_weights(w) * w * w, axis=0)

    def gradient(self, w: Any) -> Any:
        return 2 * _weights(w) * w

    def value_and_gradient(self, w: Any) -> tuple[Any, Any]:
        return self.value(w), self.gradient(w)


def _weights(w: Any) -> Array:
    return np.arange(1.0, 1 + w.shape[0]).reshape(-1, *(1,) * (len(w.shape) - 1))


def can_differ(optimizer: Optimizer) -> frozenset[str]:
    """The paths of the numbers of an optimizer that its step only calculates with, and does not branch on."""
    ready = optimizer.fitted(_STEPS, 0)
    mine = [path for path in numbers(optimizer) if not path.endswith("noise.seed")]
    seeds = frozenset(path for path in numbers(optimizer) if path.endswith("noise.seed"))
    if _runs(ready, mine):
        return frozenset(mine) | seeds
    alone = [path for path in mine if _runs(ready, [path])]
    return (frozenset(alone) if _runs(ready, alone) else frozenset()) | seeds


def _runs(optimizer: Optimizer, paths: list[str]) -> bool:
    """Whether a step works on replicas that differ in these numbers."""
    found = numbers(optimizer)
    values = {path: np.array([found[path], found[path]]) for path in paths}
    return _end(with_numbers(optimizer, values), _POINTS) is not None


def mixes_lanes(optimizer: Optimizer) -> bool:
    """Whether replicas side by side do not take the steps that each takes by itself."""
    together = _end(optimizer, _POINTS)
    apart = [_end(optimizer, point) for point in _POINTS.T]
    if together is None or any(end is None for end in apart):
        return True
    return not np.allclose(together, np.stack(apart, axis=1), rtol=1e-9, atol=1e-12, equal_nan=True)  # type: ignore[arg-type] # none is None


def _end(optimizer: Any, w: Array) -> Array | None:
    """Where a few steps lead; None if a rule cannot take them."""
    try:
        with np.errstate(all="ignore"):
            state, bowl = begun(optimizer, w), cast("Objective", _Bowl())
            for _ in range(_STEPS):
                w, state = taken(optimizer, bowl, w, state)
    except Exception:  # noqa: BLE001 - what is wrong with a rule of the user's own, its run says
        return None
    return w

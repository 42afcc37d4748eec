"""The objective as a rule sees it through what stands around it, and the clipping of gradients."""

from typing import TYPE_CHECKING, Any

import numpy as np

from gdlab.optimizers.base import Array, Objective

if TYPE_CHECKING:
    from gdlab.optimizers.around.rule import Around


def clipped_by_norm(g: Array, most: float, eps: float) -> Array:
    """Shorten g to the norm `most` if it is longer: g·most/max(‖g‖ + eps, most).

    Source: Pascanu, Mikolov & Bengio 2013 (arXiv:1211.5063), Algorithm 1; eps as torch has it, there 1e-6.
    """
    # In units of its largest coordinate, so that the squares of exploding gradients do not overflow.
    largest = np.max(np.abs(g), axis=0)
    unit = np.where(largest > 0, largest, 1)
    scaled = g / unit
    norm = unit * np.sqrt(np.sum(scaled * scaled, axis=0))
    shortened: Array = g * (most / np.maximum(norm + eps, most))
    return shortened


def clipped_by_value(g: Array, most: float) -> Array:
    """Cut each coordinate of g to the interval from −most to most."""
    return np.minimum(np.maximum(g, -most), most)


class Seen:
    """The objective of one step, with clipped and noisy gradients and the penalty of coupled weight decay in all of it.

    Args:
        objective: the true one.
        around: what stands around the rule, with the hyper-parameters of this step.
        k: steps done.
    """

    def __init__(self, objective: Objective, around: "Around", k: Any) -> None:
        self.objective = objective
        self.around = around
        self.k = k
        self.calls = 0
        self.penalty = around.weight_decay if around.decay == "coupled" else None

    def value(self, w: Array) -> Any:
        """f(w) + ½λ‖w‖²."""
        return self._penalised(self.objective.value(w), w)

    def gradient(self, w: Array) -> Array:
        """∇f(w), clipped, with noise, and + λw."""
        return self._changed(self.objective.gradient(w), w)

    def value_and_gradient(self, w: Array) -> tuple[Any, Array]:
        """Both from one evaluation."""
        value, gradient = self.objective.value_and_gradient(w)
        return self._penalised(value, w), self._changed(gradient, w)

    def hessian(self, w: Array) -> Array:
        """∇²f(w) + λI."""
        hessian = self.objective.hessian(w)
        return hessian if self.penalty is None else hessian + self.penalty * np.eye(len(w), dtype=w.dtype)

    def hvp(self, w: Array, v: Array) -> Array:
        """∇²f(w)·v + λv."""
        product = self.objective.hvp(w, v)
        return product if self.penalty is None else product + self.penalty * v

    def _penalised(self, value: Any, w: Array) -> Any:
        return value if self.penalty is None else value + 0.5 * self.penalty * np.sum(w * w, axis=0)

    def _changed(self, gradient: Array, w: Array) -> Array:
        self.calls += 1
        return self.around.changed(gradient, w, self.k, self.calls - 1)

"""What the eigenvalues of a Hessian say."""

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

_FLAT = 1e-10  # an eigenvalue this much smaller than the largest counts as zero
_STATIONARY = 1e-8  # so does a gradient this small beside the curvature


@dataclass(frozen=True)
class Curvature:
    """The eigenvalues of a Hessian, in ascending order, and what they say in one sentence."""

    eigenvalues: Array
    verdict: str


def curvature(gradient: Array, hessian: Array, smooth: bool = True) -> Curvature:
    """Judge a point by its gradient (n,) and its Hessian (n, n).

    Args:
        gradient: at the point.
        hessian: there.
        smooth: whether the function has both around the point; at a kink they belong to one side, or to none.
    """
    if not (np.all(np.isfinite(hessian)) and np.all(np.isfinite(gradient))):
        return Curvature(np.full(len(gradient), np.nan), "the derivatives are not finite here")
    eigenvalues = np.linalg.eigvalsh((hessian + hessian.T) / 2)
    size = float(np.max(np.abs(eigenvalues), initial=0.0))
    signs = {int(np.sign(value)) for value in eigenvalues if abs(value) > _FLAT * size}
    flat = any(abs(value) <= _FLAT * size for value in eigenvalues)
    stationary = float(np.max(np.abs(gradient), initial=0.0)) <= _STATIONARY * max(1.0, size)
    if not smooth:
        return Curvature(eigenvalues, "a kink here: the Hessian says nothing of it")
    return Curvature(eigenvalues, _at_rest(signs, flat) if stationary else _on_a_slope(signs, flat, size))


def _at_rest(signs: set[int], flat: bool) -> str:
    match sorted(signs):
        case [-1, 1]:
            return "the gradient is zero and the curvature has both signs: a saddle"
        case [1] if not flat:
            return "the gradient is zero and every curvature is positive: a strict local minimum"
        case [-1] if not flat:
            return "the gradient is zero and every curvature is negative: a strict local maximum"
    return "the gradient is zero and some curvature is too: the second order does not tell what this is"


def _on_a_slope(signs: set[int], flat: bool, largest: float) -> str:
    match sorted(signs):
        case [-1, 1]:
            return "no stationary point; the curvature has both signs, as around a saddle"
        case [1]:
            kind = "never negative" if flat else "positive in every direction"
            return (
                f"no stationary point; the curvature is {kind}: gradient descent can keep steps below {2 / largest:.4g}"
            )
        case [-1]:
            return "no stationary point; the curvature is nowhere positive, as below a maximum"
    return "no stationary point, and no curvature: a plane"

"""A function bound to a gradient method: value, gradient, Hessian and Hessian-vector product, and what each costs.

A point may itself be traced, and so may what a function closes over: then the derivatives are traced too, and can be
differentiated again.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from gdlab.autodiff.binding import bound, outer, point_like
from gdlab.autodiff.caller import call
from gdlab.autodiff.cost import Cost
from gdlab.autodiff.dual import LEVELS, Dual, parts
from gdlab.autodiff.forward import tangent
from gdlab.autodiff.graph import Node, check_scalar, constant, scalar, variable
from gdlab.autodiff.lanes import FEW, AlongAxes, lanes_for
from gdlab.autodiff.primitive import Traced
from gdlab.autodiff.reverse import gradients
from gdlab.autodiff.shapes import float_dtype
from gdlab.errors import DifferentiationError

Array = np.ndarray[Any, np.dtype[Any]]


class Derivatives:
    """The derivatives of one function at points of one shape, by one method.

    Args:
        f: `f(w)`, or `f(w, rows)` if rows are given; returns a scalar.
        w: a point, shape (n,).
        rows: the rows of a minibatch, or None.

    Calls take `w` of shape (n,) and the rows of the minibatch. `cost_of_…` says what one call is charged.
    """

    cost_of_value = Cost(evaluations=1)

    def __init__(self, f: Callable[..., Any], w: Any, rows: Any = None) -> None:
        self.f = f
        self.example = np.zeros(w.shape, float_dtype(w)) if isinstance(w, Traced) else point_like(w)
        self.rows = None if rows is None else np.asarray(rows)
        self.n = self.example.size

    def value(self, w: Array, rows: Any = None) -> Any:
        """f(w), a scalar."""
        return self._value(w, rows)

    def gradient(self, w: Array, rows: Any = None) -> Array:
        """∇f(w), the shape of w."""
        return self.value_and_gradient(w, rows)[1]

    def value_and_gradient(self, w: Array, rows: Any = None) -> tuple[Any, Array]:
        """f(w) and ∇f(w)."""
        raise NotImplementedError

    def hvp(self, w: Array, v: Array, rows: Any = None) -> Array:
        """∇²f(w)·v, the shape of w."""
        raise NotImplementedError

    def hessian(self, w: Array, rows: Any = None) -> Array:
        """∇²f(w), shape (n, n), column by column."""
        if self.n == 0:
            return np.empty((0, 0), self.example.dtype)
        columns = [self.hvp(w, direction, rows).reshape(-1) for direction in self._directions()]
        return np.stack(columns, axis=1)

    @property
    def cost_of_gradient(self) -> Cost:
        """The charge for one gradient."""
        return self.cost_of_value_and_gradient

    @property
    def cost_of_value_and_gradient(self) -> Cost:
        """The charge for one value and gradient together."""
        raise NotImplementedError

    @property
    def cost_of_hvp(self) -> Cost:
        """The charge for one Hessian-vector product."""
        raise NotImplementedError

    @property
    def cost_of_hessian(self) -> Cost:
        """The charge for one Hessian."""
        return self.cost_of_hvp * self.n

    def _call(self, w: Any, rows: Any) -> Any:
        return call(self.f, w) if self.rows is None else call(self.f, w, rows)

    def _direct(self, w: Any, rows: Any) -> Any:
        """f(w) without a graph; the function may write into the copy that it is given."""
        point = self._point(w)
        return check_scalar(self._call(point if isinstance(w, Traced) else np.array(point), rows))

    def _point(self, w: Any) -> Any:
        """A point in the dtype of the example, traced or not.

        Raises:
            ValueError: if its shape is another one; it would be broadcast.
        """
        point: Any = w if isinstance(w, Traced) else np.asarray(w, self.example.dtype)
        if point.shape != self.example.shape:
            raise ValueError(f"these are the derivatives at points of shape {self.example.shape}, not {point.shape}")
        return point

    def _directions(self) -> Array:
        return np.eye(self.n, dtype=self.example.dtype).reshape(self.n, *self.example.shape)

    def _trace(self) -> tuple[dict[str, Node], Node]:
        """The inputs w and, with minibatches, rows; and the value as a graph."""
        level = next(LEVELS)
        inputs = {"w": variable("w", self.example, level)}
        if self.rows is not None:
            inputs["rows"] = Node(None, (), {}, self.rows.shape, self.rows.dtype, level=level, name="rows")
        return inputs, scalar(self._call(*(list(inputs.values()) if self.rows is not None else [inputs["w"], None])))

    @cached_property
    def _value(self) -> Callable[..., Any]:
        """The function itself, compiled if it can be traced; a value needs no rules."""
        try:
            inputs, out = self._trace()
        except (TypeError, AttributeError):
            return self._direct
        return bound(inputs, {"value": out})


class ReverseDerivatives(Derivatives):
    """By reverse mode; second order by forward mode over it."""

    @property
    def cost_of_value_and_gradient(self) -> Cost:
        """One evaluation and one pass back."""
        return Cost(evaluations=1, reverse_passes=1)

    @property
    def cost_of_hvp(self) -> Cost:
        """A forward and a backward pass in dual numbers."""
        return Cost(evaluations=1, dual_passes=1, reverse_passes=1)

    def value_and_gradient(self, w: Array, rows: Any = None) -> tuple[Any, Array]:
        """f(w) and ∇f(w) from one program."""
        return self._both(w, rows)  # type: ignore[no-any-return]

    def hvp(self, w: Array, v: Array, rows: Any = None) -> Array:
        """∇²f(w)·v: the derivative of the gradient along v."""
        return self._product(w, rows, v)  # type: ignore[no-any-return]

    @cached_property
    def _both(self) -> Callable[..., Any]:
        inputs, out = self._trace()
        return bound(inputs, {"value": out, "result": gradients(out, [inputs["w"]])[0]})

    @cached_property
    def _product(self) -> Callable[..., Any]:
        inputs, out = self._trace()
        w = inputs["w"]
        v = variable("v", self.example, w.level)
        return bound({**inputs, "v": v}, {"result": tangent(gradients(out, [w])[0], {w: v})})


class RetracedDerivatives(ReverseDerivatives):
    """By reverse mode on a graph that is made anew at every point, so that the function may branch on its values."""

    def value(self, w: Array, rows: Any = None) -> Any:
        """f(w), computed as it is."""
        return self._direct(w, rows)

    def value_and_gradient(self, w: Array, rows: Any = None) -> tuple[Any, Array]:
        """f(w) and ∇f(w), by walking the graph."""
        inputs, out = self._trace_at(w, rows)
        return bound(inputs, {"value": out, "result": gradients(out, [inputs["w"]])[0]}, walk=True)(w)  # type: ignore[no-any-return]

    def hvp(self, w: Array, v: Array, rows: Any = None) -> Array:
        """∇²f(w)·v, by walking the graph."""
        inputs, out = self._trace_at(w, rows)
        node = inputs["w"]
        product = tangent(gradients(out, [node])[0], {node: constant(v)})
        return bound(inputs, {"result": product}, walk=True)(w)  # type: ignore[no-any-return]

    def _trace_at(self, w: Any, rows: Any) -> tuple[dict[str, Node], Node]:
        node = variable("w", self.example, value=self._point(w))
        return {"w": node}, scalar(self._call(node, rows))


class DualDerivatives(Derivatives):
    """By dual numbers, a pass for each direction; second order by dual numbers in dual numbers."""

    @property
    def cost_of_value_and_gradient(self) -> Cost:
        """A pass for each parameter; each gives the value too."""
        return Cost(dual_passes=self.n)

    @property
    def cost_of_hvp(self) -> Cost:
        """A pass in nested dual numbers for each parameter."""
        return Cost(dual_passes=self.n)

    @property
    def cost_of_hessian(self) -> Cost:
        """A pass in nested dual numbers for each pair of parameters."""
        return Cost(dual_passes=self.n * (self.n + 1) // 2)

    def value_and_gradient(self, w: Array, rows: Any = None) -> tuple[Any, Array]:
        """f(w) and ∇f(w), one partial derivative a pass; many passes at once where they can be lanes of one program."""
        w = self._point(w)
        if self._along_axes is not None and not isinstance(w, Traced):
            value, slopes = self._along_axes(w, rows)
            return value, slopes.reshape(self.example.shape)
        passes = [self._pass(w, rows, direction) for direction in self._directions()]
        value = passes[-1][0] if passes else self.value(w, rows)
        return value, gathered([slope for _, slope in passes], self.example)

    def hvp(self, w: Array, v: Array, rows: Any = None) -> Array:
        """∇²f(w)·v, one component a pass."""
        return gathered([self._second(w, rows, v, direction) for direction in self._directions()], self.example)

    def hessian(self, w: Array, rows: Any = None) -> Array:
        """∇²f(w), one pair of parameters a pass."""
        directions = self._directions()
        half = [[self._second(w, rows, directions[i], directions[j]) for j in range(i + 1)] for i in range(self.n)]
        entries = [half[max(i, j)][min(i, j)] for i in range(self.n) for j in range(self.n)]
        return gathered(entries, np.empty((self.n, self.n), self.example.dtype))

    @cached_property
    def _along_axes(self) -> AlongAxes | None:
        lanes = lanes_for(self.n, self.n)
        if self.example.ndim != 1 or lanes <= FEW:
            return None
        try:
            inputs, out = self._trace()
            v = variable("v", self.example, inputs["w"].level)
            inputs = {**inputs, "v": v}
            slope = tangent(out, {inputs["w"]: v})
            if outer(inputs, {"value": out, "slope": slope}):
                return None
            return AlongAxes(inputs, out, slope, lanes)
        except (DifferentiationError, NotImplementedError):
            return None

    @cached_property
    def _pass(self) -> Callable[..., Any]:
        try:
            inputs, out = self._trace()
        except DifferentiationError:
            return self._eager_pass
        v = variable("v", self.example, inputs["w"].level)
        return bound({**inputs, "v": v}, {"value": out, "slope": tangent(out, {inputs["w"]: v})})

    @cached_property
    def _second(self) -> Callable[..., Any]:
        try:
            inputs, out = self._trace()
        except DifferentiationError:
            return self._eager_second
        w = inputs["w"]
        u, v = (variable(name, self.example, w.level) for name in ("u", "v"))
        return bound({**inputs, "u": u, "v": v}, {"slope": tangent(tangent(out, {w: u}), {w: v})})

    def _eager_pass(self, w: Array, rows: Any, v: Array) -> tuple[Any, Any]:
        level = next(LEVELS)
        return parts(self._direct(Dual(w, v, level), rows), level)

    def _eager_second(self, w: Array, rows: Any, u: Array, v: Array) -> Any:
        inner, outer = next(LEVELS), next(LEVELS)
        _, slope = parts(self._direct(Dual(Dual(w, u, inner), v, outer), rows), outer)
        return parts(slope, inner)[1]


def difference_along(gradient: Callable[[Array], Any], w: Array, v: Array, unit: float) -> Any:
    """∇²f(w)·v as the central difference of gradients at two points along v.

    The step is `unit` times the size of the parameters, as far as any of those that v moves allows.
    """
    moved = v != 0
    if not np.any(moved):
        return np.zeros_like(w)
    sizes = np.maximum(1, np.abs(w[moved])) ** 0.75 / np.abs(v[moved])
    h = w.dtype.type(unit * float(np.min(sizes)))
    return np.asarray((gradient(w + h * v) - gradient(w - h * v)) / (2 * h))


def gathered(values: Sequence[Any], like: Array) -> Array:
    """Scalars as an array of the shape and dtype of another; traced if one of them is."""
    if any(isinstance(value, Traced) for value in values):
        return np.stack(values).reshape(like.shape)
    return np.array(values, like.dtype).reshape(like.shape)

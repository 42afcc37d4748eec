"""A function bound to a gradient method: value, gradient, Hessian and Hessian-vector product, and what each costs."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from gdlab.autodiff.cost import Cost
from gdlab.autodiff.dual import LEVELS, Dual
from gdlab.autodiff.forward import tangent
from gdlab.autodiff.graph import Node, constant, evaluate, scalar, variable
from gdlab.autodiff.program.program import Program
from gdlab.autodiff.reverse import gradients
from gdlab.autodiff.shapes import float_dtype
from gdlab.errors import BranchError

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
        self.example = np.asarray(w, float_dtype(np.asarray(w)))
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
        return self.f(w) if self.rows is None else self.f(w, rows)

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
        """The function itself, compiled if its graph does not depend on its values."""
        try:
            inputs, out = self._trace()
        except BranchError:
            return self._call
        return _runner(Program(inputs, {"value": out}))


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
        return _runner(Program(inputs, {"value": out, "result": gradients(out, [inputs["w"]])[0]}))

    @cached_property
    def _product(self) -> Callable[..., Any]:
        inputs, out = self._trace()
        w = inputs["w"]
        v = variable("v", self.example, w.level)
        product = tangent(gradients(out, [w])[0], {w: v})
        return _runner(Program({**inputs, "v": v}, {"result": product}))


class RetracedDerivatives(ReverseDerivatives):
    """By reverse mode on a graph that is made anew at every point, so that the function may branch on its values."""

    def value(self, w: Array, rows: Any = None) -> Any:
        """f(w), computed as it is."""
        return self._call(w, rows)

    def value_and_gradient(self, w: Array, rows: Any = None) -> tuple[Any, Array]:
        """f(w) and ∇f(w), by walking the graph."""
        node, out = self._trace_at(w, rows)
        value, gradient = evaluate([out, *gradients(out, [node])], {})
        return value, np.array(gradient)

    def hvp(self, w: Array, v: Array, rows: Any = None) -> Array:
        """∇²f(w)·v, by walking the graph."""
        node, out = self._trace_at(w, rows)
        product = tangent(gradients(out, [node])[0], {node: constant(np.asarray(v, self.example.dtype))})
        return np.array(evaluate([product], {})[0])

    def _trace_at(self, w: Array, rows: Any) -> tuple[Node, Node]:
        node = variable("w", self.example, value=np.asarray(w, self.example.dtype))
        return node, scalar(self._call(node, rows))


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
        """f(w) and ∇f(w), one partial derivative a pass."""
        value, partials = None, np.empty(self.n, self.example.dtype)
        for i, direction in enumerate(self._directions()):
            value, partials[i] = self._pass(w, rows, direction)
        return value, partials.reshape(self.example.shape)

    def hvp(self, w: Array, v: Array, rows: Any = None) -> Array:
        """∇²f(w)·v, one component a pass."""
        products = [self._second(w, rows, v, direction) for direction in self._directions()]
        return np.asarray(products, self.example.dtype).reshape(self.example.shape)

    def hessian(self, w: Array, rows: Any = None) -> Array:
        """∇²f(w), one pair of parameters a pass."""
        out = np.empty((self.n, self.n), self.example.dtype)
        directions = self._directions()
        for i in range(self.n):
            for j in range(i + 1):
                out[i, j] = out[j, i] = self._second(w, rows, directions[i], directions[j])
        return out

    @cached_property
    def _pass(self) -> Callable[..., Any]:
        try:
            inputs, out = self._trace()
        except BranchError:
            return self._eager_pass
        v = variable("v", self.example, inputs["w"].level)
        return _runner(Program({**inputs, "v": v}, {"value": out, "slope": tangent(out, {inputs["w"]: v})}))

    @cached_property
    def _second(self) -> Callable[..., Any]:
        try:
            inputs, out = self._trace()
        except BranchError:
            return self._eager_second
        w = inputs["w"]
        u, v = (variable(name, self.example, w.level) for name in ("v", "u"))
        program = Program({**inputs, "v": u, "u": v}, {"slope": tangent(tangent(out, {w: u}), {w: v})})
        return _runner(program)

    def _eager_pass(self, w: Array, rows: Any, v: Array) -> tuple[Any, Any]:
        level = next(LEVELS)
        return _parts(self._call(Dual(w, v, level), rows), level)

    def _eager_second(self, w: Array, rows: Any, u: Array, v: Array) -> Any:
        inner, outer = next(LEVELS), next(LEVELS)
        point = Dual(Dual(w, u, inner), v, outer)
        _, slope = _parts(self._call(point, rows), outer)
        return _parts(slope, inner)[1]


class NumericDerivatives(Derivatives):
    """By differences of values; second order by differences of gradients.

    Second order with steps that are not given is central for both schemes: forward differences of forward differences
    keep three digits.

    Args:
        f, w, rows: as for all methods.
        scheme: `forward` or `central`.
        eps: the step, taken as it is; None chooses it by the precision of w and the size of each parameter.
    """

    def __init__(
        self, f: Callable[..., Any], w: Any, rows: Any = None, *, scheme: str = "central", eps: float | None = None
    ) -> None:
        super().__init__(f, w, rows)
        self.central = scheme == "central"
        self.eps = eps
        self._unit = float(np.finfo(self.example.dtype).eps)

    @property
    def cost_of_gradient(self) -> Cost:
        """Forward n + 1 evaluations, central 2n."""
        return Cost(evaluations=2 * self.n if self.central else self.n + 1)

    @property
    def cost_of_value_and_gradient(self) -> Cost:
        """Forward n + 1 evaluations, central 2n and one for the value."""
        return Cost(evaluations=2 * self.n + 1 if self.central else self.n + 1)

    @property
    def cost_of_hvp(self) -> Cost:
        """Two gradients."""
        return self._second.cost_of_gradient * 2

    @property
    def cost_of_hessian(self) -> Cost:
        """Forward n + 1 gradients, central 2n."""
        return self._second.cost_of_gradient * (2 * self.n if self._second.central else self.n + 1)

    def gradient(self, w: Array, rows: Any = None) -> Array:
        """∇f(w) by differences."""
        base = None if self.central else self.value(w, rows)
        return self._gradient(w, rows, base, self._steps(w, order=1))

    def value_and_gradient(self, w: Array, rows: Any = None) -> tuple[Any, Array]:
        """f(w), and ∇f(w) by differences."""
        base = self.value(w, rows)
        return base, self._gradient(w, rows, base, self._steps(w, order=1))

    def hvp(self, w: Array, v: Array, rows: Any = None) -> Array:
        """∇²f(w)·v: the difference of the gradients at two points along v."""
        size = float(np.max(np.abs(v), initial=0.0))
        if size == 0:
            return np.zeros_like(self.example)
        second, h = self._second, float(np.max(self._second._steps(w, order=2))) / size
        back = w - h * v if second.central else w
        width = 2 * h if second.central else h
        return (second._wide_gradient(w + h * v, rows) - second._wide_gradient(back, rows)) / width

    def hessian(self, w: Array, rows: Any = None) -> Array:
        """∇²f(w): row i holds the differences of ∂f/∂wᵢ."""
        second = self._second
        flat, steps = np.asarray(w).reshape(-1), second._steps(w, order=2).reshape(-1)
        base = None if second.central else second._wide_gradient(w, rows).reshape(-1)
        out = np.empty((self.n, self.n), self.example.dtype)
        for j in range(self.n):
            ahead = second._wide_gradient(_moved(flat, j, steps[j]).reshape(self.example.shape), rows).reshape(-1)
            if base is None:
                back = second._wide_gradient(_moved(flat, j, -steps[j]).reshape(self.example.shape), rows).reshape(-1)
                out[:, j] = (ahead - back) / (2 * steps[j])
            else:
                out[:, j] = (ahead - base) / steps[j]
        return out

    @cached_property
    def _second(self) -> "NumericDerivatives":
        if self.central or self.eps is not None:
            return self
        return NumericDerivatives(self.f, self.example, self.rows, scheme="central")

    def _wide_gradient(self, w: Array, rows: Any) -> Array:
        """The gradient with the wider step that a second difference needs."""
        base = None if self.central else self.value(w, rows)
        return self._gradient(w, rows, base, self._steps(w, order=2))

    def _steps(self, w: Array, order: int) -> Array:
        """The step for each parameter: as given, or the one that balances truncation and rounding."""
        if self.eps is not None:
            return np.full(self.example.shape, self.eps, self.example.dtype)
        power = 1 / (order + (2 if self.central else 1))
        steps: Array = self._unit**power * np.maximum(1, np.abs(w)).astype(self.example.dtype)
        return steps

    def _gradient(self, w: Array, rows: Any, base: Any, steps: Array) -> Array:
        flat, step = np.asarray(w, self.example.dtype).reshape(-1), steps.reshape(-1)
        out = np.empty(self.n, self.example.dtype)
        for i in range(self.n):
            h = step[i]
            ahead = self.value(_moved(flat, i, h).reshape(self.example.shape), rows)
            if self.central:
                behind = self.value(_moved(flat, i, -h).reshape(self.example.shape), rows)
                out[i] = (ahead - behind) / (2 * h)
            else:
                out[i] = (ahead - base) / h
        return out.reshape(self.example.shape)


def _moved(w: Array, i: int, h: float) -> Array:
    moved = w.copy()
    moved[i] += h
    return moved


def _parts(out: Any, level: int) -> tuple[Any, Any]:
    """Value and tangent at a level; what does not depend on it has tangent 0."""
    return (out.value, out.tangent) if isinstance(out, Dual) and out.level == level else (out, 0.0)


def _runner(program: Program) -> Callable[..., Any]:
    """A program as a function of w, rows and directions; an array result comes back as a new array."""
    arrays, run = program.arrays, program.run
    w, result, rows = arrays["w"], arrays.get("result"), arrays.get("rows")
    v, u = arrays.get("v"), arrays.get("u")

    def call(point: Any, taken: Any = None, first: Any = None, second: Any = None) -> Any:
        w[...] = point
        if rows is not None:
            rows[...] = taken
        if v is not None:
            v[...] = first
        if u is not None:
            u[...] = second
        value = run()
        if result is None:
            return value
        return result.copy() if value is None else (value, result.copy())

    return call

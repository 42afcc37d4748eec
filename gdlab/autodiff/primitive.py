"""A row of the table of primitives, and how a traced value is told from a number.

A primitive is called like the NumPy function it computes with. On plain numbers and arrays it computes; if an argument
is traced, the traced value with the highest level decides what happens (`Traced.interpret`), so that a dual number
inside a dual number, or inside a graph, meets the same rules.

The contract of a rule, for z = f(x₁, …): the pushforward maps tangents to Σᵢ ∂f/∂xᵢ·tᵢ, the pullback maps a cotangent g
to (g·∂f/∂x₁, …) in the shapes of the arguments. Rules are written with NumPy functions on possibly traced values, so a
rule can be differentiated again.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gdlab.autodiff.shapes import Shape, shape_of, unbroadcast

Rule = Callable[..., Any]


class Traced:
    """Base of values that know how they came about. `level` tells nested derivatives apart: a later trace is higher."""

    __slots__ = ()
    level: int
    shape: Shape
    dtype: Any

    def interpret(self, primitive: "Primitive", args: Sequence[Any], params: dict[str, Any]) -> Any:
        """What `primitive(*args, **params)` means for this kind of traced value."""
        raise NotImplementedError(f"{type(self).__name__} must define interpret(primitive, args, params)")

    def concrete(self) -> Any:
        """The value, if it is known while tracing; None otherwise."""
        return None

    def scaled_by(self, g: Any) -> Any:
        """g·self where self is a partial derivative; a traced value may find a shorter way to write it."""
        return g * self


class Primitive:
    """One operation: how it is computed and how it is differentiated.

    Args:
        name: unique; what printed formulas, graphs and programs call it.
        compute: the function on plain arrays, `compute(*args, **params)`.
    """

    def __init__(self, name: str, compute: Callable[..., Any]) -> None:
        self.name = name
        self.compute = compute

    def __call__(self, *args: Any, **params: Any) -> Any:
        """Compute, or trace if an argument is traced."""
        top = None
        for arg in args:
            if isinstance(arg, Traced) and (top is None or arg.level > top.level):
                top = arg
        return self.compute(*args, **params) if top is None else top.interpret(self, args, params)

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def pushforward(self, z: Any, args: Sequence[Any], tangents: Sequence[Any], params: dict[str, Any]) -> Any:
        """Σᵢ ∂f/∂xᵢ·tᵢ in the shape of z; a tangent of None is zero, and so is a result of None."""
        raise NotImplementedError(f"primitive {self.name!r} has no derivative")

    def pullback(
        self, g: Any, z: Any, args: Sequence[Any], wanted: Sequence[bool], params: dict[str, Any]
    ) -> list[Any]:
        """g·∂f/∂xᵢ for each xᵢ that is wanted; None where it is zero or not wanted.

        In the shape of xᵢ, or of shape () where it is the same for all elements of xᵢ. So is g, for z.
        """
        raise NotImplementedError(f"primitive {self.name!r} has no derivative")


class Elementwise(Primitive):
    """A function of numbers, applied to arrays with broadcasting.

    `partials[i](z, *args)` is ∂f/∂xᵢ; it may use the result z. A partial that is the number 0 or 1 costs nothing.
    """

    def __init__(self, name: str, compute: Callable[..., Any], *partials: Rule | float) -> None:
        super().__init__(name, compute)
        self.partials = partials

    def partial(self, i: int, z: Any, args: Sequence[Any]) -> Any:
        """∂f/∂xᵢ at the arguments: an array, a number or a traced value."""
        rule = self.partials[i]
        return rule(z, *args) if callable(rule) else rule

    def pushforward(self, z: Any, args: Sequence[Any], tangents: Sequence[Any], params: dict[str, Any]) -> Any:
        """Σᵢ ∂f/∂xᵢ·tᵢ, broadcast to the shape of z."""
        total = None
        for i, tangent in enumerate(tangents):
            if tangent is None:
                continue
            term = scale(tangent, self.partial(i, z, args))
            if term is not None:
                total = term if total is None else total + term
        if total is not None and shape_of(total) != shape_of(z):
            total = np.broadcast_to(total, shape_of(z))
        return total

    def pullback(
        self, g: Any, z: Any, args: Sequence[Any], wanted: Sequence[bool], params: dict[str, Any]
    ) -> list[Any]:
        """g·∂f/∂xᵢ, summed over the axes along which xᵢ was broadcast."""
        cotangents: list[Any] = []
        for i, arg in enumerate(args):
            term = scale(g, self.partial(i, z, args)) if wanted[i] else None
            cotangents.append(None if term is None else unbroadcast(term, shape_of(z), shape_of(arg)))
        return cotangents


class Structural(Primitive):
    """An operation that moves, sums or multiplies whole arrays, with forward and transpose spelled out.

    Args:
        name, compute: as for every primitive.
        transpose: `(g, z, args, i, **params)`, g·∂f/∂xᵢ in the shape of args[i].
        push: `(z, args, tangents, **params)`; unset, the operation is taken as linear in each argument by itself.
        shape: `(*shapes, **params)`, the shape of the result, where it cannot be had by computing on zeros.
        uniform: a cotangent that is the same for all elements may be given to `transpose` as a scalar.
    """

    def __init__(
        self,
        name: str,
        compute: Callable[..., Any],
        transpose: Rule,
        *,
        push: Rule | None = None,
        shape: Callable[..., tuple[int, ...]] | None = None,
        uniform: bool = False,
    ) -> None:
        super().__init__(name, compute)
        self.transpose = transpose
        self.push = push
        self.shape = shape
        self.uniform = uniform

    def pushforward(self, z: Any, args: Sequence[Any], tangents: Sequence[Any], params: dict[str, Any]) -> Any:
        """By its own rule, or by linearity in each argument."""
        if self.push is not None:
            return self.push(z, args, tangents, **params)
        total = None
        for i, tangent in enumerate(tangents):
            if tangent is not None:
                term = self(*args[:i], tangent, *args[i + 1 :], **params)
                total = term if total is None else total + term
        return total

    def pullback(
        self, g: Any, z: Any, args: Sequence[Any], wanted: Sequence[bool], params: dict[str, Any]
    ) -> list[Any]:
        """The transpose for each argument that is wanted."""
        if not self.uniform and shape_of(g) != shape_of(z):
            whole: Any = g if isinstance(g, Traced) else np.asarray(g, z.dtype)
            g = np.broadcast_to(whole, shape_of(z))
        return [self.transpose(g, z, args, i, **params) if wanted[i] else None for i in range(len(args))]


def scale(g: Any, partial: Any) -> Any:
    """g·partial without the multiplications by the numbers 0, 1 and −1 that a rule has by itself; None is zero.

    A partial that is 0 at this point only is a NumPy number, and is multiplied: 0·inf is NaN for every method.
    """
    if type(partial) in (int, float):
        if partial == 0:
            return None
        if partial == 1:
            return g
        if partial == -1:
            return -g
    if isinstance(partial, Traced):
        return partial.scaled_by(g)
    return g * partial

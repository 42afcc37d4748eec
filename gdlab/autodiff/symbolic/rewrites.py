"""Rewritings of operations on whole arrays: detours straightened, coefficients brought to the front."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from gdlab.autodiff.graph import Node, number
from gdlab.autodiff.program.simplify import freeze
from gdlab.autodiff.symbolic.normal import NormalForms
from gdlab.autodiff.symbolic.sums import Sum
from gdlab.autodiff.table import TABLE

Rewriting = Callable[[NormalForms, Sequence[Node], dict[str, Any]], Node | None]


def _broadcast_to(forms: NormalForms, inputs: Sequence[Node], params: dict[str, Any]) -> Node | None:
    (x,) = inputs
    if x.shape == params["shape"]:
        return x
    return forms.named("broadcast_to", x.inputs[0], **params) if x.primitive is TABLE["broadcast_to"] else None


def _reshape(forms: NormalForms, inputs: Sequence[Node], params: dict[str, Any]) -> Node:
    (x,) = inputs
    if x.primitive is TABLE["reshape"]:
        (x,) = x.inputs
    return x if x.shape == params["shape"] else forms.named("reshape", x, **params)


def _transpose(forms: NormalForms, inputs: Sequence[Node], params: dict[str, Any]) -> Node:
    (x,) = inputs
    axes = params["axes"]
    if x.primitive is TABLE["transpose"]:
        axes, x = tuple(x.params["axes"][k] for k in axes), x.inputs[0]
    return x if axes == tuple(range(len(axes))) else forms.named("transpose", x, axes=axes)


def _linear(name: str) -> Rewriting:
    """A coefficient within a linear operation comes to its front: Σ c·x is c·Σ x."""

    def rewrite(forms: NormalForms, inputs: Sequence[Node], params: dict[str, Any]) -> Node | None:
        bare, factor = [*inputs], 1.0
        for k, x in enumerate(inputs):
            single = forms.form(x).single
            if single is not None and single[1] != 1:
                inside = forms.build(Sum(0.0, {single[0]: 1.0}))
                if inside.shape == x.shape:
                    bare[k], factor = inside, factor * single[1]
        if factor == 1:
            return None
        total = Sum()
        forms.add(total, factor, forms.named(name, *bare, **params))
        return forms.build(total)

    return rewrite


def _power(forms: NormalForms, inputs: Sequence[Node], params: dict[str, Any]) -> Node | None:
    return forms.number(1) if number(inputs[1]) == 0 else None


def _same(forms: NormalForms, inputs: Sequence[Node], params: dict[str, Any]) -> Node | None:
    return inputs[0] if inputs[0] is inputs[1] else None


def _where(forms: NormalForms, inputs: Sequence[Node], params: dict[str, Any]) -> Node | None:
    return inputs[1] if inputs[1] is inputs[2] else None


def _assemble(forms: NormalForms, inputs: Sequence[Node], params: dict[str, Any]) -> Node | None:
    """Parts for the same place are added up, and parts that are 0 left out; if all fill the whole, it is their sum."""
    shape = params["shape"]
    places: dict[Any, tuple[tuple[Any, ...], Sum]] = {}
    for part, index in zip(inputs, params["indices"], strict=True):
        forms.add(places.setdefault(freeze(index), (index, Sum()))[1], 1.0, part)
    kept = [(index, forms.build(form)) for index, form in places.values() if form != Sum()]
    if all(_fills(index, part, shape) for index, part in kept):
        total = Sum()
        for _, part in kept:
            forms.add(total, 1.0, _reshape(forms, [part], {"shape": shape}))
        return forms.build(total)
    if len(kept) == len(inputs):
        return None
    return forms.named("assemble", *(part for _, part in kept), indices=tuple(index for index, _ in kept), shape=shape)


def _fills(index: tuple[Any, ...], part: Node, shape: tuple[int, ...]) -> bool:
    whole = all(k is None or (isinstance(k, slice) and k == slice(None)) for k in index)
    return whole and part.size == math.prod(shape)


REWRITINGS: dict[str, Rewriting] = {
    "broadcast_to": _broadcast_to,
    "reshape": _reshape,
    "transpose": _transpose,
    **{name: _linear(name) for name in ("sum", "matmul", "getitem", "cumsum")},
    "power": _power,
    "logical_and": _same,
    "logical_or": _same,
    "where": _where,
    "assemble": _assemble,
}

"""A formula at a point, step by step: values forwards, adjoints backwards, and the dual passes beside them.

The steps are numbered as they are computed: inputs first, then constants, then each operation. The adjoint of a step is
the sum, over the steps that use it, of their derivative by it times their own adjoint:

    n̄ᵢ = Σⱼ ∂nⱼ/∂nᵢ · n̄ⱼ

A square is walked as a product with itself, and a sum of several terms as a + (b + c): the numbers are the same but for
rounding, and so is the picture that is usually drawn. What a formula writes twice is one step with two users.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gdlab.autodiff.dual import LEVELS, Dual, parts
from gdlab.autodiff.graph import Node, ancestors, apply, evaluate, number
from gdlab.autodiff.primitive import Elementwise, Primitive
from gdlab.autodiff.symbolic.pieces import Piece
from gdlab.autodiff.symbolic.text import TextStyle
from gdlab.autodiff.table import TABLE


@dataclass(frozen=True)
class Use:
    """One way in which a step acts on the result.

    Args:
        by: the step that uses it.
        partial: the derivative of that step by it; None where that is no single number.
        adjoint: of that step.
        share: what comes of it, partial·adjoint, in the shape of the used step.
    """

    by: str
    partial: Any
    adjoint: Any
    share: Any


@dataclass(frozen=True)
class Step:
    """One step of a walk.

    Args:
        name: n1, n2, …
        kind: `input`, `constant` or `operation`.
        text: what it is: a variable, a number, or an operation on earlier steps such as `n4·n2`.
        inputs: the names of those steps.
        value: a number or an array.
        uses: what its adjoint is the sum of; empty for the result, whose adjoint is 1.
        adjoint: the derivative of the result by it, in its shape.
        tangents: for each dual pass, its derivative by the variable of that pass.
    """

    name: str
    kind: str
    text: str
    inputs: tuple[str, ...]
    value: Any
    uses: tuple[Use, ...]
    adjoint: Any
    tangents: tuple[Any, ...]


@dataclass(frozen=True)
class Walk:
    """All steps, and the variables of the dual passes."""

    steps: tuple[Step, ...]
    passes: tuple[str, ...]


def walk(out: Node, variables: Sequence[Node], values: Sequence[Any], passes: int = 3) -> Walk:
    """Walk through a graph at a point.

    Args:
        out: the result, of shape ().
        variables: the inputs, in the order in which they are numbered.
        values: of the variables.
        passes: how many dual passes are shown, for the first variables that are single numbers.
    """
    result = _drawn(out)
    order = _numbered(result, variables)
    names = {id(node): f"n{k}" for k, node in enumerate(order, 1)}
    known = {id(x): np.asarray(v, float)[()] for x, v in zip(variables, values, strict=True)}
    with np.errstate(all="ignore"):
        found = dict(zip(map(id, order), evaluate(order, known), strict=True))
        uses = _backwards(order, result, found, names)
        moved = [x for x in variables if x.shape == ()][:passes]
        tangents = [_tangents(order, known, x) for x in moved]
    steps = []
    for k, node in enumerate(order):
        inputs = tuple(names[id(x)] for x in node.inputs if id(x) in names)
        steps.append(
            Step(
                name=names[id(node)],
                kind="operation" if node.primitive else "input" if node.name else "constant",
                text=_text(node, names),
                inputs=inputs,
                value=found[id(node)],
                uses=tuple(uses[id(node)]),
                adjoint=_adjoint(node, result, uses[id(node)]),
                tangents=tuple(column[k] for column in tangents),
            )
        )
    return Walk(tuple(steps), tuple(x.name or "" for x in moved))


_Shared = dict[tuple[str, tuple[object, ...], str], Node]


def _drawn(out: Node) -> Node:
    """The graph with squares as products, sums grouped from the right, and what is written twice computed once."""
    nodes = ancestors([out])
    uses = Counter(id(child) for node in nodes for child in node.inputs)
    done: dict[int, Node] = {}
    shared: _Shared = {}
    terms: dict[int, list[Node]] = {}  # of sums that can still be regrouped
    for node in nodes:
        inputs = [done[id(x)] for x in node.inputs]
        if node.primitive is None:
            done[id(node)] = node
        elif node.primitive is TABLE["square"] or (node.primitive is TABLE["power"] and number(inputs[1]) == 2):
            done[id(node)] = _once(shared, TABLE["multiply"], [inputs[0], inputs[0]])
        elif node.primitive is TABLE["add"] and id(node.inputs[0]) in terms and uses[id(node.inputs[0])] == 1:
            terms[id(node)] = [*terms[id(node.inputs[0])], inputs[1]]
            done[id(node)] = _grouped(shared, terms[id(node)])
        else:
            done[id(node)] = _once(shared, node.primitive, inputs, node.params)
            if node.primitive is TABLE["add"]:
                terms[id(node)] = inputs
    return done[id(out)]


def _grouped(shared: _Shared, terms: Sequence[Node]) -> Node:
    total = terms[-1]
    for term in reversed(terms[:-1]):
        total = _once(shared, TABLE["add"], [term, total])
    return total


def _once(
    shared: _Shared, primitive: Primitive, inputs: Sequence[Node], params: Mapping[str, Any] | None = None
) -> Node:
    """A step, or the one that computes the same already."""
    key = (primitive.name, tuple(map(_identity, inputs)), repr(params or {}))
    if key not in shared:
        shared[key] = apply(primitive, inputs, dict(params or {}))
    return shared[key]


def _identity(node: Node) -> object:
    """Equal for constants of one value, which stay apart in the picture: an exponent is no operand."""
    if not node.is_constant:
        return id(node)
    value = np.asarray(node.value)
    return value.shape, value.dtype.str, value.tobytes()


def _numbered(result: Node, variables: Sequence[Node]) -> list[Node]:
    """Inputs, then constants, then operations; an exponent is written where it stands and gets no number."""
    nodes = ancestors([result])
    operands = {id(x) for node in nodes for x in node.inputs[: 1 if node.primitive is TABLE["power"] else None]}
    exponents = {id(node.inputs[1]) for node in nodes if node.primitive is TABLE["power"]} - operands
    constants = [node for node in nodes if node.is_constant and id(node) not in exponents]
    return [*variables, *constants, *(node for node in nodes if node.primitive is not None)]


def _backwards(
    order: Sequence[Node], result: Node, found: dict[int, Any], names: dict[int, str]
) -> dict[int, list[Use]]:
    """The uses of every step, from the result back; each step is visited once."""
    uses: dict[int, list[Use]] = {id(node): [] for node in order}
    for node in reversed(order):
        if node.primitive is None or (not uses[id(node)] and node is not result):
            continue
        g = _adjoint(node, result, uses[id(node)])
        args = [found.get(id(x), x.value) for x in node.inputs]
        wanted = [id(x) in uses for x in node.inputs]
        shares = node.primitive.pullback(g, found[id(node)], args, wanted, node.params)
        for i, (x, share) in enumerate(zip(node.inputs, shares, strict=True)):
            if id(x) not in uses:
                continue
            partial = None
            if isinstance(node.primitive, Elementwise) and np.shape(found[id(node)]) == np.shape(args[i]):
                partial = node.primitive.partial(i, found[id(node)], args)
            whole = np.broadcast_to(0.0 if share is None else share, x.shape)[()]
            uses[id(x)].insert(0, Use(names[id(node)], partial, g, whole))
    return uses


def _adjoint(node: Node, result: Node, uses: Sequence[Use]) -> Any:
    return 1.0 if node is result else sum((use.share for use in uses), np.zeros(node.shape))[()]


def _tangents(order: Sequence[Node], known: dict[int, Any], x: Node) -> list[Any]:
    """One dual pass: the derivative of every step by a variable."""
    level = next(LEVELS)
    duals = evaluate(order, known | {id(x): Dual(known[id(x)], 1.0, level)})
    return [np.broadcast_to(parts(value, level)[1], node.shape)[()] for node, value in zip(order, duals, strict=True)]


def _text(node: Node, names: dict[int, str]) -> str:
    style = TextStyle("·")
    if node.name is not None:
        return node.name
    if node.primitive is None:
        return style.constant(node.value).text if np.size(node.value) <= 4 else f"array {list(node.shape)}"
    return style.step(node, lambda x: Piece(names[id(x)]) if id(x) in names else style.constant(x.value)).text

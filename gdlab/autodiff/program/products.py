"""How products of arrays are written in a program: inner products, products of matrices, einsum."""

from typing import TYPE_CHECKING

import numpy as np

from gdlab.autodiff.graph import Node

if TYPE_CHECKING:
    from gdlab.autodiff.program.compile import Compiler


def vdot(c: "Compiler", node: Node, laned: bool) -> str:
    """The inner product of all elements, as one BLAS call."""
    a, b = node.inputs
    if laned:
        letters = "abcdefghijk"[: len(a.shape)]
        return _contract(c, node, laned, [letters, letters], "")
    dot = c.source.function(np.dot, "dot")
    flat = (_flat(c, a, node), _flat(c, b, node))
    if any(name not in c.source.namespace for name in flat):  # not a view: copied at each run
        return f"{dot}({', '.join(flat)})"
    c.assign_number(node, f"{dot}({{0}}, {{1}})", flat)
    return ""


def _flat(c: "Compiler", x: Node, beside: Node) -> str:
    text = c.array(x, beside)
    array = c.source.namespace[text]
    if array.ndim == 1:
        return text
    flat = array.reshape(-1)
    if np.may_share_memory(flat, array):
        return c.source.bind("v", f"{text}.reshape(-1)")[0]
    return f"{text}.reshape(-1)"


def matmul(c: "Compiler", node: Node, laned: bool) -> str:
    """A product of matrices and vectors, written into its place."""
    a, b = node.inputs
    if laned:
        return _laned_matmul(c, node)
    left, right = c.array(a, node), c.array(b, node)
    if len(a.shape) <= 2 and len(b.shape) <= 2:
        dot = c.source.function(np.dot, "dot")
        if node.shape == ():
            return f"{dot}({left}, {right})"
        matmul = c.source.function(np.matmul, "matmul")

        def statement(out: str) -> str:
            contiguous = c.source.namespace[out].flags.c_contiguous
            return f"{dot if contiguous else matmul}({left}, {right}, {out})"

        return c.write(node, laned, statement)
    matmul = c.source.function(np.matmul, "matmul")
    return c.write(node, laned, lambda out: f"{matmul}({left}, {right}, {out})")


def _laned_matmul(c: "Compiler", node: Node) -> str:
    """A product of matrices in every lane: one BLAS call where one side is common to the lanes, einsum otherwise."""
    a, b = node.inputs
    lanes = c.memory.lanes
    common = a.is_constant or not c.memory.places[id(a)].laned
    if common and len(a.shape) == 2 and len(b.shape) <= 2:
        left, right = c.array(a, node), c.array(b, node)
        inner = b.shape[0]
        flat, array = c.source.bind("v", f"{right}.reshape({inner}, -1)")
        if np.may_share_memory(array, c.source.namespace[right]):
            dot = c.source.function(np.dot, "dot")
            return c.write(
                node,
                True,
                lambda out: f"{dot}({left}, {flat}, {c.source.bind('v', f'{out}.reshape({a.shape[0]}, -1)')[0]})",
            )
    if len(a.shape) > 2 or len(b.shape) > 2:
        raise NotImplementedError("a product of stacks of matrices does not run in lanes")
    letters_a = "ab" if len(a.shape) == 2 else "b"
    letters_b = "bc" if len(b.shape) == 2 else "b"
    out = (letters_a + letters_b).replace("b", "")
    assert lanes is not None  # noqa: S101 - only laned programs come here
    return _contract(c, node, True, [letters_a, letters_b], out)


def einsum(c: "Compiler", node: Node, laned: bool) -> str:
    """A product by named indices."""
    inputs, output = node.params["subscripts"].split("->")
    return _contract(c, node, laned, inputs.split(","), output)


def _contract(c: "Compiler", node: Node, laned: bool, terms: list[str], output: str) -> str:
    """An einsum; in lanes every operand that has the trailing axis gets one more letter."""
    einsum = c.source.function(np.einsum, "einsum")
    lane = "Z" if laned else ""
    named = [
        term + (lane if not child.is_constant and c.memory.places[id(child)].laned else "")
        for term, child in zip(terms, node.inputs, strict=True)
    ]
    operands = ", ".join(c.array(child, node) for child in node.inputs)
    call = f"{einsum}({','.join(named) + '->' + output + lane!r}, {operands}"
    if node.shape == () and not laned:
        return f"{call})[()]"
    return c.write(node, laned, lambda out: f"{call}, out={out})")

"""Partial derivatives as formulas in normal form."""

from collections.abc import Sequence

from gdlab.autodiff.graph import Node, ancestors
from gdlab.autodiff.reverse import gradients
from gdlab.autodiff.symbolic.simplify import simplify
from gdlab.autodiff.symbolic.textbook import derivative

_MANY = 5000  # steps of derivatives one by one, above which one backward pass gives all of them


def partials(out: Node, variables: Sequence[Node]) -> list[Node]:
    """∂out/∂x for each variable x, in normal form; equal parts are shared among them.

    A small formula of numbers is differentiated rule by rule, as by hand. A large one, or one of whole arrays, gets the
    formula that a backward pass builds, whose size is that of the graph however many variables there are.

    Args:
        out: a node of shape ().
        variables: the variables to differentiate by, which also gives their order in products.
    """
    by_hand = all(x.shape == () for x in variables) and len(ancestors([out])) * len(variables) <= _MANY
    slopes = [derivative(out, x) for x in variables] if by_hand else gradients(out, variables)
    return simplify(slopes, order=[*variables, out])


def second_partials(out: Node, variables: Sequence[Node]) -> list[list[Node]]:
    """∂²out/∂x∂y for each pair of variables of shape (), in normal form."""
    return [partials(slope, variables) for slope in partials(out, variables)]

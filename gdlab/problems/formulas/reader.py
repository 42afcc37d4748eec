"""From a syntax tree to a list of steps, by an allow-list: what is not named here is refused."""

import ast
import math
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from gdlab.errors import Fault, did_you_mean
from gdlab.problems.formulas.calls import read_call, refuse_size
from gdlab.problems.formulas.functions import CONSTANTS, FUNCTIONS
from gdlab.problems.formulas.literals import is_whole, plain
from gdlab.problems.formulas.steps import LARGEST, Leaf, Step, compute
from gdlab.problems.formulas.text import DEEPEST, FormulaText, Refusal

MOST_NODES = 500

_BINARY: Mapping[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
}
_COMPARISONS: Mapping[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_REFUSED: Mapping[type[ast.expr], str] = {
    ast.NamedExpr: "an assignment",
    ast.UnaryOp: "this operator",
    ast.Lambda: "a function definition",
    ast.ListComp: "a comprehension",
    ast.GeneratorExp: "a comprehension",
    ast.List: "a list",
    ast.Tuple: "a tuple",
    ast.Starred: "a star",
    ast.Slice: "a slice",
}


class Reader:
    """Reads one formula.

    Args:
        formula: its text.
        variables: the names that may vary; None takes every unknown name for one, in order of appearance.
        constants: the names that stand for fixed numbers and arrays.

    Attributes:
        entries: leaves and steps, each after what it needs; the last one is the result.
        found: the variables in the formula, in order of appearance.
    """

    def __init__(
        self,
        formula: FormulaText,
        variables: Sequence[str] | None,
        constants: Mapping[str, Any],
    ) -> None:
        self.formula = formula
        self.variables = variables
        self.constants = constants
        self.entries: list[Leaf | Step] = []
        self.found: dict[str, int] = {}

    def read(self, tree: ast.expr) -> int:
        """Read the whole tree; the number of its result.

        Raises:
            Refusal: if it has too many parts, or as soon as one is not allowed.
        """
        nodes = sum(isinstance(node, ast.expr | ast.keyword) for node in ast.walk(tree))
        if nodes > MOST_NODES:
            message = f"the formula has {nodes:,} parts, which is too many; at most {MOST_NODES} are allowed"
            raise Refusal(Fault(message, self.formula.source))
        return self._value(tree, 1)

    # -- values -----------------------------------------------------------------------------------------------------

    def _value(self, node: ast.expr, depth: int) -> int:
        if depth > DEEPEST:
            self.formula.refuse(f"the formula is nested more than {DEEPEST} deep", node)
        match node:
            case ast.Constant():
                return self._number(node)
            case ast.Name():
                return self._name(node)
            case ast.BinOp():
                return self._chain(node, depth)
            case ast.UnaryOp(op=ast.UAdd()):
                return self._value(node.operand, depth + 1)
            case ast.UnaryOp(op=ast.USub()):
                return self._step("negative", [self._value(node.operand, depth + 1)], node)
            case ast.Compare():
                return self._comparison(node, depth)
            case ast.Call():
                return self._call(node, depth)
            case ast.Subscript():
                index = self._index(node.slice)
                return self._step("index", [self._value(node.value, depth + 1)], node, index=index)
            case ast.Attribute(attr="T"):
                return self._step(".T", [self._value(node.value, depth + 1)], node)
        return self._refuse_kind(node)

    def _number(self, node: ast.Constant) -> int:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            self.formula.refuse(f"{self.formula.shown(node)} is not part of a formula; numbers are", node)
        try:
            number = float(node.value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            self.formula.refuse("this number is too large; the largest is about 1.8e308", node)
        return self._add(Leaf(value=number))

    def _name(self, node: ast.Name) -> int:
        name = node.id
        if name in self.found:
            return self.found[name]
        if self.variables is not None and name in self.variables:
            self.found[name] = self._add(Leaf(name))
            return self.found[name]
        if name in self.constants:
            return self._add(Leaf(value=self.constants[name]))
        if name in CONSTANTS:
            return self._add(Leaf(value=CONSTANTS[name]))
        if name in FUNCTIONS:
            self.formula.refuse(f"{name} is a function and needs an argument", node, f"write {name}(x)")
        if self.variables is not None:
            known = [*self.variables, *self.constants, *CONSTANTS]
            hint = f"{did_you_mean(name, [*known, *FUNCTIONS])} There are: {', '.join(known)}".strip()
            self.formula.refuse(f"unknown name {name!r}", node, hint)
        self.found[name] = self._add(Leaf(name))
        return self.found[name]

    def _chain(self, node: ast.BinOp, depth: int) -> int:
        """Operators along the left, as in a + b + c, are one level however many they are."""
        links: list[ast.BinOp] = []
        first: ast.expr = node
        while isinstance(first, ast.BinOp):
            links.append(first)
            first = first.left
        total = self._value(first, depth + 1)
        for link in reversed(links):
            sign = _BINARY.get(type(link.op))
            if sign is None:
                hint = "write ** for a power" if isinstance(link.op, ast.BitXor) else ""
                at = self._operator_at(link)
                raise Refusal(self.formula.fault("this operator is not part of a formula", *at, hint))
            total = self._step(sign, [total, self._value(link.right, depth + 1)], link)
        return total

    def _operator_at(self, link: ast.BinOp) -> tuple[int, int]:
        begin, end = self.formula.span(link.left)[1], self.formula.span(link.right)[0]
        between = self.formula[begin, end]
        sign = between.strip(" ()")
        at = begin + between.index(sign)
        return at, at + len(sign)

    def _comparison(self, node: ast.Compare, depth: int) -> int:
        sides = [self._value(side, depth + 1) for side in (node.left, *node.comparators)]
        results = []
        for sign, left, right in zip(node.ops, sides, sides[1:], strict=False):
            if type(sign) not in _COMPARISONS:
                self.formula.refuse("this comparison is not part of a formula", node)
            results.append(self._step(_COMPARISONS[type(sign)], [left, right], node))
        total = results[0]
        for result in results[1:]:
            total = self._step("logical_and", [total, result], node)
        return total

    def _call(self, node: ast.Call, depth: int) -> int:
        names = {*(self.variables or self.found), *self.constants, *CONSTANTS}
        call = read_call(node, self.formula, names)
        values = [self._value(value, depth + 1) for value in call.values]
        return self._step(call.name, values, node, **call.options)

    # -- indices ----------------------------------------------------------------------------------------------------

    def _index(self, node: ast.expr) -> Any:
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        index = tuple(self._index_part(part) for part in parts)
        return index if isinstance(node, ast.Tuple) else index[0]

    def _index_part(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Slice):
            return slice(*(None if k is None else self._whole(k) for k in (node.lower, node.upper, node.step)))
        if isinstance(node, ast.Constant) and (node.value is None or node.value is Ellipsis):
            return node.value
        return self._whole(node)

    def _whole(self, node: ast.expr) -> int:
        value = plain(node)
        if not is_whole(value):
            self.formula.refuse("an index is made of whole numbers such as 0, -1 or 1:3", node)
        if abs(value) > LARGEST:
            refuse_size(node, self.formula)
        return int(value)

    # -- the list ---------------------------------------------------------------------------------------------------

    def _add(self, entry: Leaf | Step) -> int:
        self.entries.append(entry)
        return len(self.entries) - 1

    def _step(self, operation: str, inputs: Sequence[int], node: ast.expr, **options: Any) -> int:
        step = Step(operation, tuple(inputs), options, self.formula.span(node))
        leaves = [self.entries[k] for k in inputs]
        if not all(isinstance(leaf, Leaf) and leaf.name is None for leaf in leaves):
            return self._add(step)
        try:
            with np.errstate(all="ignore"):
                value = compute(step, [np.asarray(leaf.value)[()] for leaf in leaves if isinstance(leaf, Leaf)])
        except (ValueError, IndexError, TypeError) as error:
            raise Refusal(self.formula.fault(str(error), *step.span)) from None
        if not np.all(np.isfinite(value)):
            what = f"{np.asarray(value).ravel()[0]:g}" if np.size(value) == 1 else "an array with inf or nan"
            raise Refusal(self.formula.fault(f"this is {what}; a constant must be finite", *step.span))
        return self._add(Leaf(value=float(value) if np.ndim(value) == 0 else value))

    def _refuse_kind(self, node: ast.expr) -> NoReturn:
        if isinstance(node, ast.Attribute):
            hint = f"write {node.attr}(…)" if node.attr in FUNCTIONS else "only .T is allowed, the transpose"
            self.formula.refuse(f"the attribute .{node.attr} is not part of a formula", node, hint)
        what = _REFUSED.get(type(node), "this")
        hint = "stack((a, b)) makes a vector" if isinstance(node, ast.List | ast.Tuple) else ""
        self.formula.refuse(f"{what} is not part of a formula", node, hint)

"""From a syntax tree to a list of steps, by an allow-list: what is not named here is refused."""

import ast
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from gdlab.errors import Fault, did_you_mean
from gdlab.problems.formulas.functions import CONSTANTS, FUNCTIONS, HINTS, OPERATORS, Function, Option
from gdlab.problems.formulas.text import DEEPEST, FormulaText

LARGEST = 10_000_000  # elements of any value
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
    ast.Lambda: "a function definition",
    ast.ListComp: "a comprehension",
    ast.GeneratorExp: "a comprehension",
    ast.List: "a list",
    ast.Tuple: "a tuple",
    ast.Starred: "a star",
    ast.Slice: "a slice",
}


@dataclass(frozen=True)
class Leaf:
    """A value that is there before anything is computed.

    Args:
        name: of a variable; None for a constant.
        value: of a constant.
    """

    name: str | None = None
    value: Any = None


@dataclass(frozen=True)
class Step:
    """One operation of a formula: a name of `FUNCTIONS` or `OPERATORS`, or `negative`, `index`, `transpose`.

    Args:
        operation: its name.
        inputs: the numbers of the leaves and steps it is applied to.
        options: what it takes besides.
        span: where it stands in the text.
    """

    operation: str
    inputs: tuple[int, ...]
    options: Mapping[str, Any]
    span: tuple[int, int]


class Refusal(Exception):  # noqa: N818 - it never leaves this package
    """Something in a formula that is not allowed; carries the fault."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault


class Reader:
    """Reads one formula.

    Args:
        formula: its text.
        variables: the names that may vary; None takes every unknown name for one, in order of appearance.
        constants: the names that stand for fixed numbers and arrays.
        compute: `(step, values)`, computes a step; used for what holds no variable.

    Attributes:
        entries: leaves and steps, each after what it needs; the last one is the result.
        found: the variables in the formula, in order of appearance.
    """

    def __init__(
        self,
        formula: FormulaText,
        variables: Sequence[str] | None,
        constants: Mapping[str, Any],
        compute: Callable[[Step, Sequence[Any]], Any],
    ) -> None:
        self.formula = formula
        self.variables = variables
        self.constants = constants
        self.compute = compute
        self.entries: list[Leaf | Step] = []
        self.found: dict[str, int] = {}
        self.faults: list[Fault] = []

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
            self._refuse(f"the formula is nested more than {DEEPEST} deep", node)
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
                return self._step("transpose", [self._value(node.value, depth + 1)], node)
        return self._refuse_kind(node)

    def _number(self, node: ast.Constant) -> int:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            self._refuse(f"{self._shown(node)} is not part of a formula; numbers are", node)
        try:
            number = float(node.value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            self._refuse("this number is too large; the largest is about 1.8e308", node)
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
            self._refuse(f"{name} is a function and needs an argument", node, f"write {name}(x)")
        if self.variables is not None:
            known = [*self.variables, *self.constants, *CONSTANTS]
            self._refuse(f"unknown name {name!r}", node, _hint(name, known, [*known, *FUNCTIONS]))
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
                self._refuse("this comparison is not part of a formula", node)
            results.append(self._step(_COMPARISONS[type(sign)], [left, right], node))
        total = results[0]
        for result in results[1:]:
            total = self._step("logical_and", [total, result], node)
        return total

    # -- calls ------------------------------------------------------------------------------------------------------

    def _call(self, node: ast.Call, depth: int) -> int:
        name = self._function_name(node)
        function = FUNCTIONS[name]
        values, rest = node.args[: function.values], node.args[function.values :]
        if len(values) < function.values:
            self._refuse(f"{name} takes {_values(function)}, {len(values)} given", node)
        options = self._options(node, name, function, rest)
        if function.gathers:
            values = self._gathered(name, values[0])
        return self._step(name, [self._value(value, depth + 1) for value in values], node, **options)

    def _function_name(self, node: ast.Call) -> str:
        called = node.func
        if isinstance(called, ast.Attribute):
            written = self._shown(called)
            hint = f"write {called.attr}(…)" if called.attr in FUNCTIONS else ""
            self._refuse(f"{written} is not part of a formula; functions go by their own name", called, hint)
        if not isinstance(called, ast.Name):
            self._refuse("only a function can be called by its name", called, "a product is written with *")
        name = called.id
        if name in FUNCTIONS:
            return name
        if name in (self.variables or ()) or name in self.constants or name in CONSTANTS or len(name) == 1:
            self._refuse(f"{name} is not a function", called, f"a product is written with *: {name}*(…)")
        hint = HINTS.get(name) or _hint(name, FUNCTIONS, FUNCTIONS)
        return self._refuse(f"unknown function {name!r}", called, hint)

    def _gathered(self, name: str, node: ast.expr) -> list[ast.expr]:
        if not isinstance(node, ast.Tuple | ast.List) or not node.elts:
            self._refuse(f"{name} takes a tuple of values", node, f"write {name}((x, y))")
        return node.elts

    def _options(self, node: ast.Call, name: str, function: Function, rest: Sequence[ast.expr]) -> dict[str, Any]:
        names = list(function.options)
        if len(rest) > len(names):
            hint = f"{name}imum(a, b) compares two values" if name in ("max", "min") else ""
            self._refuse(f"{name} takes {_values(function)}{_named(names)}", rest[len(names)], hint)
        given: dict[str, tuple[ast.expr, Option]] = {}
        for option, value in zip(names, rest, strict=False):
            given[option] = (value, function.options[option])
        for word in node.keywords:
            if word.arg is None or word.arg not in function.options or word.arg in given:
                wrong = "**" if word.arg is None else f"{word.arg}="
                self._refuse(f"{name} takes no {wrong} here; it takes {_values(function)}{_named(names)}", word)
            given[word.arg] = (word.value, function.options[word.arg])
        missing = [option for option in names[: function.required] if option not in given]
        if missing:
            self._refuse(f"{name} needs {missing[0]}: {function.options[missing[0]].value}", node)
        return {option: self._literal(name, option, kind, value) for option, (value, kind) in given.items()}

    def _literal(self, name: str, option: str, kind: Option, node: ast.expr) -> Any:
        value = _plain(node)
        if not _allowed(kind, value):
            hint = f"{name}imum(a, b) compares two values" if name in ("max", "min") else ""
            self._refuse(f"{option} of {name} must be {kind.value}", node, hint)
        if kind in (Option.SHAPE, Option.PADDING) and _extent(value) > LARGEST:
            self._refuse(f"this is too large; a value may have at most {LARGEST:,} elements", node)
        return value

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
        value = _plain(node)
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST:
            self._refuse("an index is made of whole numbers such as 0, -1 or 1:3", node)
        return value

    # -- the list ---------------------------------------------------------------------------------------------------

    def _add(self, entry: Leaf | Step) -> int:
        self.entries.append(entry)
        return len(self.entries) - 1

    def _step(self, operation: str, inputs: Sequence[int], node: ast.expr, **options: Any) -> int:
        step = Step(operation, tuple(inputs), options, self.formula.span(node))
        leaves = [self.entries[k] for k in inputs]
        if not all(isinstance(leaf, Leaf) and leaf.name is None for leaf in leaves):
            return self._add(step)
        with np.errstate(all="ignore"):
            value = self.compute(step, [leaf.value for leaf in leaves if isinstance(leaf, Leaf)])
        if not np.all(np.isfinite(value)):
            raise Refusal(self.formula.fault("this has no finite value", *step.span))
        return self._add(Leaf(value=float(value) if np.ndim(value) == 0 else value))

    def _shown(self, node: ast.AST) -> str:
        text = self.formula[self.formula.span(node)]
        return text if len(text) <= 30 else text[:29] + "…"

    def _refuse(self, message: str, node: ast.AST, hint: str = "") -> NoReturn:
        raise Refusal(self.formula.fault(message, *self.formula.span(node), hint))

    def _refuse_kind(self, node: ast.expr) -> NoReturn:
        if isinstance(node, ast.Attribute):
            hint = f"write {node.attr}(…)" if node.attr in FUNCTIONS else "only .T is allowed, the transpose"
            self._refuse(f"the attribute .{node.attr} is not part of a formula", node, hint)
        what = _REFUSED.get(type(node), "this")
        hint = "stack((a, b)) makes a vector" if isinstance(node, ast.List | ast.Tuple) else ""
        self._refuse(f"{what} is not part of a formula", node, hint)


def _values(function: Function) -> str:
    if function.gathers:
        return "a tuple of values"
    return "one value" if function.values == 1 else f"{function.values} values"


def _named(options: Sequence[str]) -> str:
    return f" and the options {', '.join(options)}" if options else " and no options"


def _hint(word: str, shown: Sequence[str] | Mapping[str, Any], near: Sequence[str] | Mapping[str, Any]) -> str:
    listed = ", ".join(list(shown)[:12]) + (", …" if len(shown) > 12 else "")
    return f"{did_you_mean(word, near)} There are: {listed}".strip()


def _plain(node: ast.expr) -> Any:
    """The value of a literal number, flag, None or tuple of literals; the node itself if it is none."""
    match node:
        case ast.Constant(value=bool() | int() | float() | None):
            return node.value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
        case ast.Tuple() | ast.List():
            return tuple(_plain(item) for item in node.elts)
    return node


def _allowed(kind: Option, value: Any) -> bool:
    match kind:
        case Option.FLAG:
            return isinstance(value, bool)
        case Option.WHOLE:
            return _is_whole(value)
        case Option.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        case Option.AXIS:
            return value is None or _is_whole(value) or _is_tuple(value, _is_whole)
        case Option.SHAPE:
            return _is_whole(value) or _is_tuple(value, _is_whole)
        case Option.PADDING:
            return _is_pair(value) or (value != () and _is_tuple(value, _is_pair))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST


def _is_tuple(value: Any, of: Callable[[Any], bool]) -> bool:
    return isinstance(value, tuple) and all(of(item) for item in value)


def _is_pair(value: Any) -> bool:
    return _is_tuple(value, _is_whole) and len(value) == 2 and min(value) >= 0


def _extent(value: Any) -> int:
    return math.prod(max(1, abs(k)) for k in _flat(value))


def _flat(value: Any) -> Iterator[int]:
    for item in value if isinstance(value, tuple) else (value,):
        yield from _flat(item) if isinstance(item, tuple) else (item,)

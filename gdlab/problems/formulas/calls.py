"""Calls in a formula: which function, which values, which options."""

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from gdlab.errors import did_you_mean
from gdlab.problems.formulas.functions import FUNCTIONS, HINTS, Function
from gdlab.problems.formulas.literals import extent, is_allowed, plain
from gdlab.problems.formulas.steps import LARGEST
from gdlab.problems.formulas.text import FormulaText

_FEW = 4  # functions that are named where an unknown one is called


@dataclass(frozen=True)
class Call:
    """A call that is allowed.

    Args:
        name: of the function.
        values: the syntax trees of its values.
        options: its options, as plain values.
    """

    name: str
    values: Sequence[ast.expr]
    options: Mapping[str, Any]


def read_call(node: ast.Call, formula: FormulaText, names: Collection[str]) -> Call:
    """Take a call apart.

    Args:
        node: the call.
        formula: the text it stands in.
        names: of variables and constants, which cannot be called.

    Raises:
        Refusal: if the function is unknown, or takes something else.
    """
    name = _function_name(node.func, formula, names)
    function = FUNCTIONS[name]
    values, rest = node.args[: function.values], node.args[function.values :]
    if len(values) < function.values:
        formula.refuse(f"{name} takes {_takes(function)}, {len(values) or 'none'} given", node)
    options = _options(node, name, rest, formula)
    return Call(name, _gathered(name, values[0], formula) if function.gathers else values, options)


def _function_name(called: ast.expr, formula: FormulaText, names: Collection[str]) -> str:
    if isinstance(called, ast.Attribute):
        hint = f"write {called.attr}(…)" if called.attr in FUNCTIONS else ""
        message = f"{formula.shown(called)} is not part of a formula; functions go by their own name"
        formula.refuse(message, called, hint)
    if not isinstance(called, ast.Name):
        formula.refuse("only a function can be called, by its name", called, "a product is written with *")
    name = called.id
    if name in names or (name not in {*FUNCTIONS, *HINTS} and len(name) == 1):
        formula.refuse(f"{name} is not a function", called, f"a product is written with *: {name}*(…)")
    if name not in FUNCTIONS:
        hint = HINTS.get(name) or did_you_mean(name, FUNCTIONS) or _some()
        formula.refuse(f"unknown function {name!r}", called, hint)
    return name


def _some() -> str:
    few = list(FUNCTIONS)[:_FEW]
    return f"there are {', '.join(few)} and {len(FUNCTIONS) - _FEW} more: those of NumPy, by their names there"


def _gathered(name: str, node: ast.expr, formula: FormulaText) -> Sequence[ast.expr]:
    if not isinstance(node, ast.Tuple | ast.List) or not node.elts:
        formula.refuse(f"{name} takes a tuple of values", node, f"write {name}((x, y))")
    return node.elts


def _options(node: ast.Call, name: str, rest: Sequence[ast.expr], formula: FormulaText) -> dict[str, Any]:
    function = FUNCTIONS[name]
    names = list(function.options)
    if len(rest) > len(names):
        formula.refuse(f"{name} takes {_takes(function)} and {_named(names)}", rest[len(names)])
    given = dict(zip(names, rest, strict=False))
    for word in node.keywords:
        if word.arg is None or word.arg not in names or word.arg in given:
            what = "a second" if word.arg in given else "no"
            formula.refuse(f"{name} takes {what} {word.arg or '**'} here; it takes {_named(names)}", word)
        given[word.arg] = word.value
    for option in names[: function.required]:
        if option not in given:
            formula.refuse(f"{name} needs {option}: {function.options[option].value}", node)
    return {option: _literal(name, option, value, formula) for option, value in given.items()}


def _literal(name: str, option: str, node: ast.expr, formula: FormulaText) -> Any:
    kind = FUNCTIONS[name].options[option]
    value = plain(node)
    if not is_allowed(kind, value):
        hint = f"{name}imum(a, b) compares two values" if name in ("max", "min") else ""
        formula.refuse(f"{option} of {name} must be {kind.value}", node, hint)
    if extent(kind, value) > LARGEST:
        refuse_size(node, formula)
    return value


def refuse_size(node: ast.expr, formula: FormulaText) -> NoReturn:
    """Say that a number of elements is too large."""
    formula.refuse(f"this is too large; a value may have at most {LARGEST:,} elements", node)


def _takes(function: Function) -> str:
    if function.gathers:
        return "a tuple of values"
    return "one value" if function.values == 1 else f"{function.values} values"


def _named(options: Sequence[str]) -> str:
    if not options:
        return "no options"
    return f"the option{'s' if len(options) > 1 else ''} {', '.join(options)}"

"""Where a user's own function stands, so that what it returns can be shown at its line."""

import ast
import inspect
import linecache
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gdlab.errors import Fault


def fault_at(
    function: Callable[..., Any], message: str, hint: str = "", *, file: str = "", of_return: bool = False
) -> Fault:
    """A fault at the line where a function begins.

    Args:
        function: it.
        message: what is wrong.
        hint: what to do about it.
        file: that is named if the function tells no line.
        of_return: at its `return`, if it has one only.
    """
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return Fault(message, file, hint=hint)
    line = _line(code.co_filename, code.co_firstlineno, of_return)
    text = linecache.getline(code.co_filename, line).rstrip("\n")
    begin = len(text) - len(text.lstrip())
    return Fault(message, code.co_filename, line, begin + 1, text.replace("\t", " "), len(text.strip()), hint)


def _line(file: str, first: int, of_return: bool) -> int:
    """The line of the `def` below its decorators, or of its only `return`."""
    try:
        tree = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return first
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and first in (node.lineno, *(d.lineno for d in node.decorator_list)):
            returns = [inner.lineno for inner in ast.walk(node) if isinstance(inner, ast.Return)]
            return returns[0] if of_return and len(returns) == 1 else node.lineno
    return first

"""The user's own optimizer, from a Python file: read only because it is named, checked like a built-in one.

The file becomes a module under a name that no other module has, so that `random.py` takes nobody's place; nothing is
put on the path of imports, and nothing is written beside it.
"""

import hashlib
import linecache
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, NoneType
from typing import Any, Literal, get_args, get_origin

from gdlab.errors import Fault, GdlabError, OwnCodeError, UsageError, did_you_mean, join
from gdlab.optimizers.base import Optimizer, Origin

PREFIX = "gdlab_own_"
LARGEST = 1_000_000  # bytes
RESERVED = ("name", "file", "sha256")  # keys of a config that choose the rule

_SETTINGS = (float, int, bool, str, None, NoneType)


def load_rule(file: Path, name: str = "") -> type[Optimizer]:
    """The optimizer of a file.

    Args:
        file: a Python file. Its code runs, once for each content.
        name: of the class; may be left out if there is only one.

    Raises:
        UsageError: if there is no such file or class, or it is no optimizer that can be used; says why.
        OwnCodeError: if the file cannot be run; shows its line.
    """
    module, digest = load_module(file)
    rules = {key: value for key, value in vars(module).items() if _is_rule(value, module)}
    if not name and len(rules) == 1:
        name = next(iter(rules))
    if name not in rules:
        what = f"has no optimizer {name!r}" if name else "has no optimizer that could be meant"
        raise UsageError(f"{file} {what}: {_instead(module, name, rules)}")
    rule: type[Optimizer] = rules[name]
    if rule.origin is None:
        _check(rule, f"{name} in {file}")
        rule.origin = Origin(file.resolve(), digest, name)
    return rule


def load_module(file: Path) -> tuple[ModuleType, str]:
    """A Python file as a module, and the hash of its content, SHA-256 in hexadecimal digits.

    Raises:
        UsageError: if it cannot be read.
        OwnCodeError: if it is not Python, or raises an error; shows its line.
    """
    content = _read(file)
    digest = hashlib.sha256(content).hexdigest()
    place = hashlib.sha256(str(file.resolve()).encode("utf-8", "surrogateescape")).hexdigest()
    stem = re.sub(r"\W", "_", file.stem)
    name = f"{PREFIX}{stem}_{place[:8]}_{digest[:16]}"
    if name in sys.modules:
        return sys.modules[name], digest
    linecache.checkcache(str(file))
    module = ModuleType(name)
    module.__file__ = str(file)
    sys.modules[name] = module  # where dataclasses look for the module of a class
    try:
        exec(compile(content, str(file), "exec", dont_inherit=True), vars(module))  # noqa: S102 - the config names it
    except BaseException as error:
        del sys.modules[name]
        if isinstance(error, SyntaxError) and error.filename == str(file):
            raise OwnCodeError(_syntax_fault(error, str(file))) from error
        if isinstance(error, Exception | SystemExit):
            fault = fault_in_own_code(error) or Fault(f"{type(error).__name__}: {error}", str(file))
            raise OwnCodeError(fault) from error
        raise
    return module, digest


@contextmanager
def shown_at_its_line() -> Iterator[None]:
    """Turn what code from a user's file raises within the block into a message that shows its line.

    Raises:
        OwnCodeError: in place of it.
    """
    try:
        yield
    except GdlabError:
        raise
    except Exception as error:
        fault = fault_in_own_code(error)
        if fault is None:
            raise
        raise OwnCodeError(fault) from error


def fault_in_own_code(error: BaseException) -> Fault | None:
    """What went wrong, at the innermost line of a loaded file that took part in it; None if none did."""
    frames = list(traceback.walk_tb(error.__traceback__))
    own = [i for i, (frame, _) in enumerate(frames) if frame.f_globals.get("__name__", "").startswith(PREFIX)]
    if not own:
        return None
    summary = traceback.extract_tb(error.__traceback__)[own[-1]]
    text = linecache.getline(summary.filename, summary.lineno or 0).rstrip("\n")
    column, end = summary.colno or 0, summary.end_colno or 0
    one_line = summary.end_lineno == summary.lineno and end > column
    start, length = (column, end - column) if one_line else (len(text) - len(text.lstrip()), len(text.strip()))
    message = f"{type(error).__name__}: {error}"
    return Fault(message, summary.filename, summary.lineno, start + 1, text.replace("\t", " "), max(1, length))


def _syntax_fault(error: SyntaxError, source: str) -> Fault:
    text = (error.text or "").rstrip("\n")
    column = min(max(1, error.offset or 1), len(text) + 1)
    return Fault(f"SyntaxError: {error.msg}", source, error.lineno, column, text.replace("\t", " ") or None)


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"{file} cannot be read: {reason}") from None
    if len(content) > LARGEST:
        raise UsageError(f"{file} cannot be read: it is larger than 1 MB, which no optimizer is")
    return content


def _is_rule(value: Any, module: ModuleType) -> bool:
    return isinstance(value, type) and issubclass(value, Optimizer) and value.__module__ == module.__name__


def _instead(module: ModuleType, name: str, rules: dict[str, Any]) -> str:
    """What to write, or to do, instead of a name that is no optimizer of a file."""
    if isinstance(vars(module).get(name), type):
        return f"the class {name} is not derived from gdlab.Optimizer"
    if not rules:
        return "none of its classes is derived from gdlab.Optimizer"
    there = f"There {'is' if len(rules) == 1 else 'are'} {join(list(rules))}"
    return f"{did_you_mean(name, rules)} {there}".strip() if name else f"say which with name. {there}"


def _check(rule: type[Optimizer], where: str) -> None:
    """Hold a class to what an optimizer is."""
    if vars(rule).get("__annotations__") and "__dataclass_fields__" not in vars(rule):
        raise UsageError(f"{where}: write @dataclass(frozen=True) above the class, or its fields are none")
    for method, signature in (("init", "init(self, w)"), ("step", "step(self, objective, w, state)")):
        if getattr(rule, method) is getattr(Optimizer, method):
            raise UsageError(f"{where} must define {signature}")
    try:
        parameters = rule.parameters()
    except Exception as error:
        raise UsageError(f"{where}: its annotations cannot be read: {type(error).__name__}: {error}") from error
    for parameter in parameters:
        if parameter.name in RESERVED:
            raise UsageError(f"{where}: a field cannot be called {parameter.name!r}, that key chooses the optimizer")
        if not all(map(_is_setting, parameter.types)):
            raise UsageError(
                f"{where}: the field {parameter.name!r} is no number, text, true or false, or tuple of these"
            )


def _is_setting(kind: Any) -> bool:
    """Whether values of a type can stand in a config."""
    if get_origin(kind) is tuple:
        return all(part is ... or _is_setting(part) for part in get_args(kind))
    return kind in _SETTINGS or get_origin(kind) is Literal

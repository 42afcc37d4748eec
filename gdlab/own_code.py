"""The user's own Python files: run only because they are named, and shown at their line when something goes wrong.

A file becomes a module under a name that no other module has, so that `random.py` takes nobody's place; nothing is
put on the path of imports, and nothing is written beside it.
"""

import functools
import hashlib
import linecache
import re
import sys
import traceback
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType, NoneType, UnionType
from typing import Annotated, Any, ClassVar, Literal, Self, Union, get_args, get_origin

from gdlab.errors import Fault, GdlabError, OwnCodeError, UsageError
from gdlab.nearby import no_such_file
from gdlab.record import Record

PREFIX = "gdlab_own_"
LARGEST = 1_000_000  # bytes

_SETTINGS = (float, int, bool, str, None, NoneType)


@dataclass(frozen=True)
class Origin:
    """The user's own file that something comes from.

    Args:
        file: its path, absolute.
        sha256: the hash of its content, 64 hexadecimal digits.
        name: of the class or function in it.
        load: takes file and name to the class of records, so that another process finds it.
    """

    file: Path
    sha256: str
    name: str
    load: Callable[[Path, str], "type[OwnRecord]"]


@dataclass(frozen=True)
class OwnRecord(Record):
    """A record that may come from the user's own file; it travels to other processes by file, hash and parameters.

    Class attributes:
        origin: the user's own file that it comes from; None if it is built in.
    """

    origin: ClassVar[Origin | None] = None

    def __reduce_ex__(self, protocol: Any) -> Any:
        origin = vars(type(self)).get("origin")
        if origin is None:
            return super().__reduce_ex__(protocol)
        kept = {key: value for key, value in vars(self).items() if not _is_cache(type(self), key)}
        return _arrived, (origin, kept)

    def __copy__(self) -> Self:
        copied = object.__new__(type(self))
        vars(copied).update(vars(self))
        return copied


def _is_cache(kind: type, name: str) -> bool:
    """Whether an attribute is computed when it is first asked for; it may hold functions, which do not travel."""
    return any(isinstance(vars(base).get(name), functools.cached_property) for base in kind.__mro__)


def _arrived(origin: Origin, kept: dict[str, Any]) -> OwnRecord:
    """The record in the process that it has come to.

    Raises:
        UsageError: if the file is not there, or has another content than where the record comes from.
    """
    if hashlib.sha256(_read(origin.file)).hexdigest() != origin.sha256:
        raise UsageError(f"{origin.file} has another content here than where {origin.name} was taken from it")
    record = object.__new__(origin.load(origin.file, origin.name))
    vars(record).update(kept)
    return record


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
            raise OwnCodeError(replace(fault, hint=_beside(error, file))) from error
        raise
    return module, digest


def _beside(error: BaseException, file: Path) -> str:
    """What to do where a file imports its neighbour."""
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return ""
    stem = error.name.partition(".")[0]
    if not (file.with_name(f"{stem}.py").exists() or file.with_name(stem).is_dir()):
        return ""
    return f"only {file.name} itself is loaded: write what it needs of {stem} into it, or install {stem}"


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
    except (Exception, SystemExit) as error:  # a loss that exits is one that fails
        fault = fault_in_own_code(error)
        if fault is None:
            raise
        raise OwnCodeError(fault) from error


def fault_in_own_code(error: BaseException) -> Fault | None:
    """What went wrong, at the innermost line of a loaded file that took part in it; None if none did.

    Where the error took the place of another that NumPy had made of it, the lines are those of the other.
    """
    at: BaseException | None = error
    while at is not None and not (own := _own_frames(at)):
        at = at.__context__
    if at is None:
        return None
    summary = traceback.extract_tb(at.__traceback__)[own[-1]]
    text = linecache.getline(summary.filename, summary.lineno or 0).rstrip("\n")
    column, end = summary.colno or 0, summary.end_colno or 0
    one_line = summary.end_lineno == summary.lineno and end > column
    start, length = (column, end - column) if one_line else (len(text) - len(text.lstrip()), len(text.strip()))
    message = f"{type(error).__name__}: {error}"
    return Fault(message, summary.filename, summary.lineno, start + 1, text.replace("\t", " "), max(1, length))


def _own_frames(error: BaseException) -> list[int]:
    """Which frames of its traceback are of loaded files."""
    frames = enumerate(traceback.walk_tb(error.__traceback__))
    return [i for i, (frame, _) in frames if frame.f_globals.get("__name__", "").startswith(PREFIX)]


def check_fields(record: type[Record], where: str, reserved: Container[str], chosen: str) -> None:
    """Hold the fields of a user's own class to what a config can set.

    Args:
        record: the class.
        where: what to call it.
        reserved: keys of a config that no field can be called, since they choose the class.
        chosen: what they choose.

    Raises:
        UsageError: if it is no dataclass, or a field cannot be set; says which and why.
    """
    if vars(record).get("__annotations__") and "__dataclass_fields__" not in vars(record):
        raise UsageError(f"{where}: write @dataclass(frozen=True) above the class, or its fields are none")
    try:
        parameters = record.parameters()
    except Exception as error:
        raise UsageError(f"{where}: its annotations cannot be read: {type(error).__name__}: {error}") from error
    for parameter in parameters:
        if parameter.name in reserved:
            raise UsageError(f"{where}: a field cannot be called {parameter.name!r}, that key chooses {chosen}")
        if not all(map(is_setting, parameter.types)):
            raise UsageError(
                f"{where}: the field {parameter.name!r} is no number, text, true or false, or tuple of these"
            )


def is_setting(kind: Any) -> bool:
    """Whether values of a type can stand in a config."""
    if get_origin(kind) is Annotated:
        return is_setting(get_args(kind)[0])
    if get_origin(kind) in (tuple, Union, UnionType):
        return all(part is ... or is_setting(part) for part in get_args(kind))
    return kind in _SETTINGS or get_origin(kind) is Literal


def _syntax_fault(error: SyntaxError, source: str) -> Fault:
    text = (error.text or "").rstrip("\n")
    column = min(max(1, error.offset or 1), len(text) + 1)
    return Fault(f"SyntaxError: {error.msg}", source, error.lineno, column, text.replace("\t", " ") or None)


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except FileNotFoundError:
        raise UsageError(f"{file} cannot be read: {no_such_file(file)}") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"{file} cannot be read: {reason}") from None
    if len(content) > LARGEST:
        raise UsageError(f"{file} cannot be read: it is larger than 1 MB, which no such file is")
    return content

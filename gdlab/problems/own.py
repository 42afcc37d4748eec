"""The user's own problem, from a Python file: a function, a factory of one, or a class derived from gdlab.Problem.

    def my_loss(w): …                     one array of parameters, a scalar
    def my_loss(w, rows): …               on minibatches; rows are row numbers
    def my_loss(w, degree=3): …           what has a default is set in the config
    def make(degree=3): …; return loss    a factory: all that it takes has a default, and it returns such a function

A function may say what the config leaves out: `my_loss.start = [1, 2]` (a list, a range, or a function of a random
generator), `my_loss.rows = len(X)`, `my_loss.infimum = 0`.
"""

import dataclasses
import functools
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, ClassVar

import numpy as np
from annotated_types import Ge

from gdlab.errors import OwnCodeError, ParameterError, UsageError, did_you_mean, join
from gdlab.own_code import Origin, check_fields, load_module, shown_at_its_line
from gdlab.problems.base import Array, Problem
from gdlab.problems.own_place import fault_at
from gdlab.problems.own_signature import Function, check_signature, field_of, is_factory, settings_of, signature_of
from gdlab.problems.start import drawn, read_start

RESERVED = ("name", "file", "sha256", "formula")  # keys of a config that choose the problem


def load_problem(file: Path, name: str = "") -> type[Problem]:
    """The problem of a file.

    Args:
        file: a Python file. Its code runs, once for each content.
        name: of the function or class; may be left out if there is only one.

    Raises:
        UsageError: if there is no such file, function or class, or it is no problem that can be used; says why.
        OwnCodeError: if the file cannot be run; shows its line.
    """
    module, digest = load_module(file)
    there = {key: value for key, value in vars(module).items() if _is_own(value, module) and not key.startswith("_")}
    if not name and len(there) == 1:
        name = next(iter(there))
    found = vars(module).get(name) if name else None
    if not callable(found):
        raise UsageError(f"{file} {_instead(module, name, there)}")
    if isinstance(found, type) and issubclass(found, Problem) and not _is_own(found, module):
        built_in = found.__module__.startswith("gdlab.")
        instead = f"leave out file, and write name: {found.name}" if built_in else f"say file: of where {name} stands"
        raise UsageError(f"{file} only imports the problem {name}: {instead}, or derive a class of your own from it")
    where, origin = f"{name} in {file}", Origin(file.resolve(), digest, name, load_problem)
    if not isinstance(found, type):
        return _of_function(found, where, origin)
    if not issubclass(found, Problem):
        raise UsageError(f"{where}: the class is not derived from gdlab.Problem")
    if "origin" not in vars(found):  # one that is derived from another of the file inherits that of the other
        _check(found, where)
        found.origin = origin
    return found


@dataclass(frozen=True)
class FunctionProblem(Problem):
    """A function of your own Python file, written with NumPy.

    A loss takes one array of parameters, `def my_loss(w)`, and returns a number; `def my_loss(w, rows)` takes the row
    numbers of a minibatch, too, takes its data with `gdlab.take_rows(X, rows)`, and is a mean over the rows: np.mean,
    not np.sum, so that the loss of all rows is the mean of those of batches.

    Parameters with a default, `def my_loss(w, degree=3)`, are further keys of the problem. A function in which all have
    a default, `def make(degree=3)`, is a factory: it returns the loss.

    The file may say what the config leaves out: `my_loss.start = [1, 2]`, `my_loss.rows = len(X)`,
    `my_loss.infimum = 0`.

    A class derived from gdlab.Problem is taken, too: its fields are the keys, checked like those of a built-in one.

    Class attributes:
        function: the loss, or the factory that makes it.
        is_factory: whether it is a factory.
    """

    name = "file"
    source = "your own file"

    function: ClassVar[Function]
    is_factory: ClassVar[bool] = False

    start: Annotated[
        Any | None, "where the parameters begin: a list, or a range {from: -1, to: 1, size: 3} to draw from"
    ] = None
    rows: Annotated[int, Ge(0), "rows of data, if the function takes rows"] = 0
    infimum: Annotated[float | None, "the greatest lower bound of the loss, where you know it"] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        loss = self.whole_loss
        if not self.rows:
            known = signature_of(type(self).function)["rows"].default if self._makes_rows else 0
            object.__setattr__(self, "rows", _whole(getattr(loss, "rows", known), f"{self.name}.rows"))
        if self.infimum is None:
            object.__setattr__(self, "infimum", getattr(loss, "infimum", None))
        if self.takes_rows and not self.rows:
            raise ParameterError(
                f"{self.name}: the function takes rows, so say how many there are, as in rows: 100, "
                f"or in its file: {self.name}.rows = len(X)"
            )
        if self.rows and not self.takes_rows and not self._makes_rows:
            raise ParameterError(f"{self.name}: rows = {self.rows} is set, but the function takes no rows: (w, rows)")
        if self._begin is None:
            raise ParameterError(
                f"{self.name} needs 'start', such as start: [1, 2] or start: {{from: -1, to: 1, size: 2}}; "
                f"or in its file: {self.name}.start = [1, 2]"
            )
        if not callable(self._begin):
            start, troubles = read_start(self._begin, ("start",))
            if troubles:
                raise ParameterError(f"{self.name}: {troubles[0]}")
            if self.start is not None:
                object.__setattr__(self, "start", start)

    @functools.cached_property
    def whole_loss(self) -> Function:
        """The function of (w) or (w, rows), with its parameters set.

        Raises:
            OwnCodeError: if a factory raises an error, or returns something else; shows its line.
        """
        function, names = type(self).function, settings_of(type(self).function)
        given = {name: getattr(self, name) for name in names if name != "rows" or self.is_factory}
        if not self.is_factory:
            return functools.update_wrapper(functools.partial(function, **given), function) if given else function
        if given.get("rows") == 0:
            del given["rows"]
        with shown_at_its_line():
            made = function(**given)
        if not callable(made):
            message = f"{self.name} takes no array, so it must make a loss and return that function"
            fault = fault_at(function, f"{message}; it returned {_shown(made)}", of_return=True)
            raise OwnCodeError(fault)
        return made  # type: ignore[no-any-return] # it is callable

    @functools.cached_property
    def takes_rows(self) -> bool:
        """Whether the loss is one of minibatches."""
        return "rows" in signature_of(self.whole_loss)

    @property
    def _makes_rows(self) -> bool:
        return self.is_factory and "rows" in settings_of(type(self).function)

    @property
    def _begin(self) -> Any:
        return self.start if self.start is not None else getattr(self.whole_loss, "start", None)

    def loss(self, w: Any, rows: Any = None) -> Any:
        """What the function returns for w; all rows if rows is None."""
        if isinstance(w, np.ndarray):
            w = w.view()
            w.flags.writeable = False  # it is the point of the run
        if self.takes_rows:
            return self.whole_loss(w, rows=np.arange(self.rows) if rows is None else rows)
        return self.whole_loss(w)

    def initial(self, rng: np.random.Generator) -> Array:
        """The start that the config gives, or the function itself."""
        begin = self._begin
        if callable(begin):
            with shown_at_its_line():
                begin = begin(rng)
        start, troubles = read_start(begin, ("start",))
        if troubles:
            raise UsageError(f"{self.name}: {troubles[0]}")
        return np.atleast_1d(drawn(start, rng))


def _is_own(value: Any, module: ModuleType) -> bool:
    """Whether a name of a file could be meant as a problem."""
    if isinstance(value, type):
        return issubclass(value, Problem) and value.__module__ == module.__name__
    return inspect.isfunction(value) and value.__module__ == module.__name__


def _instead(module: ModuleType, name: str, there: Mapping[str, Any]) -> str:
    """What to write, or to do, instead of a name that is no problem of a file."""
    if name and name in vars(module):
        found = vars(module)[name]
        what = f"the module {found.__name__}" if isinstance(found, ModuleType) else _shown(found)
        return f"has {name}, but it is {what}, neither a function nor a class of problems"
    listed = f"There {'is' if len(there) == 1 else 'are'} {join(list(there))}"
    if not there:
        return f"has no {name!r}: it defines no function" if name else "defines no function that could be meant"
    if not name:
        return f"has several functions: say which with name. {listed}"
    near = did_you_mean(name, there)
    return f"has no function {name!r}: {near}{' ' * bool(near)}{listed}"


def _check(kind: type[Problem], where: str) -> None:
    """Hold a class to what a problem is."""
    check_fields(kind, where, RESERVED, "the problem")
    for method, signature in (("loss", "loss(self, w, rows=None)"), ("initial", "initial(self, rng)")):
        if getattr(kind, method) is getattr(Problem, method):
            raise UsageError(f"{where} must define {signature}")


@functools.cache
def _of_function(function: Function, where: str, origin: Origin) -> type[Problem]:
    """The class of problems that a function, or a factory, makes."""
    check_signature(function, origin.name, where)
    settings = settings_of(function)
    for name in settings:
        if name in (*RESERVED, "start", "infimum") or (hasattr(FunctionProblem, name) and name != "rows"):
            raise UsageError(f"{where}: a parameter cannot be called {name!r}, that is a key of every problem")
    fields = [field_of(function, name, where) for name in settings]
    kept = [field for field in fields if field[0] != "rows"]
    summary = (inspect.getdoc(function) or f"The function {origin.name}.").partition("\n")[0]
    factory = is_factory(function)
    space = {"name": origin.name, "origin": origin, "function": staticmethod(function), "is_factory": factory}
    kind = dataclasses.make_dataclass(
        origin.name, kept, bases=(FunctionProblem,), namespace={**space, "__doc__": summary}, frozen=True
    )
    kind.__module__ = function.__module__
    return kind


def _whole(value: Any, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 0:
        raise ParameterError(f"{what} = {_shown(value)} is not allowed, it must be a whole number ≥ 0")
    return int(value)


def _shown(value: Any) -> str:
    if value is None:
        return "None"
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 60 else f'{text[:59]}…'}"

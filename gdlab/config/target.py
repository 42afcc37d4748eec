"""What the commands on derivatives are asked about: a formula, a problem by name, a config, or a function in a file."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gdlab.autodiff.graph import Node, constant, scalar, trace, variable
from gdlab.autodiff.symbolic.elements import by_elements
from gdlab.config.point import Point
from gdlab.config.resolve import resolve
from gdlab.errors import ConfigError, OwnCodeError, UsageError, unknown
from gdlab.experiment.seeds import Streams
from gdlab.experiment.spec import Experiment
from gdlab.own_code import load_module, shown_at_its_line
from gdlab.problems import PROBLEMS
from gdlab.problems.base import Problem
from gdlab.problems.expression import Expression, parse
from gdlab.problems.formula import Formula, in_words

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Target:
    """A function at a point.

    Args:
        title: what it is: the formula, `problem rosenbrock`, `f of my.py`.
        f: the function of one array (n,).
        point: where it is looked at, (n,).
        names: of the elements of the point.
        expression: if it is a formula.
        problem: if it is a problem.
    """

    title: str
    f: Callable[[Any], Any]
    point: Array
    names: tuple[str, ...]
    expression: Expression | None = None
    problem: Problem | None = None

    def graph(self, here: bool = False) -> tuple[Node, list[Node], list[Any]]:
        """Its graph, in terms of single numbers if it only picks such; the variables; and where they stand.

        Args:
            here: the graph may hold for this point alone, so that the function may branch on its values.

        Raises:
            DifferentiationError: if the function has no graph, because it branches on its values.
        """
        if here:
            w = variable("w", self.point, value=self.point)
            out = scalar(self.f(w))
        else:
            (w,), out = trace(self.f, self.point)
        elements = by_elements([out], w, self.names)
        if elements is not None:
            return elements[1][0], elements[0], list(self.point)
        if self.expression is None:
            return out, [w], [self.point]
        parts = self.expression.unpack(self.point)
        variables = {name: variable(name, part) for name, part in parts.items()}
        return constant(self.expression.at(variables)), [*variables.values()], [*parts.values()]

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Turn what a user's own function raises into a message that shows its line."""
        try:
            with shown_at_its_line():
                yield
        except OwnCodeError as error:
            raise ConfigError([error.fault]) from error


def find_target(what: str, at: str | None = None) -> Target:
    """The function that the words of a command mean.

    Args:
        what: a formula, the name of a problem, a YAML config, or `file.py:function`.
        at: the point: `x=3,y=4`, `x=1,2,3` for a vector, or `3,4`; unset, where a problem starts.

    Raises:
        UsageError: if it means nothing, or the point does not fit.
    """
    point = None if at is None else Point(at)
    path, _, name = what.rpartition(":") if ".py:" in what else (what, "", "")
    suffix = Path(path).suffix.lower()
    if suffix in (".yaml", ".yml"):
        return _of_experiment(resolve(path).experiment, point)
    if suffix == ".py":
        return _checked(_function(Path(path), name, point))
    if what in PROBLEMS:
        return _problem(PROBLEMS[what](), point)
    if what.isidentifier() and what.isascii() and len(what) > 2 and (point is None or what not in point.named):
        raise UsageError(unknown("problem", what, PROBLEMS))
    return _checked(_formula(what, point))


def _checked(target: Target) -> Target:
    """Refuse what is no number: a condition has no derivative, and a vector has more than one gradient."""
    with target.guarded(), np.errstate(all="ignore"):
        value = np.asarray(target.f(target.point))
    if value.dtype == bool:
        shown = "the condition" if target.expression is None else target.title
        raise UsageError(f"{target.title} is true or false, not a number; write where({shown}, a, b)")
    if target.expression is not None and value.shape != ():
        raise UsageError(
            f"{target.title} is {in_words(value.shape)} here, and a gradient is that of one: "
            "write sum(…) or mean(…) around it" + _product(target.expression)
        )
    return target


def _product(expression: Expression) -> str:
    """What a variable of several letters may have been meant to be."""
    names = [name for name, size in expression.layout.items() if size == len(name) > 1 and name.isalpha()]
    return "".join(f"; {name} is one variable, and the product is written {'*'.join(name)}" for name in names)


def _formula(text: str, point: Point | None) -> Target:
    names = parse(text).variables
    if not names:
        raise UsageError(f"{text!r} has no variable to differentiate by")
    if point is None:
        raise UsageError(f"say where: --at {','.join(f'{name}=…' for name in names)}")
    values = point.values(names)
    layout = {name: len(value) if isinstance(value, list) else None for name, value in values.items()}
    expression = parse(text, layout)
    return Target(expression.text, expression, expression.pack(values), _named(expression), expression)


def _named(expression: Expression) -> tuple[str, ...]:
    """The names of the parameters of a formula: `x`, and `w[0]`, `w[1]` of a vector."""
    elements: list[str] = []
    for name, size in expression.layout.items():
        elements += [name] if size is None else [f"{name}[{k}]" for k in range(size)]
    return tuple(elements)


def _of_experiment(experiment: Experiment, point: Point | None) -> Target:
    """The problem of a config where its run starts, on the data of that run."""
    streams = Streams.of(experiment.seed)
    problem = experiment.problem.drawn(streams.data)
    start = problem.initial(streams.start)
    if not isinstance(problem, Formula):
        return _problem(problem, point, start)
    expression = problem.expression
    w = start if point is None else expression.pack(point.values(expression.variables))
    return Target(problem.formula, expression, w, _named(expression), expression, problem)


def _problem(problem: Problem, point: Point | None, start: Array | None = None) -> Target:
    start = problem.initial(np.random.default_rng(0)) if start is None else start
    w = start if point is None else np.array(point.elements(len(start)))
    formula = problem.formula.partition("\n")[0]
    title = f"problem {problem.name}" + (f": {formula}" if formula else "")
    return Target(title, problem.loss, w, _elements(w), problem=problem)


def _function(path: Path, name: str, point: Point | None) -> Target:
    try:
        module, _ = load_module(path)
    except OwnCodeError as error:
        raise ConfigError([error.fault]) from error
    functions = {
        key: value
        for key, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__
    }
    if not name and len(functions) == 1:
        name = next(iter(functions))
    if name not in functions:
        if name:
            raise UsageError(unknown(f"function of {path}:", name, functions))
        listed = ", ".join(f"{path}:{key}" for key in functions) or "none"
        raise UsageError(f"which function of {path}? There are: {listed}")
    f = functions[name]
    title = f"{name} of {path}"
    names = _arguments(f)
    if len(names) > 1:
        if point is None:
            raise UsageError(f"say where: --at {','.join(f'{x}=…' for x in names)}")
        numbers = np.array([point.number(x, value) for x, value in point.values(names, "function").items()])
        return Target(title, lambda w: f(*(w[k] for k in range(len(names)))), numbers, names)
    if point is None:
        raise UsageError("say where: --at 1,2,…, the elements of its argument")
    w = np.array(point.elements(None))
    return Target(title, f, w, _elements(w))


def _arguments(f: Callable[..., Any]) -> tuple[str, ...]:
    """The names of the arguments that must be given; several of them are one number each."""
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = inspect.signature(f).parameters.values()
    return tuple(p.name for p in parameters if p.kind in positional and p.default is p.empty)


def _elements(w: Array) -> tuple[str, ...]:
    return tuple(f"w[{k}]" for k in range(w.size))

"""Minimise a function from Python: an experiment without a file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from gdlab.autodiff import METHODS, Method
from gdlab.errors import UsageError, unknown
from gdlab.experiment.spec import Experiment, Log, Stop
from gdlab.experiment.train import Result, train
from gdlab.optimizers import OPTIMIZERS, Optimizer
from gdlab.optimizers.build import build
from gdlab.optimizers.own import load_rule
from gdlab.problems.base import Problem
from gdlab.record import Record


def minimize(
    problem: Callable[[Any], Any] | Problem,
    start: Any = None,
    optimizer: Optimizer | Mapping[str, Any] | str = "gd",
    gradient: Method | Mapping[str, Any] | str = "reverse",
    *,
    steps: int = 1000,
    seed: int = 0,
    target_loss: float | None = None,
    grad_tol: float | None = None,
    max_seconds: float | None = None,
    record_points: bool = False,
) -> Result:
    """Minimise a function or a problem.

    Args:
        problem: a function written with NumPy, of one array of shape (n,), that returns a scalar; or a problem.
        start: w₀, shape (n,); may be left out for a problem, which has its own.
        optimizer: an optimizer, its name, or a mapping such as `{"name": "adam", "lr": 0.1, "clip_norm": 1}`, with
            hyper-parameters and whatever goes around it; `{"file": "my_rule.py", "name": "MyRule"}` for one's own.
        gradient: a gradient method, likewise.
        steps: the budget.
        seed: draws the start of a problem that has a random one.
        target_loss: stop as converged once the loss is at most this.
        grad_tol: stop as converged once the norm of the gradient is at most this.
        max_seconds: stop as timeout after so many seconds of training.
        record_points: keep the parameters of every step.

    Returns:
        A result with `.w`, `.solution` (the average if the optimizer averages), `.losses` (steps + 1,), `.points`
        (steps + 1, n) if recorded, `.outcome` and `.cost`.

    Raises:
        UsageError: if an optimizer or a method is not known, or a function has no start.
        ParameterError: if a hyper-parameter is out of its range.
        DifferentiationError: if the function cannot be differentiated by the method.
    """
    experiment = Experiment(
        _problem(problem, start),
        _record(gradient, METHODS, Method, "gradient method"),
        _optimizer(optimizer),
        steps=steps,
        seed=seed,
        stop=Stop(target_loss, grad_tol, max_seconds),
        log=Log(),
    )
    return train(experiment, start=start, record_losses=True, record_points=record_points)


R = TypeVar("R", bound=Record)


def _problem(problem: Callable[[Any], Any] | Problem, start: Any) -> Problem:
    if isinstance(problem, Problem):
        if start is not None and np.shape(start) != (problem.dim,):
            raise UsageError(
                f"the start has shape {np.shape(start)}; {problem.name} takes one of shape ({problem.dim},)"
            )
        return problem
    if not callable(problem):
        raise UsageError(f"minimize takes a function or a problem, not {type(problem).__name__}")
    if start is None:
        raise UsageError("minimize needs a start for a function, such as start=[0.0, 0.0]")
    return _Function(problem)


@dataclass(frozen=True)
class _Function(Problem):
    """A plain function as a problem; its start is given to the run."""

    name = "function"

    f: Callable[[Any], Any]

    def loss(self, w: Any, rows: Any = None) -> Any:
        return self.f(w)


def _optimizer(given: Optimizer | Mapping[str, Any] | str) -> Optimizer:
    """An optimizer from itself, its name, or a mapping that may name a file of the user's own."""
    if not isinstance(given, Mapping):
        return _record(given, OPTIMIZERS, Optimizer, "optimizer")
    options = dict(given)
    file = options.pop("file", None)
    if file is not None:
        return build(load_rule(Path(file), str(options.pop("name", ""))), options)
    name = _name(options, "optimizer", OPTIMIZERS)
    if name not in OPTIMIZERS:
        raise UsageError(unknown("optimizer", name, OPTIMIZERS))
    return build(OPTIMIZERS[name], options)


def _name(options: dict[str, Any], what: str, known: Mapping[str, Any]) -> str:
    """Take the name out of the options.

    Raises:
        UsageError: if there is none.
    """
    if "name" not in options:
        first = next(iter(known))
        raise UsageError(
            f"the {what} has no name; write one, as in {{'name': {first!r}, …}}. Known: {', '.join(known)}"
        )
    return str(options.pop("name"))


def _record(given: R | Mapping[str, Any] | str, known: Mapping[str, type[R]], kind: type[R], what: str) -> R:
    """A record from itself, its name, or a mapping with its name and parameters."""
    if isinstance(given, kind):
        return given
    if not isinstance(given, str | Mapping):
        raise UsageError(f"the {what} is {given!r}; give its name, a mapping with its name, or the record itself")
    options: dict[str, Any] = {"name": given} if isinstance(given, str) else dict(given)
    name = _name(options, what, known)
    if name not in known:
        raise UsageError(unknown(what, name, known))
    allowed = [parameter.name for parameter in known[name].parameters()]
    for key in options:
        if key not in allowed:
            raise UsageError(unknown(f"parameter of {what} {name!r}", key, allowed))
    return known[name](**options)

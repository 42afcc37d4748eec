"""Minimise a function from Python: an experiment without a file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from gdlab.autodiff import METHODS, Method
from gdlab.errors import UsageError, unknown
from gdlab.experiment.result import Result
from gdlab.experiment.spec import Batch, Experiment, Log, Stop
from gdlab.experiment.train import checked_start, train
from gdlab.optimizers import OPTIMIZERS, Optimizer
from gdlab.optimizers.build import build
from gdlab.optimizers.own import load_rule
from gdlab.problems.base import Measure, Problem
from gdlab.record import Record


def minimize(
    problem: Callable[[Any], Any] | Problem | None,
    start: Any = None,
    optimizer: Optimizer | Mapping[str, Any] | str = "gd",
    gradient: Method | Mapping[str, Any] | str = "reverse",
    *,
    steps: int = 1000,
    seed: int = 0,
    target_loss: float | None = None,
    grad_tol: float | None = None,
    max_seconds: float | None = None,
    batch: Batch | Mapping[str, Any] | None = None,
    residuals: Callable[[Any], Any] | None = None,
    record_points: bool = False,
) -> Result:
    """Minimise a function or a problem.

    Args:
        problem: a function written with NumPy, of one array of shape (n,), that returns a scalar; or a problem. None
            with residuals, for half the sum of their squares.
        start: w₀, shape (n,); may be left out for a problem, which has its own.
        optimizer: an optimizer, its name, or a mapping such as `{"name": "adam", "lr": 0.1, "clip_norm": 1}`, with
            hyper-parameters and whatever goes around it; `{"file": "my_rule.py", "name": "MyRule"}` for one's own.
        gradient: a gradient method, likewise.
        steps: the budget.
        seed: draws the start of a problem that has a random one.
        target_loss: stop as converged once the loss is at most this.
        grad_tol: stop as converged once the norm of the gradient is at most this.
        max_seconds: stop as timeout after so many seconds of training.
        batch: the rows of each step, for a problem with rows, such as `{"size": 32}`.
        residuals: a function r(w) of shape (m,), for rules such as Levenberg-Marquardt; the function must be a constant
            times the sum of their squares.
        record_points: keep the parameters of every step.

    Returns:
        A result with `.w`, `.solution` (the average if the optimizer averages), `.losses` (steps + 1,), `.points`
        (steps + 1, n) if recorded, `.outcome`, `.cost` and `.remarks` (what the optimizer said of single steps).

    Raises:
        UsageError: if an optimizer or a method is not known, a function has no start, or it is no sum of the squares
            of its residuals.
        ParameterError: if a hyper-parameter is out of its range.
        DifferentiationError: if the function cannot be differentiated by the method.
    """
    experiment = Experiment(
        _problem(problem, start, residuals),
        _record(gradient, METHODS, Method, "gradient method"),
        _optimizer(optimizer),
        steps=steps,
        seed=seed,
        stop=Stop(target_loss, grad_tol, max_seconds),
        log=Log(),
        batch=_batch(batch),
    )
    return train(experiment, start=start, record_losses=True, record_points=record_points)


R = TypeVar("R", bound=Record)


def _problem(
    problem: Callable[[Any], Any] | Problem | None, start: Any, residuals: Callable[[Any], Any] | None
) -> Problem:
    if isinstance(problem, Problem):
        if residuals is not None:
            raise UsageError(f"residuals go with a function; problem {problem.name!r} has its own, or none")
        if start is not None and np.shape(start) != (problem.dim,):
            raise UsageError(
                f"the start has shape {np.shape(start)}; {problem.name} takes one of shape ({problem.dim},)"
            )
        return problem
    if not callable(problem) and (problem is not None or residuals is None):
        raise UsageError(f"minimize takes a function or a problem, not {type(problem).__name__}")
    if start is None:
        raise UsageError("minimize needs a start for a function, such as start=[0.0, 0.0]")
    if residuals is None:
        return _Function(problem)  # type: ignore[arg-type] # then it is callable
    if problem is not None:
        _check_squares(problem, residuals, checked_start(start))
    return _Function(problem or _HalfSum(residuals), residuals)


def _check_squares(f: Callable[[Any], Any], residuals: Callable[[Any], Any], start: Any) -> None:
    """Hold a function to c·Σr², by its ratio to that at the start and beside it.

    Raises:
        UsageError: if that is not the same.
    """
    points = [start, start + 1e-2 * (1 + np.abs(start)), start - 1e-2 * (1 + np.abs(start))]
    sums = [float(np.sum(np.asarray(residuals(w)) ** 2)) for w in points]
    ratios = [float(f(w)) / total for w, total in zip(points, sums, strict=True) if total > 0]
    if not np.allclose(ratios, ratios[:1], rtol=1e-6):
        raise UsageError(
            "the function is no constant times the sum of the squares of its residuals: near the start it is "
            f"{' and '.join(f'{ratio:.6g}' for ratio in ratios)} times that; leave the function out, as None"
        )


@dataclass(frozen=True)
class _HalfSum:
    """½Σr²."""

    residuals: Callable[[Any], Any]

    def __call__(self, w: Any) -> Any:
        r = self.residuals(w)
        return 0.5 * np.sum(r * r)


@dataclass(frozen=True)
class _Function(Problem):
    """A plain function as a problem; its start is given to the run."""

    name = "function"

    f: Callable[[Any], Any]
    r: Callable[[Any], Any] | None = None

    @property
    def residuals(self) -> Measure | None:
        """Those that were given."""
        r = self.r
        return None if r is None else lambda w, rows: r(w)

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


def _batch(given: Batch | Mapping[str, Any] | None) -> Batch:
    """A batch from itself or a mapping of its parameters."""
    if given is None or isinstance(given, Batch):
        return given or Batch()
    if not isinstance(given, Mapping):
        raise UsageError(f"the batch is {given!r}; give a mapping, such as {{'size': 32}}")
    allowed = [parameter.name for parameter in Batch.parameters()]
    for key in given:
        if key not in allowed:
            raise UsageError(unknown("parameter of batch", key, allowed))
    return Batch(**given)


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

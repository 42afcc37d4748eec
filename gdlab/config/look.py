"""A first look at an experiment that has been read: do its parts go together, is its data there, is its loss a loss?"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from gdlab.config.place import Node, Place
from gdlab.errors import ConfigError, DataError, Fault, OwnCodeError, ParameterError, UsageError
from gdlab.experiment.seeds import Streams
from gdlab.experiment.spec import Batch, Experiment
from gdlab.problems.base import Problem
from gdlab.problems.formula import Formula
from gdlab.problems.networks.base import NetworkProblem
from gdlab.problems.own_check import check_own


def look(experiment: Experiment) -> tuple[Fault, ...]:
    """Draw the data as the run will, and hold a problem of the user's own file to what a loss is.

    Returns:
        Warnings.

    Raises:
        DataError: if the data cannot be used.
        OwnCodeError: if the user's own loss cannot be; shows its line.
        UsageError: if the problem does not fit its data.
    """
    streams = Streams.of(experiment.seed)
    problem = experiment.problem.drawn(streams.data)
    if problem.origin is None:
        return tuple(_remarks(problem, streams.start))
    method = experiment.gradient if experiment.optimizer.uses_gradient else None
    return tuple(check_own(problem, method, streams.start, _rows_at_once(experiment.batch, problem.rows)))


def _remarks(problem: Problem, rng: np.random.Generator) -> Iterator[Fault]:
    """What a built-in problem, or a formula, is set to that cannot be meant."""
    if isinstance(problem, Formula) and (known := problem.infimum) is not None:
        with np.errstate(all="ignore"):
            value = float(problem.loss(problem.initial(rng)))
        if value < known - 1e-9 * (1 + abs(known)):
            yield Fault(f"the formula is {value:.6g} at its start, below its infimum = {known:g}", "problem.infimum")
    if isinstance(problem, NetworkProblem) and problem.design.hidden and problem.design.init == "zeros":
        message = "all hidden units begin alike and stay so: a layer learns no more than one unit would, or nothing"
        yield Fault(message, "problem.init", hint="write init: xavier, or he for relu")


def _rows_at_once(batch: Batch, rows: int) -> int | None:
    """The rows of the largest part whose gradient is computed apart; None if it is that of all."""
    if batch.size is None and batch.shards == 1:
        return None
    return -(-(batch.size or rows) // batch.shards)


@contextmanager
def shown_in(root: Node) -> Iterator[None]:
    """Turn what does not go together into a fault at its place in the config.

    Raises:
        ConfigError: in place of it.
    """
    try:
        yield
    except ConfigError:
        raise
    except (OwnCodeError, UsageError) as error:
        raise ConfigError([placed(error, root)]) from error


def placed(error: OwnCodeError | UsageError, root: Node, more: str = "") -> Fault:
    """What does not go together, as a fault at its place in the config.

    Args:
        error: which says what.
        root: the config.
        more: what to add to the message.
    """
    match error:
        case OwnCodeError():
            return error.fault
        case DataError():
            return _place(root, ("problem", "data", "file")).fault(f"{error}{more}")
        case _:
            about = error.parameters if isinstance(error, ParameterError) else ()
            return _place(root, _keys(about, root)).fault(f"{error}{more}")


def _keys(about: tuple[str, ...], root: Node) -> tuple[str, ...]:
    """The keys that lead to the first of the parameters that the config sets: those of the problem go by their names.

    What an experiment itself refuses tells paths from the top; what is left are errors of the problem on its data.
    """
    paths = [path for name in about for path in (tuple(name.split(".")), ("problem", name))]
    return next((path for path in paths if _is_set(root, path)), ("problem",))


def _is_set(root: Node, path: tuple[str, ...]) -> bool:
    node = root
    for key in path:
        if not isinstance(node.value, dict) or key not in node.value:
            return False
        node = node.value[key]
    return True


def _place(root: Node, keys: tuple[str, ...]) -> Place:
    """Where the last of the keys stands that there is."""
    node = root
    for key in keys:
        if not isinstance(node.value, dict) or key not in node.value:
            break
        node = node.value[key]
    if isinstance(node.value, dict):
        return node.key or node.place
    return node.place

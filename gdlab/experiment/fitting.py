"""The optimizer of a run: with what was left open until the run and its problem are known."""

from gdlab.errors import ParameterError
from gdlab.optimizers import Around, Optimizer
from gdlab.problems.base import Problem


def fitted(optimizer: Optimizer, problem: Problem, steps: int, seed: int) -> Optimizer:
    """The optimizer for a run of a problem: lengths, seeds and the known minimum filled in where they were left open.

    Raises:
        ParameterError: if the optimizer needs to know of the problem what that does not tell.
    """
    if "residuals" in optimizer.needs and problem.residuals is None:
        raise ParameterError(
            f"optimizer {optimizer.name!r} needs a loss that is a sum of squares, with its residuals; "
            f"that of problem {problem.name!r} is none, or does not tell them",
            "optimizer",
        )
    infimum = problem.infimum if "infimum" in optimizer.needs else None  # some problems have to solve for it
    try:
        return optimizer.fitted(steps, seed, infimum)
    except ParameterError as error:
        about = (f"optimizer.{name}" for name in error.parameters)
        raise ParameterError(str(error), *about, "optimizer") from error


def innermost(optimizer: Optimizer) -> Optimizer:
    """The rule itself, whatever is around it."""
    return optimizer.rule if isinstance(optimizer, Around) else optimizer

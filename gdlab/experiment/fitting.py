"""The optimizer of a run: with what was left open until the run and its problem are known."""

import math
from dataclasses import replace

from gdlab.errors import ParameterError
from gdlab.optimizers import Around, Optimizer, Polyak, SquaredLossRule
from gdlab.problems.base import Problem


def fitted(optimizer: Optimizer, problem: Problem, steps: int, seed: int) -> Optimizer:
    """The optimizer for a run of a problem: lengths, seeds and the known minimum filled in where they were left open.

    Raises:
        ParameterError: if the optimizer needs to know of the problem what that does not tell.
    """
    whole = optimizer.fitted(steps, seed)
    if isinstance(whole, Around):
        return replace(whole, rule=_told(whole.rule.fitted(steps, seed), problem))
    return _told(whole, problem)


def innermost(optimizer: Optimizer) -> Optimizer:
    """The rule itself, whatever is around it."""
    return optimizer.rule if isinstance(optimizer, Around) else optimizer


def _told(rule: Optimizer, problem: Problem) -> Optimizer:
    if isinstance(rule, Polyak) and rule.f_star is None:
        return replace(rule, f_star=_minimum(rule, problem))
    if isinstance(rule, SquaredLossRule) and problem.residuals is None:
        raise ParameterError(
            f"optimizer {rule.name!r} needs a loss that is a sum of squares, with its residuals; "
            f"that of problem {problem.name!r} is none, or does not tell them"
        )
    return rule


def _minimum(rule: Optimizer, problem: Problem) -> float:
    known = problem.infimum
    if known is not None and math.isfinite(known):
        return known
    why = "has no lower bound" if known is not None else "does not tell its least value; set f_star"
    raise ParameterError(f"optimizer {rule.name!r} needs the minimum of the loss, and problem {problem.name!r} {why}")

"""The same cost for each optimizer, however much a step of it costs."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gdlab.errors import UsageError, unknown
from gdlab.experiment.fitting import innermost
from gdlab.experiment.result import Callbacks
from gdlab.experiment.spec import Checkpoint, Experiment, Log, Stop
from gdlab.experiment.train import columns, train
from gdlab.store.metrics import PASSES

Array = np.ndarray[Any, np.dtype[np.float64]]

PROBED = 8  # steps that tell what a step costs
_SHAPE = "write evaluations=N, or steps=N, N a whole number ≥ 1"


@dataclass(frozen=True)
class Budget:
    """What each run may use.

    Args:
        unit: `steps`, or `evaluations`: passes over the function, of which a backward or a dual pass is one too.
        amount: how many.
    """

    unit: str
    amount: int


def read_budget(text: str) -> Budget:
    """Read `evaluations=2000`.

    Raises:
        UsageError: if it is none.
    """
    unit, _, amount = (part.strip() for part in text.partition("="))
    if unit not in ("evaluations", "steps"):
        raise UsageError(f"--budget {text}: {unknown('unit', unit, ('evaluations', 'steps'))}; {_SHAPE}")
    try:
        number = float(amount)
    except ValueError:
        raise UsageError(f"--budget {text}: {_SHAPE}") from None
    if not math.isfinite(number) or number < 1 or number != int(number):
        raise UsageError(f"--budget {text}: {_SHAPE}")
    return Budget(unit, int(number))


def passes(counted: Mapping[str, Any]) -> Any:
    """Evaluations, dual passes and reverse passes in one number, each pass over the function being one."""
    return sum(counted.get(name, 0.0) for name in PASSES)


def steps_within(experiment: Experiment, budget: Budget) -> int:
    """How many steps of an optimizer the budget pays for, at least 1.

    A few steps are tried. Where a rule searches along a line, steps differ in cost: it gets as many as if all were as
    cheap as the cheapest, and its curves are cut at the budget.
    """
    if budget.unit == "steps":
        return budget.amount
    spent = _probed(experiment)
    steps = np.diff(spent)
    if len(steps) < 2:  # it ended at once, as where the start is the answer
        return budget.amount
    if innermost(experiment.optimizer).traceable:
        each, before = float(steps[-1]), float(spent[-1] - steps[-1] * (len(spent) - 1))
    else:
        each, before = float(steps[steps > 0].min(initial=np.inf)), 0.0
    if not math.isfinite(each) or each <= 0:
        return budget.amount
    return max(1, math.floor((budget.amount - before) / each))


def _probed(experiment: Experiment) -> Array:
    """What has been spent after 0, 1, … steps."""
    short = replace(experiment, steps=PROBED, stop=Stop(), log=Log(every=1), checkpoint=Checkpoint())
    rows: list[Any] = []
    train(short, Callbacks(rows=rows.extend))
    named = [dict(zip(columns(short), row, strict=True)) for row in rows]
    return np.array([passes(row) for row in named], dtype=float)

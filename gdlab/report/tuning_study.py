"""A study from its trials to what they prove."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gdlab.experiment.tuning.edges import edges
from gdlab.experiment.tuning.spent import spent
from gdlab.experiment.tuning.study import DEFAULT, TRIALS, TUNED, Study
from gdlab.report.tuning import Found, Goal, Tried, choose, conclude
from gdlab.store.run import Run


def conduct(study: Study, goal: Goal, run: Callable[[Mapping[str, Any], str], Sequence[Run]]) -> Found:
    """Run the trials, then the best of each optimizer and the defaults on the seeds that report.

    Args:
        study: what is tuned.
        goal: what settings are judged by.
        run: takes a sweep as plain data and its tag, and gives its runs in the order of its cells.
    """
    runs, each, begin = run(study.trials(), TRIALS), len(study.seeds), 0
    choices, chosen = {}, {}
    for one in study.candidates:
        mine = runs[begin : begin + each * len(one.settings)]
        begin += len(mine)
        choice = choose(goal, [mine[i : i + each] for i in range(0, len(mine), each)], spent(mine))
        choices[one.name], chosen[one.name] = choice, one.settings[choice.best]
    tuned = run(study.finals(chosen, TUNED), TUNED)
    default = run(study.finals({one.name: {} for one in study.candidates}, DEFAULT), DEFAULT)
    tried, each = {}, len(study.report_seeds)
    for number, one in enumerate(study.candidates):
        first, second = (every[number * each : (number + 1) * each] for every in (tuned, default))
        choice = choices[one.name]
        lying = [*edges(one.space, one.settings, choice.sound, one.parameters)]
        tried[one.name] = Tried(chosen[one.name], choice, first, second, lying, spent([*first, *second]))
    return conclude(goal, tried)

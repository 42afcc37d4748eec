"""What runs are judged by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gdlab.errors import UsageError, unknown
from gdlab.report.text import head
from gdlab.store.flat import COSTS, RESULTS, measures
from gdlab.store.run import Run

Kind = Literal["end", "suboptimality", "area", "cost", "ert", "rank"]

_HIGH = "accuracy"  # the end of the names of measures of which the highest is the best


@dataclass(frozen=True)
class Metric:
    """What runs are judged by.

    Args:
        name: as it is typed.
        kind: how it is measured: a number at the end of a run, one made of the curve, a cost to a target, or one that
            only several runs have together.
        column: the number of the summary, or the column of the curve, it is made of.
        title: of its column.
        lowest: whether the lowest value is the best.
    """

    name: str
    kind: Kind
    column: str
    title: str
    lowest: bool = True

    @property
    def needs_target(self) -> bool:
        """Whether it is the cost to a target."""
        return self.kind in ("cost", "ert")


METRICS: dict[str, Metric] = {
    "final": Metric("final", "end", "final_loss", "final loss"),
    "best": Metric("best", "end", "best_loss", "best loss"),
    "area": Metric("area", "area", "loss", "area"),
    "suboptimality": Metric("suboptimality", "suboptimality", "final_loss", "suboptimality"),
    "steps": Metric("steps", "cost", "step", "steps to target"),
    "evaluations": Metric("evaluations", "cost", "evaluations", "evaluations to target"),
    "passes": Metric("passes", "cost", "passes", "passes to target"),
    "seconds": Metric("seconds", "cost", "seconds", "seconds to target"),
    "ert": Metric("ert", "ert", "passes", "ERT in passes"),
    "rank": Metric("rank", "rank", "", "mean rank"),
}

_LONG = {"final_loss": "final", "best_loss": "best"}


def chosen_metrics(names: Sequence[str], runs: Sequence[Run], target: str | None) -> tuple[Metric, ...]:
    """The metrics with those names; unset, the final loss, or beside a target the passes it takes.

    Args:
        names: of `METRICS`, or of any number in a summary, such as `accuracy`.
        runs: that are compared.
        target: what is reached at a cost.

    Raises:
        UsageError: if there is none of that name, or it lacks a target.
    """
    chosen = [_chosen(name, runs) for name in dict.fromkeys(names or (["final"] if target is None else ["passes"]))]
    lacking = next((metric for metric in chosen if metric.needs_target and target is None), None)
    if lacking is not None:
        raise UsageError(
            f"--metric {lacking.name} is what it takes to reach a target: say which, such as --target 1e-3, "
            "or --target +1e-3 above the known minimum"
        )
    by_value = [metric for metric in chosen if metric.kind != "rank"]
    return (*(by_value or [METRICS["final"]]), *(metric for metric in chosen if metric.kind == "rank"))


def _chosen(name: str, runs: Sequence[Run]) -> Metric:
    word = name.strip().replace(" ", "_")
    word = _LONG.get(word, word)
    if word in METRICS:
        return METRICS[word]
    known = [*measures(runs), *(other for other in (*RESULTS, *COSTS) if other not in _LONG)]
    if word not in known or not any(word in run.summary for run in runs):
        raise UsageError(unknown("--metric", name, [*METRICS, *measures(runs)]))
    return Metric(word, "end", word, head(word), lowest=not word.endswith(_HIGH))

"""What is said of a run when it has ended."""

import json
import math
from typing import TYPE_CHECKING, Any

from gdlab.cli.console import stdout
from gdlab.report.numbers import duration, number
from gdlab.report.outcomes import STYLES
from gdlab.report.text import literal
from gdlab.store.metrics import COLUMNS
from gdlab.store.status import Status
from gdlab.store.strict_json import dumps

if TYPE_CHECKING:
    from gdlab.experiment.execute import Finished
    from gdlab.experiment.spec import Experiment

_KNOWN = {*COLUMNS, "final_loss", "best_loss", "best_step"}


def one_line(finished: "Finished", experiment: "Experiment") -> str:
    """A plain line: name, status, step, loss, measures, seconds and folder."""
    result = finished.result
    parts = [
        f"{experiment.name}: {result.outcome.status}",
        f"step {result.outcome.step}",
        f"loss {number(result.summary['final_loss'])}",
        *(f"{name} {number(value)}" for name, value in _measures(finished)),
        duration(result.seconds),
        literal(str(finished.folder)),
    ]
    expected = result.outcome.status in (Status.CONVERGED, Status.MAX_STEPS)
    return "  ".join(parts) + ("" if expected else f"  ({result.outcome.reason})")


def on_terminal(finished: "Finished", experiment: "Experiment") -> None:
    """A few lines with the outcome in its colour, the loss, what it cost and where it is stored."""
    from rich.text import Text

    result = finished.result
    outcome, summary = result.outcome, result.summary
    losses = f"loss {number(summary['final_loss'])}"
    if summary.get("best_loss", math.nan) < summary["final_loss"]:
        losses += f", best {number(summary['best_loss'])} at step {number(summary['best_step'])}"
    measures = "".join(f", {name} {number(value)}" for name, value in _measures(finished))
    rate = f", {number(outcome.step / result.seconds, 3)} steps/s" if result.seconds > 0 and outcome.step else ""
    console = stdout()
    console.print(Text.assemble((experiment.name, "bold"), "  ", (str(outcome.status), STYLES.get(outcome.status, ""))))
    for told in (outcome.reason, losses + measures, f"{result.cost}, {duration(result.seconds)}{rate}"):
        for line in Text(told).wrap(console, max(1, console.width - 2)):
            console.print(Text("  ") + line)
    console.print(Text(f"  {literal(str(finished.folder))}"), soft_wrap=True)  # whole, to be copied


def as_data(finished: "Finished", experiment: "Experiment") -> str:
    """A line of JSON; numbers that are not finite are the strings `inf`, `-inf` and `nan`."""
    result = finished.result
    data: dict[str, Any] = {
        "id": finished.folder.name,
        "folder": str(finished.folder),
        "name": experiment.name,
        "seed": experiment.seed,
        "status": str(result.outcome.status),
        "step": result.outcome.step,
        "reason": result.outcome.reason,
        "summary": result.summary,
        "logging": {
            "evaluations": result.logging.evaluations,
            "dual_passes": result.logging.dual_passes,
            "reverse_passes": result.logging.reverse_passes,
        },
    }
    return json.dumps(json.loads(dumps(data)))


def _measures(finished: "Finished") -> list[tuple[str, float]]:
    return [(name, value) for name, value in finished.result.summary.items() if name not in _KNOWN]

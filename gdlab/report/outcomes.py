"""How outcomes look."""

from gdlab.experiment.outcome import Status
from gdlab.report.grid import Cell
from gdlab.report.text import literal

STYLES: dict[str, str] = {
    "running": "blue",
    Status.CONVERGED: "green",
    Status.MAX_STEPS: "",
    Status.STALLED: "yellow",
    Status.TIMEOUT: "yellow",
    Status.INTERRUPTED: "yellow",
    Status.UNBOUNDED: "magenta",
    Status.DIVERGED: "red",
    Status.NON_FINITE: "red",
    Status.FAILED: "bold red",
}


def outcome(status: str) -> Cell:
    """The outcome in its colour."""
    return Cell(literal(status), STYLES.get(status, ""))

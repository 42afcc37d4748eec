"""What outcomes mean for a comparison, and how they look."""

from gdlab.report.grid import Cell
from gdlab.report.text import literal
from gdlab.store.status import RUNNING, Status

# How a run may end and still be called the best: it trained to an end of its own or of its budget.
SOUND = (Status.CONVERGED, Status.MAX_STEPS, Status.STALLED, Status.TIMEOUT)

SOUND_WORDS = frozenset(status.value for status in SOUND)

# How a run ends whose loss went out of hand.
BROKEN = (Status.DIVERGED, Status.UNBOUNDED, Status.NON_FINITE)

STYLES: dict[str, str] = {
    RUNNING: "blue",
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

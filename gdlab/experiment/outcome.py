"""How a run ends: exactly one of nine ways, with a sentence that says why."""

from dataclasses import dataclass

from gdlab.store.status import Status


@dataclass(frozen=True)
class Outcome:
    """The end of a run.

    Args:
        status: which of the nine ways.
        step: the number of steps done when it ended.
        reason: one sentence: why, and where it is known what to try.
    """

    status: Status
    step: int
    reason: str

    def __str__(self) -> str:
        return f"{self.status}: {self.reason}"

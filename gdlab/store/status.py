"""How a run ends, in the words that run.json has for it."""

from enum import StrEnum

RUNNING = "running"  # stands in place of a status until a run has ended


class Status(StrEnum):
    """The nine ways a run can end."""

    CONVERGED = "converged"
    MAX_STEPS = "max_steps"
    STALLED = "stalled"
    UNBOUNDED = "unbounded"
    DIVERGED = "diverged"
    NON_FINITE = "non_finite"
    TIMEOUT = "timeout"
    INTERRUPTED = "interrupted"
    FAILED = "failed"

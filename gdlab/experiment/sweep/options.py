"""How a sweep is run, apart from what runs it, so that a command can say it before anything slow is imported."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """How to run a sweep.

    Args:
        force: begin anew, whatever is done.
        retry_failed: run cells again that failed.
        fail_fast: stop at the first cell that fails.
    """

    force: bool = False
    retry_failed: bool = False
    fail_fast: bool = False

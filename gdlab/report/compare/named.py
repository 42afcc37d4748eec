"""A column, and the word it is asked for by."""

from dataclasses import dataclass

from gdlab.report.grid import Column

# Which columns stay when there is no room for all, the lowest first; those of rank 0 always do.
RANKS = {"optimizer": 1, "success": 2, "failures": 3, "verdict": 1, "range": 4, "n": 3, "score": 6, "seed": 6}
RANKS |= {"status": 1, "accuracy": 3, "best_loss": 5, "step": 6, "seconds": 7, "gradient": 5, "evaluations": 8}
LATER = 9


@dataclass(frozen=True)
class Named:
    """A column, and the word it is asked for by."""

    name: str
    column: Column

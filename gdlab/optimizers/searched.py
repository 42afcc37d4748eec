"""Rules whose step has a natural length, 1, that a search can go back from."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from gdlab.optimizers.base import Array, Optimizer
from gdlab.optimizers.line_search import C1, Line, Shrink, backtrack
from gdlab.optimizers.parameters import refuse
from gdlab.record import Positive


@dataclass(frozen=True)
class Searched(Optimizer):
    """A rule that steps by lr·d, or with `search: armijo` goes back from there until f falls."""

    lr: Annotated[Positive, "share of the whole step; with a search, the first that is tried"] = 1.0
    search: Annotated[Literal["none", "armijo"], "how the length of a step is found"] = "none"
    c1: C1 = 1e-4
    shrink: Shrink = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.search == "none":
            refuse(self, "c1", "without a search")
            refuse(self, "shrink", "without a search")

    @property
    def written(self) -> str:
        """With a search, from lr on."""
        if self.search == "none":
            return self.formula
        lines = self.formula.replace("w − lr·H⁻¹g", "w − αH⁻¹g").replace("w + lr·d", "w + αd")
        return (
            f"{lines}\nα = the first of lr, lr·shrink, lr·shrink², … for which f falls by c₁ of what its slope promises"
        )

    def lr_at(self, k: Any) -> Any:
        """None with a search, which finds the length of each step."""
        return self.lr if self.search == "none" else None

    def found(self, line: Line) -> Array:
        """Where the search along a line ends; where it began, if f falls nowhere."""
        found = backtrack(line, self.lr, self.c1, self.shrink)
        return line.start.w if found is None else found[1]

"""A check of gradients for people and for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from gdlab.autodiff.check import GradientCheck
from gdlab.report.grid import Cell, Column, Grid
from gdlab.report.numbers import number
from gdlab.report.sections import Sections
from gdlab.report.text import plural

_LINES = 12  # of disagreements that are told


@dataclass(frozen=True)
class CheckReport:
    """What came of a check of a function.

    Args:
        title: what the function is.
        names: of the elements of the points.
        check: the result.
    """

    title: str
    names: Sequence[str]
    check: GradientCheck

    def data(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "function": self.title,
            "ok": self.check.ok,
            "points": [point.tolist() for point in self.check.points],
            "methods": list(self.check.labels),
            "gradient": [{"methods": list(pair), "apart": gap} for pair, gap in self.check.first.items()],
            "hessian": [{"methods": list(pair), "apart": gap} for pair, gap in self.check.second.items()],
            "disagreements": [str(disagreement) for disagreement in self.check.disagreements],
            "kinks": [[str(kink) for kink in kinks] for kinks in self.check.kinks],
            "left_out": self.check.left_out,
            "undefined": [{"point": k + 1, "why": why} for k, why in self.check.undefined.items()],
        }

    def sections(self) -> Sections:
        """All of it for people."""
        check = self.check
        verdict = "ok: " if check.ok else "" if check.undefined else "differs: "
        head = [Text(self.title, style="bold"), Text(verdict + check.summary, style="" if check.ok else "red")]
        bodies: list[tuple[str, RenderableType]] = []
        if check.first:
            bodies.append(("Gradients, how far apart", self._matrix(check.first)))
        if check.second:
            bodies.append(("Hessians, how far apart", self._matrix(check.second, *self._same())))
        if any(check.kinks):
            bodies.append(("Kinks", Text("\n".join(self._kinks()))))
        if not all(disagreement.kinks for disagreement in check.disagreements):
            bodies.append(("Who differs", Text("\n".join(self._disagreements()))))
        if check.left_out:
            lines = [f"{label}: {reason}" for label, reason in check.left_out.items()]
            bodies.append(("Left out", Text("\n".join(lines))))
        return Sections(head, bodies)

    def _same(self) -> list[str]:
        """Why forward and central differences give the same Hessian."""
        gap = self.check.second.get(("numeric forward", "numeric central"))
        return ["forward and central are 0 apart: in second order both are central differences"] if gap == 0 else []

    def _matrix(self, apart: dict[tuple[str, str], float], *notes: str) -> RenderableType:
        """The largest difference of each pair: every method against every other."""
        labels = self.check.labels
        short = [label.removeprefix("numeric ") for label in labels]
        columns = [Column("", [Cell(label) for label in short])]
        for head, one in zip(short, labels, strict=True):
            gaps = [apart.get((one, other), apart.get((other, one))) for other in labels]
            columns.append(Column(head, [Cell("-" if gap is None else number(gap, 2)) for gap in gaps], right=True))
        count = len(self.check.points) - len(self.check.undefined)
        note = f"largest |difference|/(1 + |derivative|) at {plural(count, 'point')}"
        return Group(Grid(columns), *(Text(line, style="dim") for line in (note, *notes)))

    def _kinks(self) -> list[str]:
        lines = []
        for k, (kinks, point) in enumerate(zip(self.check.kinks, self.check.points, strict=True), 1):
            if kinks:
                place = ", ".join(f"{name} = {number(x)}" for name, x in zip(self.names[:4], point, strict=False))
                more = ", …" if len(self.names) > 4 else ""
                lines += [f"point {k} ({place}{more}): {kink}" for kink in kinks]
        return lines

    def _disagreements(self) -> list[str]:
        worst = sorted((d for d in self.check.disagreements if not d.kinks), key=lambda d: -d.apart)
        lines = [str(disagreement) for disagreement in worst[:_LINES]]
        return lines + ([f"… {len(worst) - _LINES} more"] if len(worst) > _LINES else [])

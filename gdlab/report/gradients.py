"""A gradient by every method, side by side, with its formula and the curvature around it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.console import Group, RenderableType
from rich.text import Text

from gdlab.autodiff.comparison import Outcome, compare_methods, distance, reasons, reference
from gdlab.autodiff.curvature import Curvature, curvature
from gdlab.autodiff.domain import undefined, untaken
from gdlab.autodiff.graph import Node
from gdlab.autodiff.smoothness import find_kinks
from gdlab.autodiff.symbolic.formula import Formula, latex, text
from gdlab.autodiff.symbolic.partials import partials, second_partials
from gdlab.autodiff.symbolic.textbook import derivative
from gdlab.report.grid import Cell, Column, Grid
from gdlab.report.numbers import number
from gdlab.report.sections import Sections
from gdlab.report.text import plural

_BESIDE = 4  # partial derivatives that have a column of their own
_MATRIX = 6  # parameters up to which the whole Hessian is shown
_CURVED = 200  # parameters up to which there is one
_FORMULAS = 3  # parameters up to which second derivatives are written down
_LINES = 40  # of formulas
_DIGITS = 10

Array = np.ndarray[Any, np.dtype[Any]]
Graph = tuple[Node, Sequence[Node], Sequence[Any]]


@dataclass(frozen=True)
class GradientReport:
    """What there is to say of the gradient of a function at a point.

    Args:
        title: what the function is.
        names: of the elements of the point.
        point: (n,).
        value: of the function.
        outcomes: of every method.
        formulas: what stands on the left, and the formula; named parts first.
        kinks: at the point, in words.
        undefined: why the value is not finite; empty if it is.
        untaken: which branch that is not taken makes a derivative NaN; empty if none does.
        hessian: (n, n); None for more than 200 parameters, and where the value is not finite.
        curvature: what it says.
    """

    title: str
    names: Sequence[str]
    point: Array
    value: float
    outcomes: Sequence[Outcome]
    formulas: Sequence[tuple[str, str]]
    kinks: Sequence[str]
    undefined: str
    untaken: str
    hessian: Array | None
    curvature: Curvature | None

    @property
    def reference(self) -> Outcome:
        """The outcome that the others are compared with."""
        return reference(list(self.outcomes))

    def error(self, outcome: Outcome) -> float:
        """How far a method is off; NaN if there is nothing to compare it with."""
        exact = self.reference.gradient
        if outcome.gradient is None or exact is None or self.undefined or np.any(np.isnan(exact)):
            return np.nan
        return distance(outcome.gradient, exact)

    def data(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "function": self.title,
            "point": dict(zip(self.names, map(float, self.point), strict=True)),
            "value": self.value,
            "methods": [
                {
                    "method": outcome.label,
                    "gradient": None if outcome.gradient is None else outcome.gradient.tolist(),
                    "error": self.error(outcome),
                    "cost": vars(outcome.cost),
                    "problem": outcome.problem,
                }
                for outcome in self.outcomes
            ],
            "formulas": dict(self.formulas),
            "kinks": list(self.kinks),
            "undefined": self.undefined or None,
            "untaken": self.untaken or None,
            "hessian": None if self.hessian is None else self.hessian.tolist(),
            "eigenvalues": None if self.curvature is None else self.curvature.eigenvalues.tolist(),
            "verdict": None if self.curvature is None else self.curvature.verdict,
        }

    def sections(self) -> Sections:
        """All of it for people."""
        shown = ", ".join(f"{name} = {number(x)}" for name, x in zip(self.names[:8], self.point[:8], strict=True))
        more = f", … ({plural(len(self.point), 'parameter')})" if len(self.point) > 8 else ""
        head = [Text(self.title, style="bold"), Text(f"at {shown}{more}"), Text(f"value {number(self.value, _DIGITS)}")]
        if self.undefined:
            head.append(Text(f"{self.undefined}; there is no gradient here, whatever the methods say", style="red"))
        bodies: list[tuple[str, RenderableType]] = [("Gradient", self._methods())]
        if self.formulas:
            bodies.append(("Formula", Text("\n".join(f"{left} = {right}" for left, right in self.formulas))))
        if self.kinks:
            bodies.append(("Kinks here", Text("\n".join(self.kinks))))
        if self.hessian is not None:
            bodies.append(("Hessian", self._curvature()))
        return Sections(head, bodies)

    def _methods(self) -> RenderableType:
        there = [outcome for outcome in self.outcomes if outcome.gradient is not None]
        columns = [Column("method", [Cell(outcome.label) for outcome in there])]
        if len(self.names) <= _BESIDE:
            columns += [
                Column(
                    f"∂f/∂{name}", [Cell(number(o.gradient[k], _DIGITS)) for o in there if o.gradient is not None], True
                )
                for k, name in enumerate(self.names)
            ]
        columns.append(Column("error", [Cell(self._error(outcome)) for outcome in there], right=True))
        columns.append(Column("cost", [Cell(str(outcome.cost)) for outcome in there]))
        rows: list[RenderableType] = [Grid(columns)]
        exact = self.reference.gradient
        if len(self.names) > _BESIDE and exact is not None:
            rows.append(Text(f"norm {number(np.linalg.norm(exact), _DIGITS)}", style="dim"))
        if any(np.isfinite(self.error(outcome)) for outcome in there):
            rows.append(Text(f"error: largest |difference from {self.reference.label}|/(1 + |∂f|)", style="dim"))
        elif not self.undefined:
            rows.append(Text(f"error: none, as {self.reference.label} has no finite gradient here", style="dim"))
        if self.untaken:
            rows.append(Text(f"nan: {self.untaken}", style="dim"))
        rows += [Text(f"{labels}: {reason}", style="dim") for labels, reason in reasons(self.outcomes).items()]
        return Group(*rows)

    def _error(self, outcome: Outcome) -> str:
        error = self.error(outcome)
        return "-" if outcome is self.reference or np.isnan(error) else number(error, 2)

    def _curvature(self) -> RenderableType:
        assert self.hessian is not None  # noqa: S101 - asked for only if there is one
        assert self.curvature is not None  # noqa: S101
        rows: list[RenderableType] = []
        if len(self.names) <= _MATRIX:
            columns = [Column("", [Cell(name) for name in self.names])]
            columns += [
                Column(name, [Cell(number(x, 6)) for x in self.hessian[:, k]], right=True)
                for k, name in enumerate(self.names)
            ]
            rows.append(Grid(columns))
        values = self.curvature.eigenvalues
        few = [number(x, 6) for x in (values if len(values) <= _MATRIX else [values[0], values[-1]])]
        listed = ", ".join(few) if len(values) <= _MATRIX else f"from {few[0]} to {few[1]}"
        rows.append(Text(f"{'eigenvalue' if len(values) == 1 else 'eigenvalues'} {listed}"))
        rows.append(Text(self.curvature.verdict))
        return Group(*rows)


def gradient_report(
    title: str,
    f: Callable[[Any], Any],
    point: Array,
    names: Sequence[str],
    graph: Graph | None,
    form: str = "text",
) -> GradientReport:
    """Look at the gradient of a function at a point.

    Args:
        title: what the function is.
        f: a function of one array (n,) that returns a scalar.
        point: (n,).
        names: of its elements.
        graph: the result, the variables, and where they stand; None if there is no graph.
        form: of the formulas: `text`, `textbook` (unsimplified) or `latex`.
    """
    outcomes = compare_methods(f, point)
    best = reference(outcomes)
    assert best.derivatives is not None  # noqa: S101 - a reference has derivatives
    assert best.gradient is not None  # noqa: S101
    hessian = judged = None
    kinks = [] if graph is None else [str(kink) for kink in find_kinks(*graph)]
    with np.errstate(all="ignore"):
        value = float(best.derivatives.value(best.derivatives.example))
        if point.size <= _CURVED and np.isfinite(value):
            hessian = np.asarray(best.derivatives.hessian(best.derivatives.example))
            judged = curvature(best.gradient.reshape(-1), hessian, smooth=not kinks)
    formulas = [] if graph is None else write_formulas(*graph[:2], form)
    why = "" if np.isfinite(value) else (graph and undefined(*graph)) or f"the value is {value} here"
    branch = untaken(*graph) if graph is not None and np.any(np.isnan(best.gradient)) and not why else ""
    return GradientReport(title, names, point, value, outcomes, formulas, kinks, why, branch, hessian, judged)


def write_formulas(out: Node, variables: Sequence[Node], form: str) -> list[tuple[str, str]]:
    """First and, where they are few, second derivatives as formulas; parts that they share come first."""
    first, second = ("∂f/∂{}", "∂²f/∂{}∂{}") if form != "latex" else (r"\partial f/\partial {}",) * 2
    numbers = all(x.shape == () for x in variables)
    if form == "textbook" and numbers:
        slopes = [derivative(out, x) for x in variables]
        return _lines([first.format(x.name) for x in variables], text(slopes, times="·"))
    heads = [first.format(x.name) for x in variables]
    nodes = partials(out, variables)
    if numbers and len(variables) <= _FORMULAS and form == "text":
        rows = second_partials(out, variables)
        for i, x in enumerate(variables):
            for j, y in enumerate(variables[i:], i):
                heads.append(f"∂²f/∂{x.name}²" if i == j else second.format(x.name, y.name))
                nodes.append(rows[i][j])
    return _lines(heads, latex(nodes) if form == "latex" else text(nodes))


def _lines(heads: Sequence[str], formula: Formula) -> list[tuple[str, str]]:
    lines = [(name, f"constant array {list(np.shape(value))}") for name, value in formula.constants.items()]
    lines += [*formula.parts, *zip(heads, formula.results, strict=True)]
    if len(lines) > _LINES:
        lines = [*lines[:_LINES], ("…", f"{len(lines) - _LINES} more")]
    return lines

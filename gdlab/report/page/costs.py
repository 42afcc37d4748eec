"""What a gradient cost: counted, of every optimizer and gradient method."""

from collections.abc import Sequence

from gdlab.report.compare.line import Line
from gdlab.report.distinction import is_default
from gdlab.report.grid import Cell, Column
from gdlab.report.numbers import ABSENT, duration, number
from gdlab.report.page.html import Html, element, joined
from gdlab.report.page.subject import Subject, problem_of_block
from gdlab.report.page.tables import table
from gdlab.report.settings import describe
from gdlab.report.statistics.quantiles import median
from gdlab.store.run import Run

_COUNTED = ("evaluations", "dual_passes", "reverse_passes")
_MOST = 60  # rows
_WORDS = (
    "Of n parameters, a gradient by forward differences is charged n + 1 evaluations of the loss, by central ones 2n, "
    "by dual numbers n passes, and by reverse mode one evaluation and one reverse pass. What is spent on line "
    "searches and curvature is counted with it; what only the log needs is not."
)


def costs(subject: Subject) -> Html:
    """A row for each problem, gradient method and optimizer: medians over runs of what a step was charged."""
    kinds = _kinds(subject)
    rows = [(*kind, runs) for kind, runs in kinds.items()]
    sizes = [subject.problem_of(runs[0]) for *_, runs in rows[:_MOST]]
    columns = [
        Column("gradient", [Cell(gradient) for _, gradient, _, _ in rows[:_MOST]]),
        Column("optimizer", [Cell(optimizer) for *_, optimizer, _ in rows[:_MOST]]),
        Column("n", [Cell(ABSENT if size is None else f"{size.dim:,}") for size in sizes], right=True),
        *filter(_says_something, (_counted(name, [runs for *_, runs in rows[:_MOST]]) for name in _COUNTED)),
        Column("time of a step", [Cell(_time(runs)) for *_, runs in rows[:_MOST]], right=True),
    ]
    titles = _titles([problem for problem, *_ in rows[:_MOST]]) if len(subject.blocks) > 1 else {}
    caption = "What a step cost, the median over runs; n is the number of parameters"
    left = [element("p", f"and {len(rows) - _MOST} more rows", class_="soft")] if len(rows) > _MOST else []
    return joined([element("p", _WORDS), table(columns, caption, titles), *left])


def _kinds(subject: Subject) -> dict[tuple[str, str, str], list[Run]]:
    found: dict[tuple[str, str, str], list[Run]] = {}
    for block in subject.blocks:
        problem = problem_of_block(block)
        for line in block:
            found.setdefault((problem, *_kind(line)), []).extend(line.runs)
    return found


def _kind(line: Line) -> tuple[str, str]:
    told = {key for key in line.settings if key == "gradient" or not is_default(line.settings, key)}
    return describe(line.settings, "gradient", told), line.settings.get("optimizer", ABSENT)


def _titles(problems: Sequence[str]) -> dict[int, str]:
    return {row: one for row, one in enumerate(problems) if row == 0 or problems[row - 1] != one}


def _counted(name: str, every: Sequence[Sequence[Run]]) -> Column:
    return Column(name.replace("_", " "), [Cell(number(_a_step(runs, name), 3)) for runs in every], right=True)


def _says_something(column: Column) -> bool:
    return any(cell.text not in ("0", ABSENT) for cell in column.cells)


def _time(runs: Sequence[Run]) -> str:
    return duration(_a_step(runs, "seconds"))


def _a_step(runs: Sequence[Run], name: str) -> float | None:
    """What a step was charged, the median over the runs; None if none of them has made a step."""
    known = [run.summary[name] / run.step for run in runs if run.step > 0 and name in run.summary]
    return float(median(known)) if known else None

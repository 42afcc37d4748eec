"""`gdlab compare`: which is better, and is it proven?"""

from typing import TYPE_CHECKING, Annotated

import typer

from gdlab.cli.console import stdout, tell, write
from gdlab.cli.stored import RUNS_FOLDER, Root, Runs, Target, Where, select
from gdlab.errors import UsageError, join, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gdlab.report.compare.table import Table
    from gdlab.store.run import Run

_TABLE = "table"
_LINES = 40  # of a problem in a table
_DATA = ("csv", "json")


def command(
    runs: Runs = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(
            metavar="METRIC",
            help="What is compared, the first decides: final, best, area, suboptimality, accuracy or another number at "
            "the end; steps, evaluations, passes or seconds to the target; ert, rank. Repeat it, or use commas.",
        ),
    ] = None,
    target: Target = None,
    where: Where = None,
    group_by: Annotated[
        list[str] | None,
        typer.Option(metavar="KEYS", help="A line for each value of these, such as optimizer,lr, not each setting."),
    ] = None,
    each: Annotated[bool, typer.Option("--each", help="A line for each run, seeds not folded.")] = False,
    sort: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Order by a column instead, such as seconds; -seconds for downwards."),
    ] = None,
    cols: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMNS", help="Only these columns, such as optimizer,final,beta1."),
    ] = None,
    top: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="The first N lines of each problem; 0 for all.", show_default="40"),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="RUN", help="Compare with this run or sweep, or the runs with 'optimizer=gd lr=0.1'."),
    ] = None,
    fail_if_worse: Annotated[
        str | None,
        typer.Option(metavar="PERCENT", help="Exit with 1 if a line is worse than the baseline by more, such as 5%."),
    ] = None,
    form: Annotated[
        str,
        typer.Option(
            "--format", metavar="FORMAT", help="table, csv, md, json or latex; csv and json have all columns."
        ),
    ] = _TABLE,
    root: Root = RUNS_FOLDER,
) -> None:
    """Compare runs in a table: what is the same in one line above, the best of each problem marked where it is proven.

    Runs that differ only in their seed are one line, with median and quartiles; runs of the same seed are compared in
    pairs. A run that diverged, has no bound or failed is counted, and is never the best.
    """
    from gdlab.report.compare.formats import FORMATS

    if form not in (formats := (_TABLE, *FORMATS)):
        raise UsageError(unknown("--format", form, formats))
    if fail_if_worse is not None and baseline is None:
        raise UsageError("--fail-if-worse needs a run to be worse than: add --baseline RUN")
    from gdlab.report.compare.comparison import Question, compare
    from gdlab.report.compare.fields import listed
    from gdlab.report.compare.regression import parse_allowance, regression
    from gdlab.report.compare.table import tabulate

    allowed = None if fail_if_worse is None else parse_allowance(fail_if_worse)
    found, base = _runs(runs, root, where, baseline)
    question = Question(
        metrics=tuple(listed(metric or ())),
        target=target,
        group_by=tuple(listed(group_by or ())),
        each=each,
        sort=sort,
        baseline=base,
        infimum_of=_infima(),
    )
    comparison = compare(found, question)
    columns = listed(cols or ())
    if form == _TABLE:
        _print(tabulate(comparison, _LINES if top is None else top, columns))
    else:
        written = FORMATS[form](comparison, top or 0, columns)
        if form in _DATA:
            _tell_all(comparison.cautions)
        write(written.rstrip("\n"))
    if allowed is not None and (worse := regression(comparison, allowed)):
        tell(worse)
        raise typer.Exit(1)


def _runs(
    selectors: "Sequence[str] | None", root: "Path", where: "Sequence[str] | None", baseline: str | None
) -> "tuple[list[Run], frozenset[tuple[str, str]]]":
    """The runs that are meant, and where those of the baseline are."""
    found = [*select(selectors, root)]
    base = [] if baseline is None else _baseline(found, baseline, root)
    if where:
        from gdlab.report.compare.where import matching

        found = matching(found, " ".join(where))
    there = {(run.folder, run.id) for run in found}
    found += [run for run in base if (run.folder, run.id) not in there]
    return found, frozenset((str(run.folder), run.id) for run in base)


def _baseline(found: "Sequence[Run]", text: str, root: "Path") -> "list[Run]":
    from gdlab.report.compare.groups import grouped

    if any(sign in text for sign in "=<>"):
        from gdlab.report.compare.where import matching

        base = matching(found, text)
    else:
        base = [*select([text], root)]
    groups = grouped(base)
    if len({group.problem for group in groups}) < len(groups):
        names = join([*dict.fromkeys(run.id for run in base)][:5])
        raise UsageError(
            f"--baseline {text} means runs with several settings, such as {names}; name one, or give its settings, "
            "such as 'optimizer=gd lr=0.1'"
        )
    return base


def _infima() -> "Callable[[Run], float | None]":
    from gdlab.cli.drawing import problems

    problem_of = problems()

    def infimum_of(run: "Run") -> float | None:
        problem = problem_of(run)
        return None if problem is None else problem.infimum

    return infimum_of


def _print(table: "Table") -> None:
    console = stdout()
    console.print(table.common)
    console.print()
    console.print(table.grid)
    for note in table.notes:
        console.print(note, style="dim")
    for caution in table.cautions:
        console.print(f"caution: {caution}", style="yellow")


def _tell_all(cautions: "Sequence[str]") -> None:
    """Tell what data have no place for."""
    for caution in cautions:
        tell(f"caution: {caution}")

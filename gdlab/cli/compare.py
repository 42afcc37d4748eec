"""`gdlab compare`: which run is better?"""

from typing import TYPE_CHECKING, Annotated

import typer

from gdlab.cli.console import stdout, write
from gdlab.cli.stored import RUNS_FOLDER, Root, Runs, select
from gdlab.errors import UsageError, unknown

if TYPE_CHECKING:
    from gdlab.report.comparison_table import ComparisonTable


def command(
    runs: Runs = None,
    metric: Annotated[
        str,
        typer.Option(
            metavar="METRIC", help="What runs are judged by, the best first: final_loss, best_loss or accuracy."
        ),
    ] = "final_loss",
    sort: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Order by a column instead, such as seconds; -seconds for downwards."),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="table, csv, md or json; csv and json have all columns.")
    ] = "table",
    each: Annotated[bool, typer.Option("--each", help="A line for each cell of a sweep.")] = False,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=0, help="Lines shown of a sweep; 0 for all.")] = 50,
    root: Root = RUNS_FOLDER,
) -> None:
    """Compare runs in a table, the best of each problem marked.

    Cells of a sweep that differ only in their seed are one line, with median and quartiles. What all runs have in
    common stands in one line above. A run that diverged, has no bound or failed is shown, and is never the best.
    """
    from gdlab.report.formats import FORMATS

    if form not in (formats := ("table", *FORMATS)):
        raise UsageError(unknown("--format", form, formats))
    from gdlab.report.comparison import compare
    from gdlab.report.comparison_table import tabulate
    from gdlab.report.folded import fold_runs, is_foldable

    found = select(runs, root)
    if form == "table" and not each and is_foldable(found):
        from gdlab.report.folded_table import tabulate_folds

        _print(tabulate_folds(fold_runs(found, metric, sort), limit))
        return
    comparison = compare(found, metric, sort)
    if form == "table":
        _print(tabulate(comparison))
    else:
        write(FORMATS[form](comparison).rstrip("\n"))


def _print(table: "ComparisonTable") -> None:
    console = stdout()
    console.print(table.common)
    console.print()
    console.print(table.grid)
    for note in table.notes:
        console.print(note, style="dim")

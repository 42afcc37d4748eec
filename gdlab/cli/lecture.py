"""`gdlab lecture`: the numbers of the lecture, expected beside obtained."""

from typing import Annotated

import typer

from gdlab.cli.console import stdout, write
from gdlab.errors import UsageError


def command(
    number: Annotated[int | None, typer.Option("--item", metavar="N", help="Only this one, from 1 to 36.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Obtain every number of the lecture that gdlab follows, and say where that lecture errs.

    The lecture is topic 6, "Gradient Descent and Beyond", of Keith Dillon's "Deep Learning" (2019). The exit code is 1
    if a number is not as expected.
    """
    from gdlab.experiment.lecture.item import run
    from gdlab.experiment.lecture.items import ITEMS
    from gdlab.report.lecture import Lecture, data, summary

    chosen = [item for item in ITEMS if number is None or item.number == number]
    if not chosen:
        raise UsageError(f"--item {number}: there are items 1 to {len(ITEMS)}")
    runs = [(item, run(item)) for item in chosen]
    if as_json:
        from gdlab.store.strict_json import dumps

        write(dumps(data(runs)).decode().rstrip("\n"))
    else:
        console = stdout()
        console.print(Lecture(runs))
        console.print()
        console.print(summary(runs))
    if not all(result.ok for _, results in runs for result in results):
        raise typer.Exit(1)

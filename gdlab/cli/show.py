"""`gdlab show`: what is known of a run?"""

from typing import TYPE_CHECKING, Annotated

import typer

from gdlab.cli.console import stdout, tell, write
from gdlab.cli.stored import RUNS_FOLDER, Root, complete, select_shown
from gdlab.errors import StoreError

if TYPE_CHECKING:
    from gdlab.store.run import Curve, Run


def command(
    run: Annotated[
        str,
        typer.Argument(
            metavar="RUN",
            help="A folder, an id or the beginning of one, a name, or ID/17 for a cell.",
            autocompletion=complete,
        ),
    ] = "latest",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    root: Root = RUNS_FOLDER,
) -> None:
    """Show a run: how it ended and why, its loss, config, numbers, costs, surroundings and log.

    Of a sweep: what varies, the best settings, how its cells ended, and why some went wrong. Of several runs with the
    same name the newest is shown.
    """
    from gdlab.config.dump import dump
    from gdlab.report.detail import show, show_as_json
    from gdlab.store.reader import read_log
    from gdlab.store.run import Run

    *others, one = select_shown([run], root)
    if others:
        tell(
            f"{run} means {len(others) + 1} runs, this is the newest; before it: {', '.join(o.id for o in others[-3:])}"
        )
    if not isinstance(one, Run):
        from gdlab.report.sweep_detail import show_sweep, sweep_as_json

        if as_json:
            write(sweep_as_json(one).rstrip("\n"))
        else:
            stdout().print(show_sweep(one, dump(one.config), read_log(one)))
        return
    if as_json:
        write(show_as_json(one).rstrip("\n"))
        return
    stdout().print(show(one, _curve(one), dump(one.config), read_log(one)))


def _curve(run: "Run") -> "Curve":
    try:
        return run.curve()
    except StoreError as error:
        tell(str(error))
        return {}

"""`gdlab list`: which runs are there?"""

from typing import Annotated

import typer

from gdlab.cli.console import stdout, tell, write
from gdlab.cli.stored import RUNS_FOLDER, Root, Runs, nothing_in, select, select_shown


def command(
    runs: Runs = None,
    cells: Annotated[bool, typer.Option("--cells", help="List each cell of a sweep, as a run.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with every number and setting.")] = False,
    root: Root = RUNS_FOLDER,
) -> None:
    """List the stored runs, the newest last. A sweep is one line."""
    from datetime import datetime

    from gdlab.report.listing import list_as_json, list_runs

    found = (select if cells else select_shown)(runs, root, some=bool(runs))
    if not found and not as_json:
        tell(nothing_in(root))
    elif as_json:
        write(list_as_json(found).rstrip("\n"))
    else:
        stdout().print(list_runs(found, datetime.now().astimezone()))

"""`gdlab list`: which runs are there?"""

from typing import Annotated

import typer

from gdlab.cli.console import stdout, tell, write
from gdlab.cli.stored import RUNS_FOLDER, Root, Runs, nothing_in, select


def command(
    runs: Runs = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with every number and setting.")] = False,
    root: Root = RUNS_FOLDER,
) -> None:
    """List the stored runs, the newest last."""
    from datetime import datetime

    from gdlab.report.listing import list_as_json, list_runs

    found = select(runs, root, some=bool(runs))
    if not found and not as_json:
        tell(nothing_in(root))
    elif as_json:
        write(list_as_json(found).rstrip("\n"))
    else:
        stdout().print(list_runs(found, datetime.now().astimezone()))

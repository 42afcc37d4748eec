"""`gdlab rm`: take runs away."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gdlab.cli.console import tell, write
from gdlab.cli.stored import RUNS_FOLDER, Root, complete, nothing_in
from gdlab.errors import StoreError, UsageError
from gdlab.report.text import literal, plural

if TYPE_CHECKING:
    from gdlab.store.reader import Damage
    from gdlab.store.run import Run
    from gdlab.store.sweep.stored import StoredSweep

_NAMED = 20  # runs in the question


def command(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN",
            help="Folders, ids or the beginning of one, names, globs, or 'latest'.",
            autocompletion=complete,
        ),
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    root: Root = RUNS_FOLDER,
) -> None:
    """Remove runs and sweeps and everything in their folders; damaged ones too.

    On a terminal it asks first. What is still running, is a link, or lies outside the runs folder is left alone.
    """
    from gdlab.store.removal import remove
    from gdlab.store.selection import read_shown

    shown = read_shown(runs, root)
    found: list[Run | StoredSweep | Damage] = [*shown.items, *shown.damaged]
    if not found:
        raise UsageError(nothing_in(root))
    if not yes and not _agreed([one.folder for one in found]):
        tell("nothing was removed")
        return
    failed = False
    for one in found:
        try:
            remove(one, root)
        except StoreError as error:
            tell(str(error))
            failed = True
        else:
            write(f"removed {literal(str(one.folder))}")
    if failed:
        raise typer.Exit(1)


def _agreed(folders: Sequence[Path]) -> bool:
    """Whether somebody who can be asked says yes; off a terminal nobody can, and the command was enough."""
    if sys.stdin is None or not sys.stdin.isatty():
        return True
    for folder in folders[:_NAMED]:
        tell(f"  {folder}")
    if len(folders) > _NAMED:
        tell(f"  and {len(folders) - _NAMED} more")
    sys.stderr.write(f"remove {plural(len(folders), 'run')}? [y/N] ")
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):  # Ctrl-D leaves the cursor behind the question
        tell("")
    return answer.strip().lower() in ("y", "yes")

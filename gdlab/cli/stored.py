"""What the commands on stored runs share: which runs are meant, and what is said of those that cannot be read."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gdlab.cli.console import tell
from gdlab.errors import StoreError, UsageError
from gdlab.report.text import plural

if TYPE_CHECKING:
    from gdlab.store.reader import Damage
    from gdlab.store.run import Run

RUNS_FOLDER = Path("runs")

_NAMED = 10  # damaged runs in the warning


def complete(incomplete: str) -> Iterator[str]:
    """The ids in the runs folder that go on from what was typed, and `latest`."""
    names = ["latest"]
    with suppress(OSError):
        names += [name for name in sorted(path.name for path in RUNS_FOLDER.iterdir()) if not name.startswith(".")]
    return (name for name in names if name.startswith(incomplete))


Runs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="RUNS",
        help="Folders, ids or the beginning of one, names, globs, or 'latest'; all runs if left out.",
        autocompletion=complete,
    ),
]
Root = Annotated[Path, typer.Option("--root", metavar="DIR", help="The runs folder.")]


def select(selectors: Sequence[str] | None, root: Path, *, some: bool = True) -> "tuple[Run, ...]":
    """The runs that are meant, the oldest first; those that are damaged are named in one warning.

    Args:
        selectors: what was typed.
        root: the runs folder.
        some: whether it is an error if there are none at all.

    Raises:
        UsageError: if a selector matches nothing, or there are no runs at all and some are needed.
        StoreError: if none of those that are meant can be read.
    """
    from gdlab.store.selection import read_runs

    meant = [] if all(Path(selector) == root for selector in selectors or ()) else selectors or ()
    selection = read_runs(meant, root)
    if selection.damaged:
        tell(_warning(selection.damaged))
    if not selection.runs and selection.damaged:
        raise StoreError(f"none of {plural(len(selection.damaged), 'run')} can be read")
    if not selection.runs and some:
        raise UsageError(nothing_in(root))
    return selection.runs


def nothing_in(root: Path) -> str:
    """What is said of a runs folder without runs."""
    return f"there are no runs in {root} yet. To make one: gdlab run configs/adam_xor.yaml"


def _warning(damaged: "Sequence[Damage]") -> str:
    lines = [f"  {damage}" for damage in damaged[:_NAMED]]
    more = [f"  and {len(damaged) - _NAMED} more"] if len(damaged) > _NAMED else []
    return "\n".join([f"left out {plural(len(damaged), 'damaged run')}:", *lines, *more])

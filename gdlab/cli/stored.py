"""What the commands on stored runs share: which runs are meant, and what is said of those that cannot be read."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gdlab.cli.console import tell
from gdlab.errors import StoreError, UsageError, join
from gdlab.report.text import plural

if TYPE_CHECKING:
    from gdlab.store.reader import Damage
    from gdlab.store.run import Run
    from gdlab.store.sweep.stored import StoredSweep

Target = Annotated[
    str | None,
    typer.Option(metavar="LOSS", help="The loss to reach, such as 1e-3; +1e-3 is above the known minimum."),
]
Where = Annotated[
    list[str] | None,
    typer.Option(metavar="CONDITIONS", help="Only these runs, such as 'optimizer=adam lr<0.1'; = != < <= > >=."),
]
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
    """The runs that are meant, with the cells of sweeps, the oldest first; what is damaged is named in one warning.

    Args:
        selectors: what was typed.
        root: the runs folder.
        some: whether it is an error if there are none at all.

    Raises:
        UsageError: if a selector matches nothing, or there are no runs at all and some are needed.
        StoreError: if none of those that are meant can be read.
    """
    from gdlab.store.selection import read_runs

    selection = read_runs(_meant(selectors, root), root)
    _tell_damage(selection.damaged, selection.runs)
    if not selection.runs and some:
        raise UsageError(_no_cell_in(selectors, root) or nothing_in(root))
    return selection.runs


def select_shown(selectors: Sequence[str] | None, root: Path, *, some: bool = True) -> "tuple[Run | StoredSweep, ...]":
    """As `select`, with a sweep as one."""
    from gdlab.store.selection import read_shown

    shown = read_shown(_meant(selectors, root), root)
    _tell_damage(shown.damaged, shown.items)
    if not shown.items and some:
        raise UsageError(nothing_in(root))
    return shown.items


def _meant(selectors: Sequence[str] | None, root: Path) -> Sequence[str]:
    return [] if all(Path(selector) == root for selector in selectors or ()) else selectors or ()


def _no_cell_in(selectors: Sequence[str] | None, root: Path) -> str:
    """What is said where there are sweeps, but none of their cells has been run."""
    shown = select_shown(selectors, root, some=False)
    ids = ", ".join(item.id for item in shown[:_NAMED])
    return f"no cell of {ids} is done yet; run the same command again to go on" if shown else ""


def _tell_damage(damaged: "Sequence[Damage]", found: Sequence[object]) -> None:
    if damaged:
        tell(_warning(damaged))
    if not found and damaged:
        raise StoreError(f"none of {plural(len(damaged), 'run')} can be read")


def nothing_in(root: Path) -> str:
    """What is said of a runs folder without runs."""
    return f"there are no runs in {root} yet. To make one: gdlab run configs/adam_xor.yaml"


def _warning(damaged: "Sequence[Damage]") -> str:
    lines = [f"  {damage}" for damage in damaged[:_NAMED]]
    more = [f"  and {len(damaged) - _NAMED} more"] if len(damaged) > _NAMED else []
    chunks = sum(damage.is_chunk for damage in damaged)
    what = [plural(number, noun) for number, noun in _kinds(len(damaged) - chunks, chunks) if number]
    again = ["run the sweep again: the cells of damaged chunks count as not done"] if chunks else []
    return "\n".join([f"left out {join(what)}:", *lines, *more, *again])


def _kinds(runs: int, chunks: int) -> tuple[tuple[int, str], ...]:
    return (runs, "damaged run"), (chunks, "damaged chunk")

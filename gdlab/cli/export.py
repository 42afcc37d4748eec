"""`gdlab export`: runs for other programs."""

import json
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from gdlab.cli.console import tell, write
from gdlab.cli.stored import RUNS_FOLDER, Root, Runs, select
from gdlab.errors import UsageError, unknown

_TABLES = ({"runs.csv", "curves.csv"}, {"runs.parquet", "curves.parquet"})
_LOG = "events.out.tfevents.*.gdlab"
_MEMBERS = {"id", "name", "key", "config", "curve"}  # that each run has in a JSON file
FORMATS = ("csv", "parquet", "json", "tensorboard")


def command(
    runs: Runs = None,
    to: Annotated[str, typer.Option("--to", metavar="FORMAT", help="csv, parquet, json or tensorboard.")] = "csv",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            help="A folder that is not there yet, or a file for json. [default: export, or export.json]",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier export.")] = False,
    root: Root = RUNS_FOLDER,
) -> None:
    """Write everything that is stored of runs and cells of sweeps, with their curves, for other programs.

    csv and parquet make a folder with a table of the runs and one of all logged rows; json makes one file; tensorboard
    makes a folder of logs. Prints where it is.
    """
    if to not in FORMATS:
        raise UsageError(unknown("--to", to, FORMATS))
    from gdlab.report.export import TARGETS
    from gdlab.store.files import in_words

    target = TARGETS[to]
    target.check()
    path = output or Path(target.path)
    there = path.exists() or path.is_symlink()
    if there and not (force and _is_export(path)):
        way = "is no export, and is not replaced" if force else "exists; --force replaces an earlier export"
        raise UsageError(f"{path} {way}; write elsewhere with -o")
    found = select(runs, root)
    with in_words("write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
            draft = Path(folder, path.name)
            notes = target.write(found, draft)
            if there:
                path.rename(Path(folder, "replaced"))
            draft.rename(path)
    for note in notes:
        tell(f"without its curve: {note}")
    write(str(path))


def _is_export(path: Path) -> bool:
    """Whether there is what an export writes, and nothing else."""
    if path.is_symlink():
        return False
    if path.is_file():
        return _is_json(path)
    inner = [*path.rglob("*")]
    names = {file.relative_to(path).as_posix() for file in inner}
    parents = {file.parent for file in inner}
    leaves = [file for file in inner if file not in parents]
    return names in _TABLES or (bool(leaves) and all(file.match(_LOG) and file.is_file() for file in leaves))


def _is_json(path: Path) -> bool:
    """Whether a file begins as an export does: a line with a bracket, and one with a run."""
    try:
        with path.open("rb") as file:
            bracket, first = islice(file, 2)
        run = json.loads(first.rstrip().removesuffix(b","))
    except (OSError, ValueError):
        return False
    return bracket == b"[\n" and isinstance(run, dict) and run.keys() >= _MEMBERS

"""`gdlab export`: runs for other programs."""

import shutil
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

import typer

from gdlab.cli.console import tell, write
from gdlab.cli.stored import RUNS_FOLDER, Root, Runs, select
from gdlab.errors import UsageError, unknown

_OURS = ("*.json", "runs.csv", "curves.csv", "runs.parquet", "curves.parquet", "events.out.tfevents.*")
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

    target = TARGETS[to]
    target.check()
    path = output or Path(target.path)
    if path.exists() and not (force and _is_export(path)):
        way = "is no export, and is not replaced" if force else "exists; --force replaces an earlier export"
        raise UsageError(f"{path} {way}; write elsewhere with -o")
    found = select(runs, root)
    draft = path.with_name(f"{path.name}.tmp")
    _remove(draft)
    try:
        notes = target.write(found, draft)
        _remove(path)
        draft.rename(path)
    except BaseException:
        _remove(draft)
        raise
    for note in notes:
        tell(f"without its curve: {note}")
    write(str(path))


def _is_export(path: Path) -> bool:
    """Whether there is nothing but what an export writes."""
    if path.is_symlink():
        return False
    files = [inner for inner in path.rglob("*") if not inner.is_dir()] if path.is_dir() else [path]
    return all(any(fnmatchcase(file.name, pattern) for pattern in _OURS) for file in files)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)

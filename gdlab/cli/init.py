"""`gdlab init`: a folder to start from."""

import shlex
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from gdlab.cli.console import tell, write
from gdlab.errors import UsageError
from gdlab.report.text import literal

CONFIGS = ("adam_xor.yaml", "gd_quadratic.yaml")


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to put it; made if it is missing.")] = Path(),
) -> None:
    """Write a folder to start from, with commented configs.

    A file that exists already is left as it is.
    """
    for place in (folder, folder / "configs", folder / "runs"):
        _make(place)
    for name in CONFIGS:
        _put(folder / "configs" / name, files("gdlab.cli").joinpath("starter", name).read_bytes())
    write(f"next: {_next(folder)}")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise UsageError(f"{folder} cannot be a folder: there is a file of that name") from None


def _put(path: Path, content: bytes) -> None:
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        tell(f"{path} exists already and was left as it is")
    else:
        write(f"wrote {literal(str(path))}")


def _next(folder: Path) -> str:
    run = f"gdlab run {Path('configs', CONFIGS[0])}"
    return run if folder == Path() else f"cd {shlex.quote(str(folder))} && {run}"

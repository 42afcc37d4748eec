"""`gdlab plot`: how did the runs go?"""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gdlab.cli.console import tell, write
from gdlab.cli.stored import RUNS_FOLDER, Root, Runs, select
from gdlab.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gdlab.store.run import Curve, Run

PICTURE = Path("curves.png")


def command(
    runs: Runs = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The picture: its name ends in .png, .svg or .pdf.")
    ] = PICTURE,
    x: Annotated[str, typer.Option("--x", metavar="AXIS", help="step, evaluations or seconds.")] = "step",
    y: Annotated[str, typer.Option("--y", metavar="COLUMN", help="Any logged column, such as grad_norm.")] = "loss",
    root: Root = RUNS_FOLDER,
) -> None:
    """Draw the loss curves of runs into a picture, and print its name.

    One panel for each problem, one colour and line style for each optimizer. The axis is logarithmic where that is
    honest; the ends of runs that diverged are marked.
    """
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it talks of fonts and caches
    from gdlab.report.plots.curves import draw_curves
    from gdlab.report.plots.saving import picture_format, save

    picture_format(output)
    picture = draw_curves(list(_with_curves(select(runs, root))), x, y)
    save(picture.figure, output)
    for note in picture.notes:
        tell(note)
    write(str(output))


def _with_curves(runs: "Iterable[Run]") -> "Iterable[tuple[Run, Curve]]":
    for run in runs:
        try:
            yield run, run.curve()
        except StoreError as error:
            tell(f"left out: {error}")

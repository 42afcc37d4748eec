"""`gdlab plot`: how did the runs go? And what do the activations look like?"""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gdlab.cli.console import tell, write
from gdlab.cli.stored import RUNS_FOLDER, Root, Runs, select
from gdlab.errors import StoreError, UsageError, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gdlab.store.run import Curve, Run

KINDS = ("curves", "activations")


def command(
    runs: Runs = None,
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help="curves of runs, or activations, which takes no runs.")
    ] = "curves",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The picture: its name ends in .png, .svg or .pdf. [default: the kind, as .png]",
        ),
    ] = None,
    x: Annotated[str, typer.Option("--x", metavar="AXIS", help="step, evaluations or seconds.")] = "step",
    y: Annotated[str, typer.Option("--y", metavar="COLUMN", help="Any logged column, such as grad_norm.")] = "loss",
    root: Root = RUNS_FOLDER,
) -> None:
    """Draw the loss curves of runs into a picture, and print its name.

    One panel for each problem, one colour and line style for each optimizer. The axis is logarithmic where that is
    honest; the ends of runs that diverged are marked.

    `gdlab plot activations` draws the activations of networks and their derivatives, side by side.
    """
    if kind not in KINDS:
        raise UsageError(unknown("--kind", kind, KINDS))
    if runs == ["activations"]:
        runs, kind = None, "activations"
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it talks of fonts and caches
    from gdlab.report.plots.saving import picture_format, save

    picture = output or Path(f"{kind}.png")
    picture_format(picture)
    if kind == "activations":
        if runs or (x, y) != ("step", "loss"):
            raise UsageError("the activations are drawn without runs, --x and --y: gdlab plot activations")
        from gdlab.report.plots.activations import draw_activations

        save(draw_activations(), picture)
    else:
        from gdlab.report.plots.curves import draw_curves

        drawn = draw_curves(list(_with_curves(select(runs, root))), x, y)
        save(drawn.figure, picture)
        for note in drawn.notes:
            tell(note)
    write(str(picture))


def _with_curves(runs: "Iterable[Run]") -> "Iterable[tuple[Run, Curve]]":
    for run in runs:
        try:
            yield run, run.curve()
        except StoreError as error:
            tell(f"left out: {error}")

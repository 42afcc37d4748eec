"""`gdlab plot`: how did the runs go, and why?"""

import logging
import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gdlab.cli.console import stdout, tell, write
from gdlab.cli.drawing import KINDS, Kind, Wanted, default_name, problems, with_curves
from gdlab.cli.stored import RUNS_FOLDER, Root, Runs, select
from gdlab.errors import UsageError, join, unknown

if TYPE_CHECKING:
    from gdlab.store.run import Run

_LARGEST = 20_000  # dots of a side, beyond which a picture takes gigabytes
_WIDTH_OF_PIPE = 80


def _kinds(incomplete: str) -> list[str]:
    return [name for name in KINDS if name.startswith(incomplete)]


def command(
    runs: Runs = None,
    kind: Annotated[
        str,
        typer.Option(
            "--kind",
            "-k",
            metavar="KIND",
            autocompletion=_kinds,
            help=f"{', '.join(KINDS)}; the last two without runs.",
        ),
    ] = "curves",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The picture, .png, .svg or .pdf; .gif or .mp4 if animated. A picture of the same format is replaced, "
            "anything else is not. [default: the kind, as .png or .gif]",
        ),
    ] = None,
    x: Annotated[
        str | None,
        typer.Option(
            "--x", metavar="AXIS", help="step, epoch, evaluations, dual_passes, reverse_passes, passes or seconds."
        ),
    ] = None,
    y: Annotated[
        str | None,
        typer.Option("--y", metavar="COLUMN", help="Any logged column, such as grad_norm, or suboptimality."),
    ] = None,
    facet: Annotated[
        str | None,
        typer.Option("--facet", metavar="KEY", help="A panel for each value of a setting: problem, gradient, lr, …"),
    ] = None,
    target: Annotated[
        float | None,
        typer.Option("--target", metavar="PART", help="profile: what may be left of the way to the minimum. [0.001]"),
    ] = None,
    problem: Annotated[
        str | None, typer.Option("--problem", metavar="NAME", help="cost: a problem of any size. [rosenbrock]")
    ] = None,
    animate: Annotated[bool, typer.Option("--animate", help="path and boundary: a film, .gif or .mp4.")] = False,
    term: Annotated[bool, typer.Option("--term", help="curves and schedule: draw with characters, here.")] = False,
    style: Annotated[
        str, typer.Option("--style", metavar="STYLE", help="paper, talk, dark, or a style of matplotlib.")
    ] = "paper",
    title: Annotated[str | None, typer.Option("--title", metavar="TEXT", help="Stands over the picture.")] = None,
    size: Annotated[str | None, typer.Option("--size", metavar="WxH", help="In inches, such as 6x4.")] = None,
    dpi: Annotated[int, typer.Option("--dpi", min=10, max=2400, help="Dots per inch of a PNG.")] = 200,
    root: Root = RUNS_FOLDER,
) -> None:
    """Draw runs into a picture, and print its name.

    curves has one panel for each problem, one colour and line style for each optimizer, runs that differ in their seed
    folded into median and quartiles. The axis is logarithmic where that is honest; the ends of runs that diverged are
    marked. path, boundary, gradients and confusion train the runs again from their stored configs, to the same bits.

    `gdlab plot cost` measures what a gradient costs by each method; `gdlab plot activations` draws the activations of
    networks and their derivatives.
    """
    if kind not in KINDS:
        raise UsageError(unknown("--kind", kind, KINDS))
    if runs is not None and runs[0] in KINDS and len(runs) == 1 and not KINDS[runs[0]].of_runs:
        kind, runs = runs[0], None
    chosen = KINDS[kind]
    given = {"x": x, "y": y, "facet": facet, "target": target, "problem": problem}
    _check(kind, chosen, {**given, "term": term or None}, animate, runs)
    measures = _size(size, dpi)
    if term:
        _draw_here(select(runs, root), x, "lr" if kind == "schedule" else y, facet)
        return
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it talks of fonts and caches
    from gdlab.report.plots.saving import check_replaceable, picture_format, save
    from gdlab.report.plots.sheet import Sheet

    picture = output or default_name(kind, animate)
    if animate:
        from gdlab.report.plots.film import film_format, save_film

        film_format(picture)
    else:
        picture_format(picture)
    check_replaceable(picture)
    sheet = Sheet(style, title, measures, dpi)
    with sheet.styled():
        pass  # refuses a style that there is none of before anything is read or trained
    wanted = Wanted(select(runs, root) if chosen.of_runs else (), sheet, **given)  # type: ignore[arg-type]
    if animate:
        assert chosen.animate is not None  # noqa: S101 - `_check` has seen to it
        film = chosen.animate(wanted)
        save_film(film, picture, sheet)
        notes = film.notes
    else:
        drawn = chosen.draw(wanted)
        notes = (*drawn.notes, *save(drawn.figure, picture, sheet))
    for note in notes:
        tell(note)
    write(str(picture))


def _check(kind: str, chosen: Kind, given: dict[str, Any], animate: bool, runs: list[str] | None) -> None:
    """Make sure that nothing was typed that would do nothing.

    Raises:
        UsageError: names what the option is for.
    """
    for option, value in given.items():
        if value is not None and option not in chosen.takes:
            takers = join([name for name, other in KINDS.items() if option in other.takes])
            raise UsageError(f"--{option} does nothing for a picture of kind {kind}: it is for {takers}")
    if animate and (chosen.animate is None or given["term"]):
        films = join([name for name, other in KINDS.items() if other.animate is not None])
        raise UsageError(f"--animate does nothing for a picture of kind {kind}: it is for {films}")
    if runs and not chosen.of_runs:
        raise UsageError(f"a picture of kind {kind} is drawn without runs: gdlab plot {kind}")


def _size(text: str | None, dpi: int) -> tuple[float, float] | None:
    """Width and height in inches.

    Raises:
        UsageError: if they are none, or too large.
    """
    if text is None:
        return None
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*[x×,]\s*(\d+(?:\.\d+)?)\s*", text)
    if found is None or not all(float(side) >= 1 for side in found.groups()):
        raise UsageError(f"--size {text} is not allowed: write width and height in inches, at least 1 each, as in 6x4")
    width, height = map(float, found.groups())
    if max(width, height) * dpi > _LARGEST:
        raise UsageError(
            f"--size {text} at {dpi} dots per inch is not allowed: it has more than {_LARGEST:,} dots on a side"
        )
    return width, height


def _draw_here(runs: "tuple[Run, ...]", x: str | None, y: str | None, facet: str | None) -> None:
    """Draw with characters on standard output, as wide as the terminal, or 80 in a pipe."""
    from gdlab.report.plots.terminal import Screen, draw_on_terminal

    console = stdout()
    on_terminal = sys.stdout.isatty()
    wide = shutil.get_terminal_size((_WIDTH_OF_PIPE, 24)).columns
    plain = (sys.stdout.encoding or "ascii").lower().replace("-", "") not in ("utf8", "utf16")
    color = on_terminal and console.color_system is not None and "NO_COLOR" not in os.environ
    screen = Screen(wide if on_terminal or "COLUMNS" in os.environ else _WIDTH_OF_PIPE, color, plain)
    text, notes = draw_on_terminal(
        with_curves(runs), x or "step", y or "loss", facet=facet, problem_of=problems(), screen=screen
    )
    console.print(text, soft_wrap=True)
    for note in notes:
        tell(note)

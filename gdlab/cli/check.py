"""`gdlab check`: do all methods give the same gradient?"""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gdlab.cli.console import stdout, tell, write
from gdlab.cli.grad import At, What

if TYPE_CHECKING:
    from gdlab.config.target import Array, Target

PICTURE = Path("check.png")


def command(
    what: What,
    at: At = None,
    points: Annotated[
        int, typer.Option("--points", min=0, metavar="N", help="How many points around it are tried as well.")
    ] = 4,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Draws those points.")] = 0,
    plot: Annotated[bool, typer.Option("--plot", help="Draw the error of differences over their step.")] = False,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The picture: its name ends in .png, .svg or .pdf.")
    ] = PICTURE,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare every gradient method with every other, in first and second order.

    Looks at a point and at some around it, and names the kinks that explain a difference. The exit code is 1 if methods
    differ where there is no kink.
    """
    from gdlab.autodiff.check import check_gradient
    from gdlab.config.target import find_target
    from gdlab.report.checks import CheckReport

    if plot:
        from gdlab.report.plots.saving import picture_format

        picture_format(output)
    target = find_target(what, at)
    with target.guarded():
        found = check_gradient(target.f, *_points(target, points, seed), names=target.names)
        report = CheckReport(target.title, target.names, found)
    if as_json:
        from gdlab.store.strict_json import dumps

        write(dumps(report.data()).decode().rstrip("\n"))
    else:
        stdout().print(report.sections())
    if plot:
        _draw(target, output)
        (tell if as_json else write)(str(output))
    if not report.check.ok:
        raise typer.Exit(1)


def _points(target: "Target", count: int, seed: int) -> "list[Array]":
    """The point, and others a few hundredths of its size away: near, but not on the kinks it may sit on."""
    import numpy as np

    rng = np.random.default_rng(seed)
    w = target.point
    return [w, *(w + 0.05 * np.maximum(1, np.abs(w)) * rng.standard_normal(w.shape) for _ in range(count))]


def _draw(target: "Target", output: Path) -> None:
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it talks of fonts and caches
    from gdlab.autodiff.comparison import compare_methods, reference
    from gdlab.autodiff.step_errors import step_errors
    from gdlab.report.numbers import number
    from gdlab.report.plots.saving import save
    from gdlab.report.plots.steps import draw_step_errors

    exact = reference(compare_methods(target.f, target.point)).gradient
    assert exact is not None  # noqa: S101 - a reference has a gradient
    place = ", ".join(f"{name} = {number(x)}" for name, x in zip(target.names[:4], target.point, strict=False))
    more = ", …" if len(target.names) > 4 else ""
    save(draw_step_errors(step_errors(target.f, target.point, exact), target.title, place + more), output)

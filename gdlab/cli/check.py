"""`gdlab check`: do all methods give the same gradient?"""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gdlab.cli.console import stdout, tell, write
from gdlab.cli.grad import At, What, joined
from gdlab.errors import GdlabError

if TYPE_CHECKING:
    from gdlab.config.target import Array, Target

PICTURE = Path("check.png")
_DRAWS = 5  # for each point; some may fall outside of where the function has a value
_AWAY = 0.02  # from such places, relative


def command(
    what: What,
    at: At = None,
    points: Annotated[
        int, typer.Option("--points", min=0, metavar="N", help="How many points around it are tried as well.")
    ] = 4,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Draws those points.")] = 0,
    plot: Annotated[
        bool, typer.Option("--plot", help="Draw the error of differences over their step, into check.png.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Draw it into this file: .png, .svg or .pdf."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare every gradient method with every other, in first and second order.

    Looks at a point and at some around it, and names the kinks that explain a difference. The exit code is 1 if methods
    differ where there is no kink.
    """
    from gdlab.autodiff.check import check_gradient
    from gdlab.config.target import find_target
    from gdlab.report.checks import CheckReport

    picture = output or (PICTURE if plot else None)
    if picture is not None:
        from gdlab.report.plots.saving import picture_format

        picture_format(picture)
    target = find_target(what, joined(at))
    with target.guarded():
        found = check_gradient(target.f, *_points(target, points, seed), names=target.names)
        report = CheckReport(target.title, target.names, found)
    if as_json:
        from gdlab.store.strict_json import dumps

        write(dumps(report.data()).decode().rstrip("\n"))
    else:
        stdout().print(report.sections())
    if picture is not None:
        _draw(target, picture, found.undefined.get(0, ""))
        (tell if as_json else write)(str(picture))
    if not report.check.ok:
        raise typer.Exit(1)


def _points(target: "Target", count: int, seed: int) -> "list[Array]":
    """The point, and others a few hundredths of its size away: near, but not on the kinks it may sit on.

    They stay away from where the function ends, which differences would reach across.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    w = target.point
    size = np.maximum(1, np.abs(w))
    points = [w]
    for _ in range(_DRAWS * count):
        if len(points) > count:
            break
        drawn = w + 0.05 * size * rng.standard_normal(w.shape)
        with np.errstate(all="ignore"):
            around = [target.f(drawn + shift * size) for shift in (-_AWAY, 0, _AWAY)]
        if np.all(np.isfinite(around)):
            points.append(drawn)
    return points


def _draw(target: "Target", output: Path, undefined: str) -> None:
    if undefined:
        raise GdlabError(f"{undefined}: there is no gradient to measure errors against, so no picture is drawn")
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it talks of fonts and caches
    import numpy as np

    from gdlab.autodiff.comparison import compare_methods, reference
    from gdlab.autodiff.step_errors import step_errors
    from gdlab.report.numbers import number
    from gdlab.report.plots.saving import save
    from gdlab.report.plots.steps import draw_step_errors

    exact = reference(compare_methods(target.f, target.point)).gradient
    assert exact is not None  # noqa: S101 - a reference has a gradient
    if not np.all(np.isfinite(exact)):
        raise GdlabError("the gradient is not finite here: there is nothing to measure errors against, so no picture")
    place = ", ".join(f"{name} = {number(x)}" for name, x in zip(target.names[:4], target.point, strict=False))
    more = ", …" if len(target.names) > 4 else ""
    save(
        draw_step_errors(step_errors(target.f, target.point, exact), target.title.partition(": ")[0], place + more),
        output,
    )

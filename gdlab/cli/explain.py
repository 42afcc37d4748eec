"""`gdlab explain`: how does a gradient come about, step by step?"""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gdlab.cli.console import stdout, tell, write
from gdlab.cli.grad import At, What, joined
from gdlab.errors import UsageError

if TYPE_CHECKING:
    from gdlab.autodiff.walk import Walk
    from gdlab.config.target import Target

LINES = 200


def command(
    what: What,
    at: At = None,
    code: Annotated[bool, typer.Option("--code", help="Print the program that computes value and gradient.")] = False,
    as_dot: Annotated[
        bool, typer.Option("--dot", help="Print the graph in the DOT language, and nothing else.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Draw the graph: a name that ends in .png, .svg or .pdf."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Walk through a formula, a problem or a function: values forwards, adjoints backwards, dual passes beside them.

    Each line is a step. Its value comes from the steps that it names; its adjoint is the sum, over the steps that use
    it, of their derivative by it times their own adjoint.
    """
    from gdlab.config.target import find_target
    from gdlab.report.walks import data, dot

    if output is not None:
        from gdlab.report.plots.saving import picture_format

        picture_format(output)
    target = find_target(what, joined(at))
    with target.guarded():
        found, branches = _walk(target)
    if code and branches:
        raise UsageError(f"--code: {target.title} branches on its values, so that no program holds for all of them")
    if as_dot:
        write(dot(found))
    elif as_json:
        from gdlab.store.strict_json import dumps

        write(dumps(data(found)).decode().rstrip("\n"))
    else:
        _print(found, target.title, branches)
    if code:
        from gdlab.autodiff import program

        write()
        write(program(target.f, target.point).source.rstrip("\n"))
    if output is not None:
        _draw(found, target.title, output)
        (tell if as_dot or as_json else write)(str(output))


def _walk(target: "Target") -> "tuple[Walk, bool]":
    """The walk, and whether it holds for the branches that are taken at this point alone."""
    from gdlab.autodiff.walk import walk
    from gdlab.errors import BranchError

    try:
        return walk(*target.graph()), False
    except BranchError:
        return walk(*target.graph(here=True)), True


def _print(found: "Walk", title: str, branches: bool) -> None:
    from gdlab.report.walks import tabulate

    console = stdout()
    console.print(title, style="bold")
    if branches:
        console.print("it branches on its values: these are the steps of the branches that are taken here")
    console.print()
    console.print(tabulate(found, LINES))
    if len(found.steps) > LINES:
        console.print(f"… {len(found.steps) - LINES} more steps; --json has all", style="dim")
    result = found.steps[-1]
    console.print()
    console.print("forward:  from top to bottom, each value from those of the steps it names")
    console.print(
        f"backward: from {result.name} up, each adjoint = Σ over its users of ∂user/∂step · adjoint of the user"
    )
    if found.passes:
        console.print("dual:     one pass for each variable, from top to bottom; the last line holds its derivative")


def _draw(found: "Walk", title: str, output: Path) -> None:
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it talks of fonts and caches
    from gdlab.report.plots.graph import draw_walk
    from gdlab.report.plots.saving import save

    save(draw_walk(found, title.partition(": ")[0]), output)

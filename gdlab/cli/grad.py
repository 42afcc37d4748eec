"""`gdlab grad`: what is the gradient, and what does each way to it cost?"""

from typing import TYPE_CHECKING, Annotated

import typer

from gdlab.cli.console import stdout, write
from gdlab.errors import UsageError

if TYPE_CHECKING:
    from gdlab.config.target import Target
    from gdlab.report.gradients import Graph

What = Annotated[
    str,
    typer.Argument(
        metavar="WHAT",
        help="A formula such as 'x**2*y + y + 2', the name of a problem, a YAML config, or file.py:function.",
    ),
]
At = Annotated[
    list[str] | None,
    typer.Option(
        "--at",
        metavar="POINT",
        help="x=3,y=4, or 3,4 in the order in which the variables appear; x=1,2,3 for a vector. May be given for each "
        "variable. Unset: where a problem starts.",
    ),
]


def command(
    what: What,
    at: At = None,
    textbook: Annotated[
        bool, typer.Option("--textbook", help="Write the formulas unsimplified, rule by rule.")
    ] = False,
    latex: Annotated[bool, typer.Option("--latex", help="Write the formulas in LaTeX.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Differentiate a formula, a problem or a function at a point, by every method.

    Shows the value, the gradient by each method with its error and its cost, the formula, and the Hessian with its
    eigenvalues and what they say.
    """
    if textbook and latex:
        raise UsageError("--textbook and --latex exclude each other")
    from gdlab.config.target import find_target
    from gdlab.report.gradients import gradient_report

    target = find_target(what, joined(at))
    form = "textbook" if textbook else "latex" if latex else "text"
    with target.guarded():
        report = gradient_report(target.title, target.f, target.point, target.names, graph_of(target), form)
    if as_json:
        from gdlab.store.strict_json import dumps

        write(dumps(report.data()).decode().rstrip("\n"))
    else:
        stdout().print(report.sections())


def joined(at: list[str] | None) -> str | None:
    """What `--at` says, however often it is given."""
    return ",".join(at) if at else None


def graph_of(target: "Target") -> "Graph | None":
    """The graph of a target, its variables and where they stand; None if it branches on its values."""
    from gdlab.errors import DifferentiationError

    try:
        return target.graph()
    except DifferentiationError:
        return None

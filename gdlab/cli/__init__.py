"""The command line: parse, call, print.

Each command is a function in a module of its own. Nothing slow is imported before a command is called: `--help`,
`--version`, completion and a usage error need neither numpy nor rich.
"""

import os
import sys
from collections.abc import Callable
from typing import Annotated, NoReturn

import typer

from gdlab.cli.check import command as check
from gdlab.cli.compare import command as compare
from gdlab.cli.console import made_safe, write
from gdlab.cli.diff import command as diff
from gdlab.cli.explain import command as explain_gradient
from gdlab.cli.export import command as export
from gdlab.cli.grad import command as grad
from gdlab.cli.info import command as info
from gdlab.cli.init import command as init
from gdlab.cli.lecture import command as lecture
from gdlab.cli.list import command as list_runs
from gdlab.cli.plot import command as plot
from gdlab.cli.report import command as report
from gdlab.cli.rm import command as rm
from gdlab.cli.run import command as run
from gdlab.cli.schema import command as schema
from gdlab.cli.shell import Shell, explain, finish
from gdlab.cli.show import command as show
from gdlab.cli.tune import command as tune
from gdlab.cli.validate import command as validate
from gdlab.store.surroundings import version_of

app = typer.Typer(
    name="gdlab",
    cls=Shell,
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
    pretty_exceptions_enable=False,
)

# Small matrices lose more by sharing cores than they gain, many times over where the cores have other work. BLAS
# libraries read these when they are loaded; who sets one of them has it otherwise.
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")

COMMANDS: dict[str, Callable[..., None]] = {
    "run": run,
    "tune": tune,
    "compare": compare,
    "diff": diff,
    "plot": plot,
    "report": report,
    "list": list_runs,
    "show": show,
    "rm": rm,
    "export": export,
    "validate": validate,
    "schema": schema,
    "grad": grad,
    "check": check,
    "explain": explain_gradient,
    "lecture": lecture,
    "info": info,
    "init": init,
}

for _name, _command in COMMANDS.items():
    app.command(_name)(_command)


def _print_version(wanted: bool) -> None:
    if wanted:
        write(f"gdlab {version_of('gdlab')}")
        raise typer.Exit


@app.callback()
def _gdlab(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Print the traceback of an error.")] = False,
) -> None:
    """Run optimizers on problems, count what they cost, compare and plot them.

    Start with `gdlab init`, then `gdlab run configs/adam_xor.yaml`, `gdlab compare runs` and `gdlab plot runs`.
    """


def main() -> NoReturn:
    """Run the command that this process was called with, and exit with its code."""
    sys.stdout, sys.stderr = made_safe(sys.stdout), made_safe(sys.stderr)
    for name in THREADS:
        os.environ.setdefault(name, "1")
    sys.exit(finish(_run()))


def _run() -> int:
    try:
        command = typer.main.get_command(app)
        if "_GDLAB_COMPLETE" in os.environ:
            _keep_help_plain()
        command.main(prog_name="gdlab")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except (KeyboardInterrupt, OSError) as error:
        return explain(error)
    return 0


def _keep_help_plain() -> None:
    """Spare completion rich's tables: typer renders help for zsh and fish as rich markup, and ours has none."""
    from typer import _completion_classes

    _completion_classes._sanitize_help_text = lambda text: text

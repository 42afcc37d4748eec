"""`gdlab validate`: is a config right?"""

from pathlib import Path
from typing import Annotated

import typer

from gdlab.cli.console import tell, write
from gdlab.report.text import literal


def command(
    configs: Annotated[list[Path], typer.Argument(metavar="CONFIG", help="YAML files to check.")],
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Replace a value first, such as optimizer.lr=1e-2."),
    ] = None,
) -> None:
    """Check configs without running them.

    Prints `ok` for each, or everything that is wrong with any of them, with its line.
    """
    from gdlab.config.resolve import resolve_all

    for resolved in resolve_all(configs, overrides or ()):
        for warning in resolved.warnings:
            tell(f"warning: {warning}")
        experiment = resolved.experiment
        parts = f"{experiment.problem.name}, {experiment.gradient.name}, {experiment.optimizer.name}"
        write(f"ok  {literal(str(resolved.source))}  {experiment.name}: {parts}, {experiment.steps} steps")

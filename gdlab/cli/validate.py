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
    from gdlab.config.sweep.resolve import resolve_sweeps

    for sweep in resolve_sweeps(configs, overrides or (), large=True):
        for warning in sweep.warnings:
            tell(f"warning: {warning}")
        experiment = next(iter(sweep)).experiment
        parts = f"{experiment.problem.name}, {experiment.gradient.name}, {experiment.optimizer.name}"
        told = f"{parts}, {experiment.steps} steps"
        if sweep.swept:
            told = f"{len(sweep):,} cells over {', '.join((*sweep.keys, 'seed'))}; the first is {told}"
        write(f"ok  {literal(str(sweep.source))}  {sweep.name}: {told}")

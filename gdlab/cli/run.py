"""`gdlab run`: train what configs describe."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gdlab.cli.console import tell
from gdlab.cli.interrupts import interruptible
from gdlab.cli.single import describe_singles, run_single
from gdlab.cli.sweeping import How, describe_sweep, report_sweep, run_sweep
from gdlab.errors import UsageError

if TYPE_CHECKING:
    from gdlab.config.sweep.cells import Sweep


def command(
    configs: Annotated[
        list[Path], typer.Argument(metavar="CONFIG...", help="YAML files; they run one after the other.")
    ],
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Replace a value of every config: optimizer.lr=1e-2; several, 1e-3,1e-2, make a sweep.",
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Replace the seed of every config.")] = None,
    seeds: Annotated[
        str | None, typer.Option(metavar="N|LIST", help="Run every config with the seeds 0 to N-1, 3,5,8 or 10:20.")
    ] = None,
    root: Annotated[Path, typer.Option("--root", metavar="DIR", help="The runs folder.")] = Path("runs"),
    jobs: Annotated[int, typer.Option("-j", "--jobs", metavar="N", min=1, help="Processes to run a sweep in.")] = 1,
    engine: Annotated[
        str | None, typer.Option(metavar="NAME", help="Where a sweep runs: here, processes, dask or mpi.")
    ] = None,
    address: Annotated[str | None, typer.Option(metavar="tcp://…", help="Of the scheduler, for --engine dask.")] = None,
    shard: Annotated[str, typer.Option(metavar="I/N", help="Run part I of N of a sweep, the others elsewhere.")] = "",
    trace: Annotated[
        int, typer.Option("--trace", metavar="N", min=0, help="Show the first N steps with their numbers; store them.")
    ] = 0,
    force: Annotated[
        bool, typer.Option("--force", help="Begin anew what was left, rather than go on with it.")
    ] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Run cells of a sweep again that failed.")
    ] = False,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop a sweep at the first cell that fails.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Run a sweep of more than 100,000 cells.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would run, fully resolved; write nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON for each run.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only the folder of each run.")] = False,
) -> None:
    """Train, store and sum up what each config describes.

    Every config is read and checked before the first one runs. A run that diverges is a result, not a failure. Ctrl-C
    ends the run under way, which is kept as interrupted, and skips the rest. With --trace a table shows what enters
    each of the first steps: parameters, gradient, the optimizer's state, the step taken; trace.csv has the same.

    A config with `sweep`, several values of one --set, or --seeds make a sweep: cells that share a program run side by
    side, and all are stored in one folder. The same command goes on with a sweep that was interrupted, and, with
    `checkpoint: {every: N}` in a config, with a single run.
    """
    from gdlab.config.sweep.resolve import resolve_sweeps
    from gdlab.experiment.sweep.options import Options

    sweeps = resolve_sweeps(configs, overrides or (), seeds, seed, large=yes)
    for warning in dict.fromkeys(warning for sweep in sweeps for warning in sweep.warnings):
        tell(f"warning: {warning}")
    flags = [
        *(part for value in overrides or () for part in ("--set", value)),
        *([] if seed is None else ["--seed", str(seed)]),
        *([] if seeds is None else ["--seeds", seeds]),
        *(["--trace", str(trace)] if trace else []),
        *(["--shard", shard] if shard else []),
    ]
    show = not (quiet or as_json)
    options = Options(force, retry_failed, fail_fast)
    name = engine or ("processes" if jobs > 1 else "here")
    part = ""
    if shard:
        from gdlab.experiment.sweep.shard import Shard

        part = str(Shard.read(shard))
    _check_options(sweeps, {"--shard": shard, "--engine": engine, "--retry-failed": retry_failed}, trace)
    how = How(root, name, jobs, address, part, options, tuple(flags), show)
    if dry_run:
        _describe(sweeps, how, as_json)
        return
    failed = False
    with interruptible() as stopped:
        for i, sweep in enumerate(sweeps):
            if sweep.swept:
                finished = run_sweep(sweep, how, stopped)
                report_sweep(finished, sweep, as_json=as_json, quiet=quiet)
                failed = failed or finished.failed > 0
            else:
                failed = not run_single(sweep, how, stopped, trace, as_json=as_json, quiet=quiet) or failed
            if stopped():
                skipped = [other.name for other in sweeps[i + 1 :]]
                if skipped:
                    tell(f"not run: {', '.join(skipped)}")
                raise typer.Exit(128 + stopped())
    if show:
        runs = shlex.quote(str(root))
        tell(f"next: gdlab compare {runs}, gdlab plot {runs}")
    if failed:
        raise typer.Exit(1)


def _check_options(sweeps: "tuple[Sweep, ...]", of_sweeps: dict[str, object], trace: int) -> None:
    """Refuse what would silently do nothing.

    Raises:
        UsageError: names option and config.
    """
    single = next((sweep.name for sweep in sweeps if not sweep.swept), None)
    swept = next((sweep for sweep in sweeps if sweep.swept), None)
    given = next((option for option, value in of_sweeps.items() if value), None)
    if single is not None and given is not None:
        raise UsageError(
            f"{given} is for sweeps, and {single} is a single run; --seeds or several values of --set make one"
        )
    if swept is not None and trace:
        raise UsageError(f"--trace is for single runs, and {swept.name} is a sweep of {len(swept):,} cells")
    if swept is not None and next(iter(swept)).experiment.checkpoint.every is not None:
        tell(f"warning: {swept.name}: cells of a sweep have no checkpoints; one that is interrupted begins anew")


def _describe(sweeps: "tuple[Sweep, ...]", how: How, as_json: bool) -> None:
    """Print what would run."""
    singles = [next(iter(sweep)) for sweep in sweeps if not sweep.swept]
    describe_singles([cell.data for cell in singles], as_json=as_json)
    for sweep in sweeps:
        if sweep.swept:
            describe_sweep(sweep, how, as_json=as_json)

"""`gdlab run`: train what configs describe."""

import shlex
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gdlab.cli.console import tell, write
from gdlab.errors import DifferentiationError, OwnCodeError

if TYPE_CHECKING:
    from gdlab.config.resolve import Resolved
    from gdlab.experiment.execute import Finished
    from gdlab.experiment.trace import Trace


def command(
    configs: Annotated[
        list[Path], typer.Argument(metavar="CONFIG...", help="YAML files; they run one after the other.")
    ],
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Replace a value of every config, such as optimizer.lr=1e-2."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Replace the seed of every config.")] = None,
    root: Annotated[Path, typer.Option("--root", metavar="DIR", help="The runs folder.")] = Path("runs"),
    trace: Annotated[
        int, typer.Option("--trace", metavar="N", min=0, help="Show the first N steps with their numbers; store them.")
    ] = 0,
    force: Annotated[
        bool, typer.Option("--force", help="Begin anew what was left with a checkpoint, rather than go on from it.")
    ] = False,
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
    With `checkpoint: {every: N}` in a config, the same command goes on with a run that was interrupted.
    """
    from gdlab.config.resolve import resolve_all

    resolved = resolve_all(configs, overrides or (), seed)
    for warning in (warning for one in resolved for warning in one.warnings):
        tell(f"warning: {warning}")
    if dry_run:
        _describe(resolved, as_json)
        return
    failed = False
    flags = [
        *(part for value in overrides or () for part in ("--set", value)),
        *([] if seed is None else ["--seed", str(seed)]),
        *(["--trace", str(trace)] if trace else []),
    ]
    with _interruptible() as stopped:
        for i, one in enumerate(resolved):
            try:
                finished = _train(one, root, flags, stopped, trace, resume=not force, show=not (quiet or as_json))
            except (DifferentiationError, OwnCodeError, MemoryError) as error:
                what = "out of memory: " if isinstance(error, MemoryError) else ""
                tell(f"{one.experiment.name}: failed: {what}{error}")
                failed = True
            else:
                _report(finished, one, as_json=as_json, quiet=quiet)
            if stopped():
                skipped = [other.experiment.name for other in resolved[i + 1 :]]
                if skipped:
                    tell(f"not run: {', '.join(skipped)}")
                raise typer.Exit(128 + stopped())
    if not (quiet or as_json):
        runs = shlex.quote(str(root))
        tell(f"next: gdlab compare {runs}, gdlab plot {runs}")
    if failed:
        raise typer.Exit(1)


def _train(
    resolved: "Resolved", root: Path, flags: list[str], stopped: Any, trace: int, *, resume: bool, show: bool
) -> "Finished":
    from gdlab.cli.progress import progress
    from gdlab.config.dump import dump
    from gdlab.experiment.execute import execute
    from gdlab.experiment.train import Callbacks

    experiment = resolved.experiment
    with progress(experiment.name, experiment.steps, show=show) as tick:
        callbacks = Callbacks(progress=tick, stopped=lambda: bool(stopped()))
        argv = ["gdlab", "run", str(resolved.source), *flags]
        return execute(experiment, resolved.data, dump(resolved.data), root, callbacks, argv, trace, resume)


def _describe(resolved: "tuple[Resolved, ...]", as_json: bool) -> None:
    from gdlab.config.dump import dump

    if as_json:
        import json

        for one in resolved:
            write(json.dumps(one.data))
        return
    write("---\n".join(dump(one.data) for one in resolved).rstrip())


def _report(finished: "Finished", resolved: "Resolved", *, as_json: bool, quiet: bool) -> None:
    from gdlab.cli.summary import as_data, on_terminal, one_line

    if as_json or quiet:
        write(as_data(finished, resolved.experiment) if as_json else str(finished.folder))
        sys.stdout.flush()
        return
    if finished.resumed is not None:
        tell(f"{resolved.experiment.name}: resumed from the checkpoint at step {finished.resumed:,}")
    if finished.trace is not None:
        _show_trace(finished.trace)
    if sys.stdout.isatty():
        on_terminal(finished, resolved.experiment)
    else:
        write(one_line(finished, resolved.experiment))
    sys.stdout.flush()


def _show_trace(trace: "Trace") -> None:
    from gdlab.cli.console import stdout
    from gdlab.report.trace_table import trace_table

    console = stdout()
    for part in trace_table(trace):
        console.print(part)
    console.print()


@contextmanager
def _interruptible() -> Iterator[Callable[[], int]]:
    """Turn the first Ctrl-C, or a polite request to end, into a stop at the next step; the second one stops at once.

    Yields:
        A function that tells the number of the signal that came, 0 if none did.
    """
    asked = 0

    def ask(number: int, _: Any) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = number

    try:
        before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    except ValueError:  # not in the main thread, as in some tests
        yield lambda: 0
        return
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

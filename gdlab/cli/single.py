"""A single run on the command line."""

import json
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from gdlab.cli.console import tell, write
from gdlab.cli.sweeping import How
from gdlab.errors import DifferentiationError, OwnCodeError

if TYPE_CHECKING:
    from gdlab.config.sweep.cells import Cell, Sweep
    from gdlab.experiment.execute import Finished
    from gdlab.experiment.trace import Trace


def run_single(sweep: "Sweep", how: How, stopped: Callable[[], int], trace: int, *, as_json: bool, quiet: bool) -> bool:
    """Run the one cell of a config without a sweep, and print what it came to; false if it failed."""
    (cell,) = sweep
    try:
        finished = _train(cell, str(sweep.source), how, stopped, trace)
    except (DifferentiationError, OwnCodeError, MemoryError) as error:
        what = "out of memory: " if isinstance(error, MemoryError) else ""
        tell(f"{sweep.name}: failed: {what}{error}")
        return False
    _report(finished, cell, as_json=as_json, quiet=quiet)
    return True


def describe_singles(configs: Sequence[Any], *, as_json: bool) -> None:
    """Print configs, fully resolved."""
    from gdlab.config.dump import dump

    if as_json:
        for data in configs:
            write(json.dumps(data))
    elif configs:
        write("---\n".join(dump(data) for data in configs).rstrip())


def _train(cell: "Cell", source: str, how: How, stopped: Callable[[], int], trace: int) -> "Finished":
    from gdlab.cli.progress import progress
    from gdlab.config.dump import dump
    from gdlab.experiment.execute import execute
    from gdlab.experiment.result import Callbacks

    experiment, data = cell.experiment, cell.data
    with progress(experiment.name, experiment.steps, show=how.show) as tick:
        callbacks = Callbacks(progress=tick, stopped=lambda: bool(stopped()))
        argv = ["gdlab", "run", source, *how.flags]

        def warned(text: str) -> None:
            tell(f"{experiment.name}: {text}")

        return execute(experiment, data, dump(data), how.root, callbacks, argv, trace, not how.options.force, warned)


def _report(finished: "Finished", cell: "Cell", *, as_json: bool, quiet: bool) -> None:
    from gdlab.cli.summary import as_data, on_terminal, one_line

    if as_json or quiet:
        write(as_data(finished, cell.experiment) if as_json else str(finished.folder))
        sys.stdout.flush()
        return
    if finished.resumed is not None:
        tell(f"{cell.experiment.name}: resumed from the checkpoint at step {finished.resumed:,}")
    if finished.trace is not None:
        _show_trace(finished.trace)
    if sys.stdout.isatty():
        on_terminal(finished, cell.experiment)
    else:
        write(one_line(finished, cell.experiment))
    sys.stdout.flush()
    _tell_remarks(finished, cell.experiment.name)


def _tell_remarks(finished: "Finished", name: str) -> None:
    """The first thing that the optimizer said of a step, and how many more there are."""
    if finished.result.remarks:
        (step, text), *others = finished.result.remarks
        more = f"; {len(others)} more in the log, see gdlab show {finished.folder.name}" if others else ""
        tell(f"{name}: step {step:,}: {text}{more}")


def _show_trace(trace: "Trace") -> None:
    from gdlab.cli.console import stdout
    from gdlab.report.trace_table import trace_table

    console = stdout()
    for part in trace_table(trace):
        console.print(part)
    console.print()

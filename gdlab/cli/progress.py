"""What runs and sweeps show on a terminal while they train."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gdlab.cli.console import stderr, tell

if TYPE_CHECKING:
    from gdlab.experiment.sweep.execute import Told
    from gdlab.experiment.sweep.plan import Plan


@contextmanager
def progress(name: str, steps: int, *, show: bool) -> Iterator[Callable[[int, float], None]]:
    """A line with step, loss and rate on standard error, if that is a terminal; it is gone when the run ends.

    Yields:
        A function that takes the current step and loss.
    """
    if not show or not sys.stderr.isatty():
        yield lambda step, loss: None
        return
    from gdlab.cli.bar import Bar

    with Bar(console=stderr(), transient=True) as bar:
        task = bar.add_task(name, total=steps, loss=None)
        yield lambda step, loss: bar.update(task, completed=step, loss=loss)


@contextmanager
def sweep_progress(name: str, *, show: bool) -> Iterator["Told"]:
    """Who is told while a sweep runs: a line says what is done and to do, a bar on a terminal how far it is."""
    from gdlab.experiment.sweep.execute import Told

    warned: list[str] = []

    def warn(text: str) -> None:
        warned.append(text)
        tell(f"{name}: {text}")

    def announce(before: int, planned: "Plan") -> None:
        if before or warned:
            tell(f"{name}: {before:,} done, {len(planned):,} to run")

    told = Told(planned=announce, warned=warn)
    if not show or not sys.stderr.isatty():
        yield told
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=stderr(), transient=True) as bar:
        task = bar.add_task(name, total=None)
        finished = 0

        def planned(before: int, plan: "Plan") -> None:
            announce(before, plan)
            bar.update(task, total=len(plan))

        def done(cells: int) -> None:
            nonlocal finished
            finished += cells
            bar.update(task, completed=finished)

        told.planned, told.done = planned, done
        told.within = lambda cells: bar.update(task, completed=finished + int(cells))
        yield told

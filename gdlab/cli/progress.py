"""The bar that a run shows while it trains on a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gdlab.cli.console import stderr


@contextmanager
def progress(name: str, steps: int, *, show: bool) -> Iterator[Callable[[int, float], None]]:
    """A bar with step, loss and rate on standard error, if that is a terminal; it is gone when the run ends.

    Yields:
        A function that takes the current step and loss.
    """
    if not show or not sys.stderr.isatty():
        yield lambda step, loss: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from gdlab.report.numbers import number

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TextColumn("{task.completed}/{task.total}"),
        TextColumn("loss {task.fields[loss]}"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=stderr(), transient=True, expand=True) as bar:
        task = bar.add_task(name, total=steps, loss="…", rate="")

        def tick(step: int, loss: float) -> None:
            speed = bar.tasks[task].speed
            rate = f"{number(speed, 3)} steps/s" if speed else ""
            bar.update(task, completed=step, loss=number(loss), rate=rate)

        yield tick

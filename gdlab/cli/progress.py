"""What a run shows while it trains on a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gdlab.cli.console import stderr


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

"""The line that a run shows while it trains: as much as there is room for, and no number is cut."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.progress import Progress, Task, TimeRemainingColumn
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from gdlab.report.numbers import number

_SHORTEST = 10  # columns of a bar
_LOSS, _RATE = len("loss 1.2346e-7"), len("1.23e5 steps/s")  # hardly any is longer, so that all keeps its place
_REMAINING = TimeRemainingColumn()


class Bar(Progress):
    """rich's progress display with such a line for each task; the field `loss` of a task is a number or None."""

    def get_renderables(self) -> Iterator[RenderableType]:
        """The lines."""
        return map(Line, self.tasks)


@dataclass(frozen=True)
class Line:
    """Name, bar, step, loss, steps per second and the time that is left, as a rich renderable.

    Where there is no room for all, the bar goes first, then the time, the name, the rate and the loss.
    """

    task: Task

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        parts = self._parts(options.max_width)
        room = options.max_width - len(parts["step"])
        shown = ["step"]
        for name in ("loss", "rate", "name", "left"):
            if len(parts[name]) < room:
                room -= len(parts[name]) + 1
                shown.append(name)
        grid = Table.grid(padding=(0, 1))
        cells: list[RenderableType] = [text for name, text in parts.items() if name in shown]
        if room > _SHORTEST:
            bar = ProgressBar(total=self.task.total, completed=self.task.completed, width=room - 1)
            cells.insert("name" in shown, bar)
        for _ in cells:
            grid.add_column(no_wrap=True, overflow="ignore")
        grid.add_row(*cells)
        yield grid

    def _parts(self, width: int) -> dict[str, Text]:
        """What may be shown, in the order of the line."""
        task = self.task
        total, done = f"{task.total or 0:.0f}", f"{task.completed:.0f}"
        step = f"{done:>{len(total)}}/{total}"
        loss, speed = task.fields["loss"], task.speed
        told = "" if loss is None else f"loss {number(loss)}"
        rate = f"{number(speed, 3)} steps/s" if speed else ""
        return {
            "name": Text(task.description),
            "step": Text(step if len(step) <= width else done),
            "loss": Text(f"{told:<{_LOSS}}"),
            "rate": Text(f"{rate:>{_RATE}}"),
            "left": _REMAINING.render(task),
        }

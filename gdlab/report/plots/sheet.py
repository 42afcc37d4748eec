"""What a picture is drawn on: its style, its size, its title."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gdlab.report.plots.style import scale, style
from gdlab.report.text import literal

DPI = 200


@dataclass(frozen=True)
class Sheet:
    """The choices that every kind of picture shares.

    Args:
        style: ours, or one of matplotlib's.
        title: over the whole picture; unset: each kind has its own.
        size: width and height in inches; unset: as much as is needed.
        dpi: dots per inch of a PNG.
    """

    style: str = "paper"
    title: str | None = None
    size: tuple[float, float] | None = None
    dpi: int = DPI

    @contextmanager
    def styled(self) -> Iterator[None]:
        """For the time of the block all is drawn in its style.

        Raises:
            UsageError: if there is no such style.
        """
        with style(self.style):
            yield

    def figure(self, width: float, height: float) -> Figure:
        """An empty figure; so many inches are needed on paper, and more where letters are larger."""
        larger = 1 + (scale() - 1) * 0.7
        return Figure(figsize=self.size or (width * larger, height * larger), layout="constrained")

    def panels(self, amount: int, width: float, height: float, across: int = 3) -> tuple[Figure, list[Axes]]:
        """A figure with so many axes, each of that size in inches, side by side and then below each other."""
        columns = min(amount, across)
        rows = -(-amount // columns)
        figure = self.figure(columns * width, rows * height)
        return figure, [figure.add_subplot(rows, columns, place + 1) for place in range(amount)]

    def head(self, figure: Figure, otherwise: str = "") -> None:
        """Write the title over a picture."""
        text = self.title if self.title is not None else otherwise
        if text:
            figure.suptitle(literal(text), x=0.01, ha="left", fontsize=11 * scale(), parse_math=False)


PAPER = Sheet()


@dataclass(frozen=True)
class Picture:
    """A figure, and what the reader must know that it does not show."""

    figure: Figure
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Film:
    """A figure that changes.

    Args:
        figure: as it is at first.
        frames: how many pictures there are.
        show: makes the figure that of a frame, 0 ≤ frame < frames.
        notes: what the reader must know that it does not show.
    """

    figure: Figure
    frames: int
    show: Callable[[int], None] = field(compare=False)
    notes: tuple[str, ...] = ()

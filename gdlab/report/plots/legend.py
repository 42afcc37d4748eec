"""A legend beside its panel, in the order of the table, that stays readable however many curves there are."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from gdlab.report.outcomes import BROKEN
from gdlab.report.plots.series import Series
from gdlab.report.plots.style import GREY
from gdlab.report.text import elide

LONGEST = 36  # characters of a label

ENDS: dict[str, str] = dict(zip(BROKEN, "Xvd", strict=True))  # the mark at the end of a run that broke


def entries(series: Sequence[Series], most: int) -> list[tuple[str, Line2D]]:
    """Labels and samples: the best series, as a note how many more there are, and the marks that occur."""
    marks = [status for status in BROKEN if any(line.run.status == status for one in series for line in one.lines)]
    room = most - len(marks)
    shown = series if len(series) <= room else series[: max(1, room - 1)]
    told = [(elide(one.label, LONGEST), _sample(one)) for one in shown]
    if len(shown) < len(series):
        told.append((f"… and {len(series) - len(shown)} more", Line2D([], [], linestyle="none")))
    return told + [(status, end_mark(status, GREY)) for status in marks]


def end_mark(status: str, color: str) -> Line2D:
    """The mark at the end of a run that broke."""
    return Line2D(
        [], [], linestyle="none", marker=ENDS[status], markersize=7, markerfacecolor=color, markeredgecolor="black",
        markeredgewidth=0.6,
    )  # fmt: skip


def draw_legend(axes: Axes, told: Sequence[tuple[str, Line2D]]) -> None:
    """Put the entries to the right of the panel."""
    handles = [handle for _, handle in told]
    box = axes.legend(
        handles, [str(i) for i in range(len(told))], loc="upper left", bbox_to_anchor=(1.01, 1.02), frameon=False,
        borderaxespad=0, handlelength=3.8, labelspacing=0.45,
    )  # fmt: skip
    # Set afterwards: a label that begins with an underscore would be left out, and dollars would begin mathematics.
    for text, (label, _) in zip(box.get_texts(), told, strict=True):
        text.set_parse_math(False)
        text.set_text(label)


def _sample(series: Series) -> Line2D:
    look = series.look
    return Line2D([], [], color=look.color, linestyle=look.dashes, marker=look.marker, markersize=4, linewidth=1.6)

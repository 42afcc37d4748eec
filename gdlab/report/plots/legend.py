"""A legend beside its panel, in the order of the table, that stays readable however many curves there are."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.lines import Line2D

from gdlab.report.numbers import number
from gdlab.report.outcomes import BROKEN
from gdlab.report.plots.looks import GREY
from gdlab.report.plots.ramps import Ramp
from gdlab.report.plots.series import Panel, Series
from gdlab.report.plots.style import ink, inked, scale
from gdlab.report.text import elide

LONGEST = 36  # characters of a label

ENDS: dict[str, str] = dict(zip(BROKEN, "Xvd", strict=True))  # the mark at the end of a run that broke

_TICKS = 6  # of a scale of colours
_FEW = 6  # entries that leave room for one
_SCALES, _APART = 4, 0.17  # as many side by side, at that distance in widths of the panel


def entries(panel: Panel, most: int) -> list[tuple[str, Line2D]]:
    """Labels and samples: the best series, as a note how many more there are, and the marks that occur.

    The series of a ramp have one entry together.
    """
    series = panel.series
    marks = [status for status in BROKEN if any(line.run.status == status for one in series for line in one.lines)]
    inside = {place for ramp in panel.ramps for place in ramp.members}
    told = [(_of_ramp(ramp, series), _sample(series[ramp.members[len(ramp.members) // 2]])) for ramp in panel.ramps]
    alone = [one for place, one in enumerate(series) if place not in inside]
    room = most - len(marks) - len(told)
    shown = alone if len(alone) <= room else alone[: max(1, room - 1)]
    told += [(elide(one.label, LONGEST), _sample(one)) for one in shown]
    if len(shown) < len(alone):
        told.append((f"… and {len(alone) - len(shown)} more", Line2D([], [], linestyle="none")))
    return told + [(status, end_mark(status, GREY)) for status in marks]


def end_mark(status: str, color: str) -> Line2D:
    """The mark at the end of a run that broke."""
    return Line2D(
        [], [], linestyle="none", marker=ENDS[status], markersize=7, markerfacecolor=color, markeredgecolor=ink(),
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


def draw_scales(axes: Axes, panel: Panel, entries: int) -> None:
    """Below a short legend, the colours of each ramp side by side, and what they stand for."""
    if len(panel.ramps) > _SCALES or entries > _FEW:
        return
    high = 0.62 if entries <= 3 else 0.42
    for place, ramp in enumerate(panel.ramps):
        inside = axes.inset_axes((1.04 + _APART * place, 0.02, 0.035, high - 0.06 * (len(panel.ramps) > 1)))
        _draw_scale(axes, inside, ramp, ramp.key if len(panel.ramps) == 1 else f"{ramp.optimizer}\n{ramp.key}")


def _draw_scale(axes: Axes, inside: Axes, ramp: Ramp, title: str) -> None:
    amount = len(ramp.values)
    norm = BoundaryNorm(np.arange(amount + 1), amount)
    colors = ListedColormap([inked(color) for color in ramp.colors])
    ticks = np.unique(np.linspace(0, amount - 1, _TICKS).round().astype(int))
    bar = axes.figure.colorbar(ScalarMappable(norm, colors), cax=inside, ticks=ticks + 0.5)
    bar.ax.minorticks_off()
    bar.ax.set_yticklabels([number(ramp.values[tick], 3) for tick in ticks], fontsize=7.5 * scale())
    bar.ax.tick_params(length=2)
    bar.ax.grid(visible=False)
    bar.ax.set_title(title, fontsize=8 * scale(), loc="left", pad=4, parse_math=False)
    bar.outline.set_linewidth(0.4)


def _of_ramp(ramp: Ramp, series: Sequence[Series]) -> str:
    first, last = number(ramp.values[0], 3), number(ramp.values[-1], 3)
    amounts = {len(series[place].lines) for place in ramp.members}
    few, most = min(amounts), max(amounts)
    seeds = "" if most == 1 else f", n = {most}" if few == most else f", n = {few} to {most}"
    return elide(f"{ramp.optimizer} {ramp.key} = {first} … {last} ({len(ramp.values)}{seeds})", LONGEST)


def _sample(series: Series) -> Line2D:
    look, width = series.look, 1.6 * scale()
    color = inked(look.color)
    return Line2D([], [], color=color, linestyle=look.dashes, marker=look.marker, markersize=4, linewidth=width)

"""Final loss against learning rate: for each optimizer a U, and where it diverges."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from gdlab.errors import UsageError, join
from gdlab.report.numbers import number
from gdlab.report.outcomes import SOUND
from gdlab.report.plots.legend import LONGEST, draw_legend
from gdlab.report.plots.looks import GREY, Look, looks
from gdlab.report.plots.points import few
from gdlab.report.plots.ramps import as_number
from gdlab.report.plots.series import grouped, labels, problem_titles
from gdlab.report.plots.sheet import PAPER, Picture, Sheet
from gdlab.report.plots.style import inked, scale
from gdlab.report.settings import Settings, identity, settings
from gdlab.report.statistics.failures import charge
from gdlab.report.statistics.quantiles import quantile
from gdlab.report.text import elide, literal
from gdlab.report.view import Array, view
from gdlab.store.run import Run

MOST_PANELS = 12

_CROSS, _ROWS = 0.04, 8  # of the strip of crosses: the height of a row, in heights of the panel, and how many there are

_KEYS = ("optimizer.lr", "optimizer.lr.start")  # of a schedule, what it starts from


@dataclass(frozen=True)
class _Valley:
    """The losses of one optimizer by its learning rate: ascending, the quartiles infinite where runs failed."""

    label: str
    look: Look
    lr: Array
    median: Array
    lower: Array
    upper: Array


def draw_lr(runs: Sequence[Run], *, sheet: Sheet = PAPER) -> Picture:
    """Draw the final loss over the learning rate: medians over seeds, with bars from quartile to quartile.

    A run that diverged, failed or has no bound counts as infinitely bad. Where the median is, the optimizer has a mark
    above the axis; where that is so for every optimizer, the ground is shaded.

    Args:
        runs: of one problem or several, one panel each.
        sheet: what it is drawn on.

    Raises:
        UsageError: if no optimizer has run with two learning rates.
    """
    told = {run.id: settings(run.config) for run in runs}
    without = [literal(run.name) for run in runs if _lr(told[run.id]) is None]
    rated = [run for run in runs if _lr(told[run.id]) is not None]
    problems = grouped(rated, lambda run: identity(told[run.id], "problem"))
    chosen = looks([told[run.id].get("optimizer", "") for run in rated])
    titles = problem_titles([told[members[0].id] for members in problems.values()])
    found = [_valleys(members, told, chosen) for members in problems.values()]
    kept = [(title, valleys) for title, valleys in zip(titles, found, strict=True) if valleys][:MOST_PANELS]
    if not kept:
        every = join(sorted({number(_lr(told[run.id])) for run in rated})) or "none"
        raise UsageError(
            f"there is nothing to draw: no optimizer has run with two learning rates, lr is {every}. "
            "To make such runs: gdlab run CONFIG --set optimizer.lr=0.1, and again with other values, or a sweep"
        )
    notes = [f"not drawn, they have no learning rate: {join(few(without, most=5))}"] if without else []
    with sheet.styled():
        figure, every_axes = sheet.panels(len(kept), 6.4, 3.8, across=2)
        for axes, (title, valleys) in zip(every_axes, kept, strict=True):
            _draw_panel(axes, title, valleys)
        if sheet.title is not None:
            sheet.head(figure)
    return Picture(figure, tuple(notes))


def _lr(one: Settings) -> float | None:
    found = [as_number(one[key]) for key in _KEYS if key in one]
    return next((value for value in found if value is not None and math.isfinite(value) and value > 0), None)


def _valleys(runs: Sequence[Run], told: dict[str, Settings], chosen: dict[str, Look]) -> list[_Valley]:
    """One for each optimizer, with its other settings, that has run with two learning rates."""
    groups = grouped(runs, lambda run: _but_lr(told[run.id]))
    several = [group for group in groups.values() if len({_lr(told[run.id]) for run in group}) > 1]
    firsts = [told[group[0].id] for group in several]
    names = [one.get("optimizer", "") for one in firsts]
    if len(set(names)) < len(names):  # optimizers that differ in more than lr
        stripped = [{key: value for key, value in one.items() if key not in (*_KEYS, "seed")} for one in firsts]
        names = labels([group[0] for group in several], stripped)
    return [
        _valley(name, chosen[one.get("optimizer", "")], group, told)
        for name, one, group in zip(names, firsts, several, strict=True)
    ]


def _but_lr(one: Settings) -> frozenset[tuple[str, str]]:
    return frozenset((key, value) for key, value in one.items() if key not in (*_KEYS, "seed"))


def _valley(name: str, look: Look, runs: Sequence[Run], told: dict[str, Settings]) -> _Valley:
    by_lr = sorted(grouped(runs, lambda run: _lr(told[run.id]) or 0.0).items())
    quartiles = []
    for _, members in by_lr:
        losses = [run.summary.get("final_loss", math.nan) for run in members]
        charged = charge(losses, [run.status not in SOUND for run in members])
        quartiles.append(quantile(charged, (0.25, 0.5, 0.75)))
    lower, median, upper = np.array(quartiles).T
    seeds = max(len(members) for _, members in by_lr)
    label = literal(name) + (f" (n = {seeds})" if seeds > 1 else "")
    return _Valley(label, look, np.array([lr for lr, _ in by_lr]), median, lower, upper)


def _draw_panel(axes: Axes, title: str, valleys: Sequence[_Valley]) -> None:
    finite = [edge[np.isfinite(edge)] for one in valleys for edge in (one.median, one.lower, one.upper)]
    seen = view([edge for edge in finite if edge.size] or [np.array([1.0])], [])
    axes.set_xscale("log")
    axes.set_yscale("log" if seen.log else "linear")
    axes.set_ylim(seen.low, seen.high)
    every = np.unique(np.concatenate([one.lr for one in valleys]))
    axes.set_xlim(every[0] / 1.25, every[-1] * 1.25)
    _shade(axes, valleys, every)
    broken = [place for place, one in enumerate(valleys) if not np.isfinite(one.median).all()]
    heights = {place: 1.03 + _CROSS * (k % _ROWS) for k, place in enumerate(reversed(broken))}
    samples = []
    for place, one in enumerate(valleys):
        color, ok = inked(one.look.color), np.isfinite(one.median)
        lr, middle = one.lr[ok], seen.scaled(one.median[ok])
        samples += axes.plot(
            lr, middle, color=color, linestyle=one.look.dashes, marker="o", markersize=4, label=one.label,
            linewidth=1.5 * scale(),
        )  # fmt: skip
        low, high = seen.within(one.lower[ok]), seen.within(np.minimum(one.upper[ok], np.finfo(float).max))
        axes.vlines(lr, low, high, color=color, linewidth=2.4 * scale(), alpha=0.4)
        # In a strip above the axis, where none is taken for a value, and below each other, so that none hides another.
        axes.plot(
            one.lr[~ok], np.full(int((~ok).sum()), heights.get(place, 1.0)),
            linestyle="none", marker="X", markersize=6, color=color, zorder=5, clip_on=False,
            transform=axes.get_xaxis_transform(),
        )  # fmt: skip
    axes.set_xlabel("learning rate")
    axes.set_ylabel("final loss" if seen.unit == 1 else f"final loss / {number(seen.unit)}")
    pad = 8 + 8 * min(len(broken), _ROWS)
    axes.set_title("\n".join(textwrap.wrap(title, 72)), parse_math=False, pad=pad)
    told = [(elide(one.label, LONGEST), line) for one, line in zip(valleys, samples, strict=True)]
    if any(not np.isfinite(one.median).all() for one in valleys):
        (mark,) = axes.plot([], [], linestyle="none", marker="X", markersize=7, color=GREY)
        told.append(("median run broke", mark))
    draw_legend(axes, told)


def _shade(axes: Axes, valleys: Sequence[_Valley], every: Array) -> None:
    """Shade what is to the right of the last learning rate that any optimizer survives."""
    good = np.concatenate([one.lr[np.isfinite(one.median)] for one in valleys])
    beyond = every[every > good.max()] if good.size else every
    if beyond.size:
        left = math.sqrt(good.max() * beyond[0]) if good.size else axes.get_xlim()[0]
        axes.axvspan(left, axes.get_xlim()[1], facecolor=GREY, alpha=0.15, zorder=0, label="diverged")
        axes.annotate(
            "diverged", (1, 0.5), (-4, 0), "axes fraction", "offset points", rotation=90, ha="right", va="center",
            color=GREY,
        )  # fmt: skip

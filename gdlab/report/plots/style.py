"""What surrounds curves: fonts, grids and sizes, on paper, on slides, on dark ground, or as matplotlib has them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.colors import to_hex

from gdlab.errors import UsageError, did_you_mean, join
from gdlab.report.plots.looks import brightness, with_brightness

OURS = ("paper", "talk", "dark")
_DARK = 0.5  # brightness of the ground below which colours are turned round

# Families that hold other scripts, for names written in them; those that are not installed are left out.
_SCRIPTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari",
    "Hiragino Sans", "PingFang SC", "Microsoft YaHei", "Arial Unicode MS", "WenQuanYi Micro Hei", "Droid Sans Fallback",
    "Unifont",
)  # fmt: skip


@contextmanager
def style(name: str = "paper") -> Iterator[None]:
    """A style for the time of the block, whatever the user's matplotlibrc says: ours, or one of matplotlib's.

    Raises:
        UsageError: if there is no such style; names those there are.
    """
    chosen = _chosen(name)
    with mpl.rc_context():
        mpl.rcdefaults()
        for key, value in {**chosen, "font.family": _families()}.items():
            mpl.rcParams[key] = value
        yield


def scale() -> float:
    """By how much letters are larger than on paper, in the style of the moment."""
    return float(mpl.rcParams["font.size"]) / float(_RC["font.size"])


def inked(color: str) -> str:
    """The colour as it shows on the ground of the moment: on a dark one all are lighter, in the same order."""
    if brightness(to_hex(mpl.rcParams["axes.facecolor"])) > _DARK:
        return color
    return with_brightness(color, 0.62 + 0.38 * brightness(color))


def ground() -> str:
    """The colour that curves are drawn on."""
    return to_hex(mpl.rcParams["axes.facecolor"])


def ink() -> str:
    """The colour of letters."""
    return to_hex(mpl.rcParams["text.color"])


def _chosen(name: str) -> dict[Any, Any]:
    match name:
        case "paper":
            return _RC
        case "talk":
            return _RC | _TALK
        case "dark":
            return _RC | _ON_DARK
    from matplotlib import style as library

    theirs = [one for one in library.available if not one.startswith("_")]
    if name not in theirs:
        hint = did_you_mean(name, [*OURS, *theirs])
        raise UsageError(
            f"unknown --style {name!r}: {hint + ' ' if hint else ''}There are {join(OURS)}, and those of matplotlib: "
            f"{join(theirs)}"
        )
    return {key: _RC[key] for key in _KEPT} | dict(library.library[name])


def _families() -> list[str]:
    installed = {entry.name for entry in font_manager.fontManager.ttflist}
    return ["DejaVu Sans", *(family for family in _SCRIPTS if family in installed)]


_RC: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": "#555555",
    "axes.formatter.use_mathtext": True,
    "axes.grid": True,
    "axes.linewidth": 0.7,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10,
    "axes.titlepad": 8,
    "axes.labelsize": 9,
    "figure.dpi": 100,
    "font.size": 9,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.5,
    "legend.fontsize": 8,
    "lines.linewidth": 1.5,
    "savefig.dpi": 200,
    "svg.hashsalt": "gdlab",
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "xtick.color": "#555555",
    "ytick.color": "#555555",
    "xtick.labelcolor": "black",
    "ytick.labelcolor": "black",
}

_KEPT = (
    "axes.axisbelow",
    "axes.formatter.use_mathtext",
    "axes.titlelocation",
    "svg.hashsalt",
    "axes.titlesize",
    "axes.labelsize",
    "legend.fontsize",
    "xtick.labelsize",
    "ytick.labelsize",
    "font.size",
)

_TALK: dict[Any, Any] = {
    "axes.titlesize": 15,
    "axes.labelsize": 14,
    "axes.linewidth": 1.2,
    "font.size": 13.5,
    "grid.linewidth": 0.8,
    "legend.fontsize": 12,
    "xtick.labelsize": 12,
    "ytick.labelsize": 12,
}

_ON_DARK: dict[Any, Any] = {
    **dict.fromkeys(("figure.facecolor", "axes.facecolor", "savefig.facecolor"), "#16181d"),
    **dict.fromkeys(
        ("text.color", "axes.labelcolor", "axes.titlecolor", "xtick.labelcolor", "ytick.labelcolor"), "#eeeeee"
    ),
    **dict.fromkeys(("axes.edgecolor", "xtick.color", "ytick.color"), "#999999"),
    "grid.color": "#34373f",
}

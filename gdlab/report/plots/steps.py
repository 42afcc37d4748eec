"""The error of differences over the length of the step: a V on two logarithmic axes."""

import numpy as np
from matplotlib.figure import Figure

from gdlab.autodiff.step_errors import StepErrors
from gdlab.report.numbers import number
from gdlab.report.plots.looks import BLUE, DASHED, GREEN, GREY, PURPLE, SOLID, VERMILION
from gdlab.report.plots.style import style
from gdlab.report.text import elide, literal

_LOOKS = ((VERMILION, SOLID), (BLUE, DASHED), (GREEN, SOLID), (PURPLE, DASHED))
_WIDEST = 64  # characters of a line of the title
_EXACT = 1e-17  # where an error of zero is drawn: below every other


def draw_step_errors(errors: StepErrors, title: str, place: str) -> Figure:
    """Draw the largest error of a partial derivative over the step, one curve for each scheme, its best step marked.

    Args:
        errors: for each scheme.
        title: what was differentiated.
        place: where.
    """
    with style():
        figure = Figure(figsize=(6.4, 4.0), layout="constrained")
        axes = figure.add_subplot()
        for (color, dashes), scheme in zip(_LOOKS, errors.errors, strict=False):
            worst = errors.worst(scheme)
            eps, least = errors.best(scheme)
            shown = np.where(worst > 0, worst, _EXACT)
            label = f"{scheme}: {number(least, 2)} at {number(eps, 2)}" if np.isfinite(least) else scheme
            axes.plot(errors.eps, shown, color=color, linestyle=dashes, label=label)
            if np.isfinite(least):
                axes.plot([eps], [max(least, _EXACT)], "o", color=color, markersize=5)
        axes.set_xscale("log")
        axes.set_yscale("log")
        if any(np.any(errors.worst(scheme) == 0) for scheme in errors.errors):
            axes.axhline(_EXACT, color=GREY, linewidth=0.8, linestyle=":", zorder=0)
            axes.annotate("error 0", (0, _EXACT), (4, 3), ("axes fraction", "data"), "offset points")
        axes.set_xlabel("←  rounding        step eps        truncation  →")
        axes.set_ylabel("largest error of a partial derivative")
        axes.set_title(f"{_escaped(title)}\nat {_escaped(place)}")
        axes.legend(title="least error", frameon=False)
    return figure


def _escaped(text: str) -> str:
    return elide(literal(text), _WIDEST).replace("$", r"\$")

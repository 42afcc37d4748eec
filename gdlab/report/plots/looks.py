"""How curves look: colours that colour-blind readers tell apart, line styles that read in grey."""

import colorsys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

# Okabe & Ito 2008, "Color Universal Design", without the yellow, which is too faint for a line on white.
BLACK, ORANGE, SKY, GREEN, BLUE, VERMILION, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip

Dashes = tuple[float, tuple[float, ...]]  # offset, and lengths of line and gap in turn; none: solid

SOLID: Dashes = (0, ())
LONG: Dashes = (0, (9, 2))
DASHED: Dashes = (0, (5, 1.5))
DOTTED: Dashes = (0, (1, 1.2))
DASH_DOT: Dashes = (0, (6, 1.5, 1, 1.5))
DASH_DOT_DOT: Dashes = (0, (5, 1.2, 1, 1.2, 1, 1.2))
SHORT: Dashes = (0, (2.2, 1.4))
LONG_SHORT: Dashes = (0, (9, 1.5, 3, 1.5))

# The same in every picture: relatives share a colour, and none shares colour and line style with another.
LOOKS: dict[str, tuple[str, Dashes]] = {
    "gd": (BLACK, SOLID),
    "sgd": (BLACK, DASHED),
    "asgd": (BLACK, DOTTED),
    "sign_sgd": (BLACK, DASH_DOT),
    "rprop": (BLACK, LONG),
    "steepest_descent": (BLACK, DASH_DOT_DOT),
    "bb": (BLACK, SHORT),
    "polyak": (BLACK, LONG_SHORT),
    "momentum": (BLUE, DASHED),
    "lion": (BLUE, LONG),
    "nag": (SKY, DASH_DOT),
    "adagrad": (GREEN, DASH_DOT_DOT),
    "adadelta": (GREEN, SOLID),
    "rmsprop": (ORANGE, SOLID),
    "adam": (VERMILION, LONG),
    "adamw": (VERMILION, SOLID),
    "nadam": (VERMILION, DASHED),
    "radam": (VERMILION, DOTTED),
    "amsgrad": (VERMILION, DASH_DOT),
    "adamax": (VERMILION, DASH_DOT_DOT),
    "adabelief": (PURPLE, SOLID),
    "yogi": (PURPLE, DASHED),
    "lamb": (PURPLE, DASH_DOT),
    "novograd": (PURPLE, DASH_DOT_DOT),
    "newton": (GREEN, DASHED),
    "newton_cg": (GREEN, DOTTED),
    "gauss_newton": (GREEN, LONG),
    "levenberg_marquardt": (GREEN, DASH_DOT),
    "lbfgs": (BLUE, SOLID),
    "bfgs": (BLUE, DASH_DOT),
    "cg": (BLUE, DOTTED),
    "coordinate": (PURPLE, DOTTED),
    "nelder_mead": (ORANGE, DASHED),
    "random_search": (ORANGE, DOTTED),
}

_SPARE = [
    (color, dashes)
    for dashes in (SOLID, DASHED, DASH_DOT, DOTTED, LONG, DASH_DOT_DOT, SHORT, LONG_SHORT)
    for color in (ORANGE, PURPLE, GREEN, BLUE, VERMILION, BLACK, SKY)
    if (color, dashes) not in LOOKS.values()
]

MARKERS = ("o", "s", "^", "h", "<", ">", "p", "*")  # tell curves of one colour apart
GREY = "#777777"
_STEP = 0.16  # between two shades, if there is room
_DARKEST, _LIGHTEST = 0.25, 0.76  # cube roots of the luminance of shades: neither black nor lost on white


@dataclass(frozen=True)
class Look:
    """How a curve is drawn.

    Args:
        color: as `#rrggbb`.
        dashes: a matplotlib line style.
        marker: a matplotlib marker, or an empty string.
    """

    color: str
    dashes: Dashes
    marker: str = ""


def looks(optimizers: Sequence[str]) -> dict[str, Look]:
    """A colour and a line style for each optimizer of a picture.

    The known ones always look the same. An unknown one gets a spare look by its name, and the next one that is free if
    another has it.
    """
    spare = len(_SPARE)
    taken: dict[int, str] = {}
    for name in sorted(set(optimizers) - set(LOOKS)):
        first = zlib.crc32(name.encode("utf-8", "replace")) % spare
        free = [(first + i) % spare for i in range(spare) if (first + i) % spare not in taken]
        taken[free[0] if free else first] = name
    chosen = LOOKS | {name: _SPARE[place] for place, name in taken.items()}
    return {name: Look(*chosen.get(name, _SPARE[0])) for name in optimizers}


def shades(look: Look, amount: int, marked: bool) -> list[Look]:
    """As many looks of one colour, from dark to light, with markers if wanted and while there are enough of them."""
    if amount == 1:
        return [look]
    # Even steps of the cube root of luminance look even. Few shades stay near the colour.
    root = brightness(look.color)
    span = min(_STEP * (amount - 1), _LIGHTEST - _DARKEST)
    darkest = min(max(root - span / 2, _DARKEST), _LIGHTEST - span)
    roots = [darkest + span * i / (amount - 1) for i in range(amount)]
    colors = [with_brightness(look.color, root) for root in roots]
    markers = MARKERS[:amount] if marked and amount <= len(MARKERS) else [""] * amount
    return [Look(color, look.dashes, marker) for color, marker in zip(colors, markers, strict=True)]


def brightness(color: str) -> float:
    """The cube root of the luminance, which grows evenly to the eye, from 0 (black) to 1 (white)."""
    return float(_luminance(_rgb(color)) ** (1 / 3))


def with_brightness(color: str, wanted: float) -> str:
    """The colour with its hue and saturation and another brightness."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(color))
    low, high = 0.0, 1.0
    for _ in range(12):
        lightness = (low + high) / 2
        below = _luminance(colorsys.hls_to_rgb(hue, lightness, saturation)) < wanted**3
        low, high = (lightness, high) if below else (low, lightness)
    return "#" + "".join(f"{round(255 * part):02x}" for part in colorsys.hls_to_rgb(hue, lightness, saturation))


def _rgb(color: str) -> tuple[float, float, float]:
    red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _luminance(rgb: tuple[float, float, float]) -> float:
    """From 0 (black) to 1 (white), as WCAG 2.1 defines it."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

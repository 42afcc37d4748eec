"""The pictures of a page: each within the page itself, sharp if that is small, with words for who cannot see it."""

import base64
import io
from dataclasses import dataclass

from matplotlib.figure import Figure

from gdlab.report.page.html import Html, element, joined
from gdlab.report.plots.saving import FORMATS, quiet
from gdlab.report.plots.sheet import Picture, Sheet

_SHARP = 160_000  # bytes of an SVG that may be in the page
_PAINTED = 320_000  # of a PNG; a picture that is larger has fewer dots
_DPIS = (150, 110, 80)
_CSS_DPI = 96


@dataclass(frozen=True)
class Plate:
    """A picture and what is said of it.

    Args:
        title: what it shows, in a few words.
        caption: what to look at.
        alt: what it looks like, for who cannot see it.
        picture: the figure, and what the reader must know that it does not show.
    """

    title: str
    caption: str
    alt: str
    picture: Picture


def shown(plates: list[Plate], sheet: Sheet) -> Html:
    """The pictures with their captions, numbered."""
    return joined(_shown(plate, place, sheet) for place, plate in enumerate(plates, 1))


def _shown(plate: Plate, place: int, sheet: Sheet) -> Html:
    figure = plate.picture.figure
    width, height = (round(inches * _CSS_DPI) for inches in figure.get_size_inches())
    image = element("img", src=_data(figure, sheet), alt=plate.alt, width=width, height=height)
    told = [element("b", f"Figure {place}. {plate.title}."), f" {plate.caption}"]
    notes = [f" Note: {note}." for note in plate.picture.notes]
    return element("figure", image, element("figcaption", *told, *notes), id=f"figure-{place}")


def _data(figure: Figure, sheet: Sheet) -> str:
    """The picture as an address that holds it: SVG where that is small enough, otherwise PNG."""
    sharp = _drawn(figure, sheet, "svg")
    figure.set_layout_engine("none")  # everything is in its place now, and stays there with more or fewer dots
    if len(sharp) <= _SHARP:
        return _address("image/svg+xml", sharp)
    for dpi in _DPIS:
        painted = _drawn(figure, sheet, "png", dpi)
        if len(painted) <= _PAINTED:
            break
    return _address("image/png", painted)


def _drawn(figure: Figure, sheet: Sheet, kind: str, dpi: int = _DPIS[0]) -> bytes:
    buffer = io.BytesIO()
    with sheet.styled(), quiet():
        figure.savefig(buffer, format=kind, metadata=FORMATS[kind], dpi=dpi)
    return buffer.getvalue()


def _address(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"

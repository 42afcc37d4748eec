"""A figure into a file, whole or not at all, and never over something that is no picture."""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from gdlab.errors import UsageError, join
from gdlab.report.plots.points import few
from gdlab.report.plots.sheet import PAPER, Sheet
from gdlab.report.text import literal
from gdlab.store.files import replace

# Without dates: the same runs give the same file.
FORMATS: dict[str, dict[str, Any]] = {
    "png": {},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
}

_MISSING = r"Glyph (\d+) .* missing from"  # as matplotlib words it

_HEAD = 512  # bytes in which a file says what it is
_SIGNS = {"png": b"\x89PNG", "svg": b"<svg", "pdf": b"%PDF-", "gif": b"GIF8", "mp4": b"ftyp"}


def picture_format(path: Path, formats: tuple[str, ...] = tuple(FORMATS)) -> str:
    """The format that the ending of a path asks for.

    Raises:
        UsageError: if it is none of those that can be written.
    """
    ending = path.suffix.removeprefix(".").lower()
    if ending not in formats:
        allowed = join([f".{name}" for name in formats], "or")
        raise UsageError(f"cannot draw into {path}: the name of a picture must end in {allowed}")
    return ending


def check_replaceable(path: Path) -> None:
    """Make sure that nothing but a picture of the same format is drawn over.

    Drawing the same picture again is what people do all day; a table that happens to be called `curves.svg` is not to
    be lost to it. A file without content may be drawn over.

    Raises:
        UsageError: if there is a file that is something else.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return  # not there, or not readable: writing will say why
    kind = path.suffix.removeprefix(".").lower()
    if head and _SIGNS[kind] not in head:
        raise UsageError(
            f"{path} exists and is no {kind.upper()} picture, so that it is left as it is: "
            "move it away, or name another file with -o"
        )


def save(figure: Figure, path: Path, sheet: Sheet = PAPER) -> list[str]:
    """Write a figure as PNG, SVG or PDF, by the ending of the path.

    Args:
        figure: drawn on the same sheet.
        path: of the file.
        sheet: its dots per inch are those of a PNG.

    Returns:
        A note on the letters that no installed font has, if there are any: they are drawn as boxes.

    Raises:
        UsageError: if the ending is another.
        StoreError: if the file cannot be written; what was there before then stays.
    """
    kind = picture_format(path)
    buffer = io.BytesIO()
    with sheet.styled(), quiet(), warnings.catch_warnings(record=True) as caught:
        warnings.filterwarnings("always", message=_MISSING)
        figure.savefig(buffer, format=kind, metadata=FORMATS[kind], dpi=sheet.dpi)
    replace(path.resolve(), buffer.getvalue())
    found = [re.match(_MISSING, str(one.message)) for one in caught]
    letters = [chr(int(one[1])) for one in found if one is not None]
    if not letters:
        return []
    told = join(few([literal(letter) for letter in dict.fromkeys(letters)], most=8))
    return [f"no installed font has {told}: drawn as boxes; a font that has them, such as Noto Sans CJK, would be used"]


@contextmanager
def quiet() -> Iterator[None]:
    """Without warnings of scripts that no installed font has: they are drawn as boxes."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=_MISSING)
        warnings.filterwarnings("ignore", message=r"Matplotlib currently does not support .* natively")
        yield

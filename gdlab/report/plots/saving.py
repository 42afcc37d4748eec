"""A figure into a file, whole or not at all."""

import io
import warnings
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from gdlab.errors import UsageError, join
from gdlab.report.plots.style import style
from gdlab.store.files import replace

# Without dates: the same runs give the same file.
FORMATS: dict[str, dict[str, Any]] = {
    "png": {},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
}


def picture_format(path: Path) -> str:
    """The format that the ending of a path asks for.

    Raises:
        UsageError: if it is none of those that can be written.
    """
    ending = path.suffix.removeprefix(".").lower()
    if ending not in FORMATS:
        allowed = join([f".{name}" for name in FORMATS], "or")
        raise UsageError(f"cannot draw into {path}: the name of a picture must end in {allowed}")
    return ending


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG (200 dots per inch), SVG or PDF, by the ending of the path.

    Raises:
        UsageError: if the ending is another.
        StoreError: if the file cannot be written; what was there before then stays.
    """
    kind = picture_format(path)
    buffer = io.BytesIO()
    with style(), warnings.catch_warnings():
        # A script that no installed font has is drawn as boxes; there is nothing that the user could do about it here.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from")
        warnings.filterwarnings("ignore", message=r"Matplotlib currently does not support .* natively")
        figure.savefig(buffer, format=kind, metadata=FORMATS[kind])
    replace(path.resolve(), buffer.getvalue())

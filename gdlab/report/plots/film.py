"""A figure that changes, as an animated GIF or an MP4."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.animation import FFMpegWriter
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from gdlab.errors import UsageError
from gdlab.report.plots.saving import picture_format, quiet
from gdlab.report.plots.sheet import PAPER, Film, Sheet
from gdlab.store.files import replace

FORMATS = ("gif", "mp4")
FRAMES = 100
DPI = 100  # a film of 200 dots per inch is larger than anyone sends
_PER_SECOND = 12
_PAUSE = 18  # frames for which the last one stays


def film_format(path: Path) -> str:
    """The format that the ending of a path asks for.

    Raises:
        UsageError: if it is none of those that can be written, or needs a program that is not installed.
    """
    kind = picture_format(path, FORMATS)
    if kind == "mp4" and not FFMpegWriter.isAvailable():
        raise UsageError(
            f"cannot draw into {path}: an MP4 needs the program ffmpeg, which is not installed (apt install ffmpeg, "
            "brew install ffmpeg, conda install ffmpeg); a .gif needs nothing"
        )
    return kind


def save_film(film: Film, path: Path, sheet: Sheet = PAPER) -> None:
    """Write all frames, the last of which stays for a while.

    Args:
        film: drawn on the same sheet.
        path: its ending decides the format.
        sheet: its dots per inch are taken, unless they are the usual ones: a film has 100.

    Raises:
        UsageError: if the ending is another, or what it takes is not installed.
        StoreError: if the file cannot be written; what was there before then stays.
    """
    kind = film_format(path)
    dpi = DPI if sheet.dpi == PAPER.dpi else sheet.dpi
    with sheet.styled(), quiet(), tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / f"film.{kind}"
        film.show(film.frames - 1)
        film.figure.draw_without_rendering()  # lays out once, so that nothing moves but what should
        film.figure.set_layout_engine("none")
        film.figure.set_dpi(dpi)
        (_write_gif if kind == "gif" else _write_mp4)(film, draft, dpi)
        content = draft.read_bytes()
    replace(path.resolve(), content)


def _write_gif(film: Film, path: Path, dpi: float) -> None:
    """Frame by frame from the canvas: `PillowWriter` would draw each twice."""
    canvas = FigureCanvasAgg(film.figure)

    def drawn(frame: int) -> Image.Image:
        film.show(frame)
        canvas.draw()  # type: ignore[no-untyped-call]
        size = canvas.get_width_height()
        return Image.frombytes("RGBA", size, bytes(canvas.buffer_rgba())).convert("RGB")  # type: ignore[no-untyped-call]

    # One palette for all frames, so that no colour changes on the way.
    palette = _palette([drawn(frame) for frame in (0, film.frames // 2, film.frames - 1)])
    frames = [drawn(frame).quantize(palette=palette, dither=Image.Dither.NONE) for frame in range(film.frames)]
    lasting = [round(1000 / _PER_SECOND)] * (film.frames - 1) + [round(1000 * _PAUSE / _PER_SECOND)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=lasting, loop=0)


def _palette(samples: Sequence[Image.Image]) -> Image.Image:
    """The 256 colours that occur most, exactly: a drawing has few, and shades between them."""
    pixels = np.concatenate([np.asarray(sample).reshape(-1, 3) for sample in samples]).astype(np.uint32)
    colors, often = np.unique(pixels @ np.array([1 << 16, 1 << 8, 1], np.uint32), return_counts=True)
    kept = colors[np.argsort(-often, kind="stable")[:256]]
    palette = Image.new("P", (1, 1))
    palette.putpalette([int(color >> shift & 255) for color in kept for shift in (16, 8, 0)])
    return palette


def _write_mp4(film: Film, path: Path, dpi: float) -> None:
    writer = FFMpegWriter(fps=_PER_SECOND)
    with writer.saving(film.figure, str(path), dpi):
        for frame in [*range(film.frames), *[film.frames - 1] * _PAUSE]:
            film.show(frame)
            writer.grab_frame()

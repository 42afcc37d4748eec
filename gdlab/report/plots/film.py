"""A figure that changes, as an animated GIF or an MP4."""

import tempfile
from pathlib import Path

from matplotlib.animation import AbstractMovieWriter, FFMpegWriter, PillowWriter

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
    writer: AbstractMovieWriter = PillowWriter(fps=_PER_SECOND) if kind == "gif" else FFMpegWriter(fps=_PER_SECOND)
    with sheet.styled(), quiet(), tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / f"film.{kind}"
        film.show(film.frames - 1)
        film.figure.draw_without_rendering()  # lays out once, so that nothing moves but what should
        film.figure.set_layout_engine("none")
        with writer.saving(film.figure, str(draft), DPI if sheet.dpi == PAPER.dpi else sheet.dpi):
            for frame in range(film.frames):
                film.show(frame)
                writer.grab_frame()
            for _ in range(_PAUSE):
                writer.grab_frame()
        replace(path.resolve(), draft.read_bytes())

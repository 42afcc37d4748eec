from pathlib import Path

import pytest
from matplotlib.animation import FFMpegWriter
from matplotlib.figure import Figure
from PIL import Image

from gdlab.errors import StoreError, UsageError
from gdlab.report.plots.film import film_format, save_film
from gdlab.report.plots.sheet import Film, Sheet


@pytest.fixture
def film():
    """A bar that grows over five frames."""
    figure = Figure(figsize=(2, 1))
    axes = figure.subplots()
    axes.set_xlim(0, 5)
    axes.set_ylim(0, 1)
    (line,) = axes.plot([], [], color="#d55e00", linewidth=9)
    return Film(figure, 5, lambda frame: line.set_data([0, frame + 1], [0.5, 0.5]))


def orange(image):
    return sum(count for count, color in image.convert("RGB").getcolors(1 << 20) if color == (0xD5, 0x5E, 0))


def test_every_frame_is_written_and_the_last_one_stays(film, tmp_path):
    save_film(film, tmp_path / "a.gif")
    with Image.open(tmp_path / "a.gif") as image:
        assert image.n_frames == 5
        assert image.size == (200, 100)
        areas, lasting = [], []
        for frame in range(5):
            image.seek(frame)
            areas.append(orange(image))
            lasting.append(image.info["duration"])
    assert areas == sorted(set(areas))
    assert areas[0] > 0
    assert lasting[-1] > 5 * lasting[0]


def test_dots_per_inch_can_be_chosen(film, tmp_path):
    save_film(film, tmp_path / "a.gif", Sheet(dpi=50))
    with Image.open(tmp_path / "a.gif") as image:
        assert image.size == (100, 50)


def test_another_ending_is_an_error():
    with pytest.raises(UsageError, match=r"must end in \.gif or \.mp4"):
        film_format(Path("a.png"))


def test_without_ffmpeg_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(FFMpegWriter, "isAvailable", classmethod(lambda cls: False))
    with pytest.raises(UsageError, match=r"needs the program ffmpeg.*apt install ffmpeg.*a \.gif needs nothing"):
        film_format(Path("a.mp4"))


def test_where_it_cannot_be_written_one_line_says_why(film, tmp_path):
    with pytest.raises(StoreError, match=r"cannot write .*gone/a\.gif"):
        save_film(film, tmp_path / "gone" / "a.gif")

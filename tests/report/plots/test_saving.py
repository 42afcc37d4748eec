from pathlib import Path

import pytest
from matplotlib.figure import Figure

from gdlab.errors import StoreError, UsageError
from gdlab.report.plots.saving import picture_format, save

MAGIC = {"png": b"\x89PNG\r\n\x1a\n", "svg": b"<?xml", "pdf": b"%PDF-"}


@pytest.fixture
def figure():
    figure = Figure()
    figure.subplots().plot([1, 2], [3, 4])
    return figure


@pytest.mark.parametrize("name", [*MAGIC, "PNG", "Svg"])
def test_the_ending_decides_the_format(figure, tmp_path, name):
    path = tmp_path / f"curves.{name}"
    save(figure, path)
    assert path.read_bytes().startswith(MAGIC[name.lower()])


@pytest.mark.parametrize("name", ["curves", "curves.jpg", ".png", "png", "curves.png.txt", "dir/"])
def test_another_ending_is_an_error_that_lists_what_is_allowed(name):
    with pytest.raises(UsageError, match=r"must end in \.png, \.svg or \.pdf$") as caught:
        picture_format(Path(name))
    assert str(Path(name)) in str(caught.value)


@pytest.mark.parametrize("kind", MAGIC)
def test_the_same_figure_gives_the_same_file(figure, tmp_path, kind):
    for name in "ab":
        save(figure, tmp_path / f"{name}.{kind}")
    assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()


def test_where_it_cannot_be_written_one_line_says_why_and_nothing_is_left(figure, tmp_path):
    with pytest.raises(StoreError, match=r"cannot write .*gone/curves\.png: No such file or directory$"):
        save(figure, tmp_path / "gone" / "curves.png")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_not_replaced(figure, tmp_path):
    (tmp_path / "curves.png").mkdir()
    with pytest.raises(StoreError, match=r"cannot write .*curves\.png: Is a directory$"):
        save(figure, tmp_path / "curves.png")
    assert [path.name for path in tmp_path.iterdir()] == ["curves.png"]


def test_what_was_there_stays_until_the_new_picture_is_whole(figure, tmp_path, monkeypatch):
    path = tmp_path / "curves.png"
    path.write_bytes(b"old")
    monkeypatch.setattr(Figure, "savefig", lambda *_, **__: (_ for _ in ()).throw(RuntimeError("half way")))
    with pytest.raises(RuntimeError, match="half way"):
        save(figure, path)
    assert path.read_bytes() == b"old"


def test_a_link_is_followed_and_stays_one(figure, tmp_path):
    target = tmp_path / "real.png"
    target.write_bytes(b"old")
    link = tmp_path / "curves.png"
    link.symlink_to(target)
    save(figure, link)
    assert link.is_symlink()
    assert target.read_bytes().startswith(MAGIC["png"])


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_letters_that_no_font_has_give_no_warning_but_a_note(tmp_path, kind):
    figure = Figure()
    figure.subplots().set_title("損失 \U000f0000\U000f0000 خسارة")
    (note,) = save(figure, tmp_path / f"curves.{kind}")
    assert note.startswith("no installed font has ")
    assert note.count(r"\U000f0000") == 1
    assert "drawn as boxes" in note


def test_letters_that_there_are_fonts_for_need_no_note(figure, tmp_path):
    assert save(figure, tmp_path / "curves.png") == []

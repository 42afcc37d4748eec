import pytest
from matplotlib.colors import to_hex

from gdlab.errors import UsageError
from gdlab.report.plots.curves import draw_curves
from gdlab.report.plots.looks import brightness
from gdlab.report.plots.saving import check_replaceable, save
from gdlab.report.plots.sheet import Sheet


@pytest.fixture
def draw(make_run, tmp_path):
    def draw(**choices):
        sheet = Sheet(**choices)
        run = make_run("g", "gd")
        figure = draw_curves([(run, run.curve())], sheet=sheet).figure
        save(figure, tmp_path / "a.png", sheet)
        return figure

    return draw


def test_on_dark_ground_all_is_light(draw):
    figure = draw(style="dark")
    (axes,) = figure.axes
    assert brightness(to_hex(axes.get_facecolor())) < 0.3
    light = [axes.lines[0].get_color(), axes.xaxis.label.get_color(), axes.get_legend().get_texts()[0].get_color()]
    assert all(brightness(to_hex(color)) > 0.6 for color in light)


def test_for_a_talk_letters_and_lines_are_larger(draw):
    paper, talk = draw().axes[0], draw(style="talk").axes[0]
    assert talk.xaxis.label.get_fontsize() > 1.4 * paper.xaxis.label.get_fontsize()
    assert talk.lines[0].get_linewidth() > paper.lines[0].get_linewidth()


@pytest.mark.parametrize("name", ["ggplot", "dark_background", "classic", "seaborn-v0_8-talk", "fast"])
def test_styles_of_matplotlib_can_be_taken(draw, name):
    draw(style=name)


def test_a_style_that_there_is_none_of_is_answered_with_those_there_are(draw):
    with pytest.raises(UsageError, match=r"unknown --style 'papre': did you mean 'paper'.*talk and dark.*ggplot"):
        draw(style="papre")


@pytest.mark.parametrize("title", ["Mine", "$x_1$ [red]", "", "損失"])
def test_the_title_is_drawn_as_it_is(draw, title):
    assert draw(title=title).get_suptitle() == title


def test_size_and_dots_are_those_of_the_file(draw, tmp_path):
    draw(size=(4, 3), dpi=50)
    from PIL import Image

    with Image.open(tmp_path / "a.png") as image:
        assert image.size == (200, 150)


@pytest.mark.parametrize(
    ("name", "content", "replaceable"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\nrest", True),
        ("a.png", b"", True),
        ("a.png", b"step,loss\n0,1\n", False),
        ("a.svg", b'<?xml version="1.0"?>\n<svg xmlns="x">', True),
        ("a.svg", b"<html>", False),
        ("a.pdf", b"%PDF-1.4", True),
        ("a.gif", b"GIF89a", True),
        ("a.gif", b"%PDF-1.4", False),
    ],
)
def test_only_a_picture_of_the_same_format_is_drawn_over(tmp_path, name, content, replaceable):
    path = tmp_path / name
    check_replaceable(path)
    path.write_bytes(content)
    if replaceable:
        check_replaceable(path)
    else:
        with pytest.raises(UsageError, match=r"exists and is no .* picture, so that it is left as it is"):
            check_replaceable(path)

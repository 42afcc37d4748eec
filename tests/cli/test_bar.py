import io

import pytest
from rich.console import Console

from gdlab.cli.bar import Bar, Line

NAME, STEP, LOSS, RATE, LEFT = "adam_xor", " 500/2000", "loss 1.2346e-7", "1.23e5 steps/s", "0:00:12"


@pytest.fixture
def shown(monkeypatch):
    """The line of a task that is a quarter done, on a terminal of some width."""

    def shown(width, name=NAME, total=2000, loss=1.23456e-7, speed=123456.7):
        console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
        bar = Bar(console=console)
        bar.add_task(name, total=total, completed=total // 4, loss=loss)
        (task,) = bar.tasks
        monkeypatch.setattr(type(task), "speed", speed)
        monkeypatch.setattr(type(task), "time_remaining", 12.0)
        console.print(Line(task))
        (line,) = console.file.getvalue().splitlines()
        assert len(line) <= width
        return line.rstrip()

    return shown


@pytest.mark.parametrize(
    ("width", "parts"),
    [
        (200, [NAME, "━", STEP, LOSS, RATE, LEFT]),
        (68, [NAME, "━", STEP, LOSS, RATE, LEFT]),
        (66, [NAME, STEP, LOSS, RATE, LEFT]),
        (56, [NAME, STEP, LOSS, RATE, LEFT]),
        (55, [NAME, STEP, LOSS, RATE]),
        (48, [NAME, STEP, LOSS, RATE]),
        (46, [STEP, LOSS, RATE]),
        (39, [STEP, LOSS, RATE]),
        (38, [STEP, LOSS, NAME]),
    ],
)
def test_what_there_is_no_room_for_goes_in_turn(shown, width, parts):
    line = shown(width)
    for part in (NAME, "━", STEP, LOSS, RATE, LEFT):
        assert (part.strip() in line) == (part in parts)


@pytest.mark.parametrize("width", range(4, 120))
@pytest.mark.parametrize("name", ["a", NAME, "x" * 100])
def test_no_number_is_cut_at_any_width(shown, width, name):
    words = shown(width, name).replace("━", " ").replace("╸", " ").replace("╺", " ").split()
    assert {*words} <= {name, "500", "500/2000", "loss", "1.2346e-7", "1.23e5", "steps/s", "0:00:12"}
    assert words[0] in (name, "500", "500/2000")


def test_a_bar_fills_what_is_left(shown):
    line = shown(100)
    assert len(line) == 100
    assert line.startswith(f"{NAME} ━")
    assert shown(100, "x" * 90).startswith("━"), "a name that does not fit leaves room for the bar"


def test_before_the_first_step_there_is_neither_loss_nor_rate(shown):
    line = shown(100, loss=None, speed=None)
    assert "loss" not in line
    assert "steps/s" not in line
    assert line.index(STEP) == shown(100).index(STEP), "nothing moves when they come"


def test_a_run_of_no_steps_has_a_line(shown):
    assert "0/0" in shown(100, total=0)

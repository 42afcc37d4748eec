import json
import math

import numpy as np
import pytest

from gdlab.report.detail import LOG_LINES, show, show_as_json

DETAILS = {
    "finished": "2026-11-24T21:36:03+00:00",
    "duration": 2.0,
    "host": "box",
    "versions": {"gdlab": "0.1.0", "numpy": "2.4.6"},
    "argv": ["gdlab", "run", "a b.yaml"],
    "exit": None,
}


@pytest.fixture
def shown(printed):
    def shown(run, config="lr: 1\n", log="", **options):
        return printed(show(run, run.curve(), config, log), **options)

    return shown


def test_everything_that_is_known_of_a_run_is_shown(make_run, shown):
    run = make_run(reason="the loss is at most 0.01", status="converged", details=DETAILS, summary={"accuracy": 0.75})
    text = shown(run, config="optimizer:\n  lr: 1e-2\n", log="first\nlast\n")
    assert text.splitlines()[:2] == [f"adam_xor  {run.id}", "converged: the loss is at most 0.01"]
    lines = [line.rstrip() for line in text.splitlines()]
    for line in [
        "  0.25 █▆▁ 0.01",
        "  3 rows, logarithmic",
        "  optimizer:",
        "    lr: 1e-2",
        "  final loss  0.01",
        "  accuracy    0.75",
        "  evaluations     21",
        "  reverse passes  20",
        "  seconds         0.5",
        f"  folder    runs/{run.id}",
        "  started   2026-11-24 21:36:01+00:00",
        "  duration  2 s",
        "  host      box",
        "  versions  gdlab 0.1.0, numpy 2.4.6",
        "  argv      gdlab run a b.yaml",
        "  last",
    ]:
        assert line in lines
    assert "exit" not in text


def test_titles_stand_in_the_order_of_interest(make_run, shown):
    lines = shown(make_run(), log="x").splitlines()
    titles = [line for line in lines[2:] if line and not line.startswith(" ")]
    assert titles == ["loss", "config", "summary", "cost", "surroundings", "log"]


def test_only_the_end_of_a_long_log_is_shown(make_run, shown):
    text = shown(make_run(), log="\n".join(f"line {i}." for i in range(LOG_LINES + 5)))
    assert f"log (the last {LOG_LINES} of {LOG_LINES + 5} lines)" in text
    assert "line 4." not in text
    assert "line 5." in text


def test_piped_nothing_is_wrapped_or_coloured(make_run, shown):
    text = shown(make_run(reason="because " * 100))
    assert f"max_steps: {'because ' * 100}".rstrip() in text
    assert "\x1b" not in text


@pytest.mark.parametrize("width", [20, 40, 80])
def test_on_a_terminal_every_line_fits(make_run, shown, width):
    run = make_run(reason="the loss became inf at step 37", details=DETAILS)
    text = shown(run, width=width, log="word " * 50)
    assert max(map(len, text.splitlines())) <= width
    assert "█" in text


def test_what_comes_from_outside_is_literal(make_run, shown):
    text = shown(make_run("[red]\x1b[31m", reason="no\x07"), config="name: '\x1b[31m'", log="\x1b]0;title\x07[bold]")
    assert "\x1b" not in text
    assert "\x07" not in text
    assert r"[red]\x1b[31m" in text
    assert r"\x1b]0;title\x07[bold]" in text


@pytest.mark.parametrize(
    ("loss", "told"),
    [
        ([0.5], "  0.5 ▁ 0.5"),
        ([1.0, 0.5, math.nan], "  1 █▁  nan"),
        ([math.nan, math.inf], "  no finite loss was logged"),
        ([-1e308, 1e308], "  -1e308 ▁█ 1e308"),
    ],
)
def test_every_curve_has_a_line(make_run, shown, loss, told):
    assert told in shown(make_run(loss=loss)).splitlines()


@pytest.mark.parametrize("curve", [{}, {"step": np.empty(0), "loss": np.empty(0)}])
def test_a_run_without_rows_has_none(make_run, shown, curve):
    run = make_run(loss=[], curve=curve)
    assert "\nloss\n" not in shown(run)


def test_a_terminal_without_unicode_gets_an_ascii_curve(make_run, shown):
    assert "0.25 #+_ 0.01" in shown(make_run(), ascii_only=True)


def test_json_has_the_config_as_it_is_and_the_numbers_raw(make_run):
    run = make_run(loss=[1.0, 1 / 3, -math.inf], details=DETAILS, key="abc")
    told = json.loads(show_as_json(run))
    assert told["config"] == run.config
    assert told["final_loss"] == "-inf"
    assert told["versions"] == DETAILS["versions"]
    assert (told["id"], told["status"], told["reason"], told["key"]) == (run.id, "max_steps", run.reason, "abc")

import json
import math
from datetime import timedelta

from gdlab.report.listing import list_as_json, list_runs


def test_the_list_shows_each_run_in_one_line(make_run, printed):
    runs = [make_run("gd_xor", status="diverged", loss=[1, 1e300], step=37), make_run("adam_xor", loss=[1, 0.25])]
    lines = printed(list_runs(runs, runs[0].started + timedelta(minutes=3))).splitlines()
    assert lines[0].split() == ["id", "name", "status", "step", "final", "loss", "started"]
    assert lines[2].split() == [runs[0].id, "gd_xor", "diverged", "37", "1e300", "3", "min", "ago"]
    assert lines[3].split() == [runs[1].id, "adam_xor", "max_steps", "20", "0.25", "2", "min", "ago"]


def test_on_a_narrow_terminal_id_and_outcome_stay(make_run, printed):
    run = make_run()
    text = printed(list_runs([run], run.started), width=42)
    assert run.id in text
    assert "max_steps" in text


def test_json_has_everything_but_the_curve(make_run):
    run = make_run(loss=[1, math.inf])
    (row,) = json.loads(list_as_json([run]))
    assert (row["id"], row["status"], row["final_loss"]) == (run.id, "max_steps", "inf")
    assert row["optimizer.lr"] == 0.1


def test_no_runs_are_an_empty_list():
    assert json.loads(list_as_json([])) == []

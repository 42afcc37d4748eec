import math
import subprocess
import sys

import pytest

from gdlab.errors import UsageError
from gdlab.store.flat import columns
from gdlab.store.frame import load_runs


def test_one_row_a_run_with_config_and_summary(make, root):
    xor = {"name": "xor", "hidden": [4, 2]}
    make("first", config={"problem": xor, "optimizer": {"name": "gd", "lr": 0.5}, "name": "first"}, tags=("a", "b"))
    make("second", config={"optimizer": {"name": "adam", "beta1": 0.9}, "name": "second"}, seed=7)
    frame = load_runs(root=root)
    assert frame["name"].tolist() == ["first", "second"]
    assert frame["seed"].tolist() == [3, 7]
    assert frame["optimizer"].tolist() == ["gd", "adam"]
    assert frame["optimizer.lr"][0] == 0.5
    assert math.isnan(frame["optimizer.lr"][1])
    assert frame["problem.hidden"][0] == (4, 2)
    assert frame["tags"][0] == ("a", "b")
    assert frame["problem"].isna().tolist() == [False, True]
    assert frame["final_loss"].tolist() == [1 / 21, 1 / 21]
    assert frame["started"].is_monotonic_increasing
    assert str(frame["started"].dt.tz) == "UTC"


def test_selectors_are_passed_on(make, root):
    make("first")
    make("second")
    assert load_runs("second", root=root)["name"].tolist() == ["second"]
    assert len(load_runs("first", "latest", root=root)) == 2
    assert len(load_runs(root)) == 2
    with pytest.raises(UsageError, match="did you mean 'second'"):
        load_runs("secnd", root=root)


def test_no_runs_make_an_empty_table(root):
    frame = load_runs(root=root)
    assert frame.empty
    assert tuple(frame.columns) == columns(())


def test_damaged_runs_are_named_in_one_warning(make, root):
    make()
    for name in ("b", "c"):
        (make(name) / "run.json").write_text("{")
    with pytest.warns(UserWarning, match="left out 2 damaged: .*-b-.*: run.json is not JSON.*-c-") as caught:
        assert len(load_runs(root=root)) == 1
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_a_name_in_the_summary_never_hides_the_run(begin, root):
    with begin("real", config={"name": "config"}) as writer:
        writer.finish("converged", 1, "", {"step": 99.0, "final_loss": 0.5})
    frame = load_runs(root=root)
    assert (frame["name"][0], frame["step"][0]) == ("real", 1)
    assert frame.columns.is_unique


def test_the_store_itself_does_not_load_pandas():
    rooms = "writer, selection, removal, frame"
    code = f"import sys; from gdlab.store import {rooms}; sys.exit('pandas' in sys.modules or 'yaml' in sys.modules)"
    path = "; ".join(f"sys.path.append({entry!r})" for entry in sys.path)
    assert subprocess.run([sys.executable, "-c", f"import sys; {path}; {code}"], check=False).returncode == 0

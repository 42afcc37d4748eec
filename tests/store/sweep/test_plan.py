"""The plan of a sweep comes back: the config of every cell, of which the common parts stand once."""

import pandas as pd
import pytest

from gdlab.errors import StoreError
from gdlab.store.sweep.plan import CELLS, CONFIGS, read_plan, write_plan


def test_every_config_comes_back(tmp_path, cells):
    assert write_plan(tmp_path, cells) == 6
    plan = read_plan(tmp_path)
    assert plan.keys == ("optimizer.lr",)
    for cell in cells:
        place = plan.places[cell.index]
        assert plan.config(place) == cell.data
        assert list(plan.config(place)) == list(cell.data)
        assert (plan.seeds[place], plan.hashes[place]) == (cell.seed, cell.key)
    assert plan.config(0)["optimizer"] is plan.config(1)["optimizer"]


def test_a_part_of_a_sweep_has_some_of_the_numbers(tmp_path, cells):
    write_plan(tmp_path, cells[1::3])
    plan = read_plan(tmp_path)
    assert dict(plan.places) == {1: 0, 4: 1}
    assert [plan.config(0), plan.config(1)] == [cells[1].data, cells[4].data]


def test_a_key_that_varies_only_late_is_known_from_the_start(tmp_path, cells):
    late = cells[5]
    cells[5] = type(late)(5, {"optimizer.lr": 0.001}, 1, late.key, {**late.data, "steps": 30})
    write_plan(tmp_path, cells)
    plan = read_plan(tmp_path)
    assert [plan.config(i)["steps"] for i in range(6)] == [20] * 5 + [30]


def test_people_and_pandas_read_the_cells(tmp_path, cells):
    write_plan(tmp_path, cells)
    table = pd.read_csv(tmp_path / CELLS)
    assert list(table.columns) == ["cell", "seed", "key", "optimizer.lr"]
    assert table["optimizer.lr"].tolist() == [0.1, 0.1, 0.01, 0.01, 0.001, 0.001]


def test_none_is_none(tmp_path, cells):
    assert read_plan(tmp_path) is None
    write_plan(tmp_path, cells)
    (tmp_path / CONFIGS).unlink()
    assert read_plan(tmp_path) is None


@pytest.mark.parametrize("name", [CELLS, CONFIGS])
@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"{}", b"cell,seed,key\r\n0,x,y\r\n", b"[1, 2]", b'{"common": 1}']
)
def test_a_damaged_plan_is_told(tmp_path, cells, name, content):
    write_plan(tmp_path, cells)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(StoreError, match=r"the plan of the sweep, cells.csv and configs.json, is damaged: "):
        read_plan(tmp_path)

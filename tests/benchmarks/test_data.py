"""What loading the user's table costs, beside `pandas.read_csv` on the same file."""

import time

import numpy as np
import pandas as pd
import pytest

from gdlab.errors import DataError
from gdlab.problems.data import DataFile, Digits

ROWS, COLUMNS = 210_000, 50
BYTES = 100_000_000
ROUNDS = 7


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """100 MB: 50 columns of numbers and a class that is text."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.standard_normal((ROWS, COLUMNS)).round(6), columns=[f"x{i}" for i in range(COLUMNS)])
    frame["kind"] = np.array(["ash", "beech", "cedar"])[rng.integers(0, 3, ROWS)]
    path = tmp_path_factory.mktemp("data") / "table.csv"
    frame.to_csv(path, index=False, float_format="%.6f")
    text = path.read_bytes()
    path.write_bytes(text + text[text.index(b"\n") + 1 :][: max(0, BYTES - len(text))].rsplit(b"\n", 1)[0] + b"\n")
    return path


def split(path, **fields):
    return DataFile(file=str(path), target="kind", **fields).split(np.random.default_rng(0))


def seconds(f):
    begin = time.perf_counter()
    f()
    return time.perf_counter() - begin


def test_a_table_loads_within_half_as_much_again_as_pandas_takes(path, capsys):
    """Alternating, the best of seven: parsed, checked, encoded and as one array of rows."""
    ours, bare = [], []
    for _ in range(ROUNDS):
        bare.append(seconds(lambda: pd.read_csv(path)))
        ours.append(seconds(lambda: split(path)))
    ratio = min(ours) / min(bare)
    size = path.stat().st_size / 1e6
    with capsys.disabled():
        print(f"\n{size:.0f} MB of CSV: {min(ours):.3f} s, pandas.read_csv {min(bare):.3f} s, ratio {ratio:.2f}")
    assert size >= 100
    assert ratio < 1.5


@pytest.mark.benchmark(group="100 MB of CSV")
def test_read_csv(benchmark, path):
    assert benchmark.pedantic(pd.read_csv, (path,), rounds=5, warmup_rounds=1).shape[1] == COLUMNS + 1


@pytest.mark.benchmark(group="100 MB of CSV")
def test_load(benchmark, path):
    assert len(benchmark.pedantic(split, (path,), rounds=5, warmup_rounds=1).train.classes) == 3


@pytest.mark.benchmark(group="100 MB of CSV")
def test_load_split_and_standardize(benchmark, path):
    found = benchmark.pedantic(split, (path,), {"test": 0.2, "standardize": True}, rounds=5, warmup_rounds=1)
    assert found.test is not None


@pytest.mark.benchmark(group="100 MB of CSV")
def test_find_text_in_the_last_row(benchmark, path, tmp_path):
    broken = tmp_path / "broken.csv"
    broken.write_bytes(path.read_bytes() + b"1," * (COLUMNS - 1) + b"q,ash\n")

    def refused():
        with pytest.raises(DataError, match="column 'x49' has 'q'"):
            split(broken)

    benchmark.pedantic(refused, rounds=1)


@pytest.mark.benchmark(group="digits")
def test_digits(benchmark):
    assert len(benchmark(lambda: Digits(test=0.25).split(np.random.default_rng(0))).train) == 1348

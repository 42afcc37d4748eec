import io
import json
import platform
import sys
import textwrap

import pytest

from gdlab.config.catalog import NAMED, entries
from gdlab.config.models import CHOICES
from gdlab.config.resolve import resolve_text
from gdlab.optimizers import OPTIMIZERS, Noise
from gdlab.optimizers.around import AVERAGES, KEYS

# arguments, exit code, what stands on standard output, and on standard error
TABLE = [
    (
        [],
        0,
        ["python " + platform.python_version(), "problems\n", "  xor ", "gradients\n", "optimizers\n", "/runs"],
        "",
    ),
    (["problems"], 0, ["quadratic ", "polynomial ", "xor "], ""),
    (["gradients"], 0, ["numeric ", "dual ", "reverse "], ""),
    (["optimizers"], 0, ["gd ", "coordinate "], ""),
    (["optimizer"], 0, ["gd ", "coordinate "], ""),
    (["optimizers", "adam"], 0, ["Kingma & Ba 2015", "beta1", "0.9", "a number ≥ 0 and < 1", "lecture  "], ""),
    (["adam"], 0, ["optimizer adam", "w ← w − lr·", "lr, beta1, beta2, eps and eps_root may follow one"], ""),
    (["adamw"], 0, ["clip_norm, clip_eps, clip_value, noise, restart and average, see gdlab info around"], ""),
    (["schedules"], 0, ["cosine ", "warmup "], ""),
    (["schedules", "cosine"], 0, ["schedule cosine", "Loshchilov & Hutter 2017", "schedule: cosine"], ""),
    (["problems", "quadratic"], 0, ["w² − 2w + 5", "4 at [1.0]", "Dillon 2019"], ""),
    (["problems", "polynomial"], 0, ["none, it falls for ever", "unbounded below"], ""),
    (["gradients", "numeric"], 0, ["forward, central, complex or richardson", "null", "2n"], ""),
    (["optimisers"], 2, [], "did you mean 'optimizers'? There are problems, data, gradients, optimizers, "),
    (["adm"], 2, [], "unknown list or name 'adm': did you mean 'adam'?"),
    (["optimizers", "adm"], 2, [], "unknown optimizer 'adm': did you mean 'adam'? There are gd, "),
    (["optimizers", "xor"], 2, [], "unknown optimizer 'xor'"),
    (["problem", "zzz"], 2, [], "unknown problem 'zzz': There are quadratic, "),
    (["optimisers", "adam"], 2, [], "unknown list 'optimisers': did you mean 'optimizers'? There are problems, "),
]


@pytest.mark.parametrize(("args", "code", "out", "err"), TABLE, ids=[" ".join(case[0]) or "all" for case in TABLE])
def test_info(gdlab, args, code, out, err):
    result = gdlab("info", *args)
    assert result.code == code
    assert all(text in result.out for text in out)
    assert err in result.err
    assert bool(result.err) == bool(err)


def test_every_list_has_one_line_for_each(gdlab):
    for kind, records in NAMED.items():
        if kind == "around":
            continue
        listed, _, more = gdlab("info", kind).out.partition("\n\n")
        lines = listed.splitlines()
        assert bool(more) == (kind == "optimizer")
        written = ["formula", "file"] if kind == "problem" else []
        assert [line.split()[0] for line in lines] == [*records, *written]


def test_what_goes_around_is_a_page_of_its_own(gdlab):
    assert "gdlab info around" in gdlab("info", "optimizers").out
    text = gdlab("info", "around").out
    rows = {line.split()[0]: line for line in reversed(text.splitlines()) if line.startswith("  ")}
    assert set(KEYS) <= set(rows)
    assert "a number > 0: longest gradient" in rows["clip_norm"]
    assert "coupled or decoupled" in rows["decay"]
    assert {"variance", "start"} <= set(rows)
    for rule in (Noise.formula, *(average.formula for average in AVERAGES.values())):
        assert rule in text
    assert "schedule: cosine" in text
    assert "8  The new point enters the average." in text


@pytest.mark.parametrize("kind", NAMED)
def test_each_can_be_asked_for(gdlab, kind):
    for name in NAMED[kind]:
        result = gdlab("info", kind, name)
        assert result.code == 0
        assert result.out.startswith(f"{kind} {name}\n")
        assert not any(line.endswith(" ") for line in result.out.splitlines())


def test_json_has_the_same(gdlab):
    overview = json.loads(gdlab("info", "--json").out)
    assert overview["versions"]["python"] == platform.python_version()
    assert overview["optimizers"] == list(CHOICES["optimizer"])
    listed = json.loads(gdlab("info", "optimizers", "--json").out)
    assert [entry["name"] for entry in listed] == list(CHOICES["optimizer"])
    adam = json.loads(gdlab("info", "adam", "--json").out)
    assert adam in listed
    assert {"name": "lr", "default": "0.001", "allowed": "a number > 0", "doc": "step size"} in adam["settings"]


@pytest.mark.parametrize("kind", NAMED)
def test_the_sample_of_each_is_a_config(gdlab, tmp_path, kind):
    (tmp_path / "my_problem.py").write_text("def my_loss(w):\n    return w @ w\n")
    (tmp_path / "table.csv").write_text("x,species\n" + "1,a\n2,b\n" * 10)
    every = entries(kind)
    for entry in every:
        path = tmp_path / f"{entry.name}.yaml"
        path.write_text(entry.sample)
    result = gdlab("validate", *sorted(tmp_path.glob("*.yaml")))
    assert (result.code, result.err) == (0, "")
    assert result.out.count("ok  ") == len(every)


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_fits_the_terminal_and_cuts_no_word(monkeypatch, gdlab, columns):
    wide = gdlab("info", "adam").out
    for name, value in {"COLUMNS": str(columns), "NO_COLOR": "1", "TERM": "xterm"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", terminal := Terminal())
    gdlab("info", "adam")
    narrow = terminal.getvalue().replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert max(map(len, narrow.splitlines())) <= columns
    assert narrow.split() == wide.split()


def test_the_sample_of_what_goes_around_is_a_config_with_nearly_all_of_it(gdlab):
    sample = textwrap.dedent(gdlab("info", "around").out.partition("Sample\n")[2])
    optimizer = resolve_text(sample).data["optimizer"]
    assert set(KEYS) - set(optimizer) == {"clip_value"}


def test_what_is_always_refused_is_not_listed(gdlab):
    def around(name):
        (line,) = (line for line in gdlab("info", name).out.splitlines() if line.startswith("  around it"))
        return line.partition("around it")[2].strip().removesuffix(", see gdlab info around")

    assert around("coordinate") == "weight_decay, restart and average"
    assert around("newton_cg") == "weight_decay and average"
    assert "restart" not in around("gd")
    assert "clip_norm" in around("bb")  # without its search


def test_variants_have_their_rules(gdlab):
    for name, kind in OPTIMIZERS.items():
        text = textwrap.dedent(gdlab("info", "optimizers", name).out)
        for variant, rule in kind.formulas.items():
            assert f"Rule of variant {variant}\n" + textwrap.indent(rule, "  ") in text


OWN = """from dataclasses import dataclass
from typing import Annotated

from annotated_types import Gt

import gdlab

@dataclass(frozen=True)
class Mine(gdlab.Optimizer):
    \"\"\"A rule of one's own.

    It is short.
    \"\"\"

    formula = "w ← w − lr·g"

    c: Annotated[float, Gt(0), "how far"]
    lr: float = 0.1

    def init(self, w):
        return None

    def step(self, objective, w, state):
        return w - self.lr * objective.gradient(w), None
"""


@pytest.mark.parametrize("name", ["mine.py:Mine", "mine.py"])
def test_an_optimizer_of_ones_own_is_described(gdlab, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(OWN, "utf-8")
    text = gdlab("info", "optimizers", name).out
    assert text.startswith("optimizer Mine\nA rule of one's own\nIt is short.\n")
    for part in ("w ← w − lr·g", "a number > 0: how far", "ranges", "Annotated[float, Gt(0)]"):
        assert part in text
    (tmp_path / "sample.yaml").write_text(textwrap.dedent(text.partition("Sample\n")[2]))
    assert gdlab("validate", "sample.yaml").code == 0


def test_a_file_that_is_not_there_is_told(gdlab, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = gdlab("info", "optimizers", "mine.py:Mine")
    assert (result.code, result.out) == (2, "")
    assert "mine.py cannot be read" in result.err

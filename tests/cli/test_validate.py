import pytest

from gdlab.optimizers.around import KEYS


@pytest.fixture(autouse=True)
def _configs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.yaml").write_text("problem: quadratic\noptimizer: {name: gd, lr: 1e-2}\nsteps: 7\n")
    (tmp_path / "named.yaml").write_text("name: other\nproblem: xor\noptimizer: adam\ngradient: dual\n")
    (tmp_path / "bad.yaml").write_text("problem: xor\noptimizer: {name: gd, lrr: 0.1}\nsteps: true\n")
    (tmp_path / "worse.yaml").write_text("- 1\n")
    (tmp_path / "esc\x1b[31m[red].yaml").write_text("problem: quadratic\noptimizer: gd\n")


OF_GD = ", ".join(["lr", *(key for key in KEYS if key != "restart")])  # there is no state that could begin anew
BAD = f"""\
bad.yaml:2:23: unknown key 'lrr' of optimizer 'gd'
  2 | optimizer: {{name: gd, lrr: 0.1}}
    |                       ^^^ did you mean 'lr'? It has: {OF_GD}
bad.yaml:3:8: steps cannot be true
  3 | steps: true
    |        ^^^^ it must be a whole number ≥ 0
"""

# arguments, exit code, standard output, standard error
TABLE = [
    (["good.yaml"], 0, "ok  good.yaml  good: quadratic, reverse, gd, 7 steps\n", ""),
    (
        ["good.yaml", "named.yaml"],
        0,
        "ok  good.yaml  good: quadratic, reverse, gd, 7 steps\nok  named.yaml  other: xor, dual, adam, 1000 steps\n",
        "",
    ),
    (["good.yaml", "--set", "steps=1E3"], 0, "ok  good.yaml  good: quadratic, reverse, gd, 1000 steps\n", ""),
    (["bad.yaml"], 2, "", BAD),
    (["good.yaml", "bad.yaml"], 2, "", BAD),
    (
        ["bad.yaml", "--set", "optimizer=gd", "--set", "steps=5"],
        0,
        "ok  bad.yaml  bad: xor, reverse, gd, 5 steps\n",
        "",
    ),
    (
        ["good.yaml", "--set", "optimizer.lrr=1"],
        2,
        "",
        f"--set optimizer.lrr=1: unknown key 'lrr' of optimizer 'gd' (did you mean 'lr'? It has: {OF_GD})\n",
    ),
    (["."], 2, "", ".: is a folder, not a file (name its files, as in *.yaml)\n"),
    (["god.yaml"], 2, "", "god.yaml: no such file (did you mean 'good.yaml'?)\n"),
    (
        ["esc\x1b[31m[red].yaml"],
        0,
        "ok  esc\\x1b[31m[red].yaml  esc-31m-red: quadratic, reverse, gd, 1000 steps\n",
        "",
    ),
]


@pytest.mark.parametrize(("args", "code", "out", "err"), TABLE, ids=[" ".join(case[0]) for case in TABLE])
def test_validate(gdlab, args, code, out, err):
    result = gdlab("validate", *args)
    assert (result.code, result.out, result.err) == (code, out, err)


def test_tells_the_faults_of_all_files(gdlab):
    result = gdlab("validate", "worse.yaml", "bad.yaml", "missing.yaml")
    assert result.code == 2
    assert [line for line in result.err.splitlines() if ".yaml" in line.split(":")[0]] == [
        "worse.yaml:1:1: a config is a mapping of keys, not a list",
        "bad.yaml:2:23: unknown key 'lrr' of optimizer 'gd'",
        "bad.yaml:3:8: steps cannot be true",
        "missing.yaml: no such file",
    ]


def test_writes_nothing(gdlab, tmp_path):
    before = sorted(tmp_path.iterdir())
    gdlab("validate", "good.yaml", "bad.yaml")
    assert sorted(tmp_path.iterdir()) == before

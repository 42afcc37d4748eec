"""Problems in a config: formulas, files of the user's own, and the data of networks, with every fault at its place."""

import hashlib
from pathlib import Path

import pytest

from gdlab.config.dump import dump
from gdlab.config.resolve import resolve, resolve_data, resolve_text
from gdlab.errors import ConfigError
from gdlab.problems import MLP
from gdlab.problems.data import DataFile, Moons
from gdlab.problems.formula import Formula
from gdlab.problems.start import Range
from gdlab.store.key import key

OWN = """\
import numpy as np

def my_loss(w, factor=2):
    return factor * np.sum(w**2)

def branching(w):
    return w[0] if w[0] > 0 else -w[0]
"""
TABLE = "length,width,species\n" + "1,2,a\n3,5,b\n2,2,a\n4,5,b\n" * 5


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "my_problem.py").write_text(OWN)
    (tmp_path / "table.csv").write_text(TABLE)
    (tmp_path / "bad.csv").write_text("length,species\n1,a\noops,b\n")
    return tmp_path


def read(folder, problem, rest="optimizer: gd\n"):
    path = folder / "a.yaml"
    path.write_text(f"problem: {problem}\n{rest}")
    return resolve(path)


READ = [
    ("{formula: x**2*y + y + 2, start: {x: 3, y: 4}}", Formula("x**2*y + y + 2", {"x": 3, "y": 4})),
    (
        "{name: formula, formula: 'sum((w - c)**2)', start: {w: {from: -1, to: 1, size: 2}}, constants: {c: [1, 2]}}",
        Formula("sum((w - c)**2)", {"w": Range(-1, 1, 2)}, {"c": [1, 2]}),
    ),
    ("{formula: x**2, start: {x: 1}, infimum: 0}", Formula("x**2", {"x": 1}, infimum=0.0)),
    ("{name: mlp, data: moons}", MLP(data=Moons())),
    ("{name: mlp, data: {name: moons, rows: 50, test: 0.2}}", MLP(data=Moons(rows=50, test=0.2))),
]


@pytest.mark.parametrize(("text", "expected"), READ, ids=[case[0] for case in READ])
def test_reads(folder, text, expected):
    assert read(folder, text).experiment.problem == expected


ROUND = [
    *(case[0] for case in READ),
    "{file: my_problem.py, name: my_loss, start: [1, 2], factor: 3}",
    "{file: my_problem.py, name: my_loss, start: {from: -1, to: 1, size: 3}, infimum: 0}",
    "{name: mlp, data: {file: table.csv, target: species, test: 0.2, standardize: true}}",
]


@pytest.mark.parametrize("text", ROUND)
def test_what_is_stored_gives_the_same_experiment_from_anywhere(folder, text, tmp_path_factory, monkeypatch):
    resolved = read(folder, text)
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    again = resolve_text(dump(resolved.data))
    assert (again.experiment.problem, again.data["problem"]) == (resolved.experiment.problem, resolved.data["problem"])
    assert resolve_data(resolved.data).experiment.problem == resolved.experiment.problem


def test_the_path_of_data_goes_from_the_config(folder):
    data = read(folder, "{name: mlp, data: {file: table.csv, target: species}}").experiment.problem.data
    assert data == DataFile(file=str(folder / "table.csv"), target="species").identified()


# the problem, what is underlined, message and hint of the one fault
ONE = [
    ("{formula: x**2 + foo, start: {x: 1}}", "foo", "'foo' has no start and is no constant", "start: {foo: 1}"),
    ('{formula: "x**2 + sn(x)", start: {x: 1}}', "sn", "unknown function 'sn'", "did you mean 'sin'?"),
    (
        "{formula: rate*x**rat, start: {x: 1}, constants: {rat: 2}}",
        "rate",
        "'rate' has no start",
        "did you mean 'rat'?",
    ),
    ("{formula: 'x**2 +', start: {x: 1}}", "+", "this cannot be read as a formula", ""),
    ("{formula: w - 1, start: {w: [1, 2]}}", "w - 1", "the formula gives 2 numbers", "write sum(…) or mean(…)"),
    ("{formula: x**2}", "problem", "the formula needs a start", "such as start: {x: 1}"),
    ("{formula: x**2, start: {x: 1, yy: 2}}", "yy", "yy does not occur in the formula", "It has: x"),
    ("{formula: x**2, start: {x: one}}", "one", "start.x cannot be 'one'", "it must be a number, a list of numbers"),
    ("{formula: sum(x), start: {x: [1, one]}}", "one", "start.x[1] cannot be 'one'", "it must be a number"),
    ("{formula: x, start: {x: {form: 1, from: 0, to: 1}}}", "form", "unknown key 'form' of the range", "'from'"),
    ("{formula: x*pi, start: {x: 1}, constants: {pi: 3}}", "pi", "pi stands for 3.1416", "choose another name"),
    ("{formula: x, start: {x: 1}, name: xor}", "name", "a problem has a formula or a name, not both", ""),
    ("{formula: x, start: {x: 1}, infinum: 0}", "infinum", "unknown key 'infinum' of the formula", "'infimum'"),
    ("{formula: 5, start: {x: 1}}", "5", "formula cannot be 5", "it must be text"),
    ("{file: my_problem.py, name: my_los, start: [1]}", "my_los", "has no function 'my_los'", ""),
    ("{file: no.py, start: [1]}", "no.py", "no.py cannot be read: there is no such file", ""),
    ("{file: my_problm.py, start: [1]}", "my_problm.py", "did you mean my_problem.py?", ""),
    ("parity", "parity", "'parity' is a data set, not a problem", "{name: mlp, data: parity}"),
    ("{name: moons}", "moons", "'moons' is a data set, not a problem", "{name: mlp, data: moons}"),
    ("{file: my_problem.py, name: my_loss, start: [1, a]}", "a", "start[1] cannot be 'a'", "it must be a number"),
    ("{file: my_problem.py, name: my_loss, start: [1], facto: 3}", "facto", "unknown key 'facto'", "'factor'"),
    (
        "{file: my_problem.py, name: my_loss, start: [1], factor: x}",
        "x",
        "factor of problem 'my_loss' cannot be 'x'",
        "",
    ),
    ("{file: my_problem.py, name: my_loss}", "problem", "my_loss needs 'start'", ""),
    ("{file: my_problem.py, name: my_loss, start: [1], sha256: ab}", "ab", "is not what it was", "leave sha256"),
    ("{name: mlp, data: mons}", "mons", "unknown data set 'mons'", "did you mean 'moons'?"),
    ("{name: mlp, data: {name: moons, nois: 1}}", "nois", "unknown key 'nois' of data 'moons'", "'noise'"),
    ("{name: mlp, data: {name: moons, rows: 0}}", "0", "rows of data 'moons' cannot be 0", ""),
    ("{name: mlp, data: {rows: 5}}", "data", "data has no 'name'", "There are: xor"),
    ("{name: mlp, data: 5}", "5", "data set cannot be 5", "There are: xor"),
    ("{name: mlp, data: {file: tabel.csv, target: species}}", "tabel.csv", "tabel.csv", ""),
    ("{name: mlp, data: {file: bad.csv, target: species}}", "bad.csv", "column 'length' has 'oops'", ""),
    ("{name: mlp, data: {file: table.csv, target: kind}}", "table.csv", "there is no column 'kind'", ""),
]


@pytest.mark.parametrize(("text", "underlined", "message", "hint"), ONE, ids=[case[0] for case in ONE])
def test_one_fault(folder, text, underlined, message, hint):
    with pytest.raises(ConfigError) as caught:
        read(folder, text)
    (fault,) = caught.value.faults
    assert message in fault.message
    assert hint in fault.hint
    assert fault.line == 1
    assert fault.text[fault.column - 1 :][: fault.length] == underlined


def test_all_faults_come_at_once(folder):
    with pytest.raises(ConfigError) as caught:
        read(folder, "{formula: x + foo, start: {x: a}, infimum: b}", "optimizer: {name: gd, lr: -1}\n")
    assert len(caught.value.faults) == 4


def test_a_formula_over_several_lines_is_quoted(folder):
    with pytest.raises(ConfigError) as caught:
        read(folder, "\n  formula: >-\n    x**2\n    + foo\n  start: {x: 1}")
    (fault,) = caught.value.faults
    assert fault.message == "'foo' has no start and is no constant, at character 8 of the formula: foo"
    assert fault.line == 2


def test_a_formula_may_be_set_from_the_command_line(folder):
    path = folder / "a.yaml"
    path.write_text("problem: {formula: x**2, start: {x: 1}}\noptimizer: gd\n")
    assert resolve(path, ["problem.formula=x**4", "problem.start.x=2"]).experiment.problem == Formula("x**4", {"x": 2})
    with pytest.raises(ConfigError, match=r"--set problem.formula=x\*foo: 'foo' has no start .* at character 3"):
        resolve(path, ["problem.formula=x*foo"])


# the rest of a config, what is underlined in its last line, and the message
APART = [
    ("rosenbrock", "optimizer: adam\nbatch: {size: 5}", "batch", "has no rows of data"),
    (
        "{name: mlp, data: moons}",
        "optimizer: adam\nbatch: {size: 500}",
        "500",
        "size = 500 is not allowed, the data have 200",
    ),
    (
        "{name: styblinski_tang}",
        "optimizer: {name: gauss_newton}",
        "optimizer",
        "needs a loss that is a sum of squares",
    ),
    (
        "{name: mlp, data: moons}",
        "optimizer: adam\nbatch: {shards: 500}",
        "500",
        "shards = 500 is not allowed, there are 200 rows to share out",
    ),
    ("styblinski_tang", "optimizer: gauss_newton", "gauss_newton", "needs a loss that is a sum of squares"),
]


@pytest.mark.parametrize(("problem", "rest", "underlined", "message"), APART, ids=[case[1] for case in APART])
def test_what_does_not_go_together_is_shown_at_its_place(folder, problem, rest, underlined, message):
    with pytest.raises(ConfigError) as caught:
        read(folder, problem, rest)
    (fault,) = caught.value.faults
    assert message in fault.message
    assert fault.text == rest.splitlines()[-1]
    assert fault.text[fault.column - 1 :][: fault.length] == underlined


def test_what_the_data_do_not_allow_is_shown_at_the_key_that_asks_for_it(folder):
    with pytest.raises(ConfigError) as caught:
        read(folder, "{name: mlp, data: iris, criterion: hinge}")
    (fault,) = caught.value.faults
    assert "for which there are squared, huber," in fault.message
    assert fault.text[fault.column - 1 :][: fault.length] == "hinge"
    with pytest.raises(ConfigError) as caught:
        read(folder, "{name: perceptron, data: iris}")
    (fault,) = caught.value.faults
    assert fault.text[fault.column - 1 :][: fault.length] == "iris"


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        ("{formula: x**2, start: {x: 1}, infimum: 5}", "the formula is 1 at its start, below its infimum = 5"),
        ("{name: mlp, data: xor, init: zeros}", "all hidden units begin alike and stay so"),
    ],
)
def test_what_cannot_be_meant_is_a_warning(folder, problem, message):
    (warning,) = read(folder, problem).warnings
    assert message in warning.message


@pytest.mark.parametrize(
    "problem",
    [
        "{formula: x**2, start: {x: 1}, infimum: 0}",
        "{formula: x**2, start: {x: 0}, infimum: 0}",
        "{name: mlp, data: xor, init: zeros, hidden: []}",
        "{name: mlp, data: xor}",
    ],
)
def test_nothing_is_said_of_what_can_be_meant(folder, problem):
    assert read(folder, problem).warnings == ()


def test_a_loss_that_the_method_cannot_take_is_shown_at_its_own_line(folder):
    with pytest.raises(ConfigError) as caught:
        read(folder, "{file: my_problem.py, name: branching, start: [1]}")
    (fault,) = caught.value.faults
    assert (Path(fault.source).name, fault.line) == ("my_problem.py", 7)
    assert "numeric" in fault.hint
    read(folder, "{file: my_problem.py, name: branching, start: [1]}", "gradient: numeric\noptimizer: gd\n")


def test_no_code_runs_unless_the_config_names_the_file(folder):
    (folder / "my_problem.py").write_text(f"open({str(folder / 'ran')!r}, 'w').close()\n")
    with pytest.raises(ConfigError, match="unknown problem 'my_loss'"):
        read(folder, "my_loss")
    assert not (folder / "ran").exists()
    with pytest.raises(ConfigError, match="defines no function"):
        read(folder, "{file: my_problem.py}")
    assert (folder / "ran").exists()


DATA = "{name: mlp, data: {file: table.csv, target: species}}"


def test_a_config_on_data_that_have_changed_is_another(folder):
    before = read(folder, DATA)
    table = folder / "table.csv"
    table.write_text(table.read_text().replace("3,5,b", "3,6,b", 1))
    after = read(folder, DATA)
    assert key(before.data) != key(after.data)
    with pytest.raises(ConfigError, match=r"table.csv is not what it was, its hash has changed"):
        resolve_text(dump(before.data))


def test_the_hash_of_data_is_that_of_the_file(folder):
    known = hashlib.sha256((folder / "table.csv").read_bytes()).hexdigest()
    assert read(folder, DATA).data["problem"]["data"]["sha256"] == known


def test_a_file_is_read_once_for_a_look_and_a_run(folder, monkeypatch):
    times = []
    read_file = DataFile.read
    monkeypatch.setattr(DataFile, "read", lambda data: times.append(data.file) or read_file(data))
    for seed in (0, 1):
        for test in (0, 0.4):
            data = f"{{file: table.csv, target: species, test: {test}, standardize: true}}"
            experiment = read(folder, f"{{name: mlp, data: {data}}}", f"optimizer: gd\nseed: {seed}\n").experiment
            experiment.drawn()
    assert len(times) == 1
    table = folder / "table.csv"
    table.write_text(table.read_text() + table.read_text().splitlines()[-1] + "\n")
    read(folder, DATA).experiment.drawn()
    assert len(times) == 2

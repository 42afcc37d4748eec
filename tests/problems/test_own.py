"""Problems from a user's own file: functions, functions on rows, factories and classes."""

import sys

import numpy as np
import pytest

from gdlab.config.data import problem_data
from gdlab.errors import OwnCodeError, ParameterError, UsageError
from gdlab.problems import PROBLEMS
from gdlab.problems.own import load_problem

GOOD = '''
import gdlab
import numpy as np
from dataclasses import dataclass
from typing import Annotated
from annotated_types import Ge

X = np.linspace(-1, 1, 20)
Y = X**3

def bowl(w):
    """A bowl."""
    return (w[0] - 1) ** 2 + 10 * (w[1] + 2) ** 2

def scaled(w, factor=2, shift=0.0):
    return factor * np.sum((w - shift) ** 2)
scaled.start = [3, 4]
scaled.infimum = 0.0

def line(w, rows):
    x, y = gdlab.take_rows(X, rows), gdlab.take_rows(Y, rows)
    return np.mean((w[0] + w[1] * x - y) ** 2)

def poly(degree: Annotated[int, Ge(1)] = 3):
    table = np.vander(X, degree + 1)
    def loss(w, rows):
        return np.mean((gdlab.take_rows(table, rows) @ w - gdlab.take_rows(Y, rows)) ** 2)
    loss.start = lambda rng: rng.normal(size=degree + 1)
    loss.rows = len(X)
    return loss

@dataclass(frozen=True)
class Wave(gdlab.Problem):
    length: Annotated[float, Ge(1), "of a wave"] = 2.0

    def loss(self, w, rows=None):
        return np.sum(1 - np.cos(w / self.length))

    def initial(self, rng):
        return np.ones(2)
'''


@pytest.fixture
def write(tmp_path):
    """Write a file and tell where it is."""

    def write(text=GOOD, name="mine.py"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def rng():
    return np.random.default_rng(2)


def test_a_function_of_one_array(write):
    problem = load_problem(write(), "bowl")(start=[1, 2])
    assert (problem.name, problem.summary(), problem.dim, problem.rows) == ("bowl", "A bowl", 2, 0)
    assert problem.loss(problem.initial(rng())) == 160.0
    with pytest.raises(ParameterError, match=r"bowl needs 'start', such as start: \[1, 2\]"):
        load_problem(write(), "bowl")()


def test_a_start_may_be_drawn_from_a_range(write):
    problem = load_problem(write(), "bowl")(start={"from": -1, "to": 1, "size": 2})
    np.testing.assert_array_equal(problem.initial(rng()), rng().uniform(-1, 1, 2))


def test_what_has_a_default_is_set_by_the_config_and_the_function_may_know_its_start(write):
    kind = load_problem(write(), "scaled")
    assert [p.name for p in kind.parameters()] == ["start", "rows", "infimum", "factor", "shift"]
    assert (kind().loss(kind().initial(rng())), kind().infimum) == (50.0, 0.0)
    assert kind(factor=0.5, shift=1.0).loss(np.array([3.0, 4.0])) == 6.5


def test_rows_are_all_of_them_or_those_of_a_minibatch(write):
    problem = load_problem(write(), "line")(start=[0, 0], rows=20)
    x = np.linspace(-1, 1, 20)
    w = np.array([0.5, 2.0])
    assert problem.loss(w) == pytest.approx(np.mean((0.5 + 2 * x - x**3) ** 2))
    part = np.array([3, 4])
    assert problem.loss(w, part) == pytest.approx(np.mean((0.5 + 2 * x[part] - x[part] ** 3) ** 2))
    with pytest.raises(ParameterError, match="takes rows, so say how many there are, as in rows: 100"):
        load_problem(write(), "line")(start=[0, 0])
    with pytest.raises(ParameterError, match="the function takes no rows"):
        load_problem(write(), "bowl")(start=[0, 0], rows=3)


def test_a_factory_makes_the_loss_from_its_parameters(write):
    problem = load_problem(write(), "poly")(degree=4)
    assert (problem.dim, problem.rows) == (5, 20)
    np.testing.assert_array_equal(problem.initial(rng()), rng().normal(size=5))
    assert problem.loss(np.array([0.0, 1.0, 0.0, 0.0, 0.0])) == pytest.approx(0)
    assert load_problem(write(), "poly").parameters()[-1].range == "≥ 1"
    with pytest.raises(ParameterError, match="degree = 0 is not allowed, it must be a whole number ≥ 1"):
        load_problem(write(), "poly")(degree=0)


def test_a_class_is_a_problem_like_a_built_in_one(write):
    kind = load_problem(write(), "Wave")
    assert (kind.name, kind.origin.name, kind().loss(np.zeros(2))) == ("Wave", "Wave", 0.0)
    with pytest.raises(ParameterError, match=r"Wave: length = 0\.5 is not allowed"):
        kind(length=0.5)


def test_equal_problems_are_equal(write):
    assert load_problem(write(), "scaled")(factor=3) == load_problem(write(), "scaled")(factor=3)
    assert load_problem(write(), "scaled")(factor=3) != load_problem(write(), "scaled")()


FILES = [
    ("", "f", "has no 'f': it defines no function"),
    ("", "", "defines no function that could be meant"),
    ("def f(w): return 0.0\ndef g(w): return 1.0", "", "say which with name. There are f and g"),
    ("def my_loss(w): return 0.0", "my_los", "did you mean 'my_loss'?"),
    ("f = 5", "f", "has f, but it is int 5"),
    ("import numpy as np", "np", "has np, but it is the module numpy, neither"),
    ("class F: pass", "F", "not derived from gdlab.Problem"),
    ("import gdlab\nclass F(gdlab.Problem):\n    pass", "F", "must define loss(self, w, rows=None)"),
    ("def f(x, y): return x + y", "f", "takes x and y; a loss takes one array"),
    ("def f(w, start=1): return 0.0", "f", "a parameter cannot be called 'start'"),
    ("def f(w, c=object()): return 0.0", "f", "the default of 'c' is no number, text"),
    ("def f(w, s=2.0, /): return s * w[0]", "f", "'s' stands before the / of its parameters"),
    ("def f(w, rows, /): return w[0]", "f", "'rows' stands before the / of its parameters"),
    ("async def f(w): return w[0]", "f", "is async; a loss is a plain function"),
    ("def f(w): yield w[0]", "f", "yields; a loss is a plain function"),
    ("from gdlab import Rosenbrock", "Rosenbrock", "only imports the problem Rosenbrock: leave out file"),
    ("f = type", "f", "not derived from gdlab.Problem"),
]


@pytest.mark.parametrize(("text", "name", "message"), FILES, ids=[case[2] for case in FILES])
def test_says_what_a_file_lacks(write, text, name, message):
    with pytest.raises(UsageError) as error:
        load_problem(write(text + "\n"), name)
    assert "mine.py" in str(error.value)
    assert message in str(error.value)


@pytest.mark.parametrize("name", ["random.py", "numpy.py", "gdlab.py"])
def test_no_module_is_shadowed(write, name):
    before, path = dict(sys.modules), list(sys.path)
    load_problem(write(GOOD, name), "bowl")
    assert all(sys.modules[key] is module for key, module in before.items())
    assert sys.path == path


@pytest.mark.parametrize(
    ("made", "message"), [("5", "it returned int 5"), ("None", "it returned None"), ("1 / 0", "ZeroDivisionError")]
)
def test_a_factory_that_makes_no_loss(write, made, message):
    kind = load_problem(write(f"def make(n=3):\n    return {made}\n"), "make")
    with pytest.raises((UsageError, OwnCodeError), match=message):
        kind(start=[1])


def test_a_problem_that_a_file_imports_stays_what_it_is(write):
    file = write("from gdlab import Rosenbrock\nclass Mine(Rosenbrock):\n    pass\n")
    with pytest.raises(UsageError):
        load_problem(file, "Rosenbrock")
    assert PROBLEMS["rosenbrock"].origin is None
    assert load_problem(file).origin.name == "Mine"


def test_a_class_and_one_derived_from_it_are_told_apart(write):
    derived = "\n@dataclass(frozen=True)\nclass Longer(Wave):\n    power: float = 2.0\n"
    file = write(GOOD + derived)
    for order in (("Wave", "Longer"), ("Longer", "Wave")):
        for name in order:
            kind = load_problem(file, name)
            assert (kind.origin.name, problem_data(kind())["name"]) == (name, name)


def test_a_neighbour_that_is_imported_is_not_found_and_it_says_why(write):
    write("k = 1\n", "helper.py")
    with pytest.raises(OwnCodeError, match=r"only mine.py itself is loaded: write what it needs of helper into it"):
        load_problem(write("import helper\ndef f(w):\n    return w[0]\n"), "f")


def test_a_factory_that_makes_no_loss_is_shown_where_it_returns(write):
    with pytest.raises(OwnCodeError) as error:
        load_problem(write("def make(n=3):\n    x = n\n    return x\n"), "make")(start=[1])
    assert (error.value.fault.line, error.value.fault.text) == (3, "    return x")

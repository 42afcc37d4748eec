"""The first look at a user's own problem: what is no loss is shown at its line, and a wrong gradient is noticed."""

import numpy as np
import pytest

from gdlab.autodiff.methods import METHODS, Numeric, Reverse
from gdlab.errors import OwnCodeError
from gdlab.problems.own import load_problem
from gdlab.problems.own_check import check_own

GOOD = """
import gdlab
import numpy as np

X = np.linspace(-1, 1, 20)

def bowl(w):
    return (w[0] - 1) ** 2 + 10 * np.exp(w[1])

def line(w, rows):
    x = gdlab.take_rows(X, rows)
    return np.mean((w[0] + w[1] * x - x**3) ** 2)
line.rows = len(X)
"""
HEAD = "import math, gdlab, numpy as np\n"
PLANTED = """\
planted = gdlab.primitive("planted", lambda x: 1.0 * x, lambda z, x: np.where(x > 5, 2.0, 1.0), check_at=[1.0, 2.0])
"""


@pytest.fixture
def write(tmp_path):
    """Write a file and tell where it is."""

    def write(text):
        path = tmp_path / "mine.py"
        path.write_text(text)
        return path

    return write


def rng():
    return np.random.default_rng(2)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["bowl", "line"])
def test_nothing_is_said_of_a_good_one(write, name, method):
    problem = load_problem(write(GOOD), name)(start=[1, 2])
    assert check_own(problem, METHODS[method](), rng(), batch=3) == []


# body of a function f(w), the method, line and message
BAD = [
    ("return w[0] + np.ones(3)[7]", Reverse(), 3, "IndexError"),
    ("w[0] = 1\n    return np.sum(w)", Reverse(), 3, "f writes into its argument; work on a copy"),
    ("w += 1\n    return np.sum(w)", Numeric(), 3, "f writes into its argument; work on a copy"),
    ("return w * 2", Numeric(), 3, "f returns an array of shape (2,), and a loss is one number"),
    ("np.sum(w)", Numeric(), 2, "f returns nothing"),
    ("return 'low'", Reverse(), 3, "f returns a str"),
    ("return [w[0]]", Reverse(), 3, "f returns a list"),
    ("return w[0] > 1", Reverse(), 3, "f returns a bool"),
    ("return 1j * w[0]", Reverse(), 3, "f returns a complex"),
    ("return np.ones((3, 5)) @ w", Reverse(), 3, "ValueError: matmul"),
    (
        "if w[0] > 0:\n        return w[0]\n    return w[1]",
        Reverse(),
        3,
        "f cannot be differentiated by reverse: a branch",
    ),
    ("return math.exp(w[0])", Reverse(), 3, "use NumPy functions (np.exp, not math.exp)"),
    ("return w @ w + np.random.default_rng().normal()", Numeric(), 2, "f gives another value each time it is called"),
    ("return np.log(w[0] - 7)", Reverse(), 2, "f is nan at its start [6, 1]"),
    ("return np.inf * w[0]", None, 2, "f is inf at its start [6, 1]"),
    ("raise SystemExit(4)", Reverse(), 3, "SystemExit: 4"),
    ("return planted(w[0]) + w[1]", Reverse(), 2, "reverse gives 2 for the slope by w[0], and differences 1"),
]


@pytest.mark.parametrize(("body", "method", "line", "message"), BAD, ids=[case[3] for case in BAD])
def test_shows_the_line_of_what_is_no_loss(write, body, method, line, message):
    file = write(f"{HEAD}def f(w):\n    {body}\n{PLANTED}")
    problem = load_problem(file, "f")(start=[6, 1])
    with pytest.raises(OwnCodeError) as error:
        check_own(problem, method, rng())
    fault = error.value.fault
    assert (fault.source, fault.line) == (str(file), line)
    assert message in fault.message
    assert fault.text == file.read_text().splitlines()[line - 1]


def test_a_function_that_branches_is_taken_by_the_methods_that_allow_it(write):
    text = "def f(w):\n    return w[0]**2 if w[0] > 0 else -w[0]\n"
    problem = load_problem(write(text), "f")(start=[6])
    for method in (Numeric(), METHODS["dual"](), Reverse(retrace=True)):
        assert check_own(problem, method, rng()) == []
    assert check_own(problem, None, rng()) == []


def test_a_kink_where_methods_differ_is_a_warning(write):
    file = write("import numpy as np\ndef f(w):\n    return np.where(w[0] > 0, w[0], 0.0) + w[1]**2\n")
    (warning,) = check_own(load_problem(file, "f")(start=[0, 1]), Reverse(), rng())
    assert "f has a kink at its start: its slope by w[0] is 0 on one side and 1 on the other" in warning.message
    assert warning.line == 2


def test_rows_that_a_trace_cannot_take_are_noticed_where_there_are_batches(write):
    text = "import numpy as np\nX = np.eye(6)[:, :2]\ndef f(w, rows):\n    return np.mean((X[rows] @ w)**2)\n"
    problem = load_problem(write(text), "f")(start=[1, 1], rows=6)
    assert check_own(problem, Reverse(), rng()) == []
    with pytest.raises(OwnCodeError, match=r"take_rows\(X, rows\)"):
        check_own(problem, Reverse(), rng(), batch=2)


ROWS = """
import gdlab
import numpy as np

X = np.random.default_rng(0).normal(size=(40, 3))
Y = X @ np.array([1.0, 2.0, 3.0]) + 1

def errors(w, rows):
    return gdlab.take_rows(X, rows) @ w - gdlab.take_rows(Y, rows)

def summed(w, rows):
    return np.sum(errors(w, rows) ** 2)

def rooted(w, rows):
    return np.sqrt(np.mean(errors(w, rows) ** 2))

def dead(w, rows):
    return np.mean((X @ w - Y) ** 2)

def meant(w, rows):
    return np.mean(errors(w, rows) ** 2) + 0.1 * np.dot(w, w)

def single(w, rows):
    return np.mean(errors(w.astype(np.float32), rows).astype(np.float32) ** 2)
"""


@pytest.mark.parametrize(
    ("name", "line", "message"),
    [
        ("summed", 12, "summed is the sum over its rows, and a loss with rows is their mean"),
        ("rooted", 15, "rooted of all rows is not the mean of those of its parts"),
    ],
)
@pytest.mark.parametrize("method", [None, Numeric(), Reverse()])
def test_a_loss_that_is_no_mean_over_its_rows_is_shown_where_it_returns(write, name, line, message, method):
    problem = load_problem(write(ROWS), name)(start=[0, 0, 0], rows=40)
    with pytest.raises(OwnCodeError) as error:
        check_own(problem, method, rng())
    assert error.value.fault.line == line
    assert message in error.value.fault.message
    assert "np.mean" in error.value.fault.hint


@pytest.mark.parametrize("name", ["meant", "single"])
def test_a_mean_is_one_with_a_penalty_and_in_single_precision_too(write, name):
    problem = load_problem(write(ROWS), name)(start=[0, 0, 0], rows=40)
    assert check_own(problem, Reverse(), rng(), batch=7) == []


def test_a_loss_that_does_not_look_at_its_rows_is_a_warning_where_there_are_batches(write):
    problem = load_problem(write(ROWS), "dead")(start=[0, 0, 0], rows=40)
    assert check_own(problem, Reverse(), rng()) == []
    (warning,) = check_own(problem, Reverse(), rng(), batch=7)
    assert "the same for whatever rows it is given" in warning.message


# bodies of losses in single precision, and where they start
SINGLE = [
    ("return np.sum(w.astype(np.float32) ** 2)", [1.1, 2.3]),
    ("return np.sum((np.ones((40, 2), np.float32) @ w.astype(np.float32)) ** 2)", [1.1, 2.3]),
    ("return np.sum(np.exp(w.astype(np.float32)))", [1.1, 2.3]),
    ("return 1.0 * np.sum(w.astype(np.float32) ** 2).astype(float)", [1.1, 2.3]),
    ("return 1e6 + np.sum(w.astype(np.float32) ** 2)", [1.1, 2.3]),
]


@pytest.mark.parametrize(("body", "start"), SINGLE, ids=[case[0] for case in SINGLE])
@pytest.mark.parametrize("method", ["reverse", "dual", "symbolic"])
def test_rounding_to_single_precision_is_no_wrong_gradient(write, body, start, method):
    file = write(f"{HEAD}def f(w):\n    {body}\n")
    assert check_own(load_problem(file, "f")(start=start), METHODS[method](), rng()) == []


def test_a_wrong_derivative_is_noticed_in_single_precision_too(write):
    file = write(f"{HEAD}def f(w):\n    return planted(w[0]).astype(np.float32) + w[1].astype(np.float32)\n{PLANTED}")
    with pytest.raises(OwnCodeError, match="has another gradient at its start"):
        check_own(load_problem(file, "f")(start=[6, 1]), Reverse(), rng())


@pytest.mark.parametrize("body", ["np.sum(np.abs(w))", "np.sum(np.maximum(w, 0))", "abs(w[0]) + w[1] ** 2"])
def test_a_kink_whose_sides_cancel_is_a_warning(write, body):
    file = write(f"{HEAD}def f(w):\n    return {body}\n")
    (warning,) = check_own(load_problem(file, "f")(start=[0, 0]), Reverse(), rng())
    assert "f has a kink at its start: its slope by w[0] is" in warning.message


@pytest.mark.parametrize(
    "body", ["1e5 * np.sum(w**2)", "np.sum(w**4)", "np.sum(np.exp(10 * w))", "np.sum(np.logaddexp(0, 1e3 * w))"]
)
def test_strong_curvature_is_no_kink(write, body):
    file = write(f"{HEAD}def f(w):\n    return {body}\n")
    assert check_own(load_problem(file, "f")(start=[0, 0.5]), Reverse(), rng()) == []


def test_an_infimum_above_the_start_is_a_warning(write):
    file = write("import numpy as np\ndef f(w):\n    return np.dot(w, w)\n")
    (warning,) = check_own(load_problem(file, "f")(start=[1, 1], infimum=5), Reverse(), rng())
    assert warning.message == "f is 2 at its start, below its infimum = 5"
    assert check_own(load_problem(file, "f")(start=[1, 1], infimum=0), Reverse(), rng()) == []

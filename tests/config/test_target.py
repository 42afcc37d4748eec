"""What `grad`, `check` and `explain` can be asked about."""

import numpy as np
import pytest

from gdlab.config.target import find_target
from gdlab.errors import BranchError, UsageError
from gdlab.experiment.seeds import Streams

SOURCE = """
import numpy as np

def square(w):
    return np.sum(w**2)

def crooked(w):
    return 1 / 0

def branching(w):
    return w[0] if w[0] > 0 else -w[0]

def plane(x, y, scale=2):
    return scale * x + y

def positive(w):
    return w[0] > 0

START = square
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(SOURCE)
    return path


def test_a_formula_of_numbers():
    target = find_target("x**2*y + y + 2", "x=3,y=4")
    assert (target.title, target.names, target.point.tolist()) == ("x**2*y + y + 2", ("x", "y"), [3.0, 4.0])
    assert target.f(target.point) == 42.0
    out, variables, values = target.graph()
    assert [v.name for v in variables] == ["x", "y"]
    assert values == [3.0, 4.0]
    assert out.shape == ()


def test_a_formula_of_vectors():
    target = find_target("sum(x**2) + b", "x=1,2,b=3")
    assert target.names == ("x[0]", "x[1]", "b")
    assert target.f(target.point) == 8.0
    _, variables, values = target.graph()
    assert [(v.name, v.shape) for v in variables] == [("x", (2,)), ("b", ())]
    np.testing.assert_array_equal(values[0], [1.0, 2.0])


def test_a_vector_whose_elements_are_picked_is_made_of_numbers():
    _, variables, _ = find_target("x[0]*x[1]", "x=1,2").graph()
    assert [v.name for v in variables] == ["x[0]", "x[1]"]


def test_a_problem_by_name():
    target = find_target("polynomial")
    assert target.title.startswith("problem polynomial: ")
    assert target.point.tolist() == [3.0, 4.0]
    assert find_target("polynomial", "1,2").point.tolist() == [1.0, 2.0]


def test_a_config(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("problem: {name: rosenbrock, dim: 3}\noptimizer: gd\n")
    assert find_target(str(path)).point.size == 3


def test_a_function_in_a_file(file):
    target = find_target(f"{file}:square", "1,2")
    assert target.title == f"square of {file}"
    assert target.f(target.point) == 5.0


def test_the_only_function_of_a_file_needs_no_name(tmp_path):
    path = tmp_path / "one.py"
    path.write_text("def f(w):\n    return w[0]\n")
    assert find_target(str(path), "7").f([7.0]) == 7.0


@pytest.mark.parametrize(
    ("what", "at", "words"),
    [
        ("x*y", None, "say where: --at x=…,y=…"),
        ("1 + 2", None, "'1 + 2' has no variable"),
        ("rosenbrok", None, "unknown problem 'rosenbrok': did you mean 'rosenbrock'?"),
        ("x +", "x=1", "cannot be read as a formula"),
        ("polynomial", "1,2,3", "there are 2 parameters, 3 are given"),
        ("nowhere.yaml", None, "nowhere.yaml"),
        ("nowhere.py:f", "1", "nowhere.py cannot be read: there is no such file"),
        ("{file}", "1", "which function of {file}? There are: {file}:square, {file}:crooked, {file}:branching"),
        ("{file}:sqare", "1", "mine.py: 'sqare': did you mean 'square'?"),
        ("{file}:square", None, "say where"),
    ],
)
def test_what_means_nothing(file, what, at, words):
    with pytest.raises(UsageError) as caught:
        find_target(what.replace("{file}", str(file)), at)
    assert words.replace("{file}", str(file)) in str(caught.value)


def test_a_file_that_cannot_be_loaded_is_named_with_its_line(tmp_path):
    path = tmp_path / "broken.py"
    path.write_text("import math\n\nmath.sqrt(-1)\n")
    with pytest.raises(UsageError, match=r"broken.py:3:1: ValueError: .*\n  3 \| math.sqrt"):
        find_target(f"{path}:f", "1")
    path.write_text("def f(:\n")
    with pytest.raises(UsageError, match=r"broken.py:1:7: SyntaxError"):
        find_target(f"{path}:f", "1")


def test_what_a_function_raises_becomes_a_message_with_its_line(file):
    with pytest.raises(UsageError, match=r"mine.py:8:12: ZeroDivisionError: .*\n  8 \|     return 1 / 0"):
        find_target(f"{file}:crooked", "1")


def test_errors_that_are_ours_and_errors_of_ours_pass_unchanged(file):
    target = find_target(f"{file}:branching", "1")
    with pytest.raises(BranchError), target.guarded():
        target.graph()
    with pytest.raises(ZeroDivisionError), find_target("polynomial").guarded():
        raise ZeroDivisionError


@pytest.mark.parametrize("what", ["x > 0", "logical_not(x)", "logical_and(x > 0, x < 2)", "x > 0 "])
def test_a_condition_is_no_function(what):
    with pytest.raises(UsageError) as caught:
        find_target(what, "x=1")
    assert str(caught.value) == f"{what} is true or false, not a number; write where({what}, a, b)"


def test_neither_is_a_condition_in_a_file(file):
    with pytest.raises(UsageError, match="is true or false, not a number"):
        find_target(f"{file}:positive", "1")


def test_a_function_of_several_numbers(file):
    target = find_target(f"{file}:plane", "y=4,x=3")
    assert (target.names, target.point.tolist()) == (("x", "y"), [3.0, 4.0])
    assert target.f(target.point) == 10.0
    assert [v.name for v in target.graph()[1]] == ["x", "y"]
    for at, words in {None: "x=…,y=…", "3": "the function has 2 variables", "x=1,2,y=3": "x is one number"}.items():
        with pytest.raises(UsageError, match=words):
            find_target(f"{file}:plane", at)


def test_a_vector_is_no_number_and_a_product_is_suggested():
    with pytest.raises(UsageError) as caught:
        find_target("xy", "3,4")
    assert "xy is one variable, and the product is written x*y" in str(caught.value)
    assert "np." not in str(caught.value)
    with pytest.raises(UsageError, match=r"x \* 2 is 3 numbers here, .* write sum\(…\) or mean\(…\) around it$"):
        find_target("x * 2", "x=1,2,3")


def test_a_function_that_branches_has_a_graph_of_the_branch_that_is_taken(file):
    target = find_target(f"{file}:branching", "-3")
    with pytest.raises(BranchError):
        target.graph()
    out, (x,), values = target.graph(here=True)
    assert (x.name, values, out.primitive.name) == ("w[0]", [-3.0], "negative")


def test_a_formula_in_a_config_goes_by_its_names_and_starts_where_its_run_does(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(
        "problem: {formula: sum((w - c)**2) + x, start: {w: {from: -1, to: 1, size: 2}, x: 3}, "
        "constants: {c: [1, 2]}}\noptimizer: gd\nseed: 4\n"
    )
    target = find_target(str(path))
    assert (target.title, target.names) == ("sum((w - c)**2) + x", ("w[0]", "w[1]", "x"))
    np.testing.assert_array_equal(target.point[:2], Streams.of(4).start.uniform(-1, 1, 2))
    assert find_target(str(path), "w=1,2,x=3").f(find_target(str(path), "w=1,2,x=3").point) == 3.0
    _, variables, _ = target.graph()
    assert [variable.name for variable in variables] == ["w", "x"]

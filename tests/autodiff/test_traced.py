"""Never a silent wrong answer: what would lose a derivative, or is no number, is refused in words, by every method."""

import math

import numpy as np
import pytest

from gdlab.autodiff import Dual, gradient, hessian, jvp, program, value_and_gradient
from gdlab.errors import BranchError, DifferentiationError

X = np.array([0.5, -1.2, 2.0])


def assigned(x):
    y = np.zeros(3)
    y[0] = x[0]
    return np.sum(y)


def assigned_slice(x):
    y = np.zeros(3)
    y[1:] = x[1:]
    return np.sum(y)


def assigned_in_traced(x):
    y = x * 2
    y[0] = 1.0
    return np.sum(y)


def added_to_element(x):
    y = x * 2
    y[0] += 1.0
    return np.sum(y)


def added_in_place(x):
    y = x * 2
    y += 1
    return np.sum(y)


def added_to_plain(x):
    y = np.zeros(3)
    y += x
    return np.sum(y)


def scaled_mask(x):
    mask = x > 0
    mask &= x < 1
    return np.sum(mask * x)


def filled(x):
    return np.sum(np.add(x, 1, out=np.zeros(3)))


REFUSED = {
    "writing a traced value into an element": (assigned, "build the array with np.stack"),
    "writing traced values into a slice": (assigned_slice, "np.stack or np.concatenate"),
    "writing into a traced array": (assigned_in_traced, "a traced array cannot be written to"),
    "adding to an element": (added_to_element, "a traced array cannot be written to"),
    "adding in place": (added_in_place, "y = y + x, not y += x"),
    "adding in place to a plain array": (added_to_plain, "y = y + x, not y += x"),
    "out=": (filled, "y = y + x, not y += x"),
    "float()": (lambda x: float(x[0]) * x[1], "float(), int() or item()"),
    "int()": (lambda x: int(x[0]) * x[1], "float(), int() or item()"),
    "complex()": (lambda x: complex(x[0]).real * x[1], "float(), int() or item()"),
    "round()": (lambda x: round(x[0], 2) * x[1], "use np.round"),
    "format()": (lambda x: float(f"{x[0]:.3f}") * x[1], "has no digits to print"),
    "item()": (lambda x: x[0].item() * x[1], "float(), int() or item()"),
    "tolist()": (lambda x: x.tolist()[0] * x[1], "float(), int() or item()"),
    "math.exp": (lambda x: math.exp(x[0]), "np.exp, not math.exp"),
    "math.floor": (lambda x: math.floor(x[0]) * x[1], "np.exp, not math.exp"),
    "np.array of traced values": (lambda x: np.sum(np.array([x[0], x[1]])), "leave out np.array and np.asarray"),
    "np.asarray of a traced value": (lambda x: np.sum(np.asarray(x)), "leave out np.array and np.asarray"),
    "a list of traced values": (lambda x: np.sum([x[0], x[1]]), "leave out np.array and np.asarray"),
    "a list of traced values on the other side": (lambda x: np.sum(x[:2] * [x[0], x[1]]), "leave out np.array"),
    "astype(int)": (lambda x: np.sum(x.astype(int) * x), "cannot be cast to int64"),
    "np.float64()": (lambda x: np.float64(x[0]) * x[1], ""),
    "an array of objects": (lambda x: np.sum(x * np.array([1, 2.0, X], dtype=object)[:2]), "an array of objects"),
    "a complex number": (lambda x: np.sum(x * 1j), "complex numbers"),
    "a complex array": (lambda x: np.sum(x + np.array([1, 2, 1j])), "complex numbers"),
    "None as an operand": (lambda x: np.sum(x * None), "an array of objects"),
    "text as an operand": (lambda x: np.sum(x * "2"), "dtype <U1"),
    "bitwise on numbers": (lambda x: np.sum(x & 1), "conditions only, such as (x > 0) & (x < 1)"),
    "a function without a rule": (lambda x: np.sum(np.fft.fft(x)), "np.fft.fft has no derivative rule"),
    "an attribute that does not exist": (lambda x: np.sum(x.flat), "a traced value has no attribute 'flat'"),
}


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize(
    "differentiate", [gradient, program, lambda f, x: jvp(f, x, x)], ids=["reverse", "program", "dual"]
)
def test_refused_while_tracing(differentiate, what):
    f, said = REFUSED[what]
    with pytest.raises((DifferentiationError, AttributeError)) as caught:
        differentiate(f, X[:2] if "objects" in what else X)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("f", "said"),
    [
        (scaled_mask, "y = y + x, not y += x"),
        (lambda x: sum(x[i] for i in range(np.count_nonzero(x > 0))), "cannot be an index or a count"),
    ],
)
def test_refused_in_a_graph_and_followed_by_dual_numbers(f, said):
    with pytest.raises(DifferentiationError) as caught:
        gradient(f, X)
    assert said in str(caught.value)
    np.testing.assert_allclose(gradient(f, X, "dual"), gradient(f, X, "numeric"), atol=1e-8)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: sum(x[i] for i in range(np.count_nonzero(x > 0))),
        lambda x: [x[0], x[1] ** 2, x[2] ** 3][np.count_nonzero(x > 0)],
        lambda x: np.sum(np.arange(3.0)[x > 0] * x[x > 0]),
        lambda x: x[np.count_nonzero(x > 0), None][0] + np.sum(x[~(x > 0)]),
    ],
)
def test_counts_and_masks_are_known_where_a_function_is_traced_at_one_point(f):
    expected = gradient(f, X, "numeric")
    np.testing.assert_allclose(gradient(f, X, retrace=True), expected, atol=1e-8)
    np.testing.assert_allclose(gradient(f, X, "dual"), expected, atol=1e-8)
    with pytest.raises(DifferentiationError):
        gradient(f, X)


def test_a_refusal_begins_with_the_line():
    with pytest.raises(DifferentiationError, match=rf"test_traced.py:{assigned.__code__.co_firstlineno + 2}: float"):
        gradient(assigned, X)


RESULTS = {
    "None": (lambda x: None, "the function returned None"),
    "the parameters": (lambda x: x, "shape (3,), it must return a scalar; reduce it with np.sum or np.mean"),
    "a plain array": (lambda x: np.ones((2, 3)), "shape (2, 3)"),
    "an array of one element": (lambda x: x[:1], "shape (1,), it must return a scalar; index it"),
    "an empty array": (lambda x: x[:0], "shape (0,)"),
    "a list": (lambda x: [1.0], "shape (1,)"),
    "a complex number": (lambda x: 1j, "a complex number"),
    "text": (lambda x: "loss", "'loss'"),
    "an object": (lambda x: {"loss": 1.0}, "{'loss': 1.0}, an object"),
}


@pytest.mark.parametrize("what", RESULTS)
@pytest.mark.parametrize("method", ["reverse", "dual", "numeric"])
def test_a_result_that_is_no_scalar(method, what):
    f, said = RESULTS[what]
    with pytest.raises(DifferentiationError) as caught:
        gradient(f, X, method)
    assert said in str(caught.value)


@pytest.mark.parametrize("what", RESULTS)
@pytest.mark.parametrize(
    "options", [{"method": "reverse", "retrace": True}, {"method": "dual"}, {"method": "numeric"}], ids=str
)
def test_a_result_that_is_no_scalar_where_the_function_branches(options, what):
    f, said = RESULTS[what]
    with pytest.raises(DifferentiationError) as caught:
        gradient(lambda x: f(x) if x[0] > 0 else None, X, **options)
    assert said in str(caught.value)


def branching(x):
    return x[0] ** 2 if x[0] > 0 else -x[1]


def test_a_branch_is_refused_with_its_line_and_the_way_out():
    with pytest.raises(
        BranchError, match=rf"test_traced.py:{branching.__code__.co_firstlineno + 1}: a branch.*np.where"
    ):
        gradient(branching, X)


@pytest.mark.parametrize(
    "options", [{"method": "reverse", "retrace": True}, {"method": "dual"}, {"method": "numeric"}], ids=str
)
def test_methods_that_follow_a_branch(options):
    value, slope = value_and_gradient(branching, X, **options)
    assert value == 0.25
    np.testing.assert_allclose(slope, [1, 0, 0], atol=1e-9)
    np.testing.assert_allclose(gradient(branching, -X, **options), [0, -1, 0], atol=1e-9)
    np.testing.assert_allclose(hessian(branching, X, **options), np.diag([2, 0, 0]), atol=1e-5)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: float(x[0]) ** 2 + math.exp(x[1]),
        lambda x: np.sort(x)[0],
        lambda x: assigned(x) + added_in_place(x),
        lambda x: np.array([x[0], x[1]]) @ np.array([x[1], x[2]]),
        lambda x: np.linalg.eigvalsh(np.outer(x, x))[-1],
        lambda x: np.asarray(x).item(0) * x.tolist()[1],
    ],
)
def test_differences_need_no_rules(f):
    reference = [(f(X + h) - f(X - h)) / 2e-6 for h in 1e-6 * np.eye(3)]
    np.testing.assert_allclose(gradient(f, X, "numeric"), reference, rtol=1e-6, atol=1e-6)


def test_a_function_that_writes_into_its_argument_leaves_the_point_alone():
    def f(x):
        x[0] = x[0] ** 2
        return np.sum(x)

    x = X.copy()
    np.testing.assert_allclose(gradient(f, x, "numeric"), [1, 1, 1], atol=1e-8)
    np.testing.assert_array_equal(x, X)


@pytest.mark.parametrize("constant", [5, 2.5, np.float64(1), np.array(3.0), np.array(2), np.float32(1)])
@pytest.mark.parametrize("method", ["reverse", "dual", "numeric"])
def test_a_constant_has_gradient_zero(method, constant):
    value, slope = value_and_gradient(lambda x: constant, X, method)
    assert value == constant
    np.testing.assert_array_equal(slope, np.zeros(3))
    np.testing.assert_array_equal(hessian(lambda x: constant, X, method), np.zeros((3, 3)))


def test_objects_inside_a_plain_array_of_objects_are_differentiated_or_refused():
    def f(x):
        parts = np.empty(2, dtype=object)
        parts[0], parts[1] = x[0] * x[0], x[1]
        return parts.sum()

    np.testing.assert_allclose(gradient(f, X), [1, 1, 0])


def test_a_dual_number_compares_by_its_value_and_a_node_has_no_order():
    assert Dual(3, 4) > Dual(2, 9)
    assert max(Dual(1, 2), Dual(0, 7)).tangent == 2
    with pytest.raises(BranchError):
        gradient(lambda x: max(x[0], x[1]), X)
    with pytest.raises(BranchError):
        gradient(lambda x: sorted(x)[0], X)
    with pytest.raises(BranchError):
        gradient(lambda x: x[0] if 1.0 in x else x[1], X)


def test_length_and_iteration():
    np.testing.assert_allclose(gradient(lambda x: sum(k * part for k, part in enumerate(x)) * len(x), X), [0, 3, 6])
    with pytest.raises(TypeError, match="0-d"):
        gradient(lambda x: len(x[0]) * x[1], X)

"""The public functions: shapes, dtypes, options, and the warning about a derivative that is NaN."""

import warnings

import numpy as np
import pytest

from gdlab.autodiff import bind, gradient, hessian, hvp, logsumexp, program, sigmoid, softmax, value_and_gradient
from gdlab.errors import NanGradientWarning, UsageError

METHODS = {
    "reverse": {"method": "reverse"},
    "retraced": {"method": "reverse", "retrace": True},
    "dual": {"method": "dual"},
    "numeric": {"method": "numeric"},
}
every_method = pytest.mark.parametrize("options", METHODS.values(), ids=METHODS)
exact_method = pytest.mark.parametrize("options", [METHODS[k] for k in ("reverse", "retraced", "dual")], ids=str)


def cubic(w):
    return np.sum(w**3) + np.sum(w) ** 2


@every_method
@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (2, 1, 2), (0,)])
def test_points_of_any_shape(options, shape):
    w = np.random.default_rng(1).uniform(0.5, 1.5, shape)
    value, slope = value_and_gradient(cubic, w, **options)
    assert np.shape(value) == ()
    assert isinstance(slope, np.ndarray)
    assert slope.shape == gradient(cubic, w, **options).shape == shape
    np.testing.assert_allclose(value, cubic(w))
    np.testing.assert_allclose(slope, 3 * w**2 + 2 * np.sum(w), rtol=1e-8)
    if w.size:
        expected = np.diag(6 * w.ravel()) + 2
        second = hessian(cubic, w, **options)
        assert second.shape == (w.size, w.size)
        np.testing.assert_allclose(second, expected, rtol=1e-4)
        v = np.random.default_rng(2).uniform(-1, 1, shape)
        product = hvp(cubic, w, v, **options)
        assert isinstance(product, np.ndarray)
        assert product.shape == shape
        np.testing.assert_allclose(product.ravel(), expected @ v.ravel(), rtol=1e-4)


@every_method
@pytest.mark.parametrize("w", [3, 3.0, np.float64(3), np.array(3), np.int32(3)], ids=repr)
def test_a_number_as_the_point(options, w):
    value, slope = value_and_gradient(lambda x: x * x, w, **options)
    assert value == 9
    assert slope.shape == ()
    assert slope.dtype == np.float64
    np.testing.assert_allclose(slope, 6)


@every_method
@pytest.mark.parametrize("w", [[1, 2], (1, 2), np.array([1, 2]), np.array([1, 2], np.int8), np.array([True, True]) + 0])
def test_integers_become_float64(options, w):
    w = w if not isinstance(w, np.ndarray) or w[1] == 2 else np.array([1, 2])
    value, slope = value_and_gradient(lambda x: x[0] ** -1 + x[1] / 4, w, **options)
    assert value == 1.5
    assert slope.dtype == np.float64
    np.testing.assert_allclose(slope, [-1, 0.25], rtol=1e-8)


M = np.array([[0.5, -1.0, 0.2], [0.3, 0.8, -0.6]])
IN_SINGLE = {
    "polynomial": lambda x: np.sum(x * x * x) / 3 - 2 * x[0],
    "a NumPy number": lambda x: np.sqrt(2.0) * np.sum(x * np.sin(0.5)),
    "where": lambda x: np.sum(np.where(x > 0, x * x, 0.0)) + np.sum(np.where(x > 0, 1, x)),
    "max and clip": lambda x: np.max(x) + np.sum(np.clip(x, -1, 0.4)) + np.min(np.maximum(x, 0)),
    "cumsum": lambda x: np.cumsum(x)[-1],
    "matrix product": lambda x: np.sum(np.outer(x, x) @ x),
    "layers": lambda x: np.mean(np.tanh(M.astype(np.float32) @ x) ** 2),
    "constants of double precision": lambda x: np.mean(np.tanh(M @ x) ** 2),
    "powers": lambda x: np.sum((x * x) ** 0.5 + x**2 + np.exp(x) ** np.arange(3)),
    "stack": lambda x: np.sum(np.stack([x[0] * x[1], 1.0, x[2]]) ** 2),
    "softmax": lambda x: softmax(x)[0] + logsumexp(x) + np.sum(sigmoid(x)),
    "sum": np.sum,
    "var": np.var,
    "norm": np.linalg.norm,
    "prod": np.prod,
    "einsum": lambda x: np.einsum("i,i->", x, x),
    "solve": lambda x: np.sum(np.linalg.solve(np.eye(3) + np.outer(x, x), x)),
    "broadcast": lambda x: np.sum(np.broadcast_to(x, (4, 3)) * 0.5) + np.sum(np.concatenate((x, x))),
    "indices": lambda x: np.sum(x[[0, 0, 1]] * x[::-1]) + x[1],
    "a constant": lambda x: 2.5,
}


@pytest.mark.parametrize("what", IN_SINGLE)
@every_method
def test_single_precision_stays(options, what):
    f = IN_SINGLE[what]
    w = np.array([0.5, -1.25, 2.0], np.float32)
    value, slope = value_and_gradient(f, w, **options)
    assert slope.dtype == np.float32
    assert gradient(f, w, **options).dtype == np.float32
    assert hessian(f, w, **options).dtype == np.float32
    assert hvp(f, w, w, **options).dtype == np.float32
    assert np.result_type(value) in (np.float32, np.result_type(f(w)))
    tolerance = 2e-2 if options["method"] == "numeric" else 1e-5
    np.testing.assert_allclose(slope, gradient(f, w.astype(np.float64)), rtol=tolerance, atol=tolerance)


SCHEMES = {scheme: {"method": "numeric", "scheme": scheme} for scheme in ("forward", "complex", "richardson")}


@pytest.mark.parametrize("n", [3, 40])  # many parameters are differentiated by at once
@pytest.mark.parametrize("options", (METHODS | SCHEMES).values(), ids=METHODS | SCHEMES)
@pytest.mark.parametrize("ask", ["gradient", "value_and_gradient", "hessian", "hvp"])
def test_the_shape_of_a_point_is_checked(options, ask, n):
    derivatives = bind(cubic, np.ones(n), **options)
    further = [np.ones(n)] if ask == "hvp" else []
    for shape in [(), (1,), (n, 1), (n + 1,)]:
        with pytest.raises(ValueError, match=rf"points of shape \({n},\), not \("):
            getattr(derivatives, ask)(np.ones(shape), *further)
    for shape in [(), (n + 1,)]:
        with pytest.raises(ValueError, match=r"."):
            derivatives.value(np.ones(shape))


@every_method
@pytest.mark.parametrize("v", [1.0, np.ones(2), np.ones((3, 1))], ids=["()", "(2,)", "(3, 1)"])
def test_the_shape_of_a_direction_is_checked(options, v):
    with pytest.raises(UsageError, match=r"it must have that of w, \(3,\)"):
        hvp(cubic, np.ones(3), v, **options)


@pytest.mark.parametrize(
    ("method", "options", "said"),
    [
        ("revers", {}, "unknown gradient method 'revers'; did you mean 'reverse'"),
        ("numeric", {"stepp": 1e-3}, "gradient method 'numeric' has no option 'stepp'; it has scheme, eps"),
        ("numeric", {"eqs": 1e-3}, "did you mean 'eps'"),
        ("dual", {"eps": 1e-3}, "gradient method 'dual' has no option 'eps'; it has none"),
        ("numeric", {"eps": 0.0}, "eps = 0.0 is not allowed"),
        ("numeric", {"scheme": "backward"}, "forward"),
    ],
)
def test_an_unknown_method_or_option_is_named(method, options, said):
    with pytest.raises(UsageError) as caught:
        gradient(cubic, np.ones(2), method, **options)
    assert said in str(caught.value)


@pytest.mark.parametrize("eps", [1e-2, 1e-4])
def test_a_given_step_is_taken_as_it_is(eps):
    # (x + eps)³ − x³ over eps is 3x² + 3x·eps + eps², and the central difference 3x² + eps².
    forward = gradient(lambda w: w[0] ** 3, [2.0], "numeric", scheme="forward", eps=eps)
    central = gradient(lambda w: w[0] ** 3, [2.0], "numeric", scheme="central", eps=eps)
    np.testing.assert_allclose(forward, [12 + 6 * eps + eps**2], rtol=1e-10)
    np.testing.assert_allclose(central, [12 + eps**2], rtol=1e-10)


def test_results_are_new_arrays():
    derivatives = bind(cubic, np.ones(2))
    first = derivatives.gradient(np.ones(2))
    kept = first.copy()
    derivatives.gradient(np.zeros(2))
    np.testing.assert_array_equal(first, kept)
    zero = bind(lambda w: 1.0, np.ones(2))
    zero.gradient(np.ones(2))[0] = 7
    np.testing.assert_array_equal(zero.gradient(np.ones(2)), [0, 0])


# -- derivatives that are NaN ------------------------------------------------------------------------------------------


def root_where_positive(x):
    return np.sum(np.where(x > 0, np.sqrt(x), 0.0 * x))


def root_where_positive_twice(x):
    return np.sum(np.where(x > 0, np.sqrt(np.where(x > 0, x, 1)), 0.0 * x))


UNTAKEN = {
    "sqrt": (root_where_positive, [4.0, 0.0]),
    "log": (lambda x: np.sum(np.where(x > 0, x * np.log(x), 0.0)), [1.0, 0.0]),
    "divide": (lambda x: np.sum(np.where(x != 0, np.sin(x) / x, 1.0)), [1.0, 0.0]),
    "exp": (lambda x: np.sum(np.where(x < 700, np.exp(x), x)), [1.0, 800.0]),
    "power": (lambda x: np.sum(np.where(x > 0, x**0.5, 0.0)), [4.0, 0.0]),
}


@pytest.mark.parametrize("step", UNTAKEN)
@pytest.mark.parametrize("differentiate", [gradient, value_and_gradient])
def test_nan_from_a_branch_that_is_not_taken_is_warned_of(differentiate, step):
    f, w = UNTAKEN[step]
    line = rf"the step '{step}' at .*test_api.py:\d+ has no finite derivative there"
    with pytest.warns(
        NanGradientWarning, match=rf"the gradient is NaN at index 1, although the value is .*{line}"
    ) as caught:
        found = differentiate(f, w)
    assert np.isnan((found if differentiate is gradient else found[1])[1])
    assert "np.where(c, np.sqrt(np.where(c, x, 1)), 0)" in str(caught[0].message)
    assert caught[0].filename == __file__


def test_the_line_named_is_that_of_the_step():
    line = root_where_positive.__code__.co_firstlineno + 1
    with pytest.warns(NanGradientWarning, match=rf"test_api.py:{line} "):
        gradient(root_where_positive, [4.0, 0.0])


@exact_method
def test_what_the_warning_advises_helps(options):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_allclose(gradient(root_where_positive_twice, [4.0, 0.0], **options), [0.25, 0])


def test_dual_numbers_take_the_branch_only():
    np.testing.assert_allclose(gradient(root_where_positive, [4.0, 0.0], "dual"), [0.25, 0])


@exact_method
def test_nan_outside_of_where_is_warned_of_too(options):
    with pytest.warns(NanGradientWarning, match=r"NaN at index 0 and 2 more, although the value is 0: the step 'sqrt'"):
        assert np.all(np.isnan(gradient(np.linalg.norm, np.zeros(3), **options)))


@exact_method
def test_a_point_of_shape_0(options):
    with pytest.warns(NanGradientWarning, match="the gradient is NaN, although the value is 0: the step 'sqrt'"):
        gradient(lambda x: np.sqrt(x * x), 0.0, **options)


def test_second_derivatives():
    with pytest.warns(NanGradientWarning, match="the Hessian is NaN at index 1, .*, although the value is 2"):
        hessian(root_where_positive, [4.0, 0.0])
    with pytest.warns(NanGradientWarning, match="the Hessian-vector product is NaN at index 1"):
        hvp(root_where_positive, [4.0, 0.0], [1.0, 1.0])


@every_method
@pytest.mark.parametrize(
    ("f", "w"),
    [
        (lambda x: np.log(x[0]), [-1.0, 2.0]),
        (lambda x: np.sqrt(x[0]), [-1.0, 2.0]),
        (lambda x: x[0] * np.nan, [1.0, 2.0]),
        (lambda x: x[0] * np.inf - x[1] * np.inf, [1.0, 2.0]),
    ],
)
def test_a_value_that_is_nan_is_told(options, f, w):
    with pytest.warns(NanGradientWarning, match="the value is NaN at this point"):
        gradient(f, w, **options)


@exact_method
@pytest.mark.parametrize(("f", "slope"), [(np.sqrt, np.inf), (np.log, np.inf), (lambda x: 1 / x, -np.inf)])
def test_an_infinite_derivative_is_no_warning(options, f, slope):
    assert gradient(f, 0.0, **options) == slope


def test_a_program_tells_of_nan_too():
    with pytest.warns(NanGradientWarning, match="the gradient is NaN at index 1"):
        _, slope = program(root_where_positive, [4.0, 0.0])([4.0, 0.0])
    assert np.isnan(slope[1])


@every_method
@pytest.mark.parametrize(
    ("f", "value"),
    [
        (lambda x: x[0] + 1 / np.where(x[1] > 0, 2.0, 0.0), np.inf),
        (lambda x: np.where(x[1] > 0, 2.0, 0.0) ** -1.5, np.inf),
        (lambda x: 1 / (x[1] * 0.0), -np.inf),
        (lambda x: np.log(np.where(x[1] > 0, 2.0, 0.0)), -np.inf),
        (lambda x: np.exp(-1000 * x[1]), np.inf),
        (lambda x: np.where(x[1] > 0, 2.0, 10.0) ** 400, np.inf),
        (lambda x: x[1] // np.where(x[1] > 0, 2.0, 0.0), -np.inf),
    ],
)
def test_numbers_divide_by_zero_as_numpy_does(options, f, value):
    assert value_and_gradient(f, [0.5, -1.0], **options)[0] == value
    with np.errstate(all="ignore"):
        assert program(f, [0.5, -1.0])([0.5, -1.0])[0] == value

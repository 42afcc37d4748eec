"""Every row of the table: its rules against differences and against each other, to second order, and compiled."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from gdlab.autodiff.complex_step import complex_rule
from gdlab.autodiff.dual import jvp
from gdlab.autodiff.elementwise import detach
from gdlab.autodiff.graph import constant, evaluate, variable
from gdlab.autodiff.primitive import Elementwise, Primitive, Structural
from gdlab.autodiff.program.program import Program
from gdlab.autodiff.reverse import gradients
from gdlab.autodiff.shapes import shape_of
from gdlab.autodiff.table import TABLE


@dataclass(frozen=True)
class Case:
    """Arguments at which a row is checked.

    Args:
        args: those that are floating-point are differentiated by.
        params: the other parameters of the row.
        truth: what the derivative is that of, if not of the row itself.
    """

    args: tuple[Any, ...]
    params: dict[str, Any] = field(default_factory=dict)
    truth: Callable[..., Any] | None = None


def case(*args, truth=None, **params):
    return Case(tuple(np.asarray(arg) for arg in args), params, truth)


# Points where no function of the table has a kink, by the domain that the function needs.
SMALL = np.array([[0.36, -0.72, 0.55], [-0.13, 0.94, -0.46]])
REAL = np.array([[0.31, -1.72, 2.55], [-0.63, 1.94, -3.46]])
POSITIVE = np.abs(REAL)
ABOVE_ONE = POSITIVE + 1
COLUMN = np.array([[0.83], [1.37]])
ROW = np.array([0.47, -0.88, 1.21])
A, B = (
    np.array([[1.3, -0.4, 0.2], [0.7, 2.1, -0.9], [-0.3, 0.5, 1.7]]),
    np.array([[0.6, 1.1], [-1.4, 0.3], [0.9, -0.8]]),
)
STACK = np.stack([A, A.T + np.eye(3), 2 * A - 1])
MASK = np.array([[True, False, True], [False, False, True]])
CUBE = np.arange(24).reshape(2, 3, 4) * 0.37 % 1.9 - 0.6
WITHOUT_TIES = np.array([[0.3, 2.2, -1.1, 0.9], [1.7, -0.2, 0.4, -2.5], [0.8, 1.1, -0.6, 3.1]])
TIED_CONSTANT = np.array([[0.3, 2.2, -1.1], [0.4, 0.5, 0.6]])


def unary(x):
    return [case(x), case(x[0]), case(x[1, 1])]


def binary(x, y):
    """Equal shapes, broadcasting on either side, a number, and one argument that is a constant."""
    return [case(x, y), case(x, y[0]), case(x[0], y), case(x[:, :1], y[0]), case(x[0, 0], y), case(x[1, 2], y[1, 0])]


def reductions(*, axes=((0,), (1,), (0, 2), (0, 1, 2))):
    cubes = [case(CUBE, axes=a, keepdims=keepdims) for a in axes for keepdims in (False, True)]
    return [*cubes, case(ROW, axes=(0,), keepdims=False), case(CUBE, axes=(), keepdims=False)]


CASES: dict[str, list[Case]] = {
    **{
        name: binary(REAL, POSITIVE.T[::-1].T) for name in ("add", "subtract", "multiply", "divide", "arctan2", "hypot")
    },
    **{name: binary(REAL, SMALL) for name in ("maximum", "minimum", "logaddexp")},
    **{name: binary(REAL, ABOVE_ONE[::-1]) for name in ("remainder", "fmod", "floor_divide")},
    **{name: binary(REAL, SMALL) for name in ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal")},
    **{name: [case(MASK, ~MASK[0]), case(REAL, SMALL)] for name in ("logical_and", "logical_or", "logical_xor")},
    "heaviside": [*binary(REAL, SMALL), case(np.array([0, 0, 2]), SMALL)],
    "power": [
        *binary(POSITIVE, SMALL),
        case(REAL, np.array(3)),
        case(REAL, np.array([[2], [-1]])),
        case(np.array([0, 2]), np.array([2.5, 0.0])),
        case(np.array([1.3, 0.7]), np.array([0.0, 0.0])),
    ],
    **{name: unary(REAL) for name in ("negative", "positive", "absolute", "sign", "floor", "ceil", "trunc", "rint")},
    **{name: unary(POSITIVE) for name in ("sqrt", "log", "log2", "log10", "reciprocal")},
    **{name: unary(REAL) for name in ("square", "exp", "exp2", "expm1", "cbrt", "reciprocal")},
    **{name: unary(REAL) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "arctan", "arcsinh")},
    **{name: unary(SMALL) for name in ("arcsin", "arccos", "arctanh", "log1p")},
    "arccosh": unary(ABOVE_ONE),
    **{name: unary(REAL) for name in ("sigmoid", "softplus", "relu")},
    "detach": [case(REAL, truth=lambda x: REAL)],
    **{name: unary(REAL) for name in ("logical_not", "isnan", "isinf", "isfinite")},
    "sum": reductions(),
    "max": [case(WITHOUT_TIES, axes=a, keepdims=k) for a in ((0,), (1,), (0, 1)) for k in (False, True)],
    "min": [case(WITHOUT_TIES, axes=a, keepdims=k) for a in ((0,), (1,), (0, 1)) for k in (False, True)],
    "broadcast_to": [
        case(ROW, shape=(2, 3)),
        case(COLUMN, shape=(4, 2, 3)),
        case(0.7, shape=(2, 2)),
        case(0.7, shape=()),
    ],
    "reshape": [case(CUBE, shape=(4, 6)), case(CUBE[:1, :1, :1], shape=()), case(0.7, shape=(1, 1))],
    "transpose": [case(CUBE, axes=(2, 0, 1)), case(CUBE, axes=(0, 2, 1)), case(ROW, axes=(0,))],
    "getitem": [
        case(ROW, index=(1,)),
        case(CUBE, index=(slice(None), slice(2, None, -1), None, 1)),
        case(CUBE, index=(1, slice(None), np.array([3, 0, 3, -1]))),
        case(CUBE, index=(np.array([[0, 1], [1, 1]]), slice(None), np.array([0, 2]))),
        case(CUBE, index=(np.array([0, 1, 0]), np.array([2, 2, 2]), slice(1, 3))),
    ],
    "assemble": [
        case(ROW, ROW[:2], indices=((slice(0, 3),), (slice(2, 4),)), shape=(5,)),
        case(0.6, ROW, indices=((slice(None), 1), (0, slice(None))), shape=(2, 3)),
        case(COLUMN, indices=((slice(None), slice(0, 2)),), shape=(2, 3)),
    ],
    "scatter_add": [
        case(ROW, index=(np.array([1, 0, 1]),), shape=(3,)),
        case(CUBE[:, :, :2], index=(slice(None), slice(None), np.array([3, 3])), shape=(2, 3, 4)),
    ],
    "take_rows": [case(REAL, np.array([1, 0, 1])), case(ROW, np.array(2)), case(ROW, np.array([[0, 1], [2, 2]]))],
    "put_rows": [case(REAL, np.array([2, 2]), count=4), case(CUBE, np.array([[0, 1, 0], [2, 2, 1]]), count=3)],
    "concatenate": [
        case(REAL, SMALL[:1], axis=0),
        case(REAL, COLUMN, REAL, axis=1),
        case(ROW, axis=0),
    ],
    "where": [
        case(MASK, REAL, SMALL),
        case(MASK, ROW, COLUMN),
        case(MASK, 0.3, SMALL),
        case(MASK[0], REAL, 0.3),
        case(True, 0.3, 0.8),
    ],
    "cumsum": [case(CUBE, axis=0), case(CUBE, axis=2), case(ROW, axis=0)],
    "vdot": [case(ROW, 2 * ROW), case(CUBE, CUBE[::-1])],
    "matmul": [
        case(ROW, A[0]),
        case(A, ROW),
        case(ROW, B),
        case(A, B),
        case(STACK, B),
        case(A, STACK),
        case(STACK, STACK[::-1]),
        case(STACK[:, None], STACK[None, :2]),
    ],
    "einsum": [
        case(A, B, subscripts="ij,jk->ik"),
        case(A, subscripts="ij->ji"),
        case(A, B, ROW, subscripts="ij,jk,i->ki"),
        case(ROW, A[0], subscripts="i,j->ij"),
        case(STACK, A, subscripts="bij,ij->b"),
    ],
    "cast": [case(REAL, dtype=np.dtype(np.float64))],
    "inv": [case(A), case(STACK)],
    "solve": [case(A, B), case(STACK, B), case(A, STACK), case(STACK, STACK[::-1])],
    "det": [case(A), case(STACK)],
    "log_abs_det": [case(A), case(STACK), case(A[::-1])],
    "det_sign": [case(A), case(STACK), case(A[::-1])],
}

ROWS = [
    pytest.param(TABLE[name], c, id=f"{name}-{k}") for name in CASES for k, c in enumerate(CASES[name]) if name in TABLE
]


def test_every_row_has_cases():
    assert set(CASES) == set(TABLE)


# -- the checker -------------------------------------------------------------------------------------------------------


def moving(args):
    """Which arguments can be differentiated by."""
    return [arg.dtype.kind == "f" for arg in args]


def directions(args, seed):
    rng = np.random.default_rng(seed)
    return [rng.uniform(-1, 1, arg.shape) if moves else None for arg, moves in zip(args, moving(args), strict=True)]


def slope(function, args, tangents):
    """The derivative of a function of the arguments along the tangents, by differences of fourth order."""

    def at(t):
        moved = [arg if tangent is None else arg + t * tangent for arg, tangent in zip(args, tangents, strict=True)]
        return np.asarray(function(*moved), float)

    h = 1e-3
    return (at(-2 * h) - 8 * at(-h) + 8 * at(h) - at(2 * h)) / (12 * h)


def slope_by_duals(function, args, tangents):
    """The same by dual numbers."""

    def along(t):
        return function(
            *(arg if tangent is None else arg + t * tangent for arg, tangent in zip(args, tangents, strict=True))
        )

    return jvp(along, np.array(0.0), np.array(1.0))[1]


def push(primitive, args, tangents, params):
    z = primitive(*args, **params)
    pushed = primitive.pushforward(z, args, tangents, params)
    return np.zeros(shape_of(z)) if pushed is None else pushed


def pull(primitive, args, cotangent, params):
    z = primitive(*args, **params)
    found = primitive.pullback(
        cotangent, z, args, [kind != "i" for kind in (np.dtype(a.dtype).kind for a in args)], params
    )
    return [
        np.zeros(shape_of(a)) if g is None else np.broadcast_to(g, shape_of(a))
        for g, a in zip(found, args, strict=True)
    ]


def inner(cotangents, tangents):
    return sum((np.sum(g * t) for g, t in zip(cotangents, tangents, strict=True) if t is not None), 0.0)


def near(got, expected, tol):
    assert shape_of(got) == shape_of(expected)
    np.testing.assert_allclose(got, expected, rtol=tol, atol=tol)


def check(primitive: Primitive, c: Case) -> None:
    """The rules of a row at a point.

    Raises:
        AssertionError: if pushforward and differences disagree, in first or second order, or ⟨v, J t⟩ ≠ ⟨Jᵀv, t⟩.
    """
    args, params = list(c.args), c.params
    truth = c.truth or (lambda *moved: primitive.compute(*moved, **params))
    z = np.asarray(primitive(*args, **params))
    tangents, seconds = directions(args, 1), directions(args, 2)
    v = np.random.default_rng(3).uniform(-1, 1, z.shape)

    jt = push(primitive, args, tangents, params)
    near(jt, slope(truth, args, tangents), 1e-8)
    jtv = pull(primitive, args, v, params)
    near(np.sum(v * jt), inner(jtv, tangents), 1e-12)

    def pushed(*moved):
        return push(primitive, moved, tangents, params)

    def pulled(*moved):
        return inner(pull(primitive, moved, v, params), tangents)

    second = slope_by_duals(pushed, args, seconds)
    near(second, slope(lambda *moved: slope(truth, moved, tangents), args, seconds), 1e-7)
    near(second, slope(pushed, args, seconds), 1e-8)
    near(slope_by_duals(pulled, args, seconds), np.sum(v * second), 1e-11)


@pytest.mark.parametrize(("primitive", "c"), ROWS)
def test_rules(primitive, c):
    check(primitive, c)


@pytest.mark.parametrize(("primitive", "c"), ROWS)
def test_compiled(primitive, c):
    """The program of value and gradient gives what the rules give, also where arguments are constants."""
    count = len(c.args)
    for fixed in [set(), *({i} for i in range(count) if count > 1)]:
        examples = {f"x{i}": arg for i, arg in enumerate(c.args) if moving(c.args)[i] and i not in fixed}
        if not examples:
            continue
        variables = {name: variable(name, arg, 10**9) for name, arg in examples.items()}
        z = primitive(*(variables.get(f"x{i}", arg) for i, arg in enumerate(c.args)), **c.params)
        v = np.random.default_rng(3).uniform(-1, 1, z.shape)
        total = constant(np.sum(v * z))
        outputs = {"total": total, "z": z + 0.0}
        outputs |= {
            f"g{name}": g for name, g in zip(variables, gradients(total, list(variables.values())), strict=True)
        }
        expected = evaluate(list(outputs.values()), {id(x): examples[name] for name, x in variables.items()})
        program = Program(variables, outputs)
        for _ in range(2):  # the second run finds what the first one left in the buffers
            for name, arg in examples.items():
                program.arrays[name][...] = arg
            returned = program.run()
            returned = iter(returned if isinstance(returned, tuple) else (returned,))
            for name, value in zip(outputs, expected, strict=True):
                near(program.arrays[name] if name in program.arrays else next(returned), value, 1e-12)


@pytest.mark.parametrize(("primitive", "c"), ROWS)
def test_complex_step(primitive, c):
    """The continuation to complex numbers has the value and, along a tiny imaginary step, the pushforward."""
    tangents = directions(c.args, 1)
    ahead = [arg if t is None else arg + 1e-20j * t for arg, t in zip(c.args, tangents, strict=True)]
    z = complex_rule(primitive)(*ahead, **c.params)
    near(np.real(z), np.asarray(primitive(*c.args, **c.params), float), 1e-12)
    near(np.imag(z) / 1e-20, push(primitive, c.args, tangents, c.params), 1e-12)


# -- planted wrong rules -----------------------------------------------------------------------------------------------


def matmul_transpose_of_wrong_side(g, z, args, i):
    return np.matmul(g, args[1].T) if i == 0 else np.matmul(args[0], g)


WRONG = {
    "a partial times 2.001/2": (Elementwise("wrong", np.sin, lambda z, x: 2.001 / 2 * np.cos(x)), case(REAL)),
    "one of two partials": (
        Elementwise("wrong", np.multiply, lambda z, x, y: y, lambda z, x, y: -x),
        case(REAL, SMALL),
    ),
    "a partial that is a number": (Elementwise("wrong", np.add, 1, -1), case(REAL, SMALL)),
    "a partial left out": (Elementwise("wrong", np.absolute, 0), case(REAL)),
    "second order left out": (Elementwise("wrong", np.exp, lambda z, x: detach(z)), case(REAL)),
    "second order times 2.001/2": (
        Elementwise("wrong", np.exp, lambda z, x: detach(z) + 2.001 / 2 * (np.exp(x) - detach(np.exp(x)))),
        case(SMALL),
    ),
    "second order of the transpose alone": (
        Structural(
            "wrong",
            lambda x: np.sum(x * x),
            lambda g, z, args, i: 2 * g * detach(args[0]),
            push=lambda z, args, tangents: 2 * np.sum(args[0] * tangents[0]),
        ),
        case(ROW),
    ),
    "a transpose times 2.001/2": (
        Structural("wrong", np.sum, lambda g, z, args, i: np.broadcast_to(2.001 / 2 * g, shape_of(args[0]))),
        case(REAL),
    ),
    "a transpose of the wrong side": (
        Structural("wrong", np.matmul, matmul_transpose_of_wrong_side),
        case(A, STACK[1]),
    ),
    "a push that forgets an argument": (
        Structural(
            "wrong",
            np.multiply,
            lambda g, z, args, i: g * args[1 - i],
            push=lambda z, args, tangents: tangents[0] * args[1],
        ),
        case(REAL, SMALL),
    ),
    "a transpose of the wrong shape": (
        Structural("wrong", np.add, lambda g, z, args, i: g),
        case(REAL, ROW),
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_planted_wrong_rule_is_caught(what):
    with pytest.raises((AssertionError, ValueError)):
        check(*WRONG[what])


def test_the_checker_accepts_the_right_rule_next_to_the_planted_ones():
    check(Elementwise("right", np.sin, lambda z, x: np.cos(x)), case(REAL))

"""Every function and every ufunc of NumPy that has a rule, written as a user would, by every method."""

import numpy as np
import pytest

from gdlab import autodiff
from gdlab.autodiff.table import FUNCTIONS, REDUCTIONS, UFUNCS

A = np.array([[1.3, -0.4, 0.2], [0.7, 2.1, -0.9], [-0.3, 0.5, 1.7]])
X = np.array([[0.31, -0.72, 0.55], [-0.13, 0.94, -0.46]])
ROWS = np.array([1, 0, 1])
V = np.array([0.4, -1.1, 0.8])

CASES = {
    np.sum: [np.sum, lambda x: np.sum(x, 0), lambda x: np.sum(x, axis=-1, keepdims=True), lambda x: x.sum(axis=(0, 1))],
    np.mean: [np.mean, lambda x: x.mean(0), lambda x: np.mean(x, axis=1, keepdims=True)],
    np.average: [
        np.average,
        lambda x: np.average(x, axis=1, weights=V),
        lambda x: np.average(x, weights=x * x + 1),
        lambda x: np.average(x, 0, V[:2], keepdims=True),
    ],
    np.var: [np.var, lambda x: x.var(axis=0), lambda x: np.var(x, axis=1, ddof=1, keepdims=True)],
    np.std: [np.std, lambda x: x.std(axis=1), lambda x: np.std(x, axis=0, ddof=1)],
    np.max: [np.max, lambda x: x.max(0), lambda x: np.max(x, axis=1, keepdims=True), lambda x: np.max(x, initial=0.6)],
    np.amax: [lambda x: np.amax(x, 1)],
    np.min: [np.min, lambda x: x.min(axis=1), lambda x: np.min(x, axis=0, keepdims=True)],
    np.amin: [lambda x: np.amin(x, 0)],
    np.ptp: [np.ptp, lambda x: np.ptp(x, axis=1)],
    np.prod: [np.prod, lambda x: x.prod(axis=0), lambda x: np.prod(x, axis=1, keepdims=True)],
    np.any: [lambda x: np.where(np.any(x > 0.5, axis=1), x[:, 0], x[:, 1]), lambda x: x * (x > 9).any()],
    np.all: [lambda x: np.where(np.all(x > -0.5, axis=1), x[:, 0], x[:, 1]), lambda x: x * (x > -9).all()],
    np.count_nonzero: [lambda x: x * np.count_nonzero(x > 0)],
    np.cumsum: [np.cumsum, lambda x: x.cumsum(axis=1)],
    np.reshape: [
        lambda x: np.reshape(x, (3, 2)),
        lambda x: x.reshape(-1),
        lambda x: x.reshape(3, -1),
        lambda x: np.reshape(x, (3, 2), order="F"),
    ],
    np.ravel: [np.ravel, lambda x: x.ravel(), lambda x: x.flatten(), lambda x: np.ravel(x, "F")],
    np.transpose: [np.transpose, lambda x: x.T, lambda x: x.transpose(1, 0), lambda x: x.transpose((1, 0))],
    np.matrix_transpose: [np.matrix_transpose, lambda x: x.mT],
    np.swapaxes: [lambda x: np.swapaxes(x, 0, -1), lambda x: x.swapaxes(0, 1)],
    np.moveaxis: [lambda x: np.moveaxis(x[None], 0, -1), lambda x: np.moveaxis(x[None], (0, 1), (1, 2))],
    np.expand_dims: [lambda x: np.expand_dims(x, 1), lambda x: np.expand_dims(x, (0, -1))],
    np.squeeze: [lambda x: np.squeeze(x[None, :, None]), lambda x: x[:, None].squeeze(1)],
    np.atleast_1d: [np.atleast_1d, lambda x: np.atleast_1d(x[0, 0])],
    np.atleast_2d: [lambda x: np.atleast_2d(x[0]), lambda x: np.atleast_2d(x, x[0, 0])[1]],
    np.atleast_3d: [np.atleast_3d, lambda x: np.atleast_3d(x[0])],
    np.broadcast_to: [lambda x: np.broadcast_to(x, (4, 2, 3))],
    np.broadcast_arrays: [lambda x: np.stack(np.broadcast_arrays(x[0], x[:, :1]))],
    np.flip: [np.flip, lambda x: np.flip(x, 1)],
    np.fliplr: [np.fliplr],
    np.flipud: [np.flipud],
    np.roll: [lambda x: np.roll(x, 2), lambda x: np.roll(x, -1, axis=1), lambda x: np.roll(x, (1, 2), axis=(0, 1))],
    np.concatenate: [lambda x: np.concatenate((x, 2 * x)), lambda x: np.concatenate([x, A[:2]], axis=1)],
    np.stack: [lambda x: np.stack([x[0, 0], 1.0, x[1, 2]]), lambda x: np.stack((x, X), axis=-1)],
    np.hstack: [lambda x: np.hstack((x, x)), lambda x: np.hstack((x[0], 1.0, x[1, 1]))],
    np.vstack: [lambda x: np.vstack((x, x[0])), lambda x: np.vstack((x[0], [1.0, 2.0, 3.0]))],
    np.dstack: [lambda x: np.dstack((x, x * x))],
    np.column_stack: [lambda x: np.column_stack((x[0], x[1], V)), lambda x: np.column_stack((x, x[:, 0]))],
    np.append: [lambda x: np.append(x, x[0]), lambda x: np.append(x, A, axis=0)],
    np.split: [lambda x: np.split(x, 3, axis=1)[1], lambda x: np.split(x, [1], axis=0)[0]],
    np.array_split: [lambda x: np.array_split(x.ravel(), 4)[0]],
    np.hsplit: [lambda x: np.hsplit(x, 3)[2]],
    np.vsplit: [lambda x: np.vsplit(x, 2)[1]],
    np.tile: [lambda x: np.tile(x, 2), lambda x: np.tile(x, (2, 1, 3)), lambda x: np.tile(x[0], (2, 2))],
    np.repeat: [lambda x: np.repeat(x, 2), lambda x: np.repeat(x, [2, 0, 1], axis=1), lambda x: x.repeat(2, 0)],
    np.pad: [lambda x: np.pad(x, 1), lambda x: np.pad(x, ((0, 1), (2, 0)), constant_values=0.5)],
    np.take: [lambda x: np.take(x, [5, 0]), lambda x: x.take([2, 0, -1], axis=1), lambda x: np.take(x, 1, axis=0)],
    np.take_along_axis: [lambda x: np.take_along_axis(x, np.array([[2], [0]]), axis=1)],
    np.diagonal: [np.diagonal, lambda x: x.diagonal(1), lambda x: np.diagonal(x, -1)],
    np.diag: [np.diag, lambda x: np.diag(x[0]), lambda x: np.diag(x[0], 1), lambda x: np.diag(x[1], k=-2)],
    np.tril: [np.tril, lambda x: np.tril(x, -1)],
    np.triu: [np.triu, lambda x: np.triu(x, 1)],
    np.diff: [np.diff, lambda x: np.diff(x, n=2), lambda x: np.diff(x, axis=0)],
    np.dot: [lambda x: np.dot(x, A), lambda x: x.dot(x.T), lambda x: np.dot(V, x[0]), lambda x: np.dot(x, 2.0)],
    np.vdot: [lambda x: np.vdot(x, x)],
    np.inner: [lambda x: np.inner(x, A), lambda x: np.inner(x[0], x[1])],
    np.outer: [lambda x: np.outer(x, V), lambda x: np.outer(x[0], x[1])],
    np.kron: [lambda x: np.kron(x, A[:2]), lambda x: np.kron(x[0], x)],
    np.trace: [lambda x: np.trace(A @ x.T @ x), lambda x: x.trace(1)],
    np.tensordot: [
        lambda x: np.tensordot(x, A, 1),
        lambda x: np.tensordot(x, x),
        lambda x: np.tensordot(x, x, axes=([1], [1])),
        lambda x: np.tensordot(x, V, axes=0),
    ],
    np.einsum: [lambda x: np.einsum("ij,jk->ik", x, A), lambda x: np.einsum("ij,ij", x, x, optimize=True)],
    np.where: [
        lambda x: np.where(x > 0, x * x, -x),
        lambda x: np.where(x, x, 1.0),
        lambda x: np.where([1, 0, 1], x, 2),
    ],
    np.select: [lambda x: np.select([x > 0.5, x > 0], [x * x, x], default=-1.0)],
    np.clip: [lambda x: np.clip(x, -0.4, 0.5), lambda x: x.clip(max=0.5), lambda x: np.clip(x, None, x[0])],
    np.nan_to_num: [np.nan_to_num],
    np.round: [lambda x: x * np.round(x + 0.02, 1), lambda x: x * x.round()],
    np.around: [lambda x: x * np.around(x)],
    np.fix: [lambda x: x * np.fix(3 * x)],
    np.real: [lambda x: np.real(x) * x.real],
    np.copy: [lambda x: np.copy(x) * x.copy()],
    np.zeros_like: [lambda x: np.zeros_like(x) + x],
    np.empty_like: [lambda x: 0 * np.empty_like(x) + x],
    np.ones_like: [lambda x: np.ones_like(x) * x],
    np.full_like: [lambda x: np.full_like(x, 3) * x, lambda x: np.full_like(x, x[0, 0])],
    np.linalg.norm: [
        np.linalg.norm,
        lambda x: np.linalg.norm(x, axis=1),
        lambda x: np.linalg.norm(x[0], 1),
        lambda x: np.linalg.norm(x, 3, axis=0, keepdims=True),
        lambda x: np.linalg.norm(x, np.inf, axis=1),
        lambda x: np.linalg.norm(x[0], -np.inf),
        lambda x: np.linalg.norm(x[0], 0) * x,
        lambda x: np.linalg.norm(x, "fro"),
        lambda x: np.linalg.norm(x, 1),
        lambda x: np.linalg.norm(x, np.inf, keepdims=True),
        lambda x: np.linalg.norm(x[None], -1, axis=(1, 2)),
        lambda x: np.linalg.norm(x, axis=(0, 1)),
    ],
    np.linalg.vector_norm: [np.linalg.vector_norm, lambda x: np.linalg.vector_norm(x, axis=1, ord=3)],
    np.linalg.solve: [
        lambda x: np.linalg.solve(A, x.T),
        lambda x: np.linalg.solve(A, x[0]),
        lambda x: np.linalg.solve(A + np.outer(x[0], x[1]), x[0]),
        lambda x: np.linalg.solve(np.stack([A, A.T + np.outer(V, V)]) + x[:, None], x[0]),
    ],
    np.linalg.inv: [lambda x: np.linalg.inv(A + np.outer(x[0], x[1])), lambda x: np.linalg.inv(A + x[:, None])],
    np.linalg.det: [lambda x: np.linalg.det(A + np.outer(x[0], x[1])), lambda x: np.linalg.det(A + x[:, None])],
    np.linalg.slogdet: [
        lambda x: np.linalg.slogdet(A + np.outer(x[0], x[1]))[1],
        lambda x: np.linalg.slogdet(A + x[:, None]).logabsdet * np.linalg.slogdet(A + x[:, None]).sign,
    ],
    np.linalg.matmul: [lambda x: np.linalg.matmul(x, A)],
    np.linalg.multi_dot: [lambda x: np.linalg.multi_dot([x, A, x.T, V[:2]])],
    np.linalg.matrix_power: [
        lambda x: np.linalg.matrix_power(A + np.outer(x[0], x[1]), 5),
        lambda x: np.linalg.matrix_power(A + x[:, None], -2),
        lambda x: np.linalg.matrix_power(A + np.outer(x[0], x[1]), 0) @ x[0],
    ],
    np.linalg.matrix_transpose: [np.linalg.matrix_transpose],
    np.linalg.outer: [lambda x: np.linalg.outer(x[0], V)],
    np.linalg.tensordot: [lambda x: np.linalg.tensordot(x, A, axes=1)],
    np.linalg.vecdot: [lambda x: np.linalg.vecdot(x, V)],
    np.shape: [lambda x: x * np.shape(x)[1]],
    np.size: [lambda x: x * np.size(x) + x.size],
    np.ndim: [lambda x: x * np.ndim(x) + x.ndim],
}

POSITIVE = np.abs(X) + 0.2
UFUNC_CASES = {
    **{u: lambda x, u=u: u(x, X[::-1] + 0.1) for u in (np.add, np.subtract, np.multiply, np.maximum, np.minimum)},
    **{u: lambda x, u=u: u(X[0] + 0.1, x) for u in (np.divide, np.logaddexp, np.hypot, np.arctan2)},
    **{u: lambda x, u=u: u(x * x + 0.3, x) for u in (np.power, np.float_power)},
    **{u: lambda x, u=u: x * u(3 * x, 0.7) for u in (np.remainder, np.fmod, np.floor_divide)},
    **{u: lambda x, u=u: x * u(x, 0.2) for u in (np.less, np.less_equal, np.greater, np.greater_equal, np.heaviside)},
    **{u: lambda x, u=u: x * u(x, x[0]) for u in (np.equal, np.not_equal)},
    **{u: lambda x, u=u: x * u(x > 0, x < 0.5) for u in (np.logical_and, np.logical_or, np.logical_xor)},
    **{u: lambda x, u=u: x * u(x > 0, X < 0.5) for u in (np.bitwise_and, np.bitwise_or, np.bitwise_xor)},
    **{u: lambda x, u=u: x * u(x > 0) for u in (np.logical_not, np.invert)},
    **{
        u: lambda x, u=u: x * u(x)
        for u in (np.sign, np.floor, np.ceil, np.trunc, np.rint, np.isnan, np.isinf, np.isfinite)
    },
    **dict.fromkeys((np.negative, np.positive, np.absolute, np.fabs, np.conjugate)),
    **dict.fromkeys((np.square, np.exp, np.exp2, np.expm1, np.cbrt, np.reciprocal, np.log1p, np.arctanh)),
    **dict.fromkeys((np.sin, np.cos, np.tan, np.sinh, np.cosh, np.tanh, np.arcsin, np.arccos, np.arctan, np.arcsinh)),
    **dict.fromkeys((np.deg2rad, np.radians, np.rad2deg, np.degrees)),
    **{u: lambda x, u=u: u(x * x + 0.1) for u in (np.sqrt, np.log, np.log2, np.log10)},
    np.arccosh: lambda x: np.arccosh(x * x + 1.1),
    np.matmul: lambda x: np.matmul(x, A) + x @ A + A[:2] @ (x.T @ x),
    np.vecdot: lambda x: np.vecdot(x, V),
}

OWN = {
    "sigmoid": autodiff.sigmoid,
    "softplus": autodiff.softplus,
    "relu": autodiff.relu,
    "leaky_relu": lambda x: autodiff.leaky_relu(x, 0.1),
    "softmax": autodiff.softmax,
    "softmax over axis 0": lambda x: autodiff.softmax(x, axis=0),
    "log_softmax": autodiff.log_softmax,
    "logsumexp": autodiff.logsumexp,
    "logsumexp over axis 1": lambda x: autodiff.logsumexp(x, axis=1),
    "logsumexp keeping axes": lambda x: autodiff.logsumexp(x, axis=(0, 1), keepdims=True),
}

OPERATORS = {
    "+": lambda x: 1 + x + X,
    "-": lambda x: X - x - 1,
    "*": lambda x: 2 * x * X,
    "/": lambda x: 1 / x + x / 3,
    "//": lambda x: x * (3 * x // 0.7),
    "%": lambda x: x % 0.7 + 2.15 % x,
    "**": lambda x: x**2 + x**3 + x**-1 + x**0 + 2**x + (x * x) ** 0.5 + x ** np.array([1, 2, 3]),
    "@": lambda x: x @ A @ V,
    "abs": lambda x: abs(x) + (-x) + (+x),
    "<": lambda x: x * ((x < 0) | (x <= -0.5) ^ (x > 0.9) & ~(x >= 0.3)) + (x == 0) + (x != 0),
    "in place, 0-d": lambda x: _accumulated(x),
}


def _accumulated(x):
    total = x[0, 0]
    total += x[0, 1] * x[1, 1]
    total *= x[1, 0]
    total -= 2
    total /= x[1, 2]
    total **= 2
    return total


METHODS = {
    "reduce": lambda x: np.add.reduce(x) + np.multiply.reduce(x) + np.maximum.reduce(x, axis=0) + np.minimum.reduce(x),
    "reduce over axes": lambda x: np.add.reduce(x, axis=(0, 1)) + np.logaddexp.reduce(x, axis=1),
    "logical reduce": lambda x: x * np.logical_and.reduce(x < 0.9) + x * np.logical_or.reduce(x > 0.5),
    "accumulate": lambda x: np.add.accumulate(x) * np.add.accumulate(x, axis=1),
    "outer": lambda x: np.subtract.outer(x[0], x[1]) ** 2 + np.multiply.outer(x[0], V) + np.add.outer(V, x[0]),
    "unpacking": lambda x: x[0] * tuple(x)[1],
    "sum of a list": lambda x: sum([x[0, 0], x[1, 1] * x[0, 0]]),
    "astype": lambda x: (x > 0).astype(float) * x.astype(np.float64),
    "rows": lambda x: np.take(x, ROWS, axis=0),
}


def expand(cases):
    return [pytest.param(f, id=f"{k.__name__}-{i}") for k, fs in cases.items() for i, f in enumerate(fs)]


def test_every_function_that_has_a_rule_is_tried():
    assert set(CASES) == set(FUNCTIONS)
    assert set(UFUNC_CASES) == set(UFUNCS)
    assert {np.add, np.multiply, np.maximum, np.minimum, np.logical_and, np.logical_or, np.logaddexp} == set(REDUCTIONS)


@pytest.mark.parametrize("f", expand(CASES))
def test_function(agree, f):
    agree(f, X)


@pytest.mark.parametrize("ufunc", UFUNC_CASES)
def test_ufunc(agree, ufunc):
    agree(UFUNC_CASES[ufunc] or ufunc, X)


@pytest.mark.parametrize("f", [pytest.param(f, id=k) for k, f in (OWN | OPERATORS | METHODS).items()])
def test_own_function_operator_and_method(agree, f):
    agree(f, X)


NAMED = (
    *("abs", "sign", "sqrt", "square", "exp", "expm1", "log", "log1p", "log2", "log10", "sin", "cos", "tan", "arcsin"),
    *("arccos", "arctan", "arctan2", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "hypot", "maximum"),
    *("minimum", "clip", "where", "logaddexp", "sum", "mean", "max", "min", "prod", "var", "std", "dot", "matmul"),
    *("outer", "inner", "trace", "einsum", "tensordot", "cumsum", "linalg.norm", "linalg.solve", "linalg.inv"),
    *("linalg.det", "linalg.slogdet", "reshape", "ravel", "transpose", "swapaxes", "expand_dims", "squeeze"),
    *("broadcast_to", "concatenate", "stack", "take"),
)


@pytest.mark.parametrize("name", NAMED)
def test_name_is_covered(name):
    function = np
    for part in name.split("."):
        function = getattr(function, part)
    assert function in FUNCTIONS or function in UFUNCS

"""Deep and shared graphs: no recursion, every node visited once, work in proportion to the steps of the function."""

import gc
import sys
import weakref
from collections import Counter

import numpy as np
import pytest

from gdlab.autodiff import bind, gradient, hessian, program, value_and_gradient
from gdlab.autodiff.forward import tangent
from gdlab.autodiff.graph import Node, ancestors, evaluate, trace, variable
from gdlab.autodiff.primitive import Elementwise
from gdlab.autodiff.reverse import adjoints, gradients

DEEP = 100_000


def chain(length):
    def f(x):
        total, step = x
        for _ in range(length):
            total = total + step
        return total

    return f


def doubled(times):
    def f(x):
        e = x[0]
        for _ in range(times):
            e = e + e
        return e

    return f


def counted(monkeypatch, kind, name):
    """Count the calls of a method of primitives, by the name of the primitive."""
    calls = Counter()
    original = getattr(kind, name)

    def counting(self, *args):
        calls[self.name] += 1
        return original(self, *args)

    monkeypatch.setattr(kind, name, counting)
    return calls


def test_a_hundred_thousand_additions_are_traced_differentiated_and_walked():
    assert sys.getrecursionlimit() < DEEP
    (x,), out = trace(chain(DEEP), np.array([2.0, 0.5]))
    assert len(ancestors([out])) == DEEP + 3
    value, slope, push = evaluate([out, gradients(out, [x])[0], tangent(out, {x: x})], {id(x): np.array([2.0, 0.5])})
    assert value == 2 + DEEP / 2
    np.testing.assert_array_equal(slope, [1, DEEP])
    assert push == value


def test_a_hundred_thousand_additions_are_freed():
    class Watched(Node):
        __slots__ = ("__weakref__",)

    x = Watched(None, (), {}, (2,), np.dtype(float), level=variable("x", [0.0]).level, name="x")
    out = chain(DEEP)(x)
    watch = weakref.ref(x)
    del x, out
    gc.collect()
    assert watch() is None


def test_a_long_chain_compiles():
    length = 5_000  # beyond any limit of recursion; longer chains differ in nothing but their length
    value, slope = program(chain(length), [2.0, 0.5])([2.0, 0.5])
    assert value == 2 + length / 2
    np.testing.assert_array_equal(slope, [1, length])
    derivatives = bind(chain(length), [2.0, 0.5], "dual")
    np.testing.assert_array_equal(derivatives.gradient(np.array([2.0, 0.5])), [1, length])


@pytest.mark.parametrize("length", [1_000, 2_000, 4_000])
def test_the_passes_cost_one_rule_for_each_step(monkeypatch, length):
    pulls = counted(monkeypatch, Elementwise, "pullback")
    pushes = counted(monkeypatch, Elementwise, "pushforward")
    (x,), out = trace(chain(length), np.array([2.0, 0.5]))
    assert len(ancestors([out])) == length + 3
    (slope,) = gradients(out, [x])
    assert pulls == {"add": length}
    # The gradient's own graph adds up what comes from every step: it is longer than the function by a constant factor.
    assert len(ancestors([slope])) <= 2 * length + 10
    tangent(out, {x: x})
    assert pushes == {"add": length}


def test_a_shared_node_is_visited_once(monkeypatch):
    (x,), out = trace(doubled(18), np.array([1.0]))
    steps = [node for node in ancestors([out]) if node.primitive is not None and node.primitive.name == "add"]
    assert len(steps) == 18
    calls = counted(monkeypatch, Elementwise, "pullback")
    found = adjoints(out, 1.0, [x])
    assert calls == {"add": 18}
    assert len(found) == 20
    value, slope = value_and_gradient(doubled(18), [1.0])
    assert value == slope[0] == 2**18


@pytest.mark.parametrize("method", ["reverse", "dual", "numeric"])
def test_a_thousand_doublings_by_every_method(method):
    def f(x):
        e = x[0] * x[0]
        for _ in range(1000):
            e = (e + e) / 2
        return e

    np.testing.assert_allclose(gradient(f, [3.0], method), [6], rtol=1e-6)
    np.testing.assert_allclose(hessian(f, [3.0], method), [[2]], rtol=1e-4)


def test_many_parameters_are_one_pass(monkeypatch):
    calls = counted(monkeypatch, Elementwise, "pullback")
    x = np.linspace(-1, 1, 100_000)
    np.testing.assert_allclose(gradient(lambda w: np.sum(w * w), x), 2 * x)
    assert calls == {"multiply": 1}


def test_many_picked_elements_are_put_together_once():
    def f(x):
        return sum(x[i] * x[i + 1] for i in range(999))

    x = np.linspace(-1, 1, 1000)
    expected = np.concatenate((x[1:], [0])) + np.concatenate(([0], x[:-1]))
    np.testing.assert_allclose(gradient(f, x), expected, atol=1e-14)
    (w,), out = trace(f, x)
    assert sum(n.primitive is not None and n.primitive.name == "assemble" for n in ancestors(gradients(out, [w]))) == 1

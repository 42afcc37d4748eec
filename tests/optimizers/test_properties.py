"""What holds for every rule in the registry, in every variant."""

import dataclasses
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.lib.mixins import NDArrayOperatorsMixin

from gdlab.errors import ParameterError
from gdlab.state import flatten

START = np.array([0.3, -0.7, 2.0])


def arrays(state):
    """The arrays of a state, which is (), an array, or a named tuple of arrays and of ()."""
    return list(flatten(state)[0].values())


def rebuilt(state, found):
    """The same kind of state with other arrays."""
    return flatten(state)[1](found)


def frozen(array):
    array = np.array(array)
    array.flags.writeable = False
    return array


def test_arguments_are_not_changed(rule, bowl):
    objective = dataclasses.replace(bowl, grad=lambda w: frozen(bowl.grad(w)))
    w, state = START, rule.init(START)
    for _ in range(3):
        w, state = frozen(w), rebuilt(state, [frozen(array) for array in arrays(state)])
        before = [array.copy() for array in (w, *arrays(state))]
        w_next, state_next = rule.step(objective, w, state)
        for array, copy in zip((w, *arrays(state)), before, strict=True):
            np.testing.assert_array_equal(array, copy)
        w, state = w_next, state_next


def test_same_start_gives_the_same_path(rule, bowl, path):
    np.testing.assert_array_equal(path(rule, bowl, START, 10), path(rule, bowl, START, 10))


def test_a_constant_added_to_the_loss_changes_nothing(rule, bowl, path):
    raised = dataclasses.replace(bowl, f=lambda w: bowl.f(w) + 7)
    told = dataclasses.replace(rule, f_star=rule.f_star + 7) if hasattr(rule, "f_star") else rule
    # Who looks at f sees less of its small differences beside a constant.
    tolerance = 1e-6 if rule.uses_more else 0
    np.testing.assert_allclose(path(told, raised, START, 10), path(rule, bowl, START, 10), rtol=0, atol=tolerance)


def can_be_set(rule, name, value):
    """Whether a number can be set beside the other settings of a rule, which may have no use for it."""
    try:
        dataclasses.replace(rule, **{name: value})
    except ParameterError:
        return False
    return True


def spread(rule, lanes):
    """The rule with a different value of each hyper-parameter in each lane, and the rule of each lane alone."""
    numbers = {p.name: getattr(rule, p.name) for p in rule.parameters() if float in p.types}
    factors = 1 - np.arange(lanes) / 40
    many = {
        name: x * factors for name, x in numbers.items() if x is not None and can_be_set(rule, name, x * (1 - 1 / 40))
    }
    alone = [dataclasses.replace(rule, **{name: float(x[i]) for name, x in many.items()}) for i in range(lanes)]
    return dataclasses.replace(rule, **many), alone


@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_lanes_are_as_many_runs_of_their_own(traceable_rule, bowl, walk, data):
    lanes = data.draw(st.integers(1, 4))
    coordinate = st.floats(-3, 3, allow_subnormal=False)
    w = np.array(data.draw(st.lists(st.lists(coordinate, min_size=lanes, max_size=lanes), min_size=3, max_size=3)))
    together, alone = spread(traceable_rule, lanes)
    points = np.array(walk(together, bowl, w, 8)[0])
    assert points.shape == (9, 3, lanes)
    for i, one in enumerate(alone):
        np.testing.assert_allclose(points[:, :, i], walk(one, bowl, w[:, i], 8)[0], rtol=1e-9, atol=1e-9)


def test_lanes_may_share_their_hyper_parameters(traceable_rule, bowl, walk):
    w = np.stack([START, -START], axis=1)
    points = np.array(walk(traceable_rule, bowl, w, 8)[0])
    for i in range(2):
        np.testing.assert_allclose(points[:, :, i], walk(traceable_rule, bowl, w[:, i], 8)[0], rtol=1e-9, atol=1e-9)


def test_state_keeps_its_shapes(rule, bowl, walk):
    before, after = rule.init(START), walk(rule, bowl, START, 3)[1]
    assert [np.shape(array) for array in arrays(before)] == [np.shape(array) for array in arrays(after)]


def test_state_keeps_its_shapes_in_lanes(traceable_rule, bowl, walk):
    together, _ = spread(traceable_rule, 2)
    w = np.stack([START, -START], axis=1)
    before, after = together.init(w), walk(together, bowl, w, 2)[1]
    assert [np.shape(array) for array in arrays(before)] == [np.shape(array) for array in arrays(after)]


def test_run_goes_on_from_a_saved_state(rule, bowl, walk):
    whole, _ = walk(rule, bowl, START, 20)
    half, state = walk(rule, bowl, START, 10)
    file = io.BytesIO()
    np.savez(file, *arrays(state), w=half[-1])
    file.seek(0)
    with np.load(file, allow_pickle=False) as saved:
        loaded = rebuilt(state, [saved[f"arr_{i}"] for i in range(len(arrays(state)))])
        rest, _ = walk(rule, bowl, saved["w"], 10, loaded)
    np.testing.assert_array_equal(whole, half + rest[1:])


@pytest.mark.parametrize("healthy_steps", [0, 3])
def test_nan_in_the_gradient_reaches_the_parameters(traceable_rule, bowl, walk, healthy_steps):
    broken = dataclasses.replace(bowl, grad=lambda w: bowl.grad(w) * np.array([np.nan, 1, 1]))
    points, state = walk(traceable_rule, bowl, START, healthy_steps)
    points, _ = walk(traceable_rule, broken, points[-1], 3, state)
    for point in points[1:]:
        assert np.isnan(point[0])


def test_zero_gradient_is_no_fault(rule, bowl, undecayed, path):
    plain = dataclasses.replace(
        bowl, f=lambda w: 0 * w[0], grad=lambda w: 0 * w, terms=lambda w: (np.ones(3), np.zeros((3, 3)))
    )
    np.testing.assert_allclose(path(undecayed(rule), plain, START, 5)[-1], START, atol=1e-4)


def test_single_precision_stays_so_through_a_thousand_steps(rule, bowl, walk):
    points, state = walk(rule, bowl, START.astype(np.float32), 1000)
    assert {point.dtype for point in points} == {np.dtype(np.float32)}
    assert {array.dtype for array in arrays(state)} <= {np.dtype(np.float32)}
    assert np.isfinite(points).all()


def test_single_precision_agrees_with_double(rule, bowl, walk):
    single, double = (walk(rule, bowl, START.astype(dtype), 30)[0] for dtype in (np.float32, np.float64))
    np.testing.assert_allclose(single, double, atol=1e-3 * np.max(np.abs(double)))


class Opaque(NDArrayOperatorsMixin):
    """An array that NumPy can compute with, and whose values Python cannot see."""

    def __init__(self, array):
        self._array = np.asarray(array)
        self.shape, self.dtype = self._array.shape, self._array.dtype

    def astype(self, dtype):
        return Opaque(self._array.astype(dtype))

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        assert (method, options) == ("__call__", {})
        return Opaque(ufunc(*map(seen, inputs)))

    def __array_function__(self, function, types, args, options):
        assert function in (np.sum, np.where)
        return Opaque(function(*map(seen, args), **options))

    def _refuse(self, *_):
        raise AssertionError("a rule that says it can be traced looks at a value")

    __bool__ = __float__ = __int__ = __index__ = __array__ = __len__ = __iter__ = __getitem__ = __setitem__ = _refuse


def seen(x):
    return x._array if isinstance(x, Opaque) else x


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_step_can_be_traced(traceable_rule, bowl, walk, dtype):
    w = START.astype(dtype)
    points, final = walk(traceable_rule, bowl, w, 7)
    state = traceable_rule.init(w)
    state = rebuilt(state, [Opaque(array) for array in arrays(state)])
    (*_, w), state = walk(traceable_rule, bowl, Opaque(w), 7, state)
    # Powers of 0-d arrays and of scalars differ in the last bit.
    last_bits = 30 * np.finfo(dtype).eps
    np.testing.assert_allclose(seen(w), points[-1], rtol=last_bits)
    for traced, plain in zip(arrays(state), arrays(final), strict=True):
        assert traced.dtype == plain.dtype
        np.testing.assert_allclose(seen(traced), plain, rtol=last_bits)

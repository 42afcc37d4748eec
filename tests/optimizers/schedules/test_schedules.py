"""What holds for every schedule, and what their sources say of each."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab.errors import ParameterError
from gdlab.optimizers.schedules import (
    SCHEDULES,
    Constant,
    Cosine,
    CosineRestarts,
    Exponential,
    InverseSqrt,
    InverseTime,
    OneCycle,
    Polynomial,
    Step,
    Warmup,
)

EACH = [
    Constant(0.3),
    Step(0.8, every=10, factor=0.5),
    Step(0.8, at=(10, 50), factor=0.25),
    Exponential(0.8, factor=0.9),
    Exponential(0.8, factor=0.5, every=20),
    InverseTime(0.8),
    InverseTime(0.8, rate=0.1),
    InverseSqrt(0.8),
    Polynomial(0.8, end=0.2, steps=40),
    Polynomial(0.2, end=0.8, steps=40, power=2),
    Cosine(0.8, end=0.2, steps=40),
    CosineRestarts(0.8, end=0.2, steps=10),
    CosineRestarts(0.8, steps=10, growth=2),
    OneCycle(0.8, steps=40),
    OneCycle(peak=0.85, start=0.95, end=0.9, steps=40, shape="linear"),
    Warmup(20, then=0.5),
    Warmup(20, then=Cosine(0.8, steps=40), start=0.1),
    Warmup(20, then=InverseSqrt(0.8, rate=1 / 20)),
]

each = pytest.mark.parametrize("schedule", EACH, ids=str)


def test_all_are_here():
    assert {type(schedule) for schedule in EACH} == set(SCHEDULES.values())


@pytest.mark.parametrize("name", SCHEDULES)
def test_record_explains_itself(name):
    kind = SCHEDULES[name]
    assert kind.name == name
    assert kind.formula
    assert kind.source
    assert kind.summary()
    assert all(parameter.doc for parameter in kind.parameters())


# k steps done, and the value there, worked out by hand from the formula of the source
VALUES = [
    (Constant(0.3), {0: 0.3, 1000: 0.3}),
    (Step(0.8, every=10, factor=0.5), {0: 0.8, 9: 0.8, 10: 0.4, 19: 0.4, 20: 0.2, 35: 0.1}),
    (Step(0.8, at=(10, 50), factor=0.25), {0: 0.8, 9: 0.8, 10: 0.2, 49: 0.2, 50: 0.05, 999: 0.05}),
    (Exponential(0.8, factor=0.5), {0: 0.8, 1: 0.4, 3: 0.1}),
    (Exponential(0.8, factor=0.25, every=20), {0: 0.8, 10: 0.4, 20: 0.2, 40: 0.05}),
    (InverseTime(0.6), {0: 0.6, 1: 0.3, 2: 0.2, 5: 0.1}),
    (InverseTime(0.6, rate=0.1), {0: 0.6, 10: 0.3, 20: 0.2}),
    (InverseSqrt(0.6), {0: 0.6, 3: 0.3, 8: 0.2}),
    (Polynomial(0.8, end=0.2, steps=40), {0: 0.8, 10: 0.65, 20: 0.5, 40: 0.2, 41: 0.2}),
    (Polynomial(0.8, steps=40, power=2), {0: 0.8, 20: 0.2, 30: 0.05, 40: 0, 99: 0}),
    (Cosine(0.8, end=0.2, steps=60), {0: 0.8, 20: 0.65, 30: 0.5, 40: 0.35, 60: 0.2, 61: 0.2}),
    (CosineRestarts(0.8, end=0.2, steps=6), {0: 0.8, 2: 0.65, 3: 0.5, 4: 0.35, 6: 0.8, 9: 0.5, 60: 0.8}),
    # The cycles of the source's figure 1: T_0 = 10 and T_mult = 2 begin anew at 10, 30, 70 and 150.
    (
        CosineRestarts(0.8, steps=10, growth=2),
        {5: 0.4, 10: 0.8, 20: 0.4, 30: 0.8, 50: 0.4, 70: 0.8, 110: 0.4, 150: 0.8},
    ),
    (CosineRestarts(0.8, steps=1, growth=3), {0: 0.8, 1: 0.8, 4: 0.8, 13: 0.8, 40: 0.8, 121: 0.8, 29524: 0.8}),
    (OneCycle(1.0, steps=100), {0: 0.04, 15: 0.52, 30: 1, 65: (1 + 4e-6) / 2, 100: 4e-6, 101: 4e-6}),
    (OneCycle(0.85, 0.95, 0.95, steps=10, rise=0.5, shape="linear"), {0: 0.95, 2: 0.91, 5: 0.85, 7: 0.89, 10: 0.95}),
    (Warmup(4, then=0.8), {0: 0, 1: 0.2, 2: 0.4, 4: 0.8, 5: 0.8}),
    (Warmup(4, then=Polynomial(0.8, steps=8), start=0.4), {0: 0.4, 1: 0.5, 4: 0.8, 6: 0.6, 12: 0}),
]


@pytest.mark.parametrize(("schedule", "values"), VALUES, ids=lambda x: str(x) if not isinstance(x, dict) else "")
def test_values(schedule, values):
    found = [schedule(np.array(float(k))) for k in values]
    np.testing.assert_allclose(found, list(values.values()), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("s", [1, 10, 4000])
def test_warmup_and_inverse_sqrt_are_the_schedule_of_the_transformer(s):
    """Vaswani et al. 2017, equation 3: proportional to min(k^(−1/2), k·s^(−3/2))."""
    k = np.arange(1.0, 3 * s)
    ours = Warmup(s, then=InverseSqrt(1.0, rate=1 / s))(k)
    np.testing.assert_allclose(ours, math.sqrt(s) * np.minimum(k**-0.5, k * s**-1.5), rtol=1e-12)


def test_square_summable_but_not_summable():
    """Robbins & Monro 1951: Σ a = ∞ and Σ a² < ∞, which a/n is, and a/√n is not."""
    k = np.arange(1e5)
    assert np.sum(InverseTime(1.0)(k) ** 2) < math.pi**2 / 6
    assert np.sum(InverseTime(1.0)(k)) > math.log(1e5)
    assert np.sum(InverseSqrt(1.0)(k) ** 2) > math.log(1e5)


@each
@given(k=st.integers(0, 10**6))
def test_stays_within_its_span(schedule, k):
    least, greatest = schedule.span()
    assert least - 1e-12 <= schedule(np.array(float(k))) <= greatest + 1e-12


@each
def test_span_is_not_too_wide(schedule):
    values = schedule(np.arange(100_000.0))
    np.testing.assert_allclose([values.min(), values.max()], schedule.span(), atol=0.02)


@each
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_answers_in_the_dtype_of_k(schedule, dtype):
    k = np.arange(120).astype(dtype)
    together = schedule(k)
    alone = [schedule(np.array(i, dtype)) for i in k]
    assert {np.asarray(value).dtype for value in [together, *alone]} == {np.dtype(dtype)}
    np.testing.assert_allclose(together, alone, rtol=10 * np.finfo(dtype).eps)
    np.testing.assert_allclose(together, schedule(np.arange(120.0)), rtol=1e-4, atol=1e-6)


@each
def test_fields_may_be_lanes(schedule):
    names = [p.name for p in schedule.parameters() if float in p.types and getattr(schedule, p.name) is not None]
    many = {name: getattr(schedule, name) * np.array([1.0, 0.9, 0.8]) for name in names}
    together = dataclasses.replace(schedule, **many)
    for k in (0, 7, 30, 200):
        values = together(np.array(float(k))) * np.ones(3)
        for i in range(3):
            alone = dataclasses.replace(schedule, **{name: float(value[i]) for name, value in many.items()})
            np.testing.assert_allclose(values[i], alone(np.array(float(k))), rtol=1e-12)


OPEN = [
    kind for kind in SCHEDULES.values() if {p.name: p for p in kind.parameters()}.get("steps") and kind is not Warmup
]


@pytest.mark.parametrize("kind", OPEN)
def test_open_length_is_that_of_the_run(kind):
    value = {"peak": 0.5} if kind is OneCycle else {"start": 0.5}
    with pytest.raises(ParameterError, match="steps is not set"):
        kind(**value)(3)
    assert kind(**value).fitted(40) == kind(**value, steps=40)
    assert kind(**value, steps=7).fitted(40) == kind(**value, steps=7)
    assert kind(**value).fitted(0) == kind(**value, steps=1)


def test_what_follows_a_warmup_takes_the_rest_of_the_run():
    assert Warmup(10, then=Cosine(0.5)).fitted(40) == Warmup(10, then=Cosine(0.5, steps=30))
    assert Warmup(10, then=Cosine(0.5)).fitted(5).then.steps == 1
    assert Constant(0.5).fitted(40) == Constant(0.5)


WRONG = [
    (lambda: Cosine(-0.1), "cosine: start = -0.1 is not allowed, it must be a number ≥ 0"),
    (lambda: Cosine(0.1, steps=0), "cosine: steps = 0 is not allowed, it must be a whole number ≥ 1"),
    (lambda: Step(0.1), "step: either every or at must be set, or nothing ever changes"),
    (lambda: Step(0.1, every=3, at=(4,)), "step: either every or at must be set, not both"),
    (lambda: Exponential(0.1, factor=0), "exponential: factor = 0 is not allowed, it must be a number > 0 and ≤ 1"),
    (lambda: OneCycle(0.1, rise=1.0), "one_cycle: rise = 1.0 is not allowed, it must be a number > 0 and < 1"),
    (
        lambda: CosineRestarts(0.1, growth=0),
        "cosine_restarts: growth = 0 is not allowed, it must be a whole number ≥ 1",
    ),
    (lambda: Step(0.1, at=(5, 3)), "step: at = [5, 3] is not allowed, its steps must rise"),
    (lambda: Step(0.1, at=(3, 3)), "step: at = [3, 3] is not allowed, its steps must rise"),
    (lambda: Warmup(5, then="cosine"), "warmup: then is 'cosine'; it must be a number or another schedule"),
    (lambda: Warmup(5, then=Warmup(3, then=0.1)), "warmup: then is a warm-up; it must be a number or another sch"),
    (lambda: Warmup(5, then=True), "warmup: then is True; it must be a number"),
    (lambda: Warmup(5, then=-0.5), "constant: start = -0.5 is not allowed, it must be a number ≥ 0"),
]


@pytest.mark.parametrize(("make", "message"), WRONG, ids=[case[1] for case in WRONG])
def test_out_of_range(make, message):
    with pytest.raises(ParameterError) as error:
        make()
    assert str(error.value).startswith(message)

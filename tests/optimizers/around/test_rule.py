"""What goes around a rule: each part by itself, all in their order, and what holds for any of them."""

import dataclasses

import numpy as np
import pytest

from gdlab.errors import ParameterError
from gdlab.optimizers import (
    ASGD,
    GD,
    LBFGS,
    NAG,
    OPTIMIZERS,
    SGD,
    Adagrad,
    Adam,
    AdamW,
    Around,
    Coordinate,
    ExponentialAverage,
    GaussNewton,
    Momentum,
    Noise,
    Polyak,
    PolyakAverage,
    RMSprop,
    Rprop,
)
from gdlab.optimizers.around import AVERAGES, KEYS
from gdlab.optimizers.around.combination import keeps_state
from gdlab.optimizers.base import Move
from gdlab.optimizers.schedules import (
    Constant,
    Cosine,
    CosineRestarts,
    Exponential,
    InverseSqrt,
    InverseTime,
    OneCycle,
    Polynomial,
    Warmup,
)

START = np.array([0.3, -0.7, 2.0])

ALL = Around(
    Adam(),
    {"lr": Warmup(3, then=Cosine(0.2, steps=12)), "beta1": OneCycle(0.85, 0.95, 0.95, steps=15)},
    clip_norm=1.5,
    clip_eps=1e-6,
    noise=Noise(0.01, seed=7),
    weight_decay=0.1,
    decay="decoupled",
    restart=5,
    average=PolyakAverage(start=4),
)

# One for each part, and some together.
SOME = [
    Around(GD(), {"lr": Cosine(0.2, steps=20)}),
    Around(Momentum(), {"lr": InverseTime(0.1, 0.1), "gamma": Exponential(0.9, 0.99)}),
    Around(NAG(lr=0.05), {"gamma": OneCycle(0.5, 0.9, 0.9, steps=20)}),
    Around(SGD(lr=0.1, momentum=0.5), {"momentum": Constant(0.8)}, clip_value=0.5),
    Around(RMSprop(centered=True), {"rho": Cosine(0.9, 0.5, steps=20), "lr": CosineRestarts(0.05, steps=6)}),
    Around(Adam(lr=0.1), clip_norm=0.5),
    Around(Adam(lr=0.1), {"clip_norm": Polynomial(5.0, end=0.5, steps=20), "weight_decay": Cosine(0.3, steps=20)}),
    Around(Adam(lr=0.1), weight_decay=0.2),
    Around(Adam(lr=0.1), weight_decay=0.2, decay="decoupled"),
    Around(Adagrad(lr=0.5), restart=4),
    Around(Adam(lr=0.1), restart=7, average=ExponentialAverage(0.8)),
    Around(GD(), average=PolyakAverage()),
    Around(ASGD(t0=3), {"lr": Cosine(0.1, steps=20)}, clip_norm=1.0),
    Around(AdamW(), {"weight_decay": Cosine(0.3, steps=20), "lr": Constant(0.1)}),
    Around(Coordinate(shrink=0.5), weight_decay=0.2),
]
NOISY = [Around(GD(), noise=Noise(0.1, seed=3)), ALL]

each = pytest.mark.parametrize("rule", SOME + NOISY, ids=str)


def leaves(state):
    """The arrays of a state, however deep."""
    return [leaf for part in state for leaf in leaves(part)] if isinstance(state, tuple) else [state]


# -- the order ------------------------------------------------------------------------------------------------------


def test_a_step_goes_in_the_documented_order(bowl, walk):
    """All at once, against the same written out by hand."""
    noise, lr, beta1 = ALL.noise, dict(ALL.schedules)["lr"], dict(ALL.schedules)["beta1"]
    w, m, v, k, mean = START, 0 * START, 0 * START, 0, START
    found, state = walk(ALL, bowl, START, 15)
    for step in range(15):
        alpha, beta = lr(float(step)), beta1(float(step))
        g = bowl.grad(w)
        g = g * min(1, 1.5 / (np.linalg.norm(g) + 1e-6))
        g = g + noise.draw(w, step)
        k, m, v = k + 1, beta * m + (1 - beta) * g, 0.999 * v + 0.001 * g * g
        after = w - alpha * (m / (1 - beta**k)) / (np.sqrt(v / (1 - 0.999**k)) + 1e-8)
        w = after - alpha * 0.1 * w
        if (step + 1) % 5 == 0:
            m, v, k = 0 * m, 0 * v, 0
        mean = w if step < 4 else mean + (w - mean) / max(1, step + 1 - 4)
        np.testing.assert_allclose(found[step + 1], w, rtol=1e-9)
    np.testing.assert_allclose(ALL.solution(w, state), mean, rtol=1e-9)


def test_coupled_decay_comes_after_clipping(bowl):
    clipped = Around(GD(lr=1.0), clip_norm=0.5, weight_decay=10.0)
    g = bowl.grad(START)
    after, _ = clipped.step(bowl, START, clipped.init(START))
    np.testing.assert_allclose(after, START - g * 0.5 / np.linalg.norm(g) - 10 * START)


# -- the parts ------------------------------------------------------------------------------------------------------


def test_a_schedule_is_a_new_record_at_each_step(bowl, walk):
    lr, gamma = Exponential(0.1, 0.9), Cosine(0.9, 0.5, steps=10)
    points, _ = walk(Around(Momentum(), {"lr": lr, "gamma": gamma}), bowl, START, 12)
    w, state = START, Momentum().init(START)
    for k in range(12):
        w, state = Momentum(lr=float(lr(k)), gamma=float(gamma(k))).step(bowl, w, state)
        np.testing.assert_allclose(points[k + 1], w, rtol=1e-14)


@pytest.mark.parametrize("name", ["lr", "clip_norm", "weight_decay"])
def test_a_constant_schedule_is_a_constant(bowl, path, name):
    plain = {"lr": 0.1, "clip_norm": 0.5, "weight_decay": 0.2}
    given = {key: value for key, value in plain.items() if key not in (name, "lr")}
    scheduled = Around(Adam(lr=0.1), {name: Constant(plain[name])}, **given)
    fixed = Around(Adam(lr=0.1), clip_norm=0.5, weight_decay=0.2)
    np.testing.assert_allclose(path(scheduled, bowl, START, 20), path(fixed, bowl, START, 20), rtol=1e-14)


def test_coupled_decay_is_a_penalty_on_the_loss(bowl, path):
    penalised = dataclasses.replace(bowl, grad=lambda w: bowl.grad(w) + 0.3 * w)
    np.testing.assert_allclose(
        path(Around(Adam(lr=0.1), weight_decay=0.3), bowl, START, 20), path(Adam(lr=0.1), penalised, START, 20)
    )


def test_a_search_without_gradients_sees_the_penalty_too(bowl, path):
    """The least of cᵢ(wᵢ − tᵢ)²/2 + λwᵢ²/2 lies at cᵢtᵢ/(cᵢ + λ)."""
    points = path(Around(Coordinate(c=1.0, shrink=0.5), weight_decay=1.0), bowl, START, 80)
    np.testing.assert_allclose(points[-1], [1 / 2, -6 / 4, 0.25 / 1.5], atol=1e-6)


def test_penalty_enters_value_gradient_and_curvature_alike():
    class Quadratic:
        def value(self, w):
            return w @ w * w[0]

        def gradient(self, w):
            return 2 * w * w[0] + np.eye(3)[0] * (w @ w)

        def value_and_gradient(self, w):
            return self.value(w), self.gradient(w)

        def hessian(self, w):
            e = np.outer(np.eye(3)[0], 2 * w)
            return 2 * w[0] * np.eye(3) + e + e.T

        def hvp(self, w, v):
            return self.hessian(w) @ v

    seen = []

    @dataclasses.dataclass(frozen=True)
    class Looks(GD):
        def step(self, objective, w, state):
            seen.append(objective)
            return w, ()

    rule = Around(Looks(), weight_decay=0.4)
    rule.step(Quadratic(), START, rule.init(START))
    (objective,) = seen
    value, gradient = objective.value_and_gradient(START)
    assert value == objective.value(START) == START @ START * START[0] + 0.2 * START @ START
    np.testing.assert_array_equal(gradient, objective.gradient(START))
    for i, e in enumerate(1e-6 * np.eye(3)):
        slope = (objective.value(START + e) - objective.value(START - e)) / 2e-6
        curvature = (objective.gradient(START + e) - objective.gradient(START - e)) / 2e-6
        np.testing.assert_allclose(gradient[i], slope, rtol=1e-6)
        np.testing.assert_allclose(objective.hessian(START)[i], curvature, rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(objective.hvp(START, e * 1e6), curvature, rtol=1e-6, atol=1e-7)


def test_decoupled_decay_of_gd_is_coupled_decay(bowl, path):
    """Without a state there is nothing that could couple."""
    both = [path(Around(GD(), weight_decay=0.3, decay=d), bowl, START, 20) for d in ("coupled", "decoupled")]
    np.testing.assert_allclose(*both, rtol=1e-12)


def test_decoupled_decay_of_adam_is_adamw(bowl, path):
    around = Around(Adam(lr=0.1), {"lr": Cosine(0.1, steps=30)}, weight_decay=0.3, decay="decoupled")
    own = Around(AdamW(lr=0.1, weight_decay=0.3), {"lr": Cosine(0.1, steps=30)})
    np.testing.assert_allclose(path(around, bowl, START, 30), path(own, bowl, START, 30), rtol=1e-12)


def test_restarts_are_runs_from_where_the_last_one_ended(bowl, path):
    points = path(Around(Adam(lr=0.1), restart=6), bowl, START, 20)
    for first in (0, 6, 12):
        np.testing.assert_array_equal(points[first : first + 7], path(Adam(lr=0.1), bowl, points[first], 6))


def test_any_rule_can_begin_anew(rule, bowl, path):
    if not keeps_state(rule):
        return
    points = path(Around(rule, restart=3), bowl, START, 7)
    for first in (0, 3):
        np.testing.assert_array_equal(points[first : first + 4], path(rule, bowl, points[first], 3))


@pytest.mark.parametrize("start", [0, 1, 7])
def test_polyak_average_is_the_mean_of_the_points_after_its_start(bowl, walk, start):
    rule = Around(GD(lr=0.3), average=PolyakAverage(start))
    points, state = walk(rule, bowl, START, 15)
    np.testing.assert_allclose(rule.solution(points[-1], state), np.mean(points[start + 1 :], axis=0), rtol=1e-13)
    early, state = walk(rule, bowl, START, start)
    np.testing.assert_allclose(rule.solution(early[-1], state), early[-1], rtol=1e-13)


def test_exponential_average_weighs_the_points_by_their_age(bowl, walk):
    rule = Around(GD(lr=0.3), average=ExponentialAverage(0.9))
    points, state = walk(rule, bowl, START, 15)
    weights = np.array([0.9**15, *(0.1 * 0.9 ** (15 - k) for k in range(1, 16))])
    assert np.sum(weights) == pytest.approx(1)
    np.testing.assert_allclose(rule.solution(points[-1], state), weights @ np.array(points), rtol=1e-13)


def test_averaging_leaves_the_path_alone(bowl, path):
    around = Around(Adam(lr=0.1), average=PolyakAverage())
    np.testing.assert_array_equal(path(around, bowl, START, 20), path(Adam(lr=0.1), bowl, START, 20))


def test_an_average_beats_the_last_point_under_noise(bowl, walk):
    """Polyak & Juditsky 1992: the mean of noisy steps of constant length ends nearer than any of them."""
    rule = Around(GD(lr=0.2), noise=Noise(1.0, decay=0.0, seed=1), average=PolyakAverage(start=100))
    points, state = walk(rule, bowl, START, 2000)
    least = np.array([1, -2, 0.5])
    away = np.linalg.norm(np.array(points[100:]) - least, axis=1)
    assert np.linalg.norm(rule.solution(points[-1], state) - least) < 0.2 * np.median(away)


def test_lr_of_each_step_is_told():
    assert Around(Adam(lr=0.3), clip_norm=1.0).lr_at(5) == 0.3
    assert Around(Coordinate(), weight_decay=0.1).lr_at(5) is None
    scheduled = Around(ASGD(lambd=1.0), {"lr": Constant(0.5)})
    assert scheduled.lr_at(6.0) == pytest.approx(0.5 / (1 + 0.5 * 6) ** 0.75)
    np.testing.assert_allclose(Around(Adam(), {"lr": InverseTime(0.6)}).lr_at(np.arange(3)), [0.6, 0.3, 0.2])


def test_hats_are_those_of_the_step_that_was_done(bowl, walk):
    rule = Around(Adam(), {"beta1": Exponential(0.9, 0.5), "lr": Constant(0.1)})
    points, before = walk(rule, bowl, START, 2)
    after, state = rule.step(bowl, points[-1], before)
    points = [*points, after]
    hats = rule.derived(Move(points[-2], after, None, None, before, state))
    np.testing.assert_allclose(hats["m̂"], state.rule.m / (1 - 0.225**3))
    np.testing.assert_allclose(points[-1], points[-2] - 0.1 * hats["m̂"] / (np.sqrt(hats["v̂"]) + 1e-8))


# -- what holds for any -----------------------------------------------------------------------------------------------


def test_nothing_around_a_rule_changes_nothing(rule, bowl, walk):
    points, _ = walk(Around(rule), bowl, START, 6)
    np.testing.assert_array_equal(points, walk(rule, bowl, START, 6)[0])


def test_it_goes_by_the_name_and_the_abilities_of_its_rule():
    around = Around(Adam(lr=0.1), noise=Noise())
    assert (around.name, around.formula, around.source) == ("adam", Adam.formula, Adam.source)
    assert Around(Adam()).traceable
    assert not around.traceable
    assert not Around(Coordinate()).traceable
    assert not Around(Coordinate()).uses_gradient
    assert Around(ASGD()).averages
    assert not around.averages


@each
def test_arguments_are_not_changed_and_a_step_can_be_repeated(rule, bowl):
    w, state = START.copy(), rule.init(START)
    for _ in range(4):
        before = [np.array(leaf) for leaf in (w, *leaves(state))]
        first, second = rule.step(bowl, w, state), rule.step(bowl, w, state)
        for array, copy in zip((w, *leaves(state)), before, strict=True):
            np.testing.assert_array_equal(array, copy)
        for a, b in zip(leaves(first), leaves(second), strict=True):
            np.testing.assert_array_equal(a, b)
        w, state = first


def spread(record, lanes):
    """A record with another value of each number in each lane, and the record of each lane alone."""
    together, alone = {}, [{} for _ in range(lanes)]
    for parameter in record.parameters():
        name, value = parameter.name, getattr(record, parameter.name)
        if name == "schedules":
            spreads = {key: spread(schedule, lanes) for key, schedule in value}
            together[name] = {key: many for key, (many, _) in spreads.items()}
            singles = [{key: each[i] for key, (_, each) in spreads.items()} for i in range(lanes)]
        elif hasattr(value, "parameters"):
            together[name], singles = spread(value, lanes)
        elif float in parameter.types and value is not None:
            together[name] = value * (1 - np.arange(lanes) / 40)
            singles = together[name].tolist()
        else:
            continue
        for i in range(lanes):
            alone[i][name] = singles[i]
    return dataclasses.replace(record, **together), [dataclasses.replace(record, **values) for values in alone]


@each
def test_lanes_are_as_many_runs_of_their_own(rule, bowl, walk):
    together, alone = spread(rule, 3)
    w = np.stack([START, -START, START / 2], axis=1)
    points, state = walk(together, bowl, w, 16)
    for i, one in enumerate(alone):
        found, its = walk(one, bowl, w[:, i], 16)
        np.testing.assert_allclose(np.array(points)[:, :, i], found, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(
            together.solution(points[-1], state)[:, i], one.solution(found[-1], its), rtol=1e-9, atol=1e-9
        )


@each
def test_single_precision_stays_so(rule, bowl, walk):
    w = START.astype(np.float32)
    points, state = walk(rule, bowl, w, 1000)
    arrays = [*points, *leaves(state), rule.solution(points[-1], state)]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}
    assert np.isfinite(np.array(points)).all()
    double = walk(rule, bowl, START, 15)[0]
    np.testing.assert_allclose(points[:16], double, atol=1e-2)


@each
def test_nan_in_the_gradient_reaches_the_parameters(rule, bowl, walk):
    broken = dataclasses.replace(bowl, f=lambda w: bowl.f(w) * np.nan, grad=lambda w: bowl.grad(w) * np.nan)
    points, _ = walk(rule, broken, START, 3)
    assert not rule.uses_gradient or np.isnan(points[-1]).any()


def test_what_is_open_is_filled_in_for_a_run():
    open_ended = Around(Adam(), {"lr": Cosine(0.1), "beta1": Constant(0.8)}, noise=Noise(0.1))
    assert open_ended.fitted(40, 5) == Around(
        Adam(), {"lr": Cosine(0.1, steps=40), "beta1": Constant(0.8)}, noise=Noise(0.1, seed=5)
    )
    assert Adam().fitted(40, 5) == Adam()
    with pytest.raises(ParameterError, match="steps is not set"):
        open_ended.step(None, START, open_ended.init(START))


def test_records_are_equal_and_hashable_like_others():
    made = [Around(Adam(), {"lr": Cosine(0.1, steps=3)}, clip_norm=1.0) for _ in range(2)]
    assert len(set(made)) == 1
    assert made[0] != Around(Adam(), {"lr": Cosine(0.1, steps=4)}, clip_norm=1.0)
    assert dataclasses.replace(made[0], clip_norm=2.0).schedules == made[0].schedules


# -- what does not go together --------------------------------------------------------------------------------------

NOT_TOGETHER = [
    (lambda: Around(Adam(), clip_norm=0), "adam: clip_norm = 0 is not allowed, it must be a number > 0"),
    (lambda: Around(Adam(), clip_norm=1, clip_value=1), "adam: clip_norm and clip_value are not allowed together"),
    (lambda: Around(Adam(), clip_eps=1e-6), "adam: clip_eps = 1e-06 is not allowed without clip_norm"),
    (lambda: Around(Coordinate(), clip_norm=1), "coordinate: clip_norm has no effect, the rule asks for no gradient"),
    (lambda: Around(Coordinate(), noise=Noise()), "coordinate: noise has no effect, the rule asks for no gradient"),
    (lambda: Around(Adam(), decay="decoupled"), "adam: decay = 'decoupled' has no effect without weight_decay"),
    (lambda: Around(AdamW(), weight_decay=0.1), "adamw: the rule has a weight_decay of its own; set that instead"),
    (lambda: Around(GaussNewton(), weight_decay=0.1), "gauss_newton: coupled weight_decay is not allowed, its penalty"),
    (lambda: Around(Polyak(), weight_decay=0.1), "polyak: coupled weight_decay is not allowed, it changes the least"),
    (lambda: Around(LBFGS(), clip_norm=0.1), "lbfgs: clip_norm is not allowed, the rule also asks for values or curv"),
    (lambda: Around(Rprop(), weight_decay=0.1, decay="decoupled"), "rprop: decay = 'decoupled' is not allowed, it is"),
    (lambda: Around(Coordinate(), weight_decay=0.1, decay="decoupled"), "coordinate: decay = 'decoupled' is not"),
    (lambda: Around(Adam(variant="lecture"), weight_decay=0.1, decay="decoupled"), "adam: decay = 'decoupled' is not"),
    (lambda: Around(GD(), restart=5), "gd: restart has no effect, the rule keeps no state that could begin anew"),
    (lambda: Around(SGD(), restart=5), "sgd: restart has no effect"),
    (lambda: Around(Adam(), restart=0), "adam: restart = 0 is not allowed, it must be a whole number ≥ 1"),
    (lambda: Around(ASGD(), average=PolyakAverage()), "asgd: average is not allowed, the rule offers an average of"),
    (lambda: Around(Around(Adam())), "adam: there is something around it already; say all of it at once"),
    (lambda: Around(Adam(), {"lrr": Constant(0.1)}), "adam: unknown hyper-parameter 'lrr': did you mean 'lr'?"),
    (lambda: Around(Adam(), {"variant": Constant(0.1)}), "adam: variant cannot follow a schedule, it is not a number"),
    (lambda: Around(Rprop(), {"lr": Constant(0.1)}), "rprop: lr cannot follow a schedule, it is used once"),
    (lambda: Around(Adam(), {"restart": Constant(3)}), "adam: unknown hyper-parameter 'restart'"),
    (lambda: Around(Adam(), {"lr": Constant(0)}), "adam: lr = 0.0 is not allowed, it must be a number > 0 (0 is the"),
    (
        lambda: Around(Adam(), {"beta1": Cosine(1.0, steps=9)}),
        "adam: beta1 = 1.0 is not allowed, it must be a number ≥ 0 and < 1 (1 is the greatest value of its schedule)",
    ),
    (
        lambda: Around(Adam(), {"eps": Cosine(1e-3, steps=9)}).fitted(11, 0),
        "adam: eps = 0.0 is not allowed, it must be a number > 0 (its schedule gives that at step 10)",
    ),
    (
        lambda: Around(Adam(), {"clip_norm": Warmup(5, then=1.0)}).fitted(11, 0),
        "adam: clip_norm = 0.0 is not allowed, it must be a number > 0 (its schedule gives that at step 0)",
    ),
    (
        lambda: Around(Adam(), {"clip_norm": Exponential(1.0, 0.1)}).fitted(1000, 0),
        "adam: clip_norm = 0.0 is not allowed, it must be a number > 0 (its schedule gives that at step 999)",
    ),
    (lambda: Around(Adam(variant="lecture"), {"lr": Cosine(1.0)}), "adam: lr = 0.5 is not allowed with variant 'lec"),
    (lambda: Around(Adam(), noise=Noise(variance=-1)), "noise: variance = -1 is not allowed, it must be a number > 0"),
    (lambda: Adam(lr=Cosine(0.1)), "adam: lr is a number here; a schedule for it goes around the optimizer"),
]


@pytest.mark.parametrize(("make", "message"), NOT_TOGETHER, ids=[case[1] for case in NOT_TOGETHER])
def test_what_makes_no_sense_is_refused_in_words(make, message):
    with pytest.raises(ParameterError) as error:
        make()
    assert str(error.value).startswith(message)


def test_a_rule_that_looks_at_more_than_gradients_gets_them_unchanged():
    @dataclasses.dataclass(frozen=True)
    class LineSearch(GD):
        uses_more = True

    with pytest.raises(ParameterError, match="clip_norm is not allowed, the rule also asks for values or curvature"):
        Around(LineSearch(), clip_norm=1)
    assert Around(LineSearch(), weight_decay=0.1).weight_decay == 0.1


@pytest.mark.parametrize("name", ["clip_norm", "clip_value", "eps"])
@pytest.mark.parametrize(
    "schedule",
    [Exponential(1.0, 0.9), InverseTime(1.0), InverseSqrt(1.0), Cosine(1.0), Polynomial(1.0), CosineRestarts(1.0)],
    ids=lambda schedule: schedule.name,
)
def test_what_must_be_above_0_may_near_it(name, schedule):
    rule = Around(Adam(), {name: schedule}).fitted(50, 0)
    record = rule if name.startswith("clip") else rule.rule
    assert getattr(record, name) == 1.0
    now = rule.at(49.0)
    assert getattr(now if record is rule else now.rule, name) > 0


def test_a_step_size_may_fall_to_0():
    assert Around(Adam(), {"lr": Warmup(5, then=Cosine(0.1, steps=9))}).rule.lr == 0.1


# -- what rules say of themselves -----------------------------------------------------------------------------------


SWITCHED_ON = {"sgd": {"momentum": 0.5}}  # without which other hyper-parameters are refused


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_what_init_depends_on_follows_no_schedule(name):
    """A schedule would change it from step to step, where nobody looks at it any more."""
    rule = OPTIMIZERS[name](**SWITCHED_ON.get(name, {}))
    numbers = {p.name: getattr(rule, p.name) for p in rule.parameters() if float in p.types}
    assert rule.fixed <= set(numbers)
    for parameter, value in numbers.items():
        if value is None or parameter in rule.fixed:
            continue
        for other in others(rule, parameter, [0.9 * value + 0.05, 1.1 * value]):
            for a, b in zip(leaves(rule.init(START)), leaves(other.init(START)), strict=True):
                np.testing.assert_array_equal(a, b, parameter)


def others(rule, parameter, values):
    """The rule with other values of a hyper-parameter, those that it takes."""
    for value in values:
        try:
            yield dataclasses.replace(rule, **{parameter: value})
        except ParameterError:
            continue


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_explained(key):
    (parameter,) = (p for p in Around.parameters() if p.name == key)
    assert parameter.doc


@pytest.mark.parametrize("name", AVERAGES)
def test_every_average_explains_itself(name):
    kind = AVERAGES[name]
    assert kind.name == name
    assert kind.formula
    assert kind.source
    assert kind.summary()
    assert all(parameter.doc for parameter in kind.parameters())

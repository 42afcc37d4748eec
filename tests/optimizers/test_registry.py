import dataclasses
import pickle

import numpy as np
import pytest

from gdlab.errors import ParameterError
from gdlab.optimizers import (
    BB,
    BFGS,
    CG,
    GD,
    LBFGS,
    NAG,
    OPTIMIZERS,
    SGD,
    Adam,
    Around,
    GaussNewton,
    LevenbergMarquardt,
    Momentum,
    NAdam,
    Newton,
    Optimizer,
    Polyak,
    PolyakAverage,
    RMSprop,
    Rprop,
)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_record_explains_itself(name):
    cls = OPTIMIZERS[name]
    assert issubclass(cls, Optimizer)
    assert cls.name == name
    assert cls.formula
    assert cls.source
    assert cls.summary()
    for parameter in cls.parameters():
        assert parameter.doc, parameter.name
        anything = parameter.types == (bool,) or parameter.name == "f_star"  # a value of f
        assert parameter.range or anything, parameter.name
        assert parameter.allows(parameter.default), parameter.name


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_variant_has_its_sentence_and_published_is_the_default(name):
    cls = OPTIMIZERS[name]
    variant = {p.name: p for p in cls.parameters()}.get("variant")
    assert tuple(cls.variants) == (variant.choices if variant else ())
    assert all(cls.variants.values())
    if variant:
        assert variant.default == variant.choices[0] == "published"


OUTSIDE = {">": 0, "≥": -1, "<": 0, "≤": 1}


@pytest.mark.parametrize(
    ("cls", "parameter", "value"),
    [
        pytest.param(cls, parameter, value, id=f"{cls.name}-{parameter.name}={value}")
        for cls in OPTIMIZERS.values()
        for parameter in cls.parameters()
        if float in parameter.types
        for value in [*(limit + OUTSIDE[relation] for relation, limit in parameter.bounds), float("nan"), float("inf")]
    ],
)
def test_value_out_of_range_names_parameter_value_and_range(cls, parameter, value):
    with pytest.raises(ParameterError) as error:
        cls(**{parameter.name: value})
    assert (
        str(error.value) == f"{cls.name}: {parameter.name} = {value!r} is not allowed, it must be {parameter.allowed}"
    )


def test_lanes_out_of_range_are_refused_too():
    with pytest.raises(ParameterError, match=r"adam: lr = array.*it must be a number > 0"):
        Adam(lr=np.array([0.1, -0.1]))


@pytest.mark.parametrize(
    ("cls", "settings", "message"),
    [
        (Adam, {"variant": "lecture", "lr": 0.1}, "adam: lr = 0.1 is not allowed with variant 'lecture'"),
        (SGD, {"dampening": 0.5}, "sgd: dampening = 0.5 is not allowed without momentum; leave dampening out"),
        (SGD, {"nesterov": True}, "sgd: nesterov = true is not allowed without momentum; leave nesterov out"),
        (
            SGD,
            {"momentum": 0.9, "dampening": 0.5, "nesterov": True},
            "sgd: dampening = 0.5 is not allowed with nesterov",
        ),
        (NAdam, {"variant": "optax", "momentum_decay": 0.1}, "nadam: momentum_decay = 0.1 is not allowed with variant"),
    ],
    ids=str,
)
def test_setting_without_effect_is_refused_not_ignored(cls, settings, message):
    with pytest.raises(ParameterError) as error:
        cls(**settings)
    assert str(error.value).startswith(message)


def test_a_step_size_of_one_is_what_a_rule_without_one_has():
    assert Adam(variant="lecture", lr=1).lr == 1


@pytest.mark.parametrize("number", [np.float64(0.01), np.float32(0.01), np.array(0.01)], ids=repr)
def test_a_number_of_numpy_lifts_no_path_to_its_precision(number, bowl, walk):
    rule = Adam(lr=number)
    assert type(rule.lr) is float
    assert {point.dtype for point in walk(rule, bowl, np.ones(3, np.float32), 3)[0]} == {np.dtype(np.float32)}
    assert GD(lr=np.array([0.1, 0.2])).lr.shape == (2,)


def test_a_derived_rule_has_a_name_and_a_formula_of_its_own_or_none():
    class Mine(Adam):
        """Not Adam any more."""

    class Named(Mine):
        """Says what it is."""

        name = "named"
        formula = "w ← w"

    assert (Mine.name, Mine.formula, Mine.source, Mine.variants) == ("Mine", "", "", {})
    assert (Named.name, Named.formula, Named.source) == ("named", "w ← w", "")
    assert Mine(lr=0.5).lr == 0.5


STABLE = [
    (GD(), 2.0),
    (SGD(), 2.0),
    (SGD(momentum=0.9), 3.8),
    (SGD(momentum=0.9, dampening=0.5), 7.6),
    (SGD(momentum=0.9, nesterov=True), 3.8 / 2.8),
    (Momentum(gamma=0.9), 3.8),
    (Momentum(gamma=0.9, variant="torch"), 3.8),
    (NAG(gamma=0.9), 3.8 / 2.8),
    (NAG(gamma=0.9, variant="torch"), 3.8 / 2.8),
    (Around(NAG(gamma=0.5), average=PolyakAverage()), 1.5),
]


@pytest.mark.parametrize(("rule", "limit"), STABLE, ids=repr)
def test_a_rule_is_stable_as_far_as_it_says(rule, limit, walk):
    """On ½w², where L = 1, steps with an lr just below the limit die out, and with one just above they grow."""
    assert rule.stable == pytest.approx(limit)
    half_square = type("HalfSquare", (), {"gradient": staticmethod(lambda w: w)})
    inner = rule.rule if isinstance(rule, Around) else rule
    for lr, far in ((0.98 * limit, False), (1.02 * limit, True)):
        (*_, last), _ = walk(dataclasses.replace(inner, lr=lr), half_square, np.ones(1), 2000)
        assert (abs(last[0]) > 1e3, abs(last[0]) < 1e-3) == (far, not far)


def test_records_are_immutable():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Adam().lr = 1.0


ABOUT = [
    (lambda: Adam(lr=0), ("lr",)),
    (lambda: SGD(dampening=0.5), ("dampening",)),
    (lambda: Rprop(delta_min=60), ("delta_min", "delta_max")),
    (lambda: BB(alpha_min=1e11), ("alpha_min", "alpha_max")),
    (lambda: LBFGS(c1=0.95), ("c1", "c2")),
    (lambda: Around(Adam(), clip_norm=1, clip_value=1), ("clip_value", "clip_norm")),
    (lambda: Around(GD(), restart=3), ("restart",)),
    (lambda: Around(Polyak(f_star=0.0), clip_norm=1), ("clip_norm",)),
    (lambda: Polyak().fitted(10, 0), ("f_star",)),
]


@pytest.mark.parametrize(("made", "parameters"), ABOUT)
def test_an_error_tells_which_parameters_it_is_about(made, parameters):
    with pytest.raises(ParameterError) as error:
        made()
    assert error.value.parameters == parameters
    copy = pickle.loads(pickle.dumps(error.value))  # noqa: S301 - as between processes
    assert (str(copy), copy.parameters) == (str(error.value), parameters)


# Variants that compute the same formula in another precision, or with other constants.
SAME = {("asgd", "torch"), ("nelder_mead", "adaptive")}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_variant_is_written_out(name):
    kind = OPTIMIZERS[name]
    default = kind()
    assert default.written
    others = {word for word in kind.variants if word != getattr(default, "variant", "")}
    found = {word for word in others if kind(variant=word).written == default.written}
    assert {(name, word) for word in found} <= SAME
    assert set(kind.formulas) <= others


OPTIONS = [
    (Adam(eps_root=1e-8), "w ← w − lr·m̂/(√(v̂ + eps_root) + eps)"),
    (RMSprop(centered=True), "w ← w − lr·g/(√(v − m²) + eps)"),
    (RMSprop(momentum=0.9), "b ← momentum·b + g/(√v + eps)\nw ← w − lr·b"),
    (RMSprop(momentum=0.9, variant="optax"), "b ← momentum·b + lr·g/√(v + eps)\nw ← w − b"),
    (RMSprop(centered=True, variant="optax"), "w ← w − lr·g/√(v − m² + eps)"),
    (SGD(), "w ← w − lr·g"),
    (SGD(momentum=0.9, nesterov=True), "w ← w − lr·(g + momentum·v)"),
    (SGD(momentum=0.9, dampening=0.5), "v ← momentum·v + (1 − dampening)·g"),
    (BFGS(search="none"), "w ← w − lr·Hg"),
    (BB(search="none", size="short"), "α = s·y/y·y"),
    (Newton(search="armijo"), "w ← w − αH⁻¹g"),
    (GaussNewton(search="armijo"), "w ← w + αd"),
    (LevenbergMarquardt(scaling="diagonal"), "D = diag(JᵀJ)^½\n"),
    (CG(beta="dai_yuan"), "β = g·g/d·y"),
]


@pytest.mark.parametrize(("rule", "line"), OPTIONS)
def test_options_stand_in_the_rule(rule, line):
    assert line in rule.written

"""Step by step against the trajectories that torch and optax computed."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from gdlab.optimizers import (
    ASGD,
    GD,
    LAMB,
    NAG,
    SGD,
    AdaBelief,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    AMSGrad,
    Around,
    ExponentialAverage,
    Lion,
    Momentum,
    NAdam,
    NovoGrad,
    Optimizer,
    RAdam,
    RMSprop,
    Rprop,
    SignSGD,
    Yogi,
)
from gdlab.optimizers.schedules import Cosine, Exponential, InverseTime, Schedule, Step, Warmup

FILE = Path(__file__).parents[3] / "shared" / "vectors" / "optimizer_vectors.json"
REFERENCE = json.loads(FILE.read_text()) if FILE.exists() else {"vectors": [], "problems": {}}
VECTORS = {vector["id"]: vector for vector in REFERENCE["vectors"] if vector["optimizer"] != "Newton"}

pytestmark = pytest.mark.skipif(not VECTORS, reason="the reference vectors are not beside the repository")


def torch_sgd(lr, momentum=0.0, dampening=0.0, nesterov=False):
    if momentum == 0:
        return [GD(lr), SGD(lr)]
    library = SGD(lr, momentum=momentum, dampening=dampening, nesterov=nesterov)
    if nesterov:
        return [library, NAG(lr, gamma=momentum, variant="torch")]
    return [library] if dampening else [library, Momentum(lr, gamma=momentum, variant="torch")]


def torch_adam(lr, amsgrad=False, betas=(0.9, 0.999), eps=1e-8):
    return [AMSGrad(lr, *betas, eps, variant="torch") if amsgrad else Adam(lr, *betas, eps)]


def torch_adamw(lr, weight_decay=0.01, amsgrad=False, **others):
    if amsgrad:
        decoupled = {"weight_decay": weight_decay, "decay": "decoupled"}
        return [Around(rule, **decoupled) for rule in torch_adam(lr, amsgrad=True, **others)]
    return [AdamW(lr, weight_decay=weight_decay, **others)]


def torch_adagrad(lr, initial_accumulator_value=0.0, eps=1e-10, lr_decay=0.0):
    rule = Adagrad(lr, eps, initial_accumulator_value, variant="torch")
    return [Around(rule, {"lr": InverseTime(lr, lr_decay)}) if lr_decay else rule]


def optax_rmsprop(learning_rate, decay=0.9, eps=1e-8, momentum=None, centered=False):
    return [RMSprop(learning_rate, decay, eps, momentum, centered, variant="optax")]


# What each optimizer of a source is here, by the names and the defaults of the source.
TABLE = {
    ("torch", "SGD"): torch_sgd,
    ("torch", "Adagrad"): torch_adagrad,
    ("torch", "RMSprop"): lambda lr, alpha=0.99, eps=1e-8, momentum=0.0, centered=False: [
        RMSprop(lr, alpha, eps, momentum or None, centered)
    ],
    ("torch", "Adam"): torch_adam,
    ("torch", "AdamW"): torch_adamw,
    ("torch", "Adamax"): lambda lr, betas=(0.9, 0.999), eps=1e-8: [Adamax(lr, *betas, eps)],
    ("torch", "NAdam"): lambda lr, betas=(0.9, 0.999), eps=1e-8, momentum_decay=0.004: [
        NAdam(lr, *betas, eps, momentum_decay, variant="torch")
    ],
    ("torch", "RAdam"): lambda lr, betas=(0.9, 0.999), eps=1e-8: [RAdam(lr, *betas, eps, variant="torch")],
    ("torch", "Adadelta"): lambda lr, rho=0.9, eps=1e-6: [Adadelta(lr, rho, eps)],
    ("torch", "Rprop"): lambda lr, etas=(0.5, 1.2), step_sizes=(1e-6, 50.0): [
        Rprop(lr, *etas, *step_sizes, variant="torch")
    ],
    ("torch", "ASGD"): lambda lr, lambd=1e-4, alpha=0.75, t0=1e6: [ASGD(lr, lambd, alpha, t0, variant="torch")],
    ("optax", "sgd"): lambda learning_rate, **others: torch_sgd(learning_rate, **others),
    ("optax", "adam"): lambda learning_rate, b1=0.9, b2=0.999, eps=1e-8, eps_root=None: [
        Adam(learning_rate, b1, b2, eps, eps_root)
    ],
    ("optax", "nadam"): lambda learning_rate, b1=0.9, b2=0.999, eps=1e-8: [
        NAdam(learning_rate, b1, b2, eps, variant="optax")
    ],
    ("optax", "adamw"): lambda learning_rate, b1=0.9, b2=0.999, eps=1e-8, weight_decay=1e-4: [
        AdamW(learning_rate, b1, b2, eps, weight_decay)
    ],
    ("optax", "adabelief"): lambda learning_rate, b1=0.9, b2=0.999, eps=1e-16: [AdaBelief(learning_rate, b1, b2, eps)],
    ("optax", "amsgrad"): lambda learning_rate, b1=0.9, b2=0.999, eps=1e-8: [
        AMSGrad(learning_rate, b1, b2, eps, variant="optax")
    ],
    ("optax", "adamax"): lambda learning_rate, b1=0.9, b2=0.999, eps=1e-8: [Adamax(learning_rate, b1, b2, eps)],
    ("optax", "adagrad"): lambda learning_rate, initial_accumulator_value=0.1, eps=1e-7: [
        Adagrad(learning_rate, eps, initial_accumulator_value)
    ],
    ("optax", "rmsprop"): optax_rmsprop,
    ("optax", "lion"): lambda learning_rate, b1=0.9, b2=0.99, weight_decay=1e-3: [
        Lion(learning_rate, b1, b2, weight_decay)
    ],
    ("optax", "yogi"): lambda learning_rate, b1=0.9, b2=0.999, eps=1e-3: [
        Yogi(learning_rate, b1, b2, eps, variant="optax")
    ],
    ("optax", "lamb"): lambda learning_rate, b1=0.9, b2=0.999, eps=1e-6, weight_decay=0.0: [
        LAMB(learning_rate, b1, b2, eps, weight_decay)
    ],
    ("optax", "sign_sgd"): lambda learning_rate: [SignSGD(learning_rate)],
    ("optax", "radam"): lambda learning_rate, b1=0.9, b2=0.999, eps=1e-8: [
        RAdam(learning_rate, b1, b2, eps, variant="optax")
    ],
    ("optax", "adadelta"): lambda learning_rate, rho=0.9, eps=1e-6: [Adadelta(learning_rate, rho, eps)],
    ("optax", "novograd"): lambda learning_rate, b1=0.9, b2=0.25, eps=1e-6, weight_decay=0.0: [
        NovoGrad(learning_rate, b1, b2, eps, weight_decay)
    ],
}
OWN_DECAY = {"AdamW", "adamw", "lion", "lamb", "novograd"}

# What each schedule of torch is here, for a step size lr.
SCHEDULES = {
    "StepLR": lambda lr, step_size, gamma: Step(lr, gamma, every=step_size),
    "MultiStepLR": lambda lr, milestones, gamma: Step(lr, gamma, at=tuple(milestones)),
    "ExponentialLR": lambda lr, gamma: Exponential(lr, gamma),
    "CosineAnnealingLR": lambda lr, T_max: Cosine(lr, steps=T_max),  # noqa: N803 - the name that torch gives it
    "LinearLR": lambda lr, start_factor, total_iters: Warmup(total_iters, then=lr, start=lr * start_factor),
}


def schedule_of(vector) -> Schedule:
    options = dict(vector["schedule"])
    return SCHEDULES[options.pop("name")](vector["hyper"]["lr"], **options)


def rules(vector) -> list[Optimizer]:
    """Our records for a vector, with what its source puts around them."""
    hyper, around = dict(vector["hyper"]), {}
    if vector["optimizer"] not in OWN_DECAY:
        around["weight_decay"] = hyper.pop("weight_decay", None)
    if vector.get("schedule"):
        around["schedules"] = {"lr": schedule_of(vector)}
    if vector.get("clip_norm"):
        around |= {"clip_norm": vector["clip_norm"], "clip_eps": 1e-6}
    around["clip_value"] = vector.get("clip_value")
    if vector.get("ema_decay"):
        around["average"] = ExponentialAverage(vector["ema_decay"])
    around = {name: value for name, value in around.items() if value is not None}
    found = TABLE[vector["source"], vector["optimizer"]](**hyper)
    return [Around(rule, **around) if around else rule for rule in found]


CASES = [
    pytest.param(vector, rule, id=f"{name}-{vector['source']}-{vector['optimizer']}-{rule.name}")
    for name, vector in VECTORS.items()
    for rule in rules(vector)
]


def rosenbrock(x, rows):
    a, b = x
    return np.stack([-400 * a * (b - a * a) - 2 * (1 - a), 200 * (b - a * a)])


def quadratic(x, rows):
    c, t = np.array([[1, 2, 5, 10, 50], [1, -1, 0.5, 2, 0.25]], x.dtype)
    return c * (x - t)


def logistic(x, rows):
    data = REFERENCE["problems"]["logreg"]["data"]
    inputs, y = (np.array(data[name], x.dtype)[rows] for name in "Ay")
    return inputs.T @ (1 / (1 + np.exp(-inputs @ x)) - y) / len(y) + 0.01 * x


GRADIENTS = {"rosen2": rosenbrock, "quad": quadratic, "logreg": logistic}


@dataclass
class Loss:
    """The gradient of a vector's problem on one batch."""

    vector: dict
    rows: list[int] | slice

    def gradient(self, x):
        return GRADIENTS[self.vector["problem"]](x, self.rows)


def walk(vector, rule):
    """The points x₀ … up to where they can be compared, and what the rule offers as its answer at the last one."""
    w = np.array(vector["x0"], vector.get("dtype", "float64"))
    state, points = rule.init(w), [w]
    for k in range(vector["compare_steps"]):
        loss = Loss(vector, vector["batches"][k] if "batches" in vector else slice(None))
        # RAdam is thrown so far on rosen2 that squares overflow; the path stays finite.
        with np.errstate(over="ignore"):
            w, state = rule.step(loss, w, state)
        points.append(w)
    return points, rule.solution(w, state)


def deviation(value, reference):
    """What is held against the tolerance of a vector; NaN never passes."""
    value, reference = np.asarray(value, float), np.asarray(reference, float)
    return np.max(np.abs(value - reference) / (1 + np.abs(reference)))


def worst(vector, rule):
    points, _ = walk(vector, rule)
    compared = [step for step in vector["x_steps"] if step <= vector["compare_steps"]]
    return max(deviation(points[step], vector["x"][vector["x_steps"].index(step)]) for step in compared)


def those_with(key):
    """A parameter for each vector that has the key."""
    return [pytest.param(vector, id=name) for name, vector in VECTORS.items() if vector.get(key)]


@pytest.mark.parametrize(("vector", "rule"), CASES)
def test_path_is_that_of_the_source(vector, rule):
    assert len([step for step in vector["x_steps"] if step <= vector["compare_steps"]]) > 1
    assert worst(vector, rule) <= vector["tol"]


@pytest.mark.parametrize("vector", those_with("averaged_x_final"))
def test_average_of_asgd_is_that_of_the_source(vector):
    (rule,) = rules(vector)
    _, average = walk(vector, rule)
    assert deviation(average, vector["averaged_x_final"]) <= vector["tol"]


@pytest.mark.parametrize("vector", those_with("ema_x_final"))
def test_exponential_average_is_that_of_the_source(vector):
    for rule in rules(vector):
        _, average = walk(vector, rule)
        assert deviation(average, vector["ema_x_final"]) <= vector["tol"]


@pytest.mark.parametrize("vector", those_with("schedule"))
def test_step_size_of_each_step_is_that_of_the_source(vector):
    for rule in rules(vector):
        used = [rule.lr_at(np.array(float(k))) for k in range(vector["steps"])]
        np.testing.assert_allclose(used, vector["lr"], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("vector", [pytest.param(v, id=n) for n, v in VECTORS.items() if v["optimizer"] == "ASGD"])
def test_published_form_differs_from_torch_by_its_single_precision_alone(vector):
    (rule,) = rules(vector)
    published = dataclasses.replace(rule, variant="published")
    assert vector["tol"] < worst(vector, published) < 1e-7


@pytest.mark.parametrize("vector", [pytest.param(v, id=name) for name, v in VECTORS.items() if "dtype" in v])
def test_vectors_in_float32_are_walked_in_float32(vector):
    for rule in rules(vector):
        points, _ = walk(vector, rule)
        assert {point.dtype for point in points} == {np.dtype(vector["dtype"])}


# Mistakes that are easily made, each of which the vectors must catch.


@dataclass(frozen=True)
class EpsUnderTheRoot(Adam):
    def step(self, objective, w, state):
        k, m, v = state
        g, k = objective.gradient(w), k + 1
        m, v = self.beta1 * m + (1 - self.beta1) * g, self.beta2 * v + (1 - self.beta2) * g * g
        m_hat, v_hat = m / (1 - self.beta1**k), v / (1 - self.beta2**k)
        return w - self.lr * m_hat / np.sqrt(v_hat + self.eps), type(state)(k, m, v)


@dataclass(frozen=True)
class NoBiasCorrection(Adam):
    def step(self, objective, w, state):
        k, m, v = state
        g = objective.gradient(w)
        m, v = self.beta1 * m + (1 - self.beta1) * g, self.beta2 * v + (1 - self.beta2) * g * g
        return w - self.lr * m / (np.sqrt(v) + self.eps), type(state)(k + 1, m, v)


@dataclass(frozen=True)
class CoupledDecay(AdamW):
    def step(self, objective, w, state):
        class Penalised:
            def gradient(_, x):  # noqa: N805 - self is the rule
                return objective.gradient(x) + self.weight_decay * x

        return AdamW.step(dataclasses.replace(self, weight_decay=0.0), Penalised(), w, state)


@pytest.mark.parametrize("planted", [EpsUnderTheRoot, NoBiasCorrection, CoupledDecay])
def test_planted_mistake_is_caught_by_every_vector_of_its_rule(planted):
    name = planted.__base__.name
    concerned = [(v, rule) for v in VECTORS.values() for rule in rules(v) if rule.name == name and "dtype" not in v]
    assert concerned
    for vector, rule in concerned:
        if isinstance(rule, Around):
            mistaken = dataclasses.replace(rule, rule=planted(**vars_of(rule.rule)))
        else:
            mistaken = planted(**vars_of(rule))
        assert worst(vector, mistaken) > vector["tol"], vector["id"]


def vars_of(rule):
    """The hyper-parameters of a rule."""
    return {parameter.name: getattr(rule, parameter.name) for parameter in rule.parameters()}


# Mistakes around a rule.


@pytest.mark.parametrize(
    ("key", "mistake"),
    [
        ("schedule", lambda rule: rule.rule),
        ("schedule", lambda rule: dataclasses.replace(rule, schedules={"lr": Late(dict(rule.schedules)["lr"])})),
        ("clip_norm", lambda rule: dataclasses.replace(rule, clip_eps=0.0)),
        ("clip_norm", lambda rule: dataclasses.replace(rule, clip_norm=None, clip_eps=0.0, clip_value=rule.clip_norm)),
        ("clip_value", lambda rule: dataclasses.replace(rule, clip_value=None, clip_norm=rule.clip_value)),
    ],
    ids=["no schedule", "a step late", "another eps", "by value", "by norm"],
)
def test_planted_mistake_around_a_rule_is_caught(key, mistake):
    concerned = [(v, rule) for v in VECTORS.values() if v.get(key) for rule in rules(v)]
    assert concerned
    for vector, rule in concerned:
        assert worst(vector, mistake(rule)) > vector["tol"], vector["id"]


@pytest.mark.parametrize("decay", ["coupled", "decoupled"])
def test_decay_of_the_other_kind_is_caught(decay):
    around = [
        (v, rule) for v in VECTORS.values() for rule in rules(v) if isinstance(rule, Around) and rule.weight_decay
    ]
    # Without a state the two are the same.
    concerned = [
        (v, rule)
        for v, rule in around
        if rule.decay == decay and rule.rule not in (GD(rule.rule.lr), SGD(rule.rule.lr))
    ]
    assert concerned
    other = {"coupled": "decoupled", "decoupled": "coupled"}[decay]
    for vector, rule in concerned:
        assert worst(vector, dataclasses.replace(rule, decay=other)) > vector["tol"], vector["id"]


@dataclass(frozen=True)
class Late(Schedule):
    """Another schedule, a step late."""

    name = "late"

    schedule: Schedule

    def __call__(self, k):
        return self.schedule(np.maximum(k - 1, 0))

    def span(self):
        return self.schedule.span()

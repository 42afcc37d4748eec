"""What goes around an optimizer, in a run: compiled, logged, averaged, and from a user's own file."""

import dataclasses
import math

import numpy as np
import pytest

import gdlab
from gdlab.autodiff.methods import Reverse
from gdlab.errors import OwnCodeError, UsageError
from gdlab.experiment.result import Callbacks
from gdlab.experiment.spec import Experiment, Log
from gdlab.experiment.stepper import CompiledStepper, PythonStepper, make_stepper
from gdlab.experiment.train import columns, train
from gdlab.optimizers import (
    ASGD,
    GD,
    NAG,
    OPTIMIZERS,
    SGD,
    Adam,
    Around,
    ExponentialAverage,
    Momentum,
    Noise,
    PolyakAverage,
)
from gdlab.optimizers.schedules import SCHEDULES, Constant, Cosine, InverseTime, OneCycle, Step, Warmup
from gdlab.problems import PROBLEMS

LENGTHS = {"start": 0.05, "peak": 0.05, "steps": 45, "every": 7, "factor": 0.5, "growth": 2, "then": 0.05}


def schedule(name):
    kind = SCHEDULES[name]
    fitting = {p.name: LENGTHS[p.name] for p in kind.parameters() if p.name in LENGTHS}
    return kind(**fitting)


AROUND = [
    *(Around(GD(), {"lr": schedule(name)}) for name in SCHEDULES),
    Around(Momentum(), {"lr": Cosine(0.02, steps=30), "gamma": OneCycle(0.8, 0.9, 0.9, steps=30)}),
    Around(NAG(lr=0.01), clip_norm=0.5, weight_decay=0.1, average=PolyakAverage(5)),
    Around(SGD(lr=0.01, momentum=0.9), clip_value=0.5, restart=7),
    Around(Adam(), {"lr": Warmup(5, Cosine(0.1, steps=45), start=0.01)}, clip_norm=1.0, clip_eps=1e-6, restart=9),
    Around(Adam(lr=0.1), weight_decay=0.1, decay="decoupled", average=ExponentialAverage(0.9)),
    Around(ASGD(t0=3), {"lr": Step(0.05, at=(4, 9))}, clip_norm=1.0),
]


def walk(rule, problem, method, steps=40, **options):
    return train(Experiment(PROBLEMS[problem](), method, rule, steps=steps, **options), record_points=True)


@pytest.mark.parametrize("problem", ["xor", "rosenbrock"])
@pytest.mark.parametrize("rule", AROUND, ids=str)
def test_compiled_steps_are_python_steps(rule, problem):
    compiled, python = (walk(rule, problem, Reverse(retrace=retrace)) for retrace in (False, True))
    np.testing.assert_allclose(compiled.points, python.points, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(compiled.solution, python.solution, rtol=1e-7, atol=1e-9)
    assert compiled.cost == python.cost


@pytest.mark.parametrize("rule", AROUND, ids=str)
def test_it_is_compiled(rule):
    problem = PROBLEMS["rosenbrock"]()
    assert isinstance(make_stepper(problem, Reverse(), rule, np.array([-1.2, 1.0])), CompiledStepper)


def test_noise_steps_through_python():
    rule = Around(Adam(), noise=Noise(seed=1))
    assert isinstance(make_stepper(PROBLEMS["rosenbrock"](), Reverse(), rule, np.ones(2)), PythonStepper)


def test_a_compiled_program_keeps_single_precision():
    xor = PROBLEMS["xor"]()
    start = xor.initial(np.random.default_rng(0)).astype(np.float32)
    for rule in AROUND:
        stepper = make_stepper(xor, Reverse(), rule, start.copy())
        for _ in range(20):
            stepper.next()
        assert stepper.w.dtype == np.float32
        assert np.isfinite(stepper.w).all()


# -- what is logged -------------------------------------------------------------------------------------------------


def rows_of(rule, **options):
    rows = []
    experiment = Experiment(PROBLEMS["rosenbrock"](), Reverse(), rule, log=Log(every=1), **options)
    result = train(experiment, Callbacks(rows=rows.extend), record_points=True)
    names = columns(experiment)
    return {name: [row[names.index(name)] for row in rows] for name in names}, result


def test_the_logged_step_size_is_that_of_the_step_that_begins_there():
    logged, result = rows_of(Around(GD(), {"lr": InverseTime(0.001)}), steps=30)
    assert logged["lr"] == [pytest.approx(0.001 / (1 + k)) for k in range(31)]
    points, gradient = result.points, PROBLEMS["rosenbrock"]().loss
    for k in range(30):
        g = gdlab.gradient(gradient, points[k])
        np.testing.assert_allclose((points[k] - points[k + 1]) / g, logged["lr"][k], rtol=1e-6)


def test_the_logged_step_size_of_asgd_falls_as_it_does():
    logged, _ = rows_of(ASGD(lr=0.001, lambd=1.0), steps=5)
    assert logged["lr"] == [pytest.approx(0.001 / (1 + 0.001 * k) ** 0.75) for k in range(6)]


def test_an_open_length_is_that_of_the_run():
    logged, _ = rows_of(Around(GD(), {"lr": Cosine(0.001)}), steps=10)
    assert logged["lr"][5] == pytest.approx(0.0005)
    assert logged["lr"][10] == pytest.approx(0, abs=1e-18)


def test_noise_follows_the_seed_of_the_run():
    noisy = Around(GD(lr=1e-4), noise=Noise(1.0))
    paths = [walk(noisy, "rosenbrock", Reverse(), seed=seed).points for seed in (3, 3, 4)]
    np.testing.assert_array_equal(paths[0], paths[1])
    assert not np.array_equal(paths[0], paths[2])
    fixed = [
        walk(Around(GD(lr=1e-4), noise=Noise(1.0, seed=9)), "rosenbrock", Reverse(), seed=s).points for s in (3, 4)
    ]
    np.testing.assert_array_equal(*fixed)


@pytest.mark.parametrize("rule", [Around(GD(lr=1e-3), average=PolyakAverage()), ASGD(lr=1e-3, t0=2)], ids=str)
def test_the_loss_of_the_average_has_a_column_and_is_charged_to_logging(rule):
    logged, result = rows_of(rule, steps=12)
    plain, alone = rows_of(GD(lr=1e-3), steps=12)
    assert "average_loss" not in plain
    assert "average_loss" not in alone.summary
    loss = PROBLEMS["rosenbrock"]().loss
    assert result.summary["average_loss"] == logged["average_loss"][-1] == pytest.approx(loss(result.solution))
    for k in range(13):
        part = result.points[1 if rule.name == "gd" else 4 : k + 1]  # torch's ASGD begins two steps after t0
        mean = np.mean(part, axis=0) if len(part) else result.points[k]
        assert logged["average_loss"][k] == pytest.approx(loss(mean), rel=1e-9)
    assert result.cost == alone.cost
    assert result.logging.evaluations == alone.logging.evaluations + 13


def test_without_an_average_the_solution_is_the_last_point():
    result = walk(Adam(), "rosenbrock", Reverse())
    np.testing.assert_array_equal(result.solution, result.w)


def test_advice_knows_the_greatest_step_size_of_a_schedule():
    result = gdlab.minimize(lambda w: np.sum((w - 1) ** 2), [3.0], Around(GD(), {"lr": Constant(1.5)}))
    assert result.outcome.status == "diverged"
    assert "try lr below 1" in result.outcome.reason


# -- from Python ----------------------------------------------------------------------------------------------------


def valley(w):
    return np.sum(100 * (w[1:] - w[:-1] ** 2) ** 2 + (1 - w[:-1]) ** 2)


def test_minimize_takes_options_and_records_alike():
    options = {
        "name": "adam",
        "lr": {"schedule": "cosine", "start": 0.1},
        "clip_norm": 1,
        "average": "polyak",
    }
    record = Around(Adam(), {"lr": Cosine(0.1)}, clip_norm=1.0, average=PolyakAverage())
    both = [gdlab.minimize(valley, [-1.2, 1.0], o, steps=300, record_points=True) for o in (options, record)]
    np.testing.assert_array_equal(both[0].points, both[1].points)
    np.testing.assert_allclose(both[0].solution, np.mean(both[0].points[1:], axis=0), rtol=1e-12)
    assert both[0].losses[-1] < 1e-3


def test_minimize_names_what_it_does_not_know():
    with pytest.raises(UsageError, match="did you mean 'clip_norm'"):
        gdlab.minimize(valley, [-1.2, 1.0], {"name": "adam", "clip_nrom": 1})


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_noisy_run_of_any_rule_is_refused_or_goes_well(name):
    rule = OPTIMIZERS[name]()
    if not rule.uses_gradient or rule.uses_more:
        with pytest.raises(gdlab.errors.ParameterError):
            Around(rule, noise=Noise(1e-6))
        return
    result = gdlab.minimize(valley, [1.0, 1.01], Around(rule, noise=Noise(1e-6)), steps=5)
    assert math.isfinite(result.losses[-1])


def test_an_optimizer_of_ones_own_may_be_an_instance():
    @dataclasses.dataclass(frozen=True)
    class Mine(gdlab.Optimizer):
        lr: float = 0.1

        def init(self, w):
            return ()

        def step(self, objective, w, state):
            return w - self.lr * objective.gradient(w), ()

    found = gdlab.minimize(valley, [-1.2, 1.0], Mine(lr=1e-3), steps=20, record_points=True)
    plain = gdlab.minimize(valley, [-1.2, 1.0], GD(lr=1e-3), steps=20, record_points=True)
    np.testing.assert_array_equal(found.points, plain.points)
    outcome = gdlab.minimize(valley, [-1.2, 1.0], Around(Mine(lr=10.0), clip_value=1e9), steps=50).outcome
    assert outcome.status == "diverged"
    assert Mine.name == "Mine"


# -- one's own ------------------------------------------------------------------------------------------------------

OWN = """
from dataclasses import dataclass
import numpy as np
from gdlab import Optimizer

@dataclass(frozen=True)
class Mine(Optimizer):
    lr: float = 0.1

    def init(self, w):
        return np.zeros_like(w)

    def step(self, objective, w, v):
        {body}
        return w + v, v
"""


@pytest.fixture
def own(tmp_path):
    def own(body):
        path = tmp_path / "mine.py"
        path.write_text(OWN.format(body=body))
        return {"file": str(path), "name": "Mine"}

    return own


def test_a_rule_from_a_file_is_used_like_a_built_in_one(own):
    mine = own("v = 0.9 * v - self.lr * objective.gradient(w)")
    found = gdlab.minimize(valley, [-1.2, 1.0], {**mine, "lr": 1e-3}, steps=50, record_points=True)
    built_in = gdlab.minimize(valley, [-1.2, 1.0], Momentum(lr=1e-3), steps=50, record_points=True)
    np.testing.assert_allclose(found.points, built_in.points, rtol=1e-9)
    assert found.cost == built_in.cost


def test_what_only_arrays_can_do_steps_through_python(own):
    mine = own("v = np.array([-self.lr * x for x in objective.gradient(w).tolist()])")
    found = gdlab.minimize(valley, [-1.2, 1.0], {**mine, "lr": 1e-3}, steps=20, record_points=True)
    plain = gdlab.minimize(valley, [-1.2, 1.0], GD(lr=1e-3), steps=20, record_points=True)
    np.testing.assert_allclose(found.points, plain.points, rtol=1e-9)


def test_its_errors_show_its_line(own):
    with pytest.raises(OwnCodeError) as error:
        gdlab.minimize(valley, [-1.2, 1.0], own("v = v - self.speed * objective.gradient(w)"))
    assert "mine.py:14:17: AttributeError: 'Mine' object has no attribute 'speed'" in str(error.value)
    assert "14 |         v = v - self.speed * objective.gradient(w)" in str(error.value)
    assert "|                 ^^^^^^^^^^" in str(error.value)

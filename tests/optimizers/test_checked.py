"""What a step returns is held to what it must return, at the line of the user's file."""

import numpy as np
import pytest

import gdlab
from gdlab.autodiff.methods import DualNumbers, Reverse
from gdlab.errors import OwnCodeError
from gdlab.experiment.lanes.key import Reason, lane_key
from gdlab.experiment.lanes.train import train_lanes
from gdlab.experiment.spec import Batch, Experiment
from gdlab.experiment.trace import trace
from gdlab.experiment.train import train
from gdlab.optimizers import Around, Momentum, PolyakAverage
from gdlab.optimizers.own import load_rule
from gdlab.problems import PROBLEMS

HEAD = """from dataclasses import dataclass
import numpy as np
import gdlab

@dataclass(frozen=True)
class Mine(gdlab.Optimizer):
    lr: float = 0.01

    def init(self, w):
        return {init}

    def step(self, objective, w, v):
        g = objective.gradient(w)
{body}
"""
INIT_LINE, STEP_LINE, RETURN_LINE = 10, 12, 14


def mine(tmp_path, init, body):
    lines = "\n".join(f"        {line}" for line in body.splitlines())
    (tmp_path / "own.py").write_text(HEAD.format(init=init, body=lines), "utf-8")
    return load_rule(tmp_path / "own.py")()


MUST = "step must return (w, state), w of shape (2,); it returned "
WRONG = [
    ("w * 0", "return w - self.lr * g", RETURN_LINE, MUST + "an array of shape (2,)"),
    ("w * 0", "g", STEP_LINE, MUST + "None"),
    ("w * 0", "return w, v, g", RETURN_LINE, MUST + "a tuple of 3"),
    ("w * 0", "return [w, v]", RETURN_LINE, MUST + "a list"),
    ("w * 0", "return np.sum(w), v", RETURN_LINE, "w of shape (2,); the w that it returned is one number"),
    ("w * 0", "return w[:1], v", RETURN_LINE, "w of shape (2,); the w that it returned is an array of shape (1,)"),
    ("w * 0", "return [0.0, 1.0], v", RETURN_LINE, "w of shape (2,); the w that it returned is a list"),
    ("w * 0", "if v is g:\n    return w, v\nreturn w, (v, v)", STEP_LINE, "a state built like the one it was given"),
    ("None", "return w, g", RETURN_LINE, "built like the one it was given, None; it returned an array of shape (2,)"),
    ("[0.0]", "return w, v", INIT_LINE, "init must return a state: a state is an array"),
]


@pytest.mark.parametrize(("init", "body", "line", "message"), WRONG)
@pytest.mark.parametrize("method", [Reverse(), DualNumbers()], ids=lambda method: method.name)
def test_a_wrong_return_is_shown_at_its_line(tmp_path, init, body, line, message, method):
    rule = mine(tmp_path, init, body)
    around = Around(rule, clip_norm=1.0, average=PolyakAverage())
    for optimizer in (rule, around):
        experiment = Experiment(PROBLEMS["rosenbrock"](), method, optimizer, steps=5)
        for run in (train, lambda experiment: trace(experiment, 2)):
            with pytest.raises(OwnCodeError) as error:
                run(experiment)
            fault = error.value.fault
            assert (fault.source, fault.line) == (str(tmp_path / "own.py"), line)
            assert message in fault.message
            assert fault.text[fault.column - 1 :].startswith(("return ", "def step"))


def test_a_wrong_return_on_batches_too(tmp_path):
    rule = mine(tmp_path, "w * 0", "return w - self.lr * g")
    experiment = Experiment(PROBLEMS["xor"](), Reverse(), rule, steps=5, batch=Batch(size=2))
    with pytest.raises(OwnCodeError, match="step must return"):
        train(experiment)


# Momentum with the velocity kept in other ways; all walk its path.
V = "v = 0.9 * {v} + self.lr * g\nreturn w - v, {state}"
STATES = [
    ("w * 0", V.format(v="v", state="v")),
    ("0", V.format(v="v", state="v")),
    ("0.0", V.format(v="v", state="v")),
    ("(w * 0, 0)", "v, k = v\n" + V.format(v="v", state="(v, k + 1)")),
    ("{'v': w * 0, 'none': None}", V.format(v="v['v']", state="{'none': None, 'v': v}")),
    ("{'a': {'b': (w * 0,)}}", V.format(v="v['a']['b'][0]", state="{'a': {'b': (v,)}}")),
]


@pytest.mark.parametrize(("init", "body"), STATES)
@pytest.mark.parametrize("method", ["reverse", "dual"])
def test_states_of_any_allowed_structure_serve(tmp_path, init, body, method):
    rule = mine(tmp_path, init, body)
    problem = PROBLEMS["rosenbrock"]()
    options = {"gradient": method, "steps": 40, "record_points": True}
    expected = gdlab.minimize(problem, None, Momentum(lr=0.01), **options).points
    for optimizer, reference in ((rule, Momentum(lr=0.01)), (Around(rule, clip_norm=1.0, restart=7), None)):
        found = gdlab.minimize(problem, None, optimizer, **options).points
        if reference is None:
            expected = gdlab.minimize(
                problem, None, Around(Momentum(lr=0.01), clip_norm=1.0, restart=7), **options
            ).points
        np.testing.assert_allclose(found, expected, rtol=1e-9, equal_nan=True)


def test_a_state_of_none_is_no_state(tmp_path):
    rule = mine(tmp_path, "None", "return w - self.lr * g, None")
    (step,) = trace(Experiment(PROBLEMS["rosenbrock"](), Reverse(), rule), 1).steps
    assert list(step.vectors) == ["w", "g", "step_taken", "effective_lr"]
    assert step.numbers == {}
    with pytest.raises(gdlab.errors.UsageError, match="restart has no effect"):
        Around(rule, restart=3)


@pytest.mark.parametrize(("init", "body"), STATES)
@pytest.mark.parametrize("method", [Reverse(), DualNumbers()], ids=lambda method: method.name)
def test_states_of_any_allowed_structure_serve_in_lanes(tmp_path, init, body, method):
    rule = type(mine(tmp_path, init, body))
    cells = [
        Experiment(PROBLEMS["rosenbrock"](), method, Around(rule(lr=lr), clip_norm=1.0), steps=20)
        for lr in (0.001, 0.003, 0.01)
    ]
    assert not isinstance(lane_key(cells[0]), Reason)
    alone = np.stack([train(cell).w for cell in cells], axis=1)
    np.testing.assert_allclose(train_lanes(cells).w, alone, rtol=1e-12)

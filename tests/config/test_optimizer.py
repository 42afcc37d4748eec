"""Optimizers in a config: schedules, what goes around, and rules from a user's own file."""

import hashlib
from pathlib import Path

import pytest

from gdlab.config.dump import dump
from gdlab.config.loader import load
from gdlab.config.models import json_schema
from gdlab.config.resolve import resolve, resolve_data, resolve_text
from gdlab.config.validation import validate
from gdlab.errors import ConfigError
from gdlab.optimizers import (
    ASGD,
    OPTIMIZERS,
    SGD,
    Adam,
    AdamW,
    Around,
    ExponentialAverage,
    Momentum,
    Noise,
    PolyakAverage,
    Rprop,
)
from gdlab.optimizers.around import AVERAGES, KEYS, offered_around
from gdlab.optimizers.around.combination import schedulable
from gdlab.optimizers.schedules import SCHEDULES, Constant, Cosine, CosineRestarts, OneCycle, Step, Warmup

HEAD = "problem: rosenbrock\noptimizer: "


def optimizer(text, **options):
    return resolve_text(HEAD + text, **options).experiment.optimizer


READ = [
    ("{name: adam, lr: 0.1}", Adam(lr=0.1)),
    (
        "{name: adam, lr: {schedule: cosine, start: 0.1, steps: 1000}, clip_norm: 1, average: polyak}",
        Around(Adam(), {"lr": Cosine(0.1, steps=1000)}, clip_norm=1.0, average=PolyakAverage()),
    ),
    ("{name: adam, clip_norm: null, average: null, noise: null}", Adam()),
    ("{name: adam, clip_norm: 1, clip_eps: 1e-6}", Around(Adam(), clip_norm=1.0, clip_eps=1e-6)),
    ("{name: adam, clip_value: .5}", Around(Adam(), clip_value=0.5)),
    ("{name: adam, noise: 0.3}", Around(Adam(), noise=Noise(0.3))),
    ("{name: adam, noise: {decay: 0, seed: 4}}", Around(Adam(), noise=Noise(decay=0.0, seed=4))),
    (
        "{name: adam, weight_decay: 1e-2, decay: decoupled}",
        Around(Adam(), weight_decay=0.01, decay="decoupled"),
    ),
    ("{name: adamw, weight_decay: 0.1}", AdamW(weight_decay=0.1)),
    ("{name: adamw, weight_decay: 0.1, restart: 1e2}", Around(AdamW(weight_decay=0.1), restart=100)),
    ("{name: adam, average: {name: exponential, decay: 0.9}}", Around(Adam(), average=ExponentialAverage(0.9))),
    ("{name: adam, average: {name: polyak, start: 1e2}}", Around(Adam(), average=PolyakAverage(100))),
    (
        "{name: momentum, gamma: {schedule: one_cycle, start: .95, peak: .85, end: .95}}",
        Around(Momentum(), {"gamma": OneCycle(0.85, 0.95, 0.95)}),
    ),
    ("{name: sgd, momentum: {schedule: constant, start: 0.5}}", Around(SGD(), {"momentum": Constant(0.5)})),
    (
        "{name: momentum, lr: {schedule: step, start: 0.1, at: [100, 200], factor: .5}}",
        Around(Momentum(), {"lr": Step(0.1, 0.5, at=(100, 200))}),
    ),
    (
        "{name: adam, lr: {schedule: warmup, steps: 10, then: {schedule: cosine_restarts, start: 0.1, growth: 2}}}",
        Around(Adam(), {"lr": Warmup(10, CosineRestarts(0.1, growth=2))}),
    ),
    ("{name: adam, lr: {schedule: warmup, steps: 10, then: 0.1}}", Around(Adam(), {"lr": Warmup(10, Constant(0.1))})),
    (
        "{name: adam, weight_decay: {schedule: cosine, start: 0.1}, clip_norm: {schedule: constant, start: 2}}",
        Around(Adam(), {"weight_decay": Cosine(0.1), "clip_norm": Constant(2.0)}),
    ),
    ("{name: asgd, lr: {schedule: constant, start: .1}}", Around(ASGD(), {"lr": Constant(0.1)})),
]


@pytest.mark.parametrize(("text", "expected"), READ, ids=[case[0] for case in READ])
def test_reads(text, expected):
    assert optimizer(text) == expected


@pytest.mark.parametrize("text", [case[0] for case in READ])
def test_what_is_stored_gives_the_same_again(text):
    resolved = resolve_text(HEAD + text)
    assert resolve_text(dump(resolved.data)) == resolved
    assert resolve_data(resolved.data) == resolved
    assert resolve_data({"problem": "rosenbrock", "optimizer": resolved.experiment.optimizer}) == resolved


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_is_stored_and_read_again(name):
    given = {"start": 0.1, "peak": 0.1, "factor": 0.5, "every": 5, "steps": 9, "then": 0.1}
    kind = SCHEDULES[name]
    made = kind(**{p.name: given[p.name] for p in kind.parameters() if p.name in given})
    resolved = resolve_data({"problem": "rosenbrock", "optimizer": Around(Adam(), {"lr": made})})
    assert resolved.experiment.optimizer == Around(Adam(), {"lr": made})
    assert resolve_text(dump(resolved.data)) == resolved


def test_a_plain_optimizer_is_stored_as_before():
    assert set(resolve_text(HEAD + "gd").data["optimizer"]) == {"name", "lr"}


def test_only_what_is_set_is_stored():
    data = resolve_text(HEAD + "{name: adam, clip_norm: 1, lr: {schedule: cosine, start: 0.1}}").data["optimizer"]
    assert data["lr"] == {"schedule": "cosine", "start": 0.1, "end": 0.0}
    assert {key: data[key] for key in KEYS if key in data} == {"clip_norm": 1.0, "clip_eps": 0.0}


def test_overrides_reach_into_schedules_and_averages():
    text = "{name: adam, lr: {schedule: cosine, start: 0.1}, average: exponential}"
    found = optimizer(text, overrides=["optimizer.lr.start=0.5", "optimizer.average.decay=.9", "optimizer.restart=7"])
    assert found == Around(Adam(), {"lr": Cosine(0.5)}, average=ExponentialAverage(0.9), restart=7)


# text of an optimizer, what is underlined, and message and hint of its one fault
ONE = [
    (
        "{name: adam, lr: {schedule: cosin, start: 1}}",
        "cosin",
        "unknown schedule 'cosin'",
        "did you mean 'cosine'? There",
    ),
    ("{name: adam, lr: {schedule: 5}}", "5", "schedule cannot be 5", "There are: constant, step, "),
    ("{name: adam, lr: {start: 0.1}}", "lr", "lr has no 'schedule'", "There are: constant, step, "),
    ("{name: adam, lr: {schedule: cosine}}", "lr", "schedule 'cosine' of lr needs 'start'", "a number ≥ 0"),
    (
        "{name: adam, lr: {schedule: cosine, start: .1, stps: 3}}",
        "stps",
        "unknown key 'stps' of schedule 'cosine' of lr",
        "did you mean 'steps'? It has: start, end, steps",
    ),
    (
        "{name: adam, lr: {schedule: cosine, start: -1}}",
        "-1",
        "start of schedule 'cosine' of lr cannot be -1",
        "it must be a number ≥ 0",
    ),
    (
        "{name: adam, lr: {schedule: cosine, start: .1, steps: 1.5}}",
        "1.5",
        "steps of schedule 'cosine' of lr cannot be 1.5",
        "a whole number ≥ 1",
    ),
    (
        "{name: adam, lr: {schedule: cosine, start: 0}}",
        "lr",
        "adam: lr = 0.0 is not allowed, it must be a number > 0",
        "",
    ),
    ("{name: adam, lr: {schedule: step, start: 1}}", "lr", "step: either every or at must be set", ""),
    (
        "{name: adam, beta1: {schedule: constant, start: 1}}",
        "beta1",
        "adam: beta1 = 1.0 is not allowed, it must be a number ≥ 0 and < 1 (1 is the greatest",
        "",
    ),
    (
        "{name: adam, lr: {schedule: warmup, steps: 3}}",
        "lr",
        "schedule 'warmup' of lr needs 'then'",
        "it must be a number, or a mapping with schedule",
    ),
    (
        "{name: adam, lr: {schedule: warmup, steps: 3, then: fast}}",
        "fast",
        "then of schedule 'warmup' of lr cannot be 'fast'",
        "it must be a number, or a mapping with schedule",
    ),
    (
        "{name: adam, lr: {schedule: warmup, steps: 3, then: {schedule: cosine, start: x}}}",
        "x",
        "start of schedule 'cosine' of lr cannot be 'x'",
        "a number ≥ 0",
    ),
    (
        "{name: rprop, lr: {schedule: constant, start: 1}}",
        "{schedule: constant, start: 1}",
        "rprop: lr cannot follow a schedule, it is used once",
        "",
    ),
    (
        "{name: adam, variant: {schedule: constant, start: 1}}",
        "{schedule: constant, start: 1}",
        "variant of optimizer 'adam' cannot be a mapping",
        "published or lecture",
    ),
    (
        "{name: adam, restart: {schedule: constant, start: 1}}",
        "{schedule: constant, start: 1}",
        "restart of optimizer 'adam' cannot be a mapping",
        "a whole number ≥ 1",
    ),
    ("{name: adam, clip_norm: -1}", "-1", "clip_norm of optimizer 'adam' cannot be -1", "it must be a number > 0"),
    ("{name: adam, clip_norm: '1'}", "'1'", "clip_norm of optimizer 'adam' cannot be '1'", "leave out the quotes"),
    (
        "{name: adam, clip_nrom: 1}",
        "clip_nrom",
        "unknown key 'clip_nrom' of optimizer 'adam'",
        "did you mean 'clip_norm'? It has: lr, beta1,",
    ),
    (
        "{name: adam, clip_norm: 1, clip_value: 1}",
        "clip_value",
        "adam: clip_norm and clip_value are not allowed together",
        "",
    ),
    ("{name: adam, restart: 1.5}", "1.5", "restart of optimizer 'adam' cannot be 1.5", "it must be a whole number ≥ 1"),
    (
        "{name: adam, weight_decay: .1, decay: decopled}",
        "decopled",
        "decay of optimizer 'adam' cannot be 'decopled'",
        "did you mean 'decoupled'?",
    ),
    (
        "{name: adamw, weight_decay: .1, decay: coupled}",
        "decay",
        "unknown key 'decay' of optimizer 'adamw'",
        "It has: lr, ",
    ),
    ("{name: gd, restart: 5}", "restart", "gd: restart has no effect, the rule keeps no state", ""),
    ("{name: sgd, dampening: .5}", "dampening", "sgd: dampening = 0.5 is not allowed without momentum", ""),
    ("{name: rprop, delta_min: 60}", "delta_min", "rprop: delta_min = 60.0 is not allowed, it must be ≤", ""),
    ("{name: rprop, delta_max: 1e-9}", "delta_max", "rprop: delta_min = 1e-06 is not allowed, it must be ≤", ""),
    (
        "{name: adam, average: polya}",
        "polya",
        "unknown average 'polya'",
        "did you mean 'polyak'? There are: polyak, exponential",
    ),
    ("{name: adam, average: 3}", "3", "average cannot be 3", "There are: polyak, exponential"),
    ("{name: adam, average: {decay: .5}}", "average", "average has no 'name'", "There are: polyak, exponential"),
    (
        "{name: adam, average: {name: polyak, decay: .5}}",
        "decay",
        "unknown key 'decay' of average 'polyak'",
        "It has: start",
    ),
    (
        "{name: adam, average: {name: exponential, decay: 1}}",
        "1",
        "decay of average 'exponential' cannot be 1",
        "a number ≥ 0 and < 1",
    ),
    ("{name: adam, noise: -1}", "-1", "variance of noise cannot be -1", "it must be a number > 0"),
    ("{name: adam, noise: loud}", "loud", "variance of noise cannot be 'loud'", "it must be a number > 0"),
    ("{name: adam, noise: {varience: 1}}", "varience", "unknown key 'varience' of noise", "did you mean 'variance'?"),
    (
        "{name: coordinate, clip_norm: 1}",
        "clip_norm",
        "coordinate: clip_norm has no effect, the rule asks for no gradient",
        "",
    ),
]


@pytest.mark.parametrize(("text", "underlined", "message", "hint"), ONE, ids=[case[0] for case in ONE])
def test_one_fault(text, underlined, message, hint):
    text = HEAD + text
    with pytest.raises(ConfigError) as caught:
        validate(load(text, "x.yaml").root)
    (fault,) = caught.value.faults
    assert fault.message.startswith(message)
    assert hint in fault.hint
    assert (fault.line, fault.column) == (2, fault.text.rindex(underlined) + 1)
    assert fault.text[fault.column - 1 :][: fault.length] == underlined


def test_all_faults_of_an_optimizer_come_at_once():
    text = (
        HEAD + "{name: adam, lr: {schedule: warmup, steps: 0, then: {schedule: cosine, start: -1}}, eps: 0, "
        "clip_norm: 0, average: none, noise: 0, betta: 1}"
    )
    with pytest.raises(ConfigError) as caught:
        validate(load(text, "x").root)
    assert len(caught.value.faults) == 7


def test_a_warmup_after_a_warmup_is_shown_where_it_follows():
    with pytest.raises(ConfigError) as error:
        resolve_text(
            HEAD + "{name: adam, lr: {schedule: warmup, steps: 3, then: {schedule: warmup, steps: 3, then: 1}}}"
        )
    (fault,) = error.value.faults
    assert fault.message.startswith("warmup: then is a warm-up; it must be a number or another schedule")
    assert fault.column == fault.text.index("then: {") + 1


def test_keys_at_the_top_level_are_sent_below_the_optimizer():
    with pytest.raises(ConfigError, match="it belongs under 'optimizer'"):
        resolve_text("clip_norm: 1\n" + HEAD + "adam")


def test_what_cannot_be_read_is_not_told_twice():
    document = load(HEAD + "{name: adam, lr: {schedule: *a, start: *b}, average: *c, noise: {seed: *d}}", "x")
    assert len(document.faults) == 4
    assert validate(document.root)["optimizer"] is None  # and nothing is added to those faults


# -- the schema -----------------------------------------------------------------------------------------------------


def test_the_schema_offers_a_schedule_wherever_one_can_stand():
    schema = json_schema()["$defs"]
    reference = {"$ref": "#/$defs/Schedule"}
    for kind in OPTIMIZERS.values():
        properties = schema[kind.__name__]["properties"]
        follow = {name for name, prop in properties.items() if reference in prop.get("anyOf", ())}
        own = {parameter.name for parameter in kind.parameters()}
        assert follow & own == set(schedulable(kind))
        assert follow - own == {"clip_norm", "clip_value", "clip_eps", "weight_decay"} & set(offered_around(kind))
    assert len(schema["Schedule"]["anyOf"]) == len(SCHEDULES)
    assert len(schema["ScheduleAfterWarmup"]["anyOf"]) == len(SCHEDULES) - 1
    assert len(schema["Average"]["anyOf"]) == len(AVERAGES)


def test_the_schema_offers_numbers_and_names_for_short():
    properties = json_schema()["$defs"]["Adam"]["properties"]
    assert {"type": "number", "exclusiveMinimum": 0} in properties["noise"]["anyOf"]
    assert {"type": "string", "enum": list(AVERAGES)} in properties["average"]["anyOf"]


# -- one's own ------------------------------------------------------------------------------------------------------

RULE = """
from dataclasses import dataclass
from typing import Annotated
from annotated_types import Gt
from gdlab import Optimizer

@dataclass(frozen=True)
class MyRule(Optimizer):
    lr: Annotated[float, Gt(0), "step size"]
    speed: int = 3

    def init(self, w):
        return ()

    def step(self, objective, w, state):
        return w - self.lr * objective.gradient(w), ()
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with a rule in it."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.py").write_text(RULE)
    return tmp_path


def own(folder, text):
    path = folder / "x.yaml"
    path.write_text(HEAD + text)
    return resolve(path)


def test_a_rule_from_a_file_beside_the_config(folder, monkeypatch):
    monkeypatch.chdir(Path(__file__).parent)  # the path goes from the config, wherever one is
    resolved = own(folder, "{file: rules/mine.py, name: MyRule, lr: 0.1, speed: 4, clip_norm: 1}")
    rule = resolved.experiment.optimizer.rule
    assert (rule.name, rule.lr, rule.speed) == ("MyRule", 0.1, 4)
    file = folder / "rules" / "mine.py"
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    stored = {"name": "MyRule", "file": str(file.resolve()), "sha256": digest, "lr": 0.1, "speed": 4}
    assert resolved.data["optimizer"] == stored | {"clip_norm": 1.0, "clip_eps": 0.0}
    assert resolve_text(dump(resolved.data)) == resolved


def test_its_numbers_may_follow_schedules(folder):
    found = own(folder, "{file: rules/mine.py, lr: {schedule: cosine, start: 0.1}}").experiment.optimizer
    assert dict(found.schedules) == {"lr": Cosine(0.1)}


# text of an optimizer, what is underlined, and message and hint
OWN = [
    ("{file: rules/mine.py, lr: -1}", "-1", "lr of optimizer 'MyRule' cannot be -1", "a number > 0"),
    (
        "{file: rules/mine.py, lr: .1, sped: 1}",
        "sped",
        "unknown key 'sped' of optimizer 'MyRule'",
        "did you mean 'speed'?",
    ),
    ("{file: rules/mine.py, lr: .1, speed: 1.5}", "1.5", "speed of optimizer 'MyRule' cannot be 1.5", "a whole number"),
    ("{file: rules/mine.py}", "optimizer", "optimizer 'MyRule' needs 'lr'", "it must be a number > 0"),
    ("{file: rules/mine.py, name: Mine}", "Mine", "", ""),
    ("{file: rules/none.py, lr: 1}", "rules/none.py", "", ""),
    ("{file: rules, lr: 1}", "rules", "", ""),
    ("{file: 5}", "5", "file of optimizer cannot be 5", "it must be text"),
    (
        "{file: rules/mine.py, lr: 1, sha256: ab}",
        "ab",
        "rules/mine.py is not what it was, its hash has changed",
        "leave sha256",
    ),
]


@pytest.mark.parametrize(("text", "underlined", "message", "hint"), OWN, ids=[case[0] for case in OWN])
def test_one_fault_of_ones_own(folder, text, underlined, message, hint):
    with pytest.raises(ConfigError) as caught:
        own(folder, text)
    (fault,) = caught.value.faults
    assert message in fault.message
    assert hint in fault.hint
    assert fault.line == 2
    assert fault.text[fault.column - 1 :][: fault.length] == underlined


def test_a_fault_in_the_file_is_shown_at_its_line_beside_those_of_the_config(folder):
    (folder / "rules" / "mine.py").write_text(RULE + "\nx = nump.zeros(3)\n")
    with pytest.raises(ConfigError) as caught:
        own(folder, "{file: rules/mine.py, lr: 0.1}\nsteps: -1")
    text = str(caught.value)
    assert f"{folder / 'rules' / 'mine.py'}:18:5: NameError: name 'nump' is not defined" in text
    assert "18 | x = nump.zeros(3)" in text
    assert "steps cannot be -1" in text


def test_no_code_runs_unless_the_config_names_the_file(folder):
    (folder / "rules" / "mine.py").write_text(f"open({str(folder / 'ran')!r}, 'w').close()\n")
    own(folder, "adam")
    with pytest.raises(ConfigError, match="unknown optimizer 'MyRule'"):
        own(folder, "MyRule")
    assert not (folder / "ran").exists()
    with pytest.raises(ConfigError):
        own(folder, "{file: rules/mine.py}")
    assert (folder / "ran").exists()


def test_a_built_in_rule_has_no_file():
    assert "file" not in resolve_text(HEAD + "{name: rprop}").data["optimizer"]
    assert optimizer("rprop") == Rprop()

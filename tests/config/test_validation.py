"""Each fault stands at the right place and says what is allowed; all faults come at once."""

from dataclasses import dataclass
from typing import Annotated

import pytest

from gdlab.config import validation
from gdlab.config.loader import load
from gdlab.config.validation import validate
from gdlab.errors import ConfigError, ParameterError
from gdlab.optimizers import Adam
from gdlab.problems import XOR
from gdlab.record import Positive, Record


def faults(text):
    with pytest.raises(ConfigError) as caught:
        validate(load(text, "x.yaml").root)
    return caught.value.faults


def test_gives_the_fields_of_an_experiment():
    fields = validate(load("problem: {name: xor, hidden: [2, 2]}\noptimizer: adam\nsteps: 2e4\nstop:", "x").root)
    assert fields["problem"] == XOR(hidden=(2, 2))
    assert fields["optimizer"] == Adam()
    assert fields["gradient"].name == "reverse"
    assert fields["steps"] == 20_000
    assert isinstance(fields["steps"], int)


GOOD = "problem: quadratic\noptimizer: {name: adam, "

# text of a config, what is underlined in its last line, and message and hint of its one fault
ONE = [
    (GOOD + "betta: 0.9}", "betta", "unknown key 'betta' of optimizer 'adam'", "did you mean 'beta"),
    (GOOD + "xyz: 0.9}", "xyz", "unknown key 'xyz' of optimizer 'adam'", "It has: lr, beta1, beta2, eps,"),
    (GOOD + "steps: 9}", "steps", "unknown key 'steps' of optimizer 'adam'", "it belongs at the top level"),
    (GOOD + "lr: -1}", "-1", "lr of optimizer 'adam' cannot be -1", "it must be a number > 0"),
    (GOOD + "lr: 0}", "0", "lr of optimizer 'adam' cannot be 0", "it must be a number > 0"),
    (GOOD + "lr: true}", "true", "lr of optimizer 'adam' cannot be true", "it must be a number > 0"),
    (GOOD + "lr: .inf}", ".inf", "lr of optimizer 'adam' cannot be .inf", "it must be a number > 0"),
    (GOOD + "lr: -.inf}", "-.inf", "lr of optimizer 'adam' cannot be -.inf", "it must be a number > 0"),
    (GOOD + "lr: .nan}", ".nan", "lr of optimizer 'adam' cannot be .nan", "it must be a number > 0"),
    (GOOD + "lr: 1e400}", "1e400", "lr of optimizer 'adam' cannot be .inf", "it must be a number > 0"),
    (GOOD + "lr: }", "lr", "lr of optimizer 'adam' cannot be null", "it must be a number > 0"),
    (GOOD + "lr: [1]}", "[1]", "lr of optimizer 'adam' cannot be [1]", "it must be a number > 0"),
    (GOOD + "lr: fast}", "fast", "lr of optimizer 'adam' cannot be 'fast'", "it must be a number > 0"),
    (GOOD + "lr: '.1'}", "'.1'", "lr of optimizer 'adam' cannot be '.1'", "a number > 0; leave out the quotes"),
    (GOOD + "beta1: 1}", "1", "beta1 of optimizer 'adam' cannot be 1", "it must be a number ≥ 0 and < 1"),
    (GOOD + "variant: lectur}", "lectur", "variant of optimizer 'adam' cannot be 'lectur'", "did you mean 'lecture'?"),
    (GOOD + "variant: lecture, lr: 5}", "lr", "adam: lr = 5.0 is not allowed with variant 'lecture'", ""),
    (
        "optimizer: gd\nproblem: {name: xor, hidden: [4, 0]}",
        "0",
        "hidden[1] of problem 'xor' cannot be 0",
        "it must be a whole number ≥ 1",
    ),
    (
        "optimizer: gd\nproblem: {name: xor, hidden: 4}",
        "4",
        "hidden of problem 'xor' cannot be 4",
        "a list of whole numbers ≥ 1",
    ),
    ("optimizer: gd\nproblem: xorr", "xorr", "unknown problem 'xorr'", "did you mean 'xor'? There are: "),
    ("optimizer: gd\nproblem: 5", "5", "problem cannot be 5", "There are: quadratic, "),
    ("optimizer: gd\nproblem:", "problem", "problem cannot be null", "There are: quadratic, "),
    ("optimizer: gd\nproblem: [xor]", "[xor]", "problem cannot be ['xor']", "There are: quadratic, "),
    ("optimizer: gd\nproblem: {name: 5}", "5", "problem cannot be 5", "There are: quadratic, "),
    ("problem: xor\noptimizer: {lr: 5}", "optimizer", "optimizer has no 'name'", "There are: gd, "),
    ("problem: xor\noptimizer: gd\ngradient: numerc", "numerc", "unknown gradient 'numerc'", "did you mean 'numeric'?"),
    ("problem: xor\noptimizer: gd\nsteps: 1.5", "1.5", "steps cannot be 1.5", "it must be a whole number ≥ 0"),
    ("problem: xor\noptimizer: gd\nsteps: '5'", "'5'", "steps cannot be '5'", "leave out the quotes"),
    ("problem: xor\noptimizer: gd\nsteps: -1", "-1", "steps cannot be -1", "it must be a whole number ≥ 0"),
    ("problem: xor\noptimizer: gd\nsteps: 12:30", "12:30", "steps cannot be '12:30'", "it must be a whole number ≥ 0"),
    ("problem: xor\noptimizer: gd\nsteps:", "steps", "steps cannot be null", "it must be a whole number ≥ 0"),
    ("problem: xor\noptimizer: gd\nseed: no", "no", "seed cannot be 'no'", "it must be a whole number ≥ 0"),
    (
        "problem: xor\noptimizer: gd\nstop: 5",
        "5",
        "stop cannot be 5",
        "it must be a mapping with: target_loss, grad_tol",
    ),
    ("problem: xor\noptimizer: gd\nstop: {loss: 5}", "loss", "unknown key 'loss' of stop", "It has: target_loss,"),
    ("problem: xor\noptimizer: gd\nstop: {grad_tol: -5}", "-5", "grad_tol of stop cannot be -5", "a number ≥ 0"),
    ("problem: xor\noptimizer: gd\nlog: {every: 0}", "0", "every of log cannot be 0", "it must be a whole number ≥ 1"),
    ("problem: xor\noptimizer: gd\nname: ../x", "../x", "name cannot be '../x': letters, digits, '.', '_' and", ""),
    ("problem: xor\noptimizer: gd\nname: 2024", "2024", "name cannot be 2024", "it must be text; put it in quotes"),
    ("problem: xor\noptimizer: gd\ntags: xor", "xor", "tags cannot be 'xor'", "it must be a list of texts"),
    ("problem: xor\noptimizer: gd\ntags: [a, 1]", "1", "tags[1] cannot be 1", "put it in quotes"),
    ('problem: xor\noptimizer: gd\ntags: ["\\e[31m"]', '"\\e[31m"', "a tag has 1 to 100 characters", ""),
    ("problem: xor\noptimizer: gd\nstep: 5", "step", "unknown key 'step'", "did you mean 'steps'? Allowed: problem, "),
    ("problem: xor\noptimizer: gd\nlr: 5", "lr", "unknown key 'lr'", "it belongs under 'optimizer'"),
    ("problem: xor\noptimizer: gd\nevery: 5", "every", "unknown key 'every'", "it belongs under 'log'"),
]


@pytest.mark.parametrize(("text", "underlined", "message", "hint"), ONE, ids=[case[2] for case in ONE])
def test_one_fault(text, underlined, message, hint):
    (fault,) = faults(text)
    assert fault.message.startswith(message)
    assert hint in fault.hint
    assert fault.text == text.splitlines()[-1]
    assert (fault.line, fault.column) == (text.count("\n") + 1, fault.text.rindex(underlined) + 1)
    assert fault.text[fault.column - 1 :][: fault.length] == underlined


SHOWN = """\
x.yaml:4:35: unknown key 'betta' of optimizer 'adam'
  4 | optimizer: {name: adam, lr: 1e-2, betta: 0.9}
    |                                   ^^^^^ did you mean 'beta"""


def test_shows_the_line_and_underlines_the_word():
    text = "problem: xor\ngradient: reverse\n\noptimizer: {name: adam, lr: 1e-2, betta: 0.9}"
    assert str(faults(text)[0]).startswith(SHOWN)


def test_all_faults_come_at_once():
    text = "problem: xorr\noptimizer: {name: gd, lr: -1, x: 1}\nsteps: 1.5\nstop: {loss: 1}\nname: a/b\nbogus: 1"
    lines = [fault.line for fault in faults(text)]
    assert sorted(lines) == [1, 2, 2, 3, 4, 5, 6]


def test_says_what_is_missing():
    missing = faults("steps: 5")
    assert [fault.message for fault in missing] == ["missing key 'problem'", "missing key 'optimizer'"]
    assert all(fault.line is None and fault.hint.startswith("There are: ") for fault in missing)


@pytest.mark.parametrize("text", ["problem: *x\noptimizer: gd", "problem: {name: *x}\noptimizer: {name: gd, lr: *x}"])
def test_what_cannot_be_read_is_not_told_twice(text):
    document = load(text, "x")
    assert len(document.faults) == text.count("*")
    validate(document.root)


@dataclass(frozen=True)
class Interval(Record):
    """A record whose fields must fit each other."""

    name = "interval"

    low: Annotated[Positive, "lower end"]
    high: Annotated[float, "upper end"] = 2.0

    def __post_init__(self):
        super().__post_init__()
        if self.low >= self.high:
            raise ParameterError(f"interval: low = {self.low!r} must lie below high = {self.high!r}")


@pytest.fixture
def intervals(monkeypatch):
    monkeypatch.setitem(validation.CHOICES, "problem", {"interval": Interval})


CROSS = [
    ("problem: {name: interval, low: 3}", "interval: low = 3.0 must lie below high = 2.0", ""),
    ("problem: interval", "problem 'interval' needs 'low'", "it must be a number > 0"),
    ("problem: {name: interval, high: 1}", "problem 'interval' needs 'low'", "it must be a number > 0"),
]


@pytest.mark.usefixtures("intervals")
@pytest.mark.parametrize(("text", "message", "hint"), CROSS)
def test_faults_of_a_whole_record_stand_at_its_key(text, message, hint):
    (fault,) = faults(f"optimizer: gd\n{text}")
    assert (fault.message, fault.hint, fault.line, fault.column, fault.length) == (message, hint, 2, 1, len("problem"))

"""A user's own optimizer from a Python file."""

import sys
from pathlib import Path

import numpy as np
import pytest

from gdlab.errors import OwnCodeError, ParameterError, UsageError
from gdlab.optimizers.own import load_rule
from gdlab.own_code import fault_in_own_code

GOOD = '''
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Gt

from gdlab import Optimizer


@dataclass(frozen=True)
class Friction(Optimizer):
    """Gradient descent with friction."""

    lr: Annotated[float, Gt(0), "step size"] = 0.1
    friction: float = 0.5
    kind: Literal["plain", "odd"] = "plain"

    def init(self, w):
        return np.zeros_like(w)

    def step(self, objective, w, v):
        v = (1 - self.friction) * v - self.lr * objective.gradient(w)
        return w + v, v
'''


@pytest.fixture
def write(tmp_path):
    """Write a file and tell where it is."""

    def write(text, name="mine.py"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def test_its_fields_are_checked_like_those_of_a_built_in_rule(write):
    rule = load_rule(write(GOOD), "Friction")
    assert [p.name for p in rule.parameters()] == ["lr", "friction", "kind"]
    assert rule.parameters()[0].range == "> 0"
    assert rule.summary() == "Gradient descent with friction"
    with pytest.raises(ParameterError, match="Friction: lr = -1 is not allowed, it must be a number > 0"):
        rule(lr=-1)


def test_it_steps(write, bowl, path):
    rule = load_rule(write(GOOD))(friction=1.0)
    w = np.array([0.3, -0.7, 2.0])
    np.testing.assert_allclose(path(rule, bowl, w, 1)[-1], w - 0.1 * bowl.grad(w))


def test_it_knows_where_it_is_from(write):
    import hashlib

    file = write(GOOD)
    origin = load_rule(file).origin
    assert (origin.file, origin.name) == (file.resolve(), "Friction")
    assert origin.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_same_content_is_run_once_and_another_anew(write):
    first = load_rule(write(GOOD))
    assert load_rule(write(GOOD)) is first
    assert load_rule(write(GOOD.replace("0.5", "0.25")))().friction == 0.25


@pytest.mark.parametrize("name", ["random.py", "numpy.py", "dataclasses.py", "gdlab.py"])
def test_no_module_is_shadowed(write, name):
    before = dict(sys.modules)
    path = list(sys.path)
    load_rule(write(GOOD, name))
    added = set(sys.modules) - set(before)
    assert all(sys.modules[key] is module for key, module in before.items())
    assert all(key.startswith("gdlab_own_") for key in added)
    assert sys.path == path


def test_nothing_is_written_beside_it(write):
    file = write(GOOD)
    load_rule(file)
    assert list(file.parent.iterdir()) == [file]


def test_one_of_several_is_chosen_by_name(write):
    file = write(GOOD + "\n\nclass Other(Friction):\n    name = 'other'\n")
    assert load_rule(file, "Other").name == "other"
    assert load_rule(file, "Friction").name == "Friction"
    with pytest.raises(UsageError, match=r"say which with name\. There are Friction and Other"):
        load_rule(file)


def test_imported_rules_are_not_its_own(write):
    with pytest.raises(UsageError, match="has no optimizer 'Adam'"):
        load_rule(write("from gdlab import Adam\n"), "Adam")


HEAD = "from dataclasses import dataclass\nfrom gdlab import Optimizer\n\n"
INIT = "    def init(self, w): return ()\n"
STEP = "    def step(self, objective, w, state): return w, ()\n"
DATACLASS = "@dataclass(frozen=True)\nclass Mine(Optimizer):\n"

NO_RULE = [
    ("x = 1\n", "Mine", "has no optimizer 'Mine': none of its classes is derived from gdlab.Optimizer"),
    ("class Mine: pass\n", "Mine", "has no optimizer 'Mine': the class Mine is not derived from gdlab.Optimizer"),
    (HEAD + DATACLASS + INIT + STEP, "Mien", "did you mean 'Mine'?"),
    (
        HEAD + "class Mine(Optimizer):\n    lr: float = 0.1\n" + INIT + STEP,
        "Mine",
        "write @dataclass(frozen=True) above",
    ),
    (HEAD + DATACLASS + INIT, "Mine", "must define step(self, objective, w, state)"),
    (HEAD + DATACLASS + STEP, "Mine", "must define init(self, w)"),
    (HEAD + DATACLASS + "    lr: flaot = 0.1\n" + INIT + STEP, "Mine", "NameError: name 'flaot' is not defined"),
    (HEAD + DATACLASS + "    file: str = ''\n" + INIT + STEP, "Mine", "a field cannot be called 'file'"),
    (HEAD + DATACLASS + "    lr: object = 0.1\n" + INIT + STEP, "Mine", "the field 'lr' is no number, text, true or"),
]


@pytest.mark.parametrize(("text", "name", "message"), NO_RULE, ids=[case[2] for case in NO_RULE])
def test_says_what_is_missing(write, text, name, message):
    with pytest.raises((UsageError, OwnCodeError)) as error:
        load_rule(write(text), name)
    assert "mine.py" in str(error.value)
    assert message in str(error.value)


BROKEN = [
    ("import numpy as np\nx = nump.zeros(3)\n", ":2:5: NameError: name 'nump' is not defined", "2 | x = nump.zeros(3)"),
    ("x = 1\ndef f(:\n", ":2:7: SyntaxError: invalid syntax", "2 | def f(:"),
    ("import no_such_module_at_all\n", ":1:1: ModuleNotFoundError: No module named", "1 | import no_such"),
    ("import sys\nsys.exit('enough')\n", ":2:1: SystemExit: enough", "2 | sys.exit('enough')"),
    ("class A:\n    def f(self):\n        return 1 / 0\nA().f()\n", ":3:16: ZeroDivisionError", "return 1 / 0"),
]


@pytest.mark.parametrize(("text", "head", "line"), BROKEN, ids=[case[1] for case in BROKEN])
def test_errors_while_it_is_loaded_show_its_line(write, text, head, line):
    file = write(text)
    with pytest.raises(OwnCodeError) as error:
        load_rule(file, "Mine")
    assert str(error.value).startswith(f"{file}{head}")
    assert line in str(error.value)
    assert not any(key.startswith("gdlab_own_mine") and sys.modules[key].__file__ == str(file) for key in sys.modules)


def test_errors_of_a_step_show_its_line(write):
    rule = load_rule(write(GOOD.replace("return w + v, v", "return w + v + self.speed, v")))()
    with pytest.raises(AttributeError) as error:
        rule.step(type("O", (), {"gradient": lambda self, w: w})(), np.ones(2), np.ones(2))
    fault = fault_in_own_code(error.value)
    assert Path(fault.source).name == "mine.py"
    assert fault.text.strip() == "return w + v + self.speed, v"
    assert fault.text[fault.column - 1 :][: fault.length] == "self.speed"
    assert fault_in_own_code(ValueError("of nobody's")) is None

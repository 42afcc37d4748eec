import pytest

from gdlab.config.loader import load
from gdlab.config.overrides import apply, read_overrides
from gdlab.errors import ConfigError

VALUES = [
    ("a=1e-2", 0.01),
    ("a=010", 10),
    ("a=no", "no"),
    ("a= spaced ", "spaced"),
    ("a=", None),
    ("a=null", None),
    ("a='1'", "1"),
    ("a=b=c", "b=c"),
    ("a=[1, [2, x]]", (1, (2, "x"))),
    ("a={name: adam, lr: .5}", {"name": "adam", "lr": 0.5}),
    ("a=5 # five", 5),
    ('a="x, y"', "x, y"),
]


@pytest.mark.parametrize(("option", "value"), VALUES)
def test_values_are_yaml(option, value):
    (override,) = read_overrides([option])
    assert override.path == ("a",)
    assert override.value.plain() == value


WRONG = [
    ("steps", "--set steps: has no key and value (write it as key=value, such as optimizer.lr=0.01)"),
    ("=1", "--set =1: has no key and value (write it as key=value, such as optimizer.lr=0.01)"),
    ("a..b=1", "--set a..b=1: has no key and value (write it as key=value, such as optimizer.lr=0.01)"),
    ("a=1, 2", "--set a=1, 2: has more than one value (for a list write [1, 2])"),
    ("a=1]\nb: [2", "has more than one value"),
    ("a=[1", "not YAML: expected ',' or ']'"),
    ("a=&x 1", "the anchor '&x' is not allowed"),
    ("a={b: 1, b: 2}", "repeated key 'b'"),
    ("a=\t1", "a tab is not allowed"),
    ("a=" + "[" * 1000, "nested deeper than 20 levels"),
    (".".join("a" * 1000) + "=1", "nested deeper than 20 levels"),
]


@pytest.mark.parametrize(("option", "message"), WRONG, ids=[option[:20] for option, _ in WRONG])
def test_refuses(option, message):
    with pytest.raises(ConfigError) as caught:
        read_overrides([option])
    assert message in str(caught.value)
    assert str(caught.value).startswith("--set ")


def test_tells_all_that_is_wrong_at_once():
    with pytest.raises(ConfigError) as caught:
        read_overrides(["a", "b=1", "c=["])
    assert len(caught.value.faults) == 2


APPLIED = [
    ("a: 1", ["a=2"], {"a": 2}),
    ("a: 1", ["b=2"], {"a": 1, "b": 2}),
    ("optimizer: {name: gd, lr: 1}", ["optimizer.lr=2"], {"optimizer": {"name": "gd", "lr": 2}}),
    ("optimizer: {name: gd, lr: 1}", ["optimizer=adam"], {"optimizer": "adam"}),
    ("optimizer: gd", ["optimizer.lr=2"], {"optimizer": {"name": "gd", "lr": 2}}),
    ("optimizer: gd", ["optimizer=adam", "optimizer.lr=2"], {"optimizer": {"name": "adam", "lr": 2}}),
    ("a: 1", ["stop.grad_tol=1"], {"a": 1, "stop": {"grad_tol": 1}}),
    ("stop:", ["stop.grad_tol=1"], {"stop": {"grad_tol": 1}}),
    ("a: 1", ["a=2", "a=3"], {"a": 3}),
    (
        "problem: {name: mlp, data: moons}",
        ["problem.data.rows=9"],
        {"problem": {"name": "mlp", "data": {"name": "moons", "rows": 9}}},
    ),
    ("a: {b: {c: 1, d: 2}}", ["a.b.c=3"], {"a": {"b": {"c": 3, "d": 2}}}),
]


@pytest.mark.parametrize(("text", "options", "plain"), APPLIED)
def test_applies(text, options, plain):
    root = load(text, "x").root
    for override in read_overrides(options):
        root = apply(root, override)
    assert root.plain() == plain


def test_the_seed_comes_last():
    root = load("seed: 1", "x").root
    for override in read_overrides(["seed=2"], seed=3):
        root = apply(root, override)
    assert root.plain() == {"seed": 3}


@pytest.mark.parametrize(("text", "option"), [("a: 1", "a.b=2"), ("a: [1]", "a.b=2"), ("a: {b: c}", "a.b.d=2")])
def test_refuses_to_set_a_key_of_what_has_none(text, option):
    (override,) = read_overrides([option])
    with pytest.raises(ConfigError, match=r"^--set \S+: [a-z.]+ has no keys that could be set \(set it as a whole\)$"):
        apply(load(text, "x").root, override)

"""Messages: the nearest word, and a fault with its line."""

import pytest

from gdlab.errors import ConfigError, Fault, OwnCodeError, StoreError, did_you_mean, in_a_line, join, nearest, unknown

RULES = ["gd", "momentum", "adamax", "adam", "adagrad", "rmsprop", "lr", "beta1", "beta2"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("adma", "adam"),
        ("Adam", "adam"),
        ("ADAM", "adam"),
        ("learning rate", "lr"),
        ("step-size", "lr"),
        ("betta", "beta1"),
        ("beta3", "beta1"),
        ("momentun", "momentum"),
        ("mometum", "momentum"),
        ("adagrda", "adagrad"),
        ("dg", "gd"),
        ("adam", "adam"),
    ],
)
def test_nearest_word(word: str, meant: str) -> None:
    assert nearest(word, RULES) == meant
    assert did_you_mean(word, RULES) == f"did you mean {meant!r}?"


@pytest.mark.parametrize("word", ["", "newton", "x" * 10_000, "learning_rate"])
def test_no_word_is_near(word: str) -> None:
    assert nearest(word, ["momentum", "adam"]) is None
    assert did_you_mean(word, ["momentum", "adam"]) == ""
    assert did_you_mean(word, []) == ""


@pytest.mark.parametrize(
    ("word", "allowed", "message"),
    [
        ("adma", ["gd", "adam", "nag"], "unknown rule 'adma': did you mean 'adam'? There are gd, adam and nag"),
        ("newton", ["gd", "adam"], "unknown rule 'newton': There are gd and adam"),
        ("newton", ["gd"], "unknown rule 'newton': There is gd"),
        ("newton", [], "unknown rule 'newton': There is none"),
    ],
)
def test_an_unknown_word_is_answered_with_what_there_is(word: str, allowed: list[str], message: str) -> None:
    assert unknown("rule", word, allowed) == message


@pytest.mark.parametrize(
    ("words", "written"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_words_join_as_in_a_sentence(words: list[str], written: str) -> None:
    assert join(words) == written
    assert join(words, "or") == written.replace("and", "or")


def test_a_fault_shows_its_line() -> None:
    line = "optimizer: {name: adam, lr: 1e-2, betta: 0.9}"
    fault = Fault("unknown key 'betta'", "adam.yaml", 4, line.index("betta") + 1, line, 5, "did you mean 'beta1'?")
    first, shown, below = str(fault).splitlines()
    assert first == "adam.yaml:4:35: unknown key 'betta'"
    assert below[shown.index("betta") : shown.index("betta") + 5] == "^^^^^"
    assert below.endswith("^ did you mean 'beta1'?")


def test_a_fault_without_a_line_keeps_its_hint() -> None:
    assert str(Fault("no such file", "a.yaml", hint="did you mean 'b.yaml'?")) == (
        "a.yaml: no such file (did you mean 'b.yaml'?)"
    )


def test_all_faults_come_at_once() -> None:
    error = ConfigError([Fault("one", "a"), Fault("two", "b")])
    assert str(error) == "a: one\nb: two"
    assert error.exit_code == 2


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (StoreError("cannot\n  write"), "cannot write"),
        (ValueError("no\nmore"), "ValueError: no more"),
        (OwnCodeError(Fault("E: no\nmore", "own.py", 3, 5, "    raise E", hint="so")), "own.py:3:5: E: no more (so)"),
    ],
)
def test_an_error_in_a_line(error: Exception, line: str) -> None:
    assert in_a_line(error) == line

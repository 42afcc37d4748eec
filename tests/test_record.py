"""Records refuse what their annotations do not allow, and say what they do."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import pytest

from gdlab.errors import ParameterError, unknown
from gdlab.record import Count, Fraction, NonNegative, Positive, Record


@dataclass(frozen=True)
class Rule(Record):
    """A rule. More of it."""

    name = "rule"

    lr: Annotated[Positive, "step size"] = 0.1
    beta: Fraction = 0.9
    eps: NonNegative | None = None
    count: Annotated[Count, "how many"] = 1
    kind: Literal["a", "b", "c"] = "a"
    fast: bool = False
    hidden: tuple[int, ...] = ()


ALLOWED = [
    {"lr": 1},
    {"lr": 1e-300},
    {"lr": np.float64(0.5)},
    {"lr": np.array([0.1, 0.2])},
    {"beta": 0},
    {"eps": 0},
    {"eps": None},
    {"count": 3},
    {"count": np.int64(3)},
    {"kind": "c"},
    {"fast": True},
]
REFUSED = [
    ({"lr": 0}, "lr = 0 is not allowed, it must be a number > 0"),
    ({"lr": -1}, "a number > 0"),
    ({"lr": float("inf")}, "a number > 0"),
    ({"lr": float("nan")}, "a number > 0"),
    ({"lr": True}, "a number > 0"),
    ({"lr": "0.1"}, "a number > 0"),
    ({"lr": None}, "a number > 0"),
    ({"lr": np.array([0.1, -0.2])}, "a number > 0"),
    ({"lr": np.array([0.1, np.nan])}, "a number > 0"),
    ({"lr": [0.1]}, "a number > 0"),
    ({"beta": 1}, "a number ≥ 0 and < 1"),
    ({"count": 2.5}, "a whole number ≥ 1"),
    ({"count": 0}, "a whole number ≥ 1"),
    ({"count": float("inf")}, "a whole number ≥ 1"),
    ({"kind": "d"}, "kind = 'd' is not allowed, it must be a, b or c"),
    ({"kind": np.array(["a", "b"])}, "a, b or c"),
    ({"fast": "no"}, "fast = 'no' is not allowed, it must be true or false"),
    ({"fast": 1}, "true or false"),
]


@pytest.mark.parametrize("values", ALLOWED, ids=str)
def test_allowed(values: dict[str, Any]) -> None:
    Rule(**values)


@pytest.mark.parametrize(("values", "text"), REFUSED, ids=str)
def test_refused(values: dict[str, Any], text: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Rule(**values)
    assert str(caught.value).startswith("rule: ")
    assert text in str(caught.value)


def test_parameters_tell_name_default_range_and_explanation() -> None:
    lr, beta, eps, count, kind, *_ = Rule.parameters()
    assert (lr.name, lr.default, lr.range, lr.doc) == ("lr", 0.1, "> 0", "step size")
    assert (beta.range, eps.types, count.doc, kind.choices) == (
        "≥ 0 and < 1",
        (float, None),
        "how many",
        ("a", "b", "c"),
    )
    assert Rule.summary() == "A rule. More of it"


@pytest.mark.parametrize(
    ("allowed", "text"),
    [
        (["gd", "adam"], "unknown rule 'adma': did you mean 'adam'? There are gd and adam"),
        (["newton"], "unknown rule 'adma': There is newton"),
        ([], "unknown rule 'adma': There is none"),
    ],
)
def test_unknown_words(allowed: list[str], text: str) -> None:
    assert unknown("rule", "adma", allowed) == text

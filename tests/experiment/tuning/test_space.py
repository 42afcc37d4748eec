"""Names and ranges from the command line."""

import pytest

from gdlab.errors import UsageError
from gdlab.experiment.tuning.space import read_names, read_range, spaces
from gdlab.optimizers import GD, LBFGS, SGD, Adam, Around
from gdlab.optimizers.ranges import RANGES

TUNED = {"gd": GD(), "adam": Adam(), "lbfgs": LBFGS(), "sgd": Around(SGD(), clip_norm=1.0)}


def test_names():
    assert read_names("gd, momentum,adam") == ("gd", "momentum", "adam")
    assert read_names("mine,gd", "mine") == ("mine", "gd")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gd,momentun", "unknown optimizer 'momentun': did you mean 'momentum'?"),
        ("gd,adam,gd", "gd comes twice"),
        (" , ", "name one at least"),
    ],
)
def test_names_that_cannot_be_meant(text, said):
    with pytest.raises(UsageError, match="--optimizers: ") as error:
        read_names(text)
    assert said in str(error.value)


def test_what_is_declared_is_taken_and_what_is_given_replaces_it_or_comes_beside_it():
    given = [read_range("gd.lr=1e-3:100"), read_range("adam.eps=1e-10:1e-2"), read_range("lbfgs.memory=2:5")]
    found = spaces(TUNED, given)
    assert found["sgd"] == RANGES["sgd"]
    assert (found["gd"]["lr"].low, found["gd"]["lr"].high) == (1e-3, 100)
    assert list(found["adam"]) == [*RANGES["adam"], "eps"]
    assert found["lbfgs"]["memory"].whole
    assert "eps" not in RANGES["adam"]


def test_a_decay_that_is_given_still_nears_one():
    assert spaces(TUNED, [read_range("adam.beta1=0:0.9")])["adam"]["beta1"].at(0.5) == pytest.approx(
        1 - 0.1**0.5, abs=1e-2
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("adam.lr", "write it as OPTIMIZER.PARAMETER=LOW:HIGH"),
        ("adam.lr=1", "write it as"),
        ("lr=1:2", "write it as"),
        ("adam.lr=a:b", "write it as"),
        ("adam.lr=1:inf", "write it as"),
        ("adam.lr=2:1", "low must be less than high"),
        ("nag.lr=1:2", "'nag' is not tuned here, gd, adam, lbfgs and sgd are"),
        ("adam.beta_1=0.1:0.2", "adam' has no number 'beta_1'. did you mean 'beta1'?"),
        ("adam.variant=0.1:0.2", "no number 'variant'"),
        ("adam.beta1=0.5:1", "1 is not allowed, it must be a number ≥ 0 and < 1"),
        ("adam.lr=0:1", "0 is not allowed, it must be a number > 0"),
        ("lbfgs.memory=1.5:3", "1.5 is not allowed, it must be a whole number ≥ 1"),
        ("sgd.dampening=0:0.5", "0 is not allowed, it must be a number > 0, since its logarithm is drawn"),
    ],
)
def test_ranges_that_cannot_be(text, said):
    with pytest.raises(UsageError) as error:
        spaces(TUNED, [read_range(text)])
    assert str(error.value).startswith(f"--range {text}: ")
    assert said in str(error.value)


def test_a_rule_of_ones_own_needs_its_ranges():
    class Mine(GD):
        name = "mine"

    with pytest.raises(UsageError, match=r"'mine' is a rule of your own.*--range mine\.lr=1e-4:1"):
        spaces({"mine": Mine()}, [])
    assert list(spaces({"mine": Mine()}, [read_range("mine.lr=1e-4:1")])["mine"]) == ["lr"]

import dataclasses

import numpy as np
import pytest

from gdlab.optimizers import OPTIMIZERS, Around, Coordinate
from gdlab.optimizers.schedules import Cosine

# A step size at which each rule gets to the bottom of the bowl, where its default is not made for that.
BOWL_LR = {"sgd": 0.1, "momentum": 0.05, "nag": 0.05, "asgd": 0.1, "adagrad": 1.0, "rmsprop": 0.01}
BOWL_LR |= dict.fromkeys(["adam", "adamw", "nadam", "radam", "amsgrad", "adamax", "adabelief"], 0.03)
BOWL_LR |= {"lamb": 0.003, "sign_sgd": 0.003, "lion": 0.003}
# Rules whose steps do not shrink with the gradient: they end in a band around a minimum unless lr falls.
BANDS = ["sign_sgd", "lion", "rmsprop", "lamb", "novograd"]
# How near it gets, where that is not 1e-4; an average from the third step on holds on to early points.
BOWL_NEAR = dict.fromkeys(BANDS, 1e-3) | {"asgd": 0.01, "adadelta": 0.01, "random_search": 0.05}


def test_reaches_the_minimum_of_a_bowl(rule, bowl, undecayed, walk):
    rule = undecayed(rule)
    if (rule.name, getattr(rule, "variant", "")) == ("adagrad", "lecture"):
        rule = dataclasses.replace(rule, eps=1.0)  # or its first step is 10⁴·g, from where it crawls back
    elif rule.name in BOWL_LR and getattr(rule, "variant", "") != "lecture":
        rule = dataclasses.replace(rule, lr=BOWL_LR[rule.name])
    if rule.name in BANDS:
        rule = Around(rule, {"lr": Cosine(rule.lr, steps=3000)})
    points, state = walk(rule, bowl, np.array([0.3, -0.7, 2.0]), 3000)
    np.testing.assert_allclose(rule.solution(points[-1], state), [1, -2, 0.5], atol=BOWL_NEAR.get(rule.name, 1e-4))


VALLEY_LR = dict.fromkeys(["gd", "sgd", "momentum", "nag", "asgd", "rmsprop", "sign_sgd", "lion"], 0.001)
VALLEY_LR |= dict.fromkeys(["adam", "adamw", "adamax", "adabelief"], 0.03) | dict.fromkeys(["amsgrad", "yogi"], 0.3)
VALLEY_LR |= {"adagrad": 1.0, "adadelta": 0.1, "nadam": 0.01, "radam": 0.003, "lamb": 0.03, "novograd": 0.0003}
VALLEY_LR |= {"rprop": 0.01}


# Rules that have come no further than the flat part of the valley after 5,000 steps; all others are at its end.
SLOW = ["gd", "sgd", "asgd", "adagrad", "rmsprop", "adadelta", "nadam", "radam", "lamb", "novograd", "rprop"]
SLOW += ["sign_sgd", "steepest_descent", "coordinate", "random_search"]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_follows_the_valley_of_rosenbrock_to_its_lowest_part(name, rosenbrock, undecayed, plain, walk):
    # With a fixed c coordinate search is stuck at the first corner of the valley.
    rule = Coordinate(shrink=0.5) if name == "coordinate" else plain(OPTIMIZERS[name])
    rule = dataclasses.replace(rule, lr=VALLEY_LR[name]) if name in VALLEY_LR else rule
    points, state = walk(undecayed(rule), rosenbrock, np.array([-1.2, 1.0]), 5000)
    assert rosenbrock.value(rule.solution(points[-1], state)) < (0.2 if name in SLOW else 1e-10)

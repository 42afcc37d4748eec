"""Numbers of an optimizer by path."""

import numpy as np
import pytest

from gdlab.experiment.lanes.numbers import LANE, numbers, structure, with_numbers
from gdlab.optimizers import GD, OPTIMIZERS, Adam, Around, ExponentialAverage, Noise, Optimizer
from gdlab.optimizers.schedules import Cosine, Warmup

WHOLE = Around(
    Adam(beta1=0.8),
    {"lr": Warmup(steps=5, then=Cosine(0.1))},
    clip_norm=1.0,
    noise=Noise(0.1, seed=7),
    average=ExponentialAverage(0.9),
)
CASES: list[tuple[Optimizer, dict[str, float]]] = [
    (GD(lr=0.3), {"lr": 0.3}),
    (GD(lr=1), {"lr": 1}),
    (
        WHOLE,
        {
            "rule.lr": 0.1,
            "rule.beta1": 0.8,
            "rule.beta2": 0.999,
            "rule.eps": 1e-8,
            "schedules.lr.then.start": 0.1,
            "schedules.lr.then.end": 0.0,
            "schedules.lr.start": 0.0,
            "clip_norm": 1.0,
            "clip_eps": 0.0,
            "noise.variance": 0.1,
            "noise.decay": 0.55,
            "noise.seed": 7,
            "average.decay": 0.9,
        },
    ),
]


@pytest.mark.parametrize(("optimizer", "expected"), CASES, ids=["gd", "whole", "around"])
def test_numbers_are_found_wherever_they_stand(optimizer: Optimizer, expected: dict[str, float]) -> None:
    assert numbers(optimizer) == expected


@pytest.mark.parametrize("path", numbers(WHOLE))
def test_one_number_is_replaced_and_the_original_stays(path: str) -> None:
    before = numbers(WHOLE)
    values = np.array([0.25, 0.5])
    changed = with_numbers(WHOLE, {path: values})
    at = changed
    for name in path.split("."):
        at = dict(at)[name] if isinstance(at, tuple) else getattr(at, name)
    assert at is values
    assert numbers(WHOLE) == before
    assert numbers(changed) == {name: value for name, value in before.items() if name != path}


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_structure_is_hashable_and_tells_numbers_apart_only_where_asked(name: str) -> None:
    rule = OPTIMIZERS[name]()
    paths = frozenset(numbers(rule))
    assert hash(structure(rule)) == hash(structure(OPTIMIZERS[name]()))
    assert structure(rule, paths) == structure(OPTIMIZERS[name](), paths)


def test_structure_leaves_a_mark_where_a_number_is() -> None:
    assert structure(GD(), frozenset({"lr"})) == (GD, (("lr", LANE),))
    assert structure(GD(lr=0.1)) != structure(GD(lr=0.2))
    assert structure({"a": np.zeros(2)}) != structure({"a": np.zeros(3)})
    assert structure(1) != structure(True)

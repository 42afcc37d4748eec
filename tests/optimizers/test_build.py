"""Optimizers from plain options."""

import pytest

from gdlab.errors import ParameterError, UsageError
from gdlab.optimizers import SGD, Adam, AdamW, Around, ExponentialAverage, Noise, PolyakAverage
from gdlab.optimizers.build import build
from gdlab.optimizers.schedules import Constant, Cosine, Warmup

COSINE = {"schedule": "cosine", "start": 0.1, "steps": 9}

BUILT = [
    (Adam, {}, Adam()),
    (Adam, {"lr": 0.1, "beta1": 0.8}, Adam(lr=0.1, beta1=0.8)),
    (Adam, {"clip_norm": None, "average": None, "noise": None}, Adam()),
    (Adam, {"lr": COSINE}, Around(Adam(), {"lr": Cosine(0.1, steps=9)})),
    (Adam, {"lr": Cosine(0.1)}, Around(Adam(), {"lr": Cosine(0.1)})),
    (SGD, {"momentum": COSINE}, Around(SGD(momentum=0.1), {"momentum": Cosine(0.1, steps=9)})),
    (Adam, {"clip_norm": COSINE | {"end": 0.05}}, Around(Adam(), {"clip_norm": Cosine(0.1, 0.05, steps=9)})),
    (Adam, {"weight_decay": 0.1, "decay": "decoupled"}, Around(Adam(), weight_decay=0.1, decay="decoupled")),
    (AdamW, {"weight_decay": 0.1}, AdamW(weight_decay=0.1)),
    (AdamW, {"weight_decay": COSINE}, Around(AdamW(), {"weight_decay": Cosine(0.1, steps=9)})),
    (Adam, {"noise": 0.3}, Around(Adam(), noise=Noise(0.3))),
    (Adam, {"noise": {"variance": 0.3, "seed": 4}}, Around(Adam(), noise=Noise(0.3, seed=4))),
    (Adam, {"average": "polyak"}, Around(Adam(), average=PolyakAverage())),
    (Adam, {"average": {"name": "exponential", "decay": 0.5}}, Around(Adam(), average=ExponentialAverage(0.5))),
    (Adam, {"average": PolyakAverage(3)}, Around(Adam(), average=PolyakAverage(3))),
    (
        Adam,
        {"lr": {"schedule": "warmup", "steps": 5, "then": COSINE}},
        Around(Adam(), {"lr": Warmup(5, Cosine(0.1, steps=9))}),
    ),
    (
        Adam,
        {"lr": {"schedule": "warmup", "steps": 5, "then": 0.1}},
        Around(Adam(), {"lr": Warmup(5, Constant(0.1))}),
    ),
]


@pytest.mark.parametrize(("kind", "options", "made"), BUILT, ids=[str(case[1]) for case in BUILT])
def test_builds(kind, options, made):
    assert build(kind, options) == made


WRONG = [
    ({"clip_nrom": 1}, "unknown parameter of optimizer 'adam' 'clip_nrom': did you mean 'clip_norm'? There are lr, "),
    ({"lr": {"schedule": "cosin"}}, "unknown schedule of lr 'cosin': did you mean 'cosine'? There are constant, "),
    ({"lr": {"start": 0.1}}, "unknown schedule of lr '': There are constant"),
    ({"lr": {"schedule": "cosine"}}, "schedule 'cosine' needs 'start', a number ≥ 0"),
    ({"lr": COSINE | {"stop": 3}}, "unknown parameter of schedule 'cosine' 'stop': did you mean 'steps'?"),
    ({"lr": {"schedule": "warmup", "steps": 3, "then": {"schedule": "x"}}}, "unknown schedule of what follows the wa"),
    ({"average": "poly"}, "unknown average 'poly': did you mean 'polyak'? There are polyak and exponential"),
    ({"average": 3}, "unknown average '3'"),
    ({"average": {"name": "polyak", "decay": 0.5}}, "unknown parameter of average 'polyak' 'decay': There is start"),
    ({"noise": {"varience": 0.5}}, "unknown parameter of noise 'varience': did you mean 'variance'?"),
]


@pytest.mark.parametrize(("options", "message"), WRONG, ids=[case[1] for case in WRONG])
def test_says_what_is_not_known(options, message):
    with pytest.raises(UsageError) as error:
        build(Adam, options)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize("options", [{"lr": "fast"}, {"noise": "loud"}, {"clip_norm": -1}, {"variant": COSINE}])
def test_what_is_out_of_range_is_told_by_the_records(options):
    with pytest.raises(ParameterError):
        build(Adam, options)

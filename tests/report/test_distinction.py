import pytest

from gdlab.report.distinction import telling
from gdlab.report.settings import describe, settings

ADAM = {"name": "adam", "lr": 0.001, "beta1": 0.9, "variant": "published"}
LECTURE = ADAM | {"variant": "lecture"}
ADAGRAD = {"name": "adagrad", "lr": 0.01, "eps": 1e-8, "variant": "lecture"}
GD = {"name": "gd", "lr": 0.1}
MINE = {"name": "my_rule", "speed": 3, "depth": 5}


def described(*optimizers):
    every = [settings({"optimizer": optimizer}) for optimizer in optimizers]
    return [describe(one, "optimizer", shown) for one, shown in zip(every, telling(every), strict=True)]


@pytest.mark.parametrize(
    ("optimizers", "told"),
    [
        ([ADAM, GD], ["adam lr=0.001", "gd lr=0.1"]),
        ([ADAM, ADAM | {"lr": 0.1}], ["lr=0.001", "lr=0.1"]),
        ([ADAM, LECTURE], ["variant=published", "variant=lecture"]),
        ([ADAM, ADAGRAD], ["adam lr=0.001", "adagrad lr=0.01 variant=lecture"]),
        ([ADAM | {"beta1": 0.5}, GD], ["adam lr=0.001 beta1=0.5", "gd lr=0.1"]),
        ([ADAM | {"lr": 0.1}, GD], ["adam", "gd"]),
        ([ADAM, ADAM], ["", ""]),
        ([ADAM], [""]),
        ([MINE, GD], ["my_rule speed=3", "gd lr=0.1"]),
        ([MINE, MINE | {"depth": 6}], ["depth=5", "depth=6"]),
    ],
)
def test_an_optimizer_is_told_by_its_first_setting_and_by_what_differs_or_is_not_the_default(optimizers, told):
    assert described(*optimizers) == told


def test_a_schedule_is_told_with_all_its_settings():
    scheduled = GD | {"lr": {"schedule": "cosine", "start": 0.1}}
    assert described(ADAM, scheduled) == ["adam lr=0.001", "gd lr=cosine lr.start=0.1"]


def test_what_goes_around_an_optimizer_is_told_where_it_is_set():
    clipped = ADAM | {"clip_norm": 1.0, "clip_eps": 0.0}
    noisy = ADAM | {"noise": {"variance": 0.1}}
    averaged = ADAM | {"average": {"name": "polyak", "start": 9}}
    assert described(ADAM, clipped, noisy, averaged) == [
        "",
        "clip_norm=1.0",
        "noise.variance=0.1",
        "average=polyak average.start=9",
    ]


def test_beta2_of_one_optimizer_is_not_beta2_of_another():
    lion = {"name": "lion", "lr": 1e-4, "beta2": 0.99}
    assert described(ADAM | {"beta2": 0.999}, lion) == ["adam lr=0.001", "lion lr=0.0001"]


def test_what_is_no_part_tells_runs_apart_whenever_it_differs():
    every = [settings({"steps": 10, "seed": 0, "stop": {"grad_tol": None}}), settings({"steps": 20, "seed": 0})]
    assert telling(every) == [{"steps", "stop.grad_tol"}, {"steps"}]


def test_no_runs_are_told_apart():
    assert telling([]) == []

import pytest

from gdlab.report.plots.ramps import FEWEST, as_number, ramps


def settings(lr, optimizer="adam", **others):
    return {"optimizer": optimizer, "optimizer.lr": str(lr), "seed": "0", **others}


def test_many_series_that_differ_in_one_number_are_a_ramp_in_its_order():
    every = [settings(lr) for lr in (10.0, 9.0, *(0.1 * k for k in range(1, 8)))] + [settings(1, "gd")]
    (ramp,) = ramps(every, [f"#{k}" for k in range(10)])
    assert (ramp.optimizer, ramp.key) == ("adam", "lr")
    assert list(ramp.values) == sorted(ramp.values)
    assert (ramp.values[-1], ramp.members[-1], ramp.colors[-1]) == (10.0, 0, "#0")
    assert 9 not in ramp.members


@pytest.mark.parametrize(
    "every",
    [
        [settings(k) for k in range(FEWEST - 1)],
        [settings(k, steps=str(k)) for k in range(FEWEST)],
        [settings("cosine" if k == 0 else k) for k in range(FEWEST)],
        [settings(1)] * FEWEST,
    ],
    ids=["few", "two settings", "no number", "no difference"],
)
def test_others_are_none(every):
    assert ramps(every, ["#0"] * len(every)) == ()


@pytest.mark.parametrize(("text", "value"), [("1e-3", 1e-3), ("7", 7.0), ("cosine", None), ("nan", None), ("", None)])
def test_settings_are_numbers_or_not(text, value):
    assert as_number(text) == value

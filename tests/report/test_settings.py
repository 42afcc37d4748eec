import pytest

from gdlab.report.settings import describe, identity, settings, varying

CONFIG = {
    "problem": {"name": "xor", "hidden": [4]},
    "gradient": "reverse",
    "optimizer": {"name": "adam", "lr": 1e-3, "eps": 1e-8},
    "steps": 2000,
    "log": {"every": 10},
    "name": "adam_xor",
    "tags": ["a"],
}


def test_settings_are_flat_and_written_and_hold_what_matters_to_the_training():
    assert settings(CONFIG) == {
        "problem": "xor",
        "problem.hidden": "[4]",
        "gradient": "reverse",
        "optimizer": "adam",
        "optimizer.lr": "0.001",
        "optimizer.eps": "1e-8",
        "steps": "2000",
    }


def test_a_schedule_is_a_setting_with_settings_of_its_own():
    config = {"optimizer": {"name": "gd", "lr": {"schedule": "cosine", "start": 0.1, "end": 0.0}}}
    assert describe(settings(config), "optimizer") == "gd lr=cosine lr.start=0.1 lr.end=0.0"


def test_what_varies_is_what_differs_where_it_occurs():
    adam = {"optimizer": "adam", "optimizer.lr": "0.1", "optimizer.beta1": "0.9"}
    gd = {"optimizer": "gd", "optimizer.lr": "0.2"}
    assert varying([adam, gd]) == {"optimizer", "optimizer.lr"}
    assert varying([adam, adam]) == varying([]) == frozenset()


@pytest.mark.parametrize(
    ("shown", "written"),
    [
        (None, "adam lr=0.001 eps=1e-8"),
        ({"optimizer", "optimizer.lr"}, "adam lr=0.001"),
        ({"optimizer.lr"}, "lr=0.001"),
        ({"gradient"}, ""),
    ],
)
def test_a_part_is_described_by_the_settings_shown(shown, written):
    assert describe(settings(CONFIG), "optimizer", shown) == written


def test_the_order_of_keys_does_not_change_what_a_problem_is():
    one = settings({"problem": {"name": "xor", "hidden": [4], "loss": "squared"}})
    other = settings({"problem": {"loss": "squared", "hidden": [4], "name": "xor"}, "steps": 5})
    different = settings({"problem": {"loss": "squared", "hidden": [2], "name": "xor"}})
    assert identity(one, "problem") == identity(other, "problem") != identity(different, "problem")

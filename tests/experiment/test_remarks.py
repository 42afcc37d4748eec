"""What a rule says of single steps reaches the log of its run."""

import pytest

from gdlab.autodiff.methods import Reverse
from gdlab.config.dump import dump
from gdlab.config.resolve import resolve_data
from gdlab.experiment.execute import execute
from gdlab.experiment.minimize import minimize
from gdlab.experiment.remarks import MOST
from gdlab.experiment.result import Callbacks
from gdlab.experiment.spec import Experiment
from gdlab.experiment.train import train
from gdlab.optimizers import Adam, Around, Newton, PolyakAverage
from gdlab.optimizers.schedules import Warmup
from gdlab.problems import PROBLEMS, Formula

NOT_DEFINITE = "the Hessian is not positive definite; the step changed its eigenvalues by up to "


def remarks(rule, problem, steps=100):
    heard = []
    callbacks = Callbacks(remark=lambda step, text: heard.append((step, text)))
    result = train(Experiment(problem, Reverse(), rule, steps=steps), callbacks)
    return heard, result


def test_a_damped_step_is_told_with_its_number_and_by_how_much():
    """At (0, 1) the curvatures of Rosenbrock are 2 − 400 and 200: a change by 2·398 for the first."""
    problem = PROBLEMS["rosenbrock"](start=(0.0, 1.0))
    for rule in (Newton(), Around(Newton(), average=PolyakAverage())):
        heard, _ = remarks(rule, problem, steps=1)
        assert heard == [(1, NOT_DEFINITE + "796")]


def test_steps_that_are_not_damped_are_not_mentioned():
    assert remarks(Newton(), PROBLEMS["rosenbrock"]())[0] == []
    assert remarks(Adam(), PROBLEMS["rosenbrock"]())[0] == []


def test_of_many_remarks_the_first_are_told_and_the_others_counted():
    heard, result = remarks(Newton(lr=0.1), PROBLEMS["saddle"](), steps=90)
    assert result.outcome.step == 90
    assert [step for step, _ in heard] == [*range(1, MOST + 1), 90]
    assert heard[-1][1] == "the same kind of remark for 70 more steps, up to this one"


def test_they_are_stored_in_the_log_of_the_run(tmp_path):
    resolved = resolve_data({"problem": "saddle", "optimizer": "newton", "steps": 3})
    finished = execute(resolved.experiment, resolved.data, dump(resolved.data), tmp_path)
    lines = (finished.folder / "log.txt").read_text("utf-8").splitlines()
    assert [line.partition(" ")[2] for line in lines] == [f"step {k}: {NOT_DEFINITE}4" for k in (1, 2, 3)]


IDLE = [
    (Around(Adam(), restart=10), "restart: 10 has no effect in a run of 10 steps"),
    (Around(Adam(), average=PolyakAverage(start=1000)), "average: its start, 1,000, is not reached in a run of 10 st"),
    (Around(Adam(), {"lr": Warmup(10, then=0.1)}), "lr: its warm-up of 10 steps does not end in a run of 10"),
]


@pytest.mark.parametrize(("rule", "text"), IDLE, ids=[case[1].partition(":")[0] for case in IDLE])
def test_what_comes_only_after_the_last_step_is_told_at_the_first(rule, text):
    heard, result = remarks(rule, PROBLEMS["rosenbrock"](), steps=10)
    assert [(step, said.startswith(text)) for step, said in heard] == [(0, True)]
    assert result.remarks == tuple(heard)
    assert remarks(rule, PROBLEMS["rosenbrock"](), steps=1001)[0] == []


def test_a_loss_below_the_infimum_that_a_problem_gives_is_told():
    wrong = Formula("x**2", {"x": 3.0}, infimum=5.0)
    said = minimize(wrong, None, {"name": "gd", "lr": 0.1}, steps=100).remarks
    assert [text for _, text in said][-1].endswith("though the problem gives 5 as its infimum: that is wrong")
    right = Formula("x**2 + 5", {"x": 3.0}, infimum=5.0)
    assert not minimize(right, None, {"name": "gd", "lr": 0.1}, steps=1000).remarks

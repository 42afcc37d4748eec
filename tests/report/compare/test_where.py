import math

import pytest

from gdlab.errors import UsageError
from gdlab.report.compare.where import matching, parse


@pytest.fixture
def runs(make_run):
    return [
        make_run("a", "adam", settings={"lr": 0.1}, seed=3, loss=[1.0, 0.5]),
        make_run("b", "gd", settings={"lr": 0.01, "momentum": None}, loss=[1.0, math.nan], status="diverged"),
        make_run("c c", "adam", settings={"lr": {"schedule": "cosine", "start": 0.2}}, loss=[1.0, 0.25]),
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("optimizer=adam", ["a", "c c"]),
        ("optimizer.name=adam", ["a", "c c"]),
        ("optimizer == adam", ["a", "c c"]),
        ("optimizer!=adam", ["b"]),
        ("optimizer=adam,gd", ["a", "b", "c c"]),
        ("optimizer!=adam,sgd", ["b"]),
        ("optimizer=a*", ["a", "c c"]),
        ("lr<0.1", ["b"]),
        ("lr<=0.1", ["a", "b"]),
        ("lr>1e-2", ["a"]),
        ("lr>=1e-2", ["a", "b"]),
        ("lr=1e-1", ["a"]),
        ("lr=.01", ["b"]),
        ("lr=cosine", ["c c"]),
        ("lr.start=0.2", ["c c"]),
        ("optimizer.momentum=null", ["a", "b", "c c"]),
        ("optimizer=adam lr<0.5", ["a"]),
        ("  optimizer = adam   seed>2 ", ["a"]),
        ("name='c c'", ["c c"]),
        ('name="c c"', ["c c"]),
        ("status=diverged", ["b"]),
        ("final_loss<0.4", ["c c"]),
        ("final<0.4", ["c c"]),
        ("final=nan", ["b"]),
        ("hidden=[4]", ["a", "b", "c c"]),
        ("hidden=4", ["a", "b", "c c"]),
    ],
)
def test_runs_for_which_all_conditions_hold(runs, text, names):
    assert [run.name for run in matching(runs, text)] == names


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is no condition in it"),
        ("optimizer", "'optimizer' is no condition"),
        ("optimizer=", "'optimizer=' is no condition"),
        ("optimizer~adam", "is no condition"),
        ("lr<0.1 or lr>1", "'or lr>1' is no condition"),
        ("__import__('os').system('ls')=1", "is no condition"),
        ("lr<fast", "< compares numbers, and 'fast' is none"),
        ("optmizer=adam", "unknown key 'optmizer' in --where: did you mean 'optimizer'?"),
        ("optimizer=adm", "no run has optimizer = adm; optimizer is adam or gd"),
        ("lr>5", "no run has lr > 5; optimizer.lr is 0.1, 0.01 or cosine"),
        ("optimizer=gd lr=0.1", "each condition holds for some runs, all of them for none"),
        ("every=3", "no run has every = 3; log.every is null"),
    ],
)
def test_what_cannot_be_or_holds_for_none_is_told(runs, text, message):
    with pytest.raises(UsageError) as caught:
        matching(runs, text)
    assert message in str(caught.value)


def test_a_key_that_means_several_is_asked_back(make_run):
    run = make_run(settings={"eps": 1e-8}, config={"gradient": {"name": "numeric", "eps": 1e-6}})
    with pytest.raises(UsageError, match=r"eps: there are several, say which: .*gradient\.eps or optimizer\.eps"):
        matching([run], "eps=1")


def test_values_stand_as_they_were_typed():
    clauses = parse("a=1,2 b.c>=-1e-3 d!='x, y'")
    assert [(clause.key, clause.op, clause.values) for clause in clauses] == [
        ("a", "=", ("1", "2")),
        ("b.c", ">=", ("-1e-3",)),
        ("d", "!=", ("x, y",)),
    ]

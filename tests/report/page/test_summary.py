import numpy as np

from gdlab.report.page.summary import sentences


def _seeds(make_run, optimizer, losses, **changes):
    return [make_run(optimizer, optimizer, [1.0, loss], seed=seed, **changes) for seed, loss in enumerate(losses)]


def test_who_is_best_is_said_where_it_is_proven(make_run, subject):
    rng = np.random.default_rng(7)
    good = _seeds(make_run, "adam", 1e-3 * rng.uniform(0.5, 1.5, 20))
    bad = _seeds(make_run, "gd", 1e-1 * rng.uniform(0.5, 1.5, 20))
    told = sentences(subject([*bad, *good]))
    assert told[0] == "40 runs of 2 optimizers (adam and gd), the problem xor and 20 seeds, in 2 lines of the table."
    assert told[2].startswith("Here adam")
    assert " is the best: a median final loss of " in told[2]
    assert "the lowest of all 2, proven at" in told[2]
    assert told[3:] == ["All ended well: 40 max_steps."]


def test_two_of_which_each_wins_as_often_are_not_told_apart(make_run, subject):
    first = np.linspace(0.5, 1.5, 20)
    second = first * np.where(np.arange(20) % 2, 1.1, 1 / 1.1)
    told = sentences(subject([*_seeds(make_run, "adam", first), *_seeds(make_run, "gd", second)]))
    assert "no best is proven" in told[2]
    assert "cannot be told apart from" in told[2]
    assert " is the best" not in "".join(told)


def test_one_run_each_proves_nothing(make_run, subject):
    told = sentences(subject([make_run("a", "adam"), make_run("g", "gd", [1.0, 0.5])]))
    assert told[2].endswith(
        "has the lowest: a final loss of 0.01, but it takes 7 runs each, or more, to prove a difference."
    )


def test_what_broke_is_counted_with_its_reason_and_never_the_best(make_run, subject):
    runs = [
        make_run("g", "gd", [1.0, -1e30], status="unbounded", reason="it fell for ever"),
        *(
            make_run("m", "momentum", [1.0, 1e9], status="diverged", seed=seed, reason=f"it grew to 1e{seed}")
            for seed in (3, 4)
        ),
        make_run("a", "adam", [1.0, 0.5]),
    ]
    told = sentences(subject(runs))
    assert "adam" in told[2]
    assert told[2].startswith("Here no best is proven.")
    assert told[3:] == [
        "3 of 4 runs did not end well and cannot be the best: 2 diverged and 1 unbounded.",
        "Why, in 2 of them: it grew to 1e3",
        "Why: it fell for ever",
    ]


def test_where_all_broke_none_is_the_best(make_run, subject):
    runs = [make_run(o, o, [1.0, 1e9], status="diverged") for o in ("gd", "adam")]
    assert "Here no run ended well, so that none is the best." in sentences(subject(runs))


def test_one_run_is_told_as_one(make_run, subject):
    told = sentences(subject([make_run()]))
    assert told == [
        "This is one run, of adam on xor.",
        told[1],
        "Here adam came to this: a final loss of 0.01.",
        "It ended as max_steps.",
    ]


def test_each_problem_has_a_sentence_of_its_own(make_run, subject):
    runs = [make_run(f"r{i}", "adam", problem={"name": name}) for i, name in enumerate(("wood", "rosenbrock"))]
    told = sentences(subject(runs))
    assert "2 problems (rosenbrock and wood)" in told[0]
    assert [one.split()[1] for one in told[2:4]] == ["rosenbrock", "wood"]


def test_what_all_have_in_common_is_said_once(make_run, subject):
    told = sentences(subject([make_run("a", "adam"), make_run("g", "gd", [1.0, 0.5])]))
    assert told[1].startswith("All 2 runs: problem xor")
    assert "steps 20" in told[1]
    assert "adam" not in told[1]

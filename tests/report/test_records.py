import math

from gdlab.report.records import head, measures, records


def test_all_records_have_the_same_columns_in_the_same_order(make_run):
    rows = records([make_run(optimizer="gd"), make_run(summary={"accuracy": 0.75}, problem={"name": "quadratic"})])
    assert list(rows[0]) == list(rows[1])
    assert (rows[0]["accuracy"], rows[1]["accuracy"]) == (None, 0.75)
    assert (rows[0]["optimizer.beta1"], rows[1]["optimizer.beta1"]) == (None, 0.9)
    assert (rows[0]["problem.hidden"], rows[1]["problem.hidden"]) == ([4], None)


def test_the_settings_of_a_part_stand_together(make_run):
    rows = records([make_run(optimizer="gd"), make_run(optimizer="adam")])
    names = [name for name in rows[0] if name.startswith("optimizer.")]
    places = [list(rows[0]).index(name) for name in names]
    assert names == ["optimizer.lr", "optimizer.beta1", "optimizer.beta2"]
    assert places == list(range(places[0], places[0] + 3))


def test_a_record_says_who_what_and_how_it_ended_with_raw_numbers(make_run):
    run = make_run(name="gd_xor", optimizer="gd", status="converged", seed=7, loss=(1.0, 1 / 3))
    row = records([run])[0]
    expected = {
        "id": run.id,
        "name": "gd_xor",
        "problem": "xor",
        "gradient": "reverse",
        "optimizer": "gd",
        "status": "converged",
        "step": 20,
        "steps": 20,
        "seed": 7,
        "final_loss": 1 / 3,
        "started": "2026-11-24T21:36:01+00:00",
    }
    assert {name: row[name] for name in expected} == expected


def test_counts_are_whole_numbers_and_what_is_not_finite_stays(make_run):
    row = records([make_run(summary={"evaluations": 21.0, "final_loss": math.inf, "best_step": math.nan})])[0]
    assert repr(row["evaluations"]) == "21"
    assert row["final_loss"] == math.inf
    assert math.isnan(row["best_step"])


def test_a_part_may_be_a_plain_name(make_run):
    row = records([make_run(config={"gradient": "dual"})])[0]
    assert row["gradient"] == "dual"


def test_measures_are_what_a_summary_has_beyond_losses_and_costs(make_run):
    runs = [make_run(summary={"accuracy": 1.0}), make_run(summary={"margin": 2.0, "accuracy": 0.5})]
    assert measures(runs) == ("accuracy", "margin")


def test_heads_are_words():
    assert [head("final_loss"), head("seconds"), head("status"), head("a\nb")] == [
        "final loss",
        "time",
        "outcome",
        r"a\nb",
    ]

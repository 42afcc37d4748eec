import base64
import re
from pathlib import Path

import numpy as np
import pytest

from gdlab.config.resolve import resolve_data
from gdlab.report.page.page import write_page
from gdlab.store.reader import Damage

ODD = '<script>alert("x")</script> & $x_1$ [red]日本 שלום \x1b[31m'
SECTIONS = ["summary", "comparison", "pictures", "runs", "costs", "configs", "surroundings"]


@pytest.fixture
def page(subject, seen):
    def page(runs, **told):
        written = write_page(subject(runs, **told))
        return written.html, seen(written.html)

    return page


@pytest.fixture
def runs(make_run):
    return [
        make_run("adam_xor", "adam"),
        make_run("gd_xor", "gd", [0.25, 0.2, 1e9], status="diverged", reason="the loss grew to 1e9; try lr below 0.1"),
    ]


def test_the_page_is_one_document_with_its_language_its_sections_and_their_heads(page, runs):
    text, seen = page(runs)
    assert text.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert {tag: seen.tags[tag] for tag in ("html", "head", "body", "main", "h1", "title")} == dict.fromkeys(
        ("html", "head", "body", "main", "h1", "title"), 1
    )
    assert seen.values("meta", "charset") == ["utf-8"]
    assert seen.values("section", "id") == SECTIONS
    assert seen.values("a", "href") == [f"#{name}" for name in SECTIONS]
    assert seen.tags["h2"] == len(SECTIONS)
    ids = [value for _, name, value in seen.attributes if name == "id"]
    assert len(set(ids)) == len(ids)
    assert "Made 2026-11-25 09:30+00:00 with gdlab" in seen.text("p")


def test_nothing_is_loaded_and_nothing_runs(page, runs):
    text, seen = page(runs)
    assert not {"script", "link", "iframe", "object", "base", "form"} & set(seen.tags)
    assert all(value.startswith("data:") for value in seen.values("img", "src"))
    assert all(value.startswith("#") for value in seen.values("a", "href"))
    assert not [name for _, name, _ in seen.attributes if name.startswith("on") or name in ("srcset", "action")]
    outside = re.sub(r"data:[^\"]+", "", text)
    assert not re.search(r"https?:|//[a-z]|url\(|@import", outside)


def test_every_picture_is_there_and_described(page, runs):
    _, seen = page(runs)
    sources, alts = seen.values("img", "src"), seen.values("img", "alt")
    assert seen.tags["figure"] == seen.tags["figcaption"] == len(sources) == len(alts) >= 1
    assert all(len(alt) > 20 for alt in alts)
    head, _, content = sources[0].partition(",")
    assert head == "data:image/svg+xml;base64"
    assert b"<svg" in base64.b64decode(content)
    assert "Figure 1. Loss over steps." in seen.text("b")


def test_each_run_has_its_outcome_and_its_reason(page, runs):
    _, seen = page(runs)
    cells = seen.text("td", "th")
    for run in runs:
        assert run.id in cells
        assert run.status in cells
        assert run.reason in cells
    assert "Why: the loss grew to 1e9; try lr below 0.1" in seen.text("p")


def test_each_config_is_folded_and_can_be_read_back(page, runs):
    import yaml

    _, seen = page(runs)
    configs = [yaml.safe_load(text) for tag, text in seen.texts if tag == "pre"]
    assert configs == [dict(run.config) for run in runs]
    assert seen.tags["details"] == seen.tags["summary"] == 2


def test_runs_that_differ_in_their_seed_share_a_config(page, make_run):
    runs = [make_run(seed=seed) for seed in range(4)]
    _, seen = page(runs)
    assert seen.tags["pre"] == 1
    assert "seeds 0 to 3, of which this is the first" in seen.text("summary")


def test_what_a_step_was_charged_is_the_median_over_runs(page, make_run):
    counted = [
        {"evaluations": n, "dual_passes": 0.0, "reverse_passes": 20.0, "seconds": 0.02} for n in (20.0, 40.0, 90.0)
    ]
    runs = [make_run(seed=seed, summary=one) for seed, one in enumerate(counted)]
    _, seen = page(runs)
    row = [text for tag, text in seen.texts if tag in ("td", "th")]
    start = row.index("time of a step")
    assert row[start - 4 : start] == ["optimizer", "n", "evaluations", "reverse passes"]
    assert row[start + 1 : start + 7] == ["reverse", "adam", "-", "2", "1", "1 ms"]


def test_odd_names_are_text_wherever_they_stand(page, make_run):
    runs = [
        make_run(ODD, ODD, reason=ODD, problem={"name": ODD}, details={"host": ODD, "versions": {ODD: "1"}}),
        make_run("plain", "adam", problem={"name": ODD}),
    ]
    text, seen = page(runs, title=ODD, damaged=[Damage(Path(ODD), ODD)])
    assert "script" not in seen.tags
    assert "<script" not in text
    assert "\x1b" not in text
    assert seen.text("h1") == ODD.replace("\x1b", r"\x1b")
    assert seen.text().count("[red]日本 שלום") >= 8


def test_what_cannot_be_read_is_named(page, runs):
    _, seen = page(runs, damaged=[Damage(Path("runs/old"), "run.json is no JSON")])
    assert "runs/old: run.json is no JSON" in seen.text("li")


@pytest.mark.parametrize(
    "loss",
    [(1e308, -1e308), (np.nan, np.nan), (0.0, 0.0), (-3.0, -4.0), (1.0,), ()],
    ids=["huge", "nan", "equal", "negative", "single", "none"],
)
def test_odd_values_are_a_page_with_a_picture_or_a_note_why_not(page, make_run, loss):
    _, seen = page([make_run(loss=loss), make_run("other", "gd", loss=loss)])
    assert seen.tags["img"] or "there is nothing to draw" in seen.text("li")


def test_five_hundred_runs_are_a_small_page(page, make_run):
    losses = np.geomspace(1, 1e-6, 60)
    runs = [make_run(f"r{i}", loss=losses * (1 + i), settings={"lr": 0.001 * (1 + i)}) for i in range(500)]
    text, seen = page(runs)
    assert len(text) < 1_500_000
    assert seen.tags["tr"] < 200
    assert seen.tags["pre"] <= 100
    assert "and 400 other configs" in seen.text("p")


def _stored(make_run, problem, optimizers, **told):
    made = {name: make_run(name, name, problem=problem, settings=settings) for name, settings in optimizers.items()}
    for run in made.values():
        assert isinstance(run.config, dict)
        run.config.update({"stop": {}, "log": {}, "batch": {}, **told})
    return [*made.values()]


def _problem_of(run):
    return resolve_data(run.config).experiment.drawn().problem


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        ({"name": "rosenbrock"}, ["Loss over steps", "Ways over the level lines"]),
        ({"name": "xor", "hidden": [2]}, ["Loss over steps", "What the classifier makes of every point"]),
        (
            {"name": "mlp", "hidden": [3], "data": {"name": "moons", "rows": 40, "test": 0.25}},
            ["Loss over steps", "What the classifier makes of every point", "Classes taken for others, on test rows"],
        ),
        ({"name": "rosenbrock", "dim": 5}, ["Loss over steps"]),
    ],
)
def test_the_pictures_are_those_that_make_sense(page, make_run, problem, expected):
    runs = _stored(make_run, problem, {"gd": {"lr": 0.001}, "adam": {"lr": 0.01}}, steps=5)
    _, seen = page(runs, problem_of=_problem_of)
    titles = [text.split(". ", 1)[1].rstrip(".") for tag, text in seen.texts if tag == "b"]
    assert titles == expected


def test_several_learning_rates_make_a_valley(page, make_run):
    runs = [make_run(f"r{lr}", "gd", [1.0, lr], settings={"lr": lr}) for lr in (0.01, 0.1, 1.0)]
    _, seen = page(runs)
    assert "Final loss over learning rate." in seen.text("b")


def test_several_problems_make_a_profile_and_shares_of_targets(page, make_run):
    runs = [
        make_run(f"{problem}_{name}", name, [1.0, 0.5, end], problem={"name": problem})
        for problem in ("rosenbrock", "wood")
        for name, end in (("gd", 1e-4), ("adam", 1e-6))
    ]
    _, seen = page(runs)
    assert "Performance profile." in seen.text("b")
    assert "Targets reached over cost." in seen.text("b")


def test_a_run_that_takes_long_is_not_trained_again(page, make_run):
    runs = _stored(make_run, {"name": "rosenbrock"}, {"gd": {"lr": 0.001}}, steps=5)
    runs[0].summary["seconds"] = 3600.0
    _, seen = page(runs, problem_of=_problem_of)
    assert "Ways over" not in seen.text("b")
    assert "trained again" in seen.text("li")


def test_curves_that_cannot_be_read_are_named_and_the_others_drawn(page, runs):
    from dataclasses import replace

    from gdlab.errors import StoreError

    def damaged():
        raise StoreError("metrics.csv:2: 'oops' is no number")

    _, seen = page([replace(runs[0], load_curve=damaged), runs[1]])
    assert "left out of the curves: metrics.csv:2: 'oops' is no number" in seen.text("li")
    assert seen.tags["img"]


def test_no_share_of_problems_is_drawn_where_optimizers_met_different_ones(page, make_run):
    pairs = [("rosenbrock", "gd"), ("rosenbrock", "adam"), ("wood", "adam"), ("wood", "momentum")]
    runs = [make_run(f"{p}_{o}", o, [1.0, 0.5, 1e-5], problem={"name": p}) for p, o in pairs]
    _, seen = page(runs)
    assert "Loss over steps." in seen.text("b")
    assert "Performance profile." not in seen.text("b")
    assert "Targets reached over cost." not in seen.text("b")


@pytest.mark.parametrize(("method", "expected"), [({"name": "reverse"}, "reverse"), ({"name": "dual"}, "dual")])
def test_gradients_of_each_method_have_a_row(page, make_run, method, expected):
    _, seen = page([make_run(config={"gradient": method})])
    assert expected in seen.text("th").split("\n")

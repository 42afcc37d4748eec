"""The ready-made configs: each is valid, says what it shows, and together they cover what gdlab can do."""

from pathlib import Path

import pytest

from gdlab.config.sweep.resolve import resolve_sweep
from gdlab.optimizers import OPTIMIZERS
from gdlab.problems import PROBLEMS

FOLDER = Path(__file__).parent.parent / "configs"
FILES = sorted(FOLDER.glob("*.yaml"))
COVERED = {
    "problem": ("quadratic", "polynomial", "xor"),
    "gradient": ("numeric", "dual", "reverse", "symbolic"),
    "optimizer": ("gd", "momentum", "nag", "adagrad", "adam", "coordinate"),
}


def experiment_of(path):
    """What a config describes, or the first cell of what it sweeps over."""
    return next(iter(resolve_sweep(path))).experiment


each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


@each_file
def test_it_is_valid_and_called_after_its_file(path):
    assert path.suffix == ".yaml"
    assert experiment_of(path).name == path.stem


@each_file
def test_it_begins_with_what_it_shows_and_what_to_look_at(path):
    comment = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    assert path.read_text(encoding="utf-8").startswith("# ")
    assert len(comment) >= 3
    assert comment[1] == "#"
    assert max(len(line) for line in comment) <= 120


@each_file
def test_its_name_says_optimizer_and_problem(path):
    experiment = experiment_of(path)
    assert path.stem.startswith(f"{experiment.optimizer.name}_{experiment.problem.name}")


@each_file
def test_other_configs_that_it_mentions_exist(path):
    stems = {file.stem for file in FILES}
    comment = " ".join(line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#"))
    words = {word.strip(".,:;()") for word in comment.split()}
    references = {word for word in words if any(word.startswith(f"{name}_") for name in OPTIMIZERS)}
    assert references - set(PROBLEMS) <= stems


@pytest.mark.parametrize(("part", "name"), [(part, name) for part, names in COVERED.items() for name in names])
def test_together_they_cover_every_part(part, name):
    assert any(getattr(experiment_of(path), part).name == name for path in FILES)


def test_there_is_at_least_a_dozen():
    assert len(FILES) >= 12


def test_the_first_config_of_the_readme_is_the_promised_experiment():
    experiment = experiment_of(FOLDER / "adam_xor.yaml")
    assert experiment.problem.hidden == (4,)
    assert (experiment.gradient.name, experiment.optimizer.name, experiment.steps) == ("reverse", "adam", 2_000)


def test_variants_of_the_lecture_are_shown():
    shown = {
        experiment_of(path).optimizer.name
        for path in FILES
        if getattr(experiment_of(path).optimizer, "variant", None) == "lecture"
    }
    assert shown == {"adagrad", "adam"}


def test_the_same_experiment_is_shown_under_each_gradient_method():
    experiments = [
        experiment_of(FOLDER / f"{name}.yaml")
        for name in ("adam_xor", "adam_xor_dual", "adam_xor_numeric", "adam_xor_symbolic")
    ]
    assert {experiment.gradient.name for experiment in experiments} == {"reverse", "dual", "numeric", "symbolic"}
    assert len({(e.problem, e.optimizer, e.steps, e.seed) for e in experiments}) == 1

"""The cells of a sweep."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlab.config.dump import dump
from gdlab.config.models import CHOICES
from gdlab.config.resolve import resolve_data
from gdlab.config.sweep.resolve import resolve_sweep_data, resolve_sweep_text
from gdlab.errors import ConfigError, ParameterError
from gdlab.optimizers import GD, Adam, Around
from gdlab.store.key import key

positive = st.floats(1e-6, 10) | st.integers(1, 3)
below_one = st.floats(0, 0.99)


def lists(values):
    return st.lists(values, min_size=1, max_size=3, unique_by=float)


# Values of keys that all go together: numbers that are replaced, and others that are read in full.
GRID = {
    "optimizer.lr": lists(positive),
    "optimizer.beta1": lists(below_one),
    "optimizer.clip_norm": lists(positive),
    "optimizer.weight_decay": lists(positive),
    "optimizer.noise": lists(positive),
    "problem.hidden": st.just([[2], [3]]),
    "gradient.name": st.just(["dual", "reverse"]),
    "steps": lists(st.integers(0, 5000)),
    "stop.grad_tol": lists(positive),
    "batch.size": lists(st.integers(1, 4)),
    "tags": st.just([["a"], ["b", "c"]]),
}
BASES = [
    {"name": "adam"},
    {"name": "adam", "clip_norm": 2, "decay": "decoupled", "weight_decay": 0.1},
    {"name": "adam", "lr": {"schedule": "cosine", "start": 0.1}},
    {"name": "adam", "average": "polyak", "noise": 0.5},
]


@st.composite
def sweeps(draw):
    keys = draw(st.lists(st.sampled_from(sorted(GRID)), unique=True, min_size=1, max_size=3))
    section = {"grid": {k: draw(GRID[k]) for k in keys}, "seeds": draw(st.integers(1, 3))}
    return {"problem": "xor", "optimizer": draw(st.sampled_from(BASES)), "sweep": section}


def alone(data, cell):
    """The same cell, resolved by itself; it logs as many rows as one of a sweep does."""
    every = cell.experiment.log.every
    assert every == cell.experiment.interval(100)
    base = {name: value for name, value in data.items() if name != "sweep"} | {"log": {"every": every}}
    changes = [f"{name}={dump([value]).strip()[1:-1]}" for name, value in cell.settings.items()]
    return resolve_data(base, overrides=changes, seed=cell.seed)


@settings(max_examples=60)
@given(sweeps())
def test_a_cell_is_what_its_settings_give_alone(data):
    sweep = resolve_sweep_data(data)
    cells = list(sweep)
    assert len(sweep) == len(cells)
    assert [cell.index for cell in cells] == [*range(len(cells))]
    assert len({cell.key for cell in cells}) == len(cells)
    for cell in cells:
        expected = alone(data, cell)
        assert cell.experiment == expected.experiment
        assert cell.data == expected.data
        assert cell.key == key(expected.data)


@settings(max_examples=30)
@given(sweeps())
def test_what_is_stored_of_a_sweep_gives_the_same_cells(data):
    sweep = resolve_sweep_data(data)
    again = resolve_sweep_text(dump(sweep.data))
    assert list(again) == list(sweep) == list(sweep)
    assert again.data == sweep.data


def numbers(record):
    """Numbers near the default of each parameter that has one, two for each that takes them."""
    for parameter in record.parameters():
        if isinstance(parameter.default, float) and float in parameter.types:
            values = [
                value
                for value in (parameter.default * 0.9, parameter.default * 0.8, 1, 2)
                if accepts(record, parameter.name, value)
            ]
            if len({*values}) > 1:
                yield parameter.name, [*dict.fromkeys(values)]


def accepts(record, name, value):
    try:
        record(**{name: value})
    except (ParameterError, TypeError):
        return False
    return True


NUMERIC = [
    (part, record.name, name, values)
    for part, records in CHOICES.items()
    for record in records.values()
    for name, values in numbers(record)
]


@pytest.mark.parametrize(("part", "record", "name", "values"), NUMERIC)
def test_numbers_of_every_record_are_what_they_are_alone(part, record, name, values):
    data = {"problem": "rosenbrock", "optimizer": "gd"} | {part: {"name": record}}
    try:
        resolve_data(data)
    except (ConfigError, ParameterError):  # it needs another problem, or what has no default
        data["problem"] = "least_squares"
    sweep = resolve_sweep_data(data | {"sweep": {"grid": {f"{part}.{name}": values}}})
    for cell in sweep:
        expected = alone(data, cell)
        assert cell.experiment == expected.experiment
        assert cell.key == key(expected.data)


SECTIONS = [
    "{grid: {optimizer.lr: {logspace: [1e-4, 1, 4]}, optimizer.name: [gd, momentum, adam]}, seeds: '3:5'}",
    "{random: {n: 7, seed: 3, space: {optimizer.lr: {loguniform: [1e-4, 1]}, steps: {integers: [1, 99]}}}, seeds: 2}",
    "{zip: {optimizer.lr: [0.1, 0.2], steps: {range: [1, 3]}}, grid: {problem.hidden: [[2], [4]]}}",
    "{grid: {optimizer: [{name: gd, lr: 1}, lbfgs]}, exclude: {optimizer.name: gd, seed: [0, 1]}, seeds: 3}",
]


@pytest.mark.parametrize("section", SECTIONS)
def test_every_kind_of_sweep_is_stored_so_that_it_gives_the_same_cells(section):
    sweep = resolve_sweep_text(f"problem: xor\noptimizer: {{name: adam, beta1: 0.5}}\nsweep: {section}")
    cells = list(sweep)
    assert list(resolve_sweep_text(dump(sweep.data))) == cells
    assert len(cells) == len(sweep) > 1
    for cell in cells:
        assert resolve_data(cell.data).experiment == cell.experiment
        assert key(cell.data) == cell.key
    assert pickle.loads(pickle.dumps(cells)) == cells  # noqa: S301 - to a process and back


def test_another_name_starts_anew_and_the_same_keeps_its_parameters():
    text = "problem: xor\noptimizer: {name: adam, lr: 0.5, beta1: 0.5}\nsweep: {grid: {optimizer.name: [adam, gd]}}"
    adam, gd = resolve_sweep_text(text)
    assert adam.experiment.optimizer == Adam(lr=0.5, beta1=0.5)
    assert gd.experiment.optimizer == GD()


def test_whole_values_come_before_names_and_those_before_parameters():
    text = (
        "problem: xor\noptimizer: gd\nsweep: {grid: {optimizer.lr: [1, 2], optimizer: [{name: adam, beta1: 0.5}, gd]}}"
    )
    cells = resolve_sweep_text(text)
    assert [cell.experiment.optimizer for cell in cells] == [
        Adam(lr=1.0, beta1=0.5), GD(lr=1.0), Adam(lr=2.0, beta1=0.5), GD(lr=2.0)
    ]  # fmt: skip


def test_numbers_go_to_the_rule_or_to_what_is_around_it():
    zipped = "{optimizer.lr: [1, 2], optimizer.clip_norm: [3, 4]}"
    text = f"problem: xor\noptimizer: {{name: gd, clip_norm: 1}}\nsweep: {{zip: {zipped}}}"
    assert [cell.experiment.optimizer for cell in resolve_sweep_text(text)] == [
        Around(GD(lr=1.0), clip_norm=3.0), Around(GD(lr=2.0), clip_norm=4.0)
    ]  # fmt: skip


def test_a_config_without_a_sweep_is_one_cell():
    text = "name: one\nproblem: xor\noptimizer: gd\nseed: 4"
    sweep = resolve_sweep_text(text)
    (cell,) = sweep
    assert not sweep.swept
    assert (sweep.name, sweep.keys, len(sweep)) == ("one", (), 1)
    assert (cell.index, cell.settings, cell.seed) == (0, {}, 4)
    assert sweep.data == cell.data
    assert cell.experiment.seed == 4


def test_the_seed_of_the_config_is_that_of_a_sweep_without_seeds():
    text = "problem: xor\noptimizer: gd\nseed: 4\nsweep: {grid: {optimizer.lr: [1, 2]}}"
    assert [cell.seed for cell in resolve_sweep_text(text)] == [4, 4]


def test_what_varies_in_no_cell_that_is_left_need_not_be_right():
    text = "problem: xor\noptimizer: adam\nsweep: {grid: {batch.size: [2, 200]}, seeds: 1}"
    with pytest.raises(ConfigError):
        resolve_sweep_text(text)
    left = "problem: xor\noptimizer: adam\nsweep: {grid: {batch.size: [2, 200]}, exclude: {batch.size: 200}}"
    assert [cell.settings for cell in resolve_sweep_text(left)] == [{"batch.size": 2}]


def test_ten_thousand_cells_are_validated_in_a_few_parts(monkeypatch):
    from gdlab.config.sweep import parts

    calls = []
    monkeypatch.setattr(parts, "validate", lambda *a, real=parts.validate: calls.append(a) or real(*a))
    grid = "{optimizer.lr: {logspace: [1e-4, 1, 20]}, optimizer.beta1: {linspace: [0.1, 0.9, 10]}, steps: [1, 2]}"
    sweep = resolve_sweep_text(f"problem: xor\noptimizer: adam\nsweep: {{grid: {grid}, seeds: 25}}")
    assert len({cell.key for cell in sweep}) == 10_000
    assert len(calls) < 20

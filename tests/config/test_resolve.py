"""From a file to an experiment and back."""

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gdlab.autodiff.methods import METHODS, Numeric
from gdlab.config.data import record_data
from gdlab.config.dump import dump
from gdlab.config.models import CHOICES
from gdlab.config.resolve import MOST_FAULTS, resolve, resolve_all, resolve_data, resolve_text
from gdlab.errors import ConfigError, ParameterError
from gdlab.experiment.spec import Log, Stop
from gdlab.optimizers import GD, Adam
from gdlab.problems import XOR, Quadratic

CONFIGS = sorted(
    path
    for path in Path(__file__).parents[2].joinpath("configs").glob("*.yaml")
    if "\nsweep:" not in path.read_text(encoding="utf-8")
)

FULL = {
    "name": "my_run",
    "problem": {"name": "xor", "hidden": [2, 2], "activation": "tanh"},
    "gradient": {"name": "numeric", "scheme": "forward"},
    "optimizer": {"name": "gd", "lr": 0.5},
    "steps": 5000,
    "seed": 3,
    "stop": {"target_loss": 0.001},
    "log": {"every": 5},
    "batch": {"size": 2},
    "checkpoint": {"every": 100},
    "tags": ["a", "b"],
}


def test_fills_every_default_in(tmp_path):
    path = tmp_path / "my run.yaml"
    path.write_text("problem: quadratic\noptimizer: gd\n")
    resolved = resolve(path)
    assert resolved.source == path
    assert resolved.data == {
        "name": "my-run",
        "problem": {"name": "quadratic", "start": 0.0},
        "gradient": {"name": "reverse", **record_data(METHODS["reverse"]())},
        "optimizer": {"name": "gd", "lr": 0.1},
        "steps": 1000,
        "seed": 0,
        "stop": {},
        "log": {"every": 1},
        "batch": {"sampling": "epoch", "shuffle": True, "partial": "weighted", "shards": 1},
        "checkpoint": {},
        "tags": [],
    }


def test_reads_every_key():
    resolved = resolve_data(FULL)
    assert list(resolved.data) == list(FULL)
    for key, value in FULL.items():
        assert resolved.data[key] == value or value.items() <= resolved.data[key].items()
    experiment = resolved.experiment
    assert experiment.problem == XOR(hidden=(2, 2))
    assert experiment.gradient == Numeric(scheme="forward")
    assert experiment.optimizer == GD(lr=0.5)
    assert (experiment.steps, experiment.seed, experiment.name) == (5000, 3, "my_run")
    assert (experiment.stop, experiment.log, experiment.tags) == (Stop(target_loss=0.001), Log(every=5), ("a", "b"))


@pytest.mark.parametrize(("steps", "every"), [(0, 1), (999, 1), (1999, 1), (2000, 2), (10**6, 1000)])
def test_logs_about_a_thousand_rows(steps, every):
    assert resolve_text(f"problem: xor\noptimizer: gd\nsteps: {steps}").experiment.log == Log(every=every)


def test_overrides_and_the_seed_replace_what_the_file_says():
    text = "problem: xor\noptimizer: {name: adam, lr: 0.1}\nseed: 1"
    resolved = resolve_text(text, overrides=["optimizer.lr=1e-2", "stop.grad_tol=1e-6", "optimizer.beta1=.5"], seed=9)
    assert resolved.experiment.optimizer == Adam(lr=0.01, beta1=0.5)
    assert resolved.experiment.stop == Stop(grad_tol=1e-6)
    assert resolved.experiment.seed == 9


def test_faults_of_overrides_name_the_option():
    with pytest.raises(ConfigError) as caught:
        resolve_text("problem: xor\noptimizer: adam\nx: 1", "x.yaml", ["optimizer.betta=0.9", "optimiser=gd"], seed=-1)
    assert sorted(f"{fault.source}: {fault.message}" for fault in caught.value.faults) == [
        "--seed -1: seed cannot be -1",
        "--set optimiser=gd: unknown key 'optimiser'",
        "--set optimizer.betta=0.9: unknown key 'betta' of optimizer 'adam'",
        "x.yaml: unknown key 'x'",
    ]


def test_faults_of_all_files_come_at_once(tmp_path):
    for name, text in {
        "a": "problem: xor\noptimizer: gd\nx: 1",
        "b": "- 1",
        "c": "problem: xor\noptimizer: gd",
    }.items():
        (tmp_path / name).write_text(text)
    paths = [tmp_path / name for name in ("a", "b", "c", "d")]
    with pytest.raises(ConfigError) as caught:
        resolve_all(paths, overrides=["optimizer.x=1", "oops"])
    assert [(Path(fault.source).name, fault.message[:12]) for fault in caught.value.faults] == [
        ("--set oops", "has no key a"),
        ("a", "unknown key "),
        ("b", "a config is "),
        ("d", "no such file"),
    ]


def test_a_wrong_override_is_told_once(tmp_path):
    for name in "ab":
        (tmp_path / name).write_text("problem: xor\noptimizer: gd\n")
    with pytest.raises(ConfigError) as caught:
        resolve_all([tmp_path / "a", tmp_path / "b"], overrides=["optimizer.x=1"])
    assert len(caught.value.faults) == 1


def test_faults_are_told_in_the_order_of_the_file():
    with pytest.raises(ConfigError) as caught:
        resolve_text("tags: 1\nbogus: 2\nsteps: x\nproblem: y\ntags: 3")
    assert [fault.line for fault in caught.value.faults] == [None, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("text", ["".join(f"optimizr{i}: 5\n" for i in range(10_000)), "a: {" + "b, " * 9_000 + "}"])
def test_nobody_reads_ten_thousand_faults(text):
    with pytest.raises(ConfigError) as caught:
        resolve_text(text)
    assert len(caught.value.faults) == MOST_FAULTS + 1
    assert caught.value.faults[-1].message.endswith("more faults")
    assert len(str(caught.value)) < 100_000


def test_takes_records_and_numpy_numbers():
    import numpy as np

    data = {"problem": XOR(hidden=(3,)), "optimizer": {"name": "gd", "lr": np.float64(0.5)}, "steps": np.int64(7)}
    experiment = resolve_data({**data, "stop": Stop(target_loss=0.1), "gradient": Numeric()}).experiment
    assert (experiment.problem, experiment.optimizer, experiment.steps) == (XOR(hidden=(3,)), GD(lr=0.5), 7)
    assert (experiment.stop, experiment.gradient, experiment.name) == (Stop(target_loss=0.1), Numeric(), "run")


NOT_PLAIN = [
    ({"problem": object}, "is not plain data"),
    ({5: "xor"}, "the key '5' is not text"),
    ({"problem": "xor", "optimizer": GD}, "is not plain data"),
]


@pytest.mark.parametrize(("data", "message"), NOT_PLAIN)
def test_refuses_what_is_not_plain_data(data, message):
    with pytest.raises(ConfigError, match=message):
        resolve_data(data, "spec")


def test_refuses_data_that_holds_itself():
    data = {"problem": "xor"}
    data["optimizer"] = data
    with pytest.raises(ConfigError, match="spec: nested deeper than 20 levels"):
        resolve_data(data, "spec")


def test_there_are_configs():
    assert CONFIGS


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_what_is_stored_of_a_config_gives_the_same_experiment(path):
    resolved = resolve(path)
    assert resolve_text(dump(resolved.data)) == resolved
    assert resolve_data(resolved.data) == resolved


def test_a_field_that_is_unset_on_purpose_stays_unset():
    resolved = resolve_data({"problem": Quadratic(), "optimizer": GD(), "gradient": Numeric(eps=None)})
    assert "eps" not in resolved.data["gradient"]
    assert resolve_text(dump(resolved.data)) == resolved


def records(kind):
    """Records of a kind with parameters drawn from what their annotations allow."""
    return st.sampled_from(sorted(CHOICES[kind])).flatmap(lambda name: parameters(CHOICES[kind][name]))


def parameters(record):
    drawn = {p.name: values(p) for p in record.parameters() if values(p) is not None}
    fitting = st.fixed_dictionaries({}, optional=drawn).filter(lambda chosen: fits(record, chosen))
    return fitting.map(lambda chosen: {"name": record.name, **chosen})


def fits(record, chosen):
    try:
        record(**chosen)
    except ParameterError:  # each is in its range, but they do not go together
        return False
    return True


def values(parameter):
    if parameter.choices:
        return None  # a variant may forbid other parameters
    kinds = {float: st.floats(allow_nan=False, allow_infinity=False), int: st.integers(0, 10**6), bool: st.booleans()}
    drawn = [kinds[kind].filter(parameter.allows) for kind in parameter.types if kind in kinds]
    return st.one_of(drawn) if drawn else None


@given(
    st.fixed_dictionaries(
        {"problem": records("problem"), "gradient": records("gradient"), "optimizer": records("optimizer")},
        optional={"steps": st.integers(0, 10**9), "seed": st.integers(0, 2**128), "tags": st.lists(st.just("a"))},
    )
)
def test_any_record_is_stored_exactly(data):
    try:
        resolved = resolve_data(data)
    except ConfigError as error:
        assume(not error.faults[0].message.startswith(("optimizer ", "polyak: needs")))  # the problem does not suit it
        raise
    assert resolve_text(dump(resolved.data)) == resolved


def test_one_experiment_is_no_sweep(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("problem: xor\noptimizer: gd\nsweep: {seeds: 2}\n")
    with pytest.raises(ConfigError, match=r"a\.yaml:3:1: a sweep is many experiments, and one is asked for here"):
        resolve(path)


def test_a_config_may_extend_another(tmp_path):
    (tmp_path / "a.yaml").write_text("problem: xor\noptimizer: {name: gd, lr: 2}\nsweep: {seeds: 2}\n")
    (tmp_path / "b.yaml").write_text("extends: a.yaml\nsweep: null\nsteps: 3\n")
    experiment = resolve(tmp_path / "b.yaml").experiment
    assert (experiment.optimizer, experiment.steps, experiment.name) == (GD(lr=2.0), 3, "b")

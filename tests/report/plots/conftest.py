import pytest

from gdlab.config.resolve import resolve_data


@pytest.fixture
def stored(make_run):
    """A run as it is stored, and its experiment, from a config as YAML would have it."""

    def stored(status="max_steps", **data):
        resolved = resolve_data({"gradient": "reverse", "name": "a", **data})
        experiment = resolved.experiment
        run = make_run(experiment.name, status=status, seed=experiment.seed, config=resolved.data)
        return run, experiment

    return stored

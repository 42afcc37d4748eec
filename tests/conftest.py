"""All tests run on all cores; benchmarks, and a few tests by themselves, on one."""

import pytest
from hypothesis import settings

settings.register_profile("quick", max_examples=40)  # `pytest --hypothesis-profile default` looks at more
settings.load_profile("quick")

FEW = 2  # arguments that name single files are no more than this, and not worth the start of workers


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """None for as many workers as there are cores; 0 for none."""
    named = [str(argument) for argument in config.args]
    alone = len(named) <= FEW and all(".py" in argument for argument in named)
    return 0 if alone or any("benchmarks" in argument for argument in named) else None

"""Where a run takes place: the machine, and the versions of what computes."""

import functools
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any


def version_of(package: str) -> str:
    """The installed version of a package."""
    try:
        return version(package)
    except PackageNotFoundError:  # gdlab itself, if it is run from a source tree
        return "not installed"


@functools.cache
def surroundings() -> dict[str, Any]:
    """Host, platform, cpus and versions, as run.json has them."""
    return {
        "host": platform.node(),
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cpus": os.cpu_count(),
        "versions": {
            "gdlab": version_of("gdlab"),
            "python": platform.python_version(),
            "numpy": version_of("numpy"),
        },
    }

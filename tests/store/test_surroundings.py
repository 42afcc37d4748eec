import importlib.metadata
import json
import os
import platform

import numpy as np

from gdlab.store.surroundings import surroundings, version_of


def test_versions_are_those_that_are_installed():
    assert version_of("numpy") == np.__version__
    assert version_of("gdlab") == importlib.metadata.version("gdlab")
    assert version_of("no-such-package-at-all") == "not installed"


def test_the_surroundings_are_plain_data():
    told = surroundings()
    assert json.loads(json.dumps(told)) == told
    assert (told["host"], told["cpus"]) == (platform.node(), os.cpu_count())
    assert told["versions"].keys() == {"gdlab", "python", "numpy"}

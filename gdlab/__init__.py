"""gdlab: problem × gradient method × optimizer, run, counted and compared.

    import gdlab

    gdlab.gradient(lambda w: w[0] ** 2 * w[1] + w[1] + 2, [3.0, 4.0])  # array([24., 10.])
    gdlab.minimize(lambda w: w[0] ** 2 - 2 * w[0] + 5, [0.0], optimizer=gdlab.Adam(lr=0.1)).w
    gdlab.Around(gdlab.Adam(), {"lr": gdlab.schedules.Cosine(0.1)}, clip_norm=1.0)  # an optimizer with more around it

Names are imported when they are first used, so that `import gdlab` costs nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gdlab.autodiff import *
    from gdlab.experiment.minimize import minimize
    from gdlab.optimizers import *
    from gdlab.problems import *
    from gdlab.store.frame import load_runs

_HOME = {"minimize": "gdlab.experiment.minimize", "load_runs": "gdlab.store.frame"}
_ROOMS = ("gdlab.autodiff", "gdlab.optimizers", "gdlab.problems")  # whose exported names are names of gdlab


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    if not name.startswith("_"):
        for room in map(importlib.import_module, _ROOMS):
            if name in room.__all__:
                return getattr(room, name)
    raise AttributeError(f"module 'gdlab' has no attribute {name!r}")


def __dir__() -> list[str]:
    own = (name for name in globals() if name.startswith("__"))
    return sorted({*own, *_HOME, *(name for room in _ROOMS for name in importlib.import_module(room).__all__)})

"""gdlab: problem × gradient method × optimizer, run, counted and compared.

    import gdlab

    gdlab.gradient(lambda w: w[0] ** 2 * w[1] + w[1] + 2, [3.0, 4.0])  # array([24., 10.])
    gdlab.minimize(lambda w: w[0] ** 2 - 2 * w[0] + 5, [0.0], optimizer=gdlab.Adam(lr=0.1)).w

Names are imported when they are first used, so that `import gdlab` costs nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gdlab.autodiff import (
        Cost,
        Dual,
        bind,
        gradient,
        hessian,
        hvp,
        jvp,
        leaky_relu,
        log_softmax,
        logsumexp,
        program,
        relu,
        sigmoid,
        softmax,
        softplus,
        value_and_gradient,
    )
    from gdlab.experiment.minimize import minimize
    from gdlab.optimizers import *
    from gdlab.store.frame import load_runs

_HOME = {
    **dict.fromkeys(
        (
            "Cost",
            "Dual",
            "bind",
            "gradient",
            "hessian",
            "hvp",
            "jvp",
            "leaky_relu",
            "log_softmax",
            "logsumexp",
            "program",
            "relu",
            "sigmoid",
            "softmax",
            "softplus",
            "value_and_gradient",
        ),
        "gdlab.autodiff",
    ),
    "minimize": "gdlab.experiment.minimize",
    "load_runs": "gdlab.store.frame",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    if name[:1].isupper():
        optimizers = importlib.import_module("gdlab.optimizers")
        if name in optimizers.__all__:
            return getattr(optimizers, name)
    raise AttributeError(f"module 'gdlab' has no attribute {name!r}")


def __dir__() -> list[str]:
    optimizers = importlib.import_module("gdlab.optimizers")
    return sorted({*globals(), *_HOME, *optimizers.__all__})

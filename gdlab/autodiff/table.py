"""The one table of primitives, and the functions that are looked up in it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gdlab.autodiff.elementwise import ELEMENTWISE
from gdlab.autodiff.linalg import LINALG
from gdlab.autodiff.numpy_api import FUNCTIONS, REDUCTIONS, matmul
from gdlab.autodiff.primitive import Primitive
from gdlab.autodiff.structural import STRUCTURAL

TABLE: dict[str, Primitive] = {primitive.name: primitive for primitive in (*ELEMENTWISE, *STRUCTURAL, *LINALG)}

# NumPy's name for a function, and the primitive or the rewriting that stands for it.
UFUNCS: dict[np.ufunc, Callable[..., Any]] = {
    **{row.compute: row for row in ELEMENTWISE if isinstance(row.compute, np.ufunc)},
    np.matmul: matmul,
    np.float_power: TABLE["power"],
    np.fabs: TABLE["absolute"],
}
__all__ = ["FUNCTIONS", "REDUCTIONS", "TABLE", "UFUNCS"]

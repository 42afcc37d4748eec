"""The one table of primitives, and the functions that are looked up in it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gdlab.autodiff.elementwise import ELEMENTWISE
from gdlab.autodiff.linalg import LINALG
from gdlab.autodiff.numpy_api import FUNCTIONS, REDUCTIONS, pointwise, products
from gdlab.autodiff.primitive import Primitive
from gdlab.autodiff.structural import STRUCTURAL

TABLE: dict[str, Primitive] = {primitive.name: primitive for primitive in (*ELEMENTWISE, *STRUCTURAL, *LINALG)}

# NumPy's name for a function, and the primitive or the rewriting that stands for it.
UFUNCS: dict[np.ufunc, Callable[..., Any]] = {
    **{row.compute: row for row in ELEMENTWISE if isinstance(row.compute, np.ufunc)},
    np.matmul: products.matmul,
    np.vecdot: products.vecdot,
    np.float_power: TABLE["power"],
    np.fabs: TABLE["absolute"],
    np.conjugate: TABLE["positive"],
    np.deg2rad: pointwise.deg2rad,
    np.radians: pointwise.deg2rad,
    np.rad2deg: pointwise.rad2deg,
    np.degrees: pointwise.rad2deg,
    np.bitwise_and: pointwise.of_booleans("&", TABLE["logical_and"]),
    np.bitwise_or: pointwise.of_booleans("|", TABLE["logical_or"]),
    np.bitwise_xor: pointwise.of_booleans("^", TABLE["logical_xor"]),
    np.invert: pointwise.of_booleans("~", TABLE["logical_not"]),
}
__all__ = ["FUNCTIONS", "REDUCTIONS", "TABLE", "UFUNCS"]

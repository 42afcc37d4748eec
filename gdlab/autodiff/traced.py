"""The NumPy face of traced values: operators, functions and methods, each brought to the table; the rest is refused."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from gdlab.autodiff import numpy_api
from gdlab.autodiff.primitive import Traced
from gdlab.autodiff.table import FUNCTIONS, REDUCTIONS, UFUNCS
from gdlab.errors import DifferentiationError, did_you_mean

_ADD_A_RULE = "gdlab.register_function adds a function with its derivative"


class TracedArray(NDArrayOperatorsMixin, Traced):
    """What NumPy code sees of a traced value: it behaves like an array of its shape that cannot be written to."""

    __slots__ = ()
    __array_priority__ = 1000

    shape: tuple[int, ...]
    dtype: Any

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if options.pop("out", None) is not None:
            raise DifferentiationError(
                f"np.{ufunc.__name__} would write a traced value into an array (an in-place operation or out=); "
                "make a new value instead: y = y + x, not y += x on an array"
            )
        if method == "__call__" and ufunc in UFUNCS and not options:
            return UFUNCS[ufunc](*inputs)
        if method == "reduce" and ufunc in REDUCTIONS:
            return REDUCTIONS[ufunc](inputs[0], **({"axis": 0} | options))
        call = f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
        extra = f" with the option {', '.join(options)}" if options and ufunc in UFUNCS else ""
        raise DifferentiationError(f"{call}{extra} has no derivative rule; {_ADD_A_RULE}")

    def __array_function__(self, func: Any, types: Any, args: Sequence[Any], options: dict[str, Any]) -> Any:
        if func in FUNCTIONS:
            if options.get("out", "absent") is None:
                options = {k: v for k, v in options.items() if k != "out"}
            try:
                return FUNCTIONS[func](*args, **options)
            except TypeError as error:
                if "unexpected keyword" not in str(error):
                    raise
                raise DifferentiationError(f"np.{func.__name__} on a traced value: {error}") from None
        near = did_you_mean(func.__name__, [known.__name__ for known in FUNCTIONS])
        raise DifferentiationError(
            f"np.{func.__name__} has no derivative rule{'; ' + near if near else ''}; {_ADD_A_RULE}"
        )

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise DifferentiationError(
            "a traced value cannot be stored in a plain array: build the array from traced parts with "
            "np.stack or np.concatenate, or compute with NumPy functions throughout (not math.*)"
        )

    def __float__(self) -> float:
        raise DifferentiationError(
            "float() of a traced value would lose its derivative; use NumPy functions (np.exp, not math.exp), and do not "
            "assign it to an element of an array: build the array with np.stack"
        )

    __int__ = __index__ = __complex__ = __float__

    def __setitem__(self, index: Any, value: Any) -> None:
        raise DifferentiationError("a traced array cannot be written to; use np.where, np.stack or np.concatenate")

    def __getitem__(self, index: Any) -> Any:
        return numpy_api.getitem(self, index)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of a 0-d traced value")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    __hash__ = object.__hash__

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return numpy_api.size_of(self.shape)

    @property
    def T(self) -> Any:  # noqa: N802
        """The transpose."""
        return np.transpose(self)  # type: ignore[call-overload]

    @property
    def real(self) -> Any:
        """The value itself: traced values are real."""
        return self

    def reshape(self, *shape: Any, order: str = "C") -> Any:
        """As `ndarray.reshape`."""
        wanted = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape
        return numpy_api.reshape(self, wanted, order)

    def transpose(self, *axes: Any) -> Any:
        """As `ndarray.transpose`."""
        order = axes[0] if len(axes) == 1 and isinstance(axes[0], tuple | list | None) else axes
        return numpy_api.transpose(self, order or None)

    def astype(self, dtype: Any, **_: Any) -> Any:
        """As `ndarray.astype`, for floating-point dtypes."""
        from gdlab.autodiff.structural import cast

        kind = np.dtype(dtype)
        if kind.kind != "f":
            raise DifferentiationError(f"a traced value cannot be cast to {kind}: it would lose its derivative")
        return self if kind == self.dtype else cast(self, dtype=kind)

    def item(self) -> float:
        """Refused, as `float()` is."""
        return float(self)

    def tolist(self) -> Any:
        """Refused, as `float()` is."""
        return float(self)

    def copy(self) -> Any:
        """The value itself: it cannot be written to."""
        return self

    def flatten(self) -> Any:
        """As `ndarray.flatten`."""
        return numpy_api.ravel(self)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"a traced value has no attribute {name!r}; write it with NumPy's functions (np.sum(x), x.shape, x.T …)"
        )


def _method(name: str) -> Any:
    function = getattr(np, name)

    def method(self: TracedArray, *args: Any, **options: Any) -> Any:
        return FUNCTIONS[function](self, *args, **options)

    method.__name__ = name
    method.__doc__ = f"As `ndarray.{name}`."
    return method


for _name in (
    "sum",
    "mean",
    "var",
    "std",
    "max",
    "min",
    "prod",
    "dot",
    "ravel",
    "squeeze",
    "swapaxes",
    "trace",
    "diagonal",
    "take",
    "cumsum",
    "clip",
):
    setattr(TracedArray, _name, _method(_name))

"""The NumPy face of traced values: operators, functions and methods, each brought to the table; the rest is refused."""

import inspect
import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from gdlab.autodiff.caller import refusal
from gdlab.autodiff.numpy_api import indexing, layout
from gdlab.autodiff.primitive import Traced
from gdlab.autodiff.shapes import shape_of, size_of
from gdlab.autodiff.structural import cast
from gdlab.autodiff.table import FUNCTIONS, REDUCTIONS, UFUNCS
from gdlab.errors import DifferentiationError

_ADD_A_RULE = "gdlab.primitive declares a function with its derivative"
_WRITES = (
    "would write a traced value into an array (an in-place operation or out=); make a new value instead: y = y + x, "
    "not y += x on an array"
)


class TracedArray(NDArrayOperatorsMixin, Traced):
    """What NumPy code sees of a traced value: it behaves like an array of its shape that cannot be written to."""

    __slots__ = ()
    __array_priority__ = 1000

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        name = f"np.{ufunc.__name__}"
        if options.pop("out", None) is not None:
            raise refusal(f"{name} {_WRITES}")
        operands = [x if isinstance(x, Traced) else _plain(x, name) for x in inputs]
        match method:
            case "__call__" if ufunc in UFUNCS and not options:
                return UFUNCS[ufunc](*operands)
            case "reduce" if ufunc in REDUCTIONS:
                return _call(f"{name}.reduce", REDUCTIONS[ufunc], operands, {"axis": 0} | options)
            case "accumulate" if ufunc is np.add:
                return _call(f"{name}.accumulate", FUNCTIONS[np.cumsum], operands, {"axis": 0} | options)
            case "outer" if ufunc in UFUNCS and not options:
                first, second = operands
                ones = (1,) * len(shape_of(second))
                return UFUNCS[ufunc](layout.reshape(first, (*shape_of(first), *ones)), second)
        call = name if method == "__call__" else f"{name}.{method}"
        if options and ufunc in UFUNCS:
            call += f" with the option {', '.join(options)}"
        raise refusal(f"{call} has no derivative rule; {_ADD_A_RULE}")

    def __array_function__(self, func: Any, types: Any, args: Sequence[Any], options: dict[str, Any]) -> Any:
        name = f"{func.__module__.replace('numpy', 'np', 1)}.{func.__name__}"
        if func not in FUNCTIONS:
            raise refusal(f"{name} has no derivative rule; {_ADD_A_RULE}")
        if options.get("out") is not None:
            raise refusal(f"{name} {_WRITES}")
        return _call(name, FUNCTIONS[func], args, {k: v for k, v in options.items() if k != "out"})

    def __array__(self, *_: Any, **__: Any) -> Any:
        if self.dtype.kind in "biu" and (value := self.concrete()) is not None:
            return np.asarray(value)
        if self.dtype.kind in "iu":
            return self.__index__()
        raise refusal(
            "a traced value cannot be stored in a plain array: leave out np.array and np.asarray around it, build "
            "arrays from traced parts with np.stack or np.concatenate, and compute with NumPy throughout (not math.*)"
        )

    def __float__(self) -> float:
        raise refusal(
            "float(), int() or item() of a traced value would lose its derivative; use NumPy functions (np.exp, not "
            "math.exp), and do not assign it to an element of an array: build the array with np.stack"
        )

    __int__ = __complex__ = __floor__ = __ceil__ = __trunc__ = __float__

    def __round__(self, digits: int | None = None) -> Any:
        raise refusal("round() of a traced value would lose its derivative; use np.round, whose derivative is 0")

    def __format__(self, spec: str) -> str:
        if spec:
            raise refusal("a traced value has no digits to print; format the result of the function instead")
        return str(self)

    def __index__(self) -> int:
        if self.dtype.kind in "iu" and (value := self.concrete()) is not None:
            return int(value)
        raise refusal(
            "a traced value cannot be an index or a count; rows of data are taken with gdlab.take_rows(X, rows)"
        )

    def __setitem__(self, index: Any, value: Any) -> None:
        raise refusal("a traced array cannot be written to; use np.where, np.stack or np.concatenate")

    def __getitem__(self, index: Any) -> Any:
        return indexing.getitem(self, index)

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
        return size_of(self.shape)

    @property
    def T(self) -> Any:  # noqa: N802
        """The transpose."""
        return layout.transpose(self)

    @property
    def mT(self) -> Any:  # noqa: N802
        """The transpose of the last two axes."""
        return layout.matrix_transpose(self)

    @property
    def real(self) -> Any:
        """The value itself: traced values are real."""
        return self

    def reshape(self, *shape: Any, order: str = "C") -> Any:
        """As `ndarray.reshape`."""
        wanted = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape
        return layout.reshape(self, wanted, order)

    def transpose(self, *axes: Any) -> Any:
        """As `ndarray.transpose`."""
        order = axes[0] if len(axes) == 1 and isinstance(axes[0], tuple | list | None) else axes
        return layout.transpose(self, order or None)

    def astype(self, dtype: Any, **_: Any) -> Any:
        """As `ndarray.astype`; what is a floating-point number must stay one."""
        kind = np.dtype(dtype)
        if self.dtype.kind == "f" and kind.kind != "f":
            raise refusal(f"a traced value cannot be cast to {kind}: it would lose its derivative")
        return self if kind == self.dtype else cast(self, dtype=kind)

    def item(self) -> float:
        """Refused, as `float()` is."""
        return float(self)

    def tolist(self) -> Any:
        """Refused, as `float()` is."""
        return float(self)

    def copy(self, order: str = "C") -> Any:
        """The value itself: it cannot be written to."""
        return self

    def flatten(self, order: str = "C") -> Any:
        """As `ndarray.flatten`."""
        return layout.ravel(self, order)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"a traced value has no attribute {name!r}; write it with NumPy's functions (np.sum(x), x.shape, x.T …)"
        )


def _plain(value: Any, name: str) -> Any:
    """An operand that is not traced: a number as it is, anything else as an array.

    Raises:
        DifferentiationError: if it does not hold real numbers.
    """
    if type(value) in (int, float):
        return value
    array = value if isinstance(value, np.ndarray | np.generic) else np.asarray(value)
    if array.dtype.kind not in "biuf":
        kind = {"c": "complex numbers", "O": "an array of objects"}.get(array.dtype.kind, f"dtype {array.dtype}")
        raise refusal(f"{name} of a traced value and {kind}: traced values combine with real numbers only")
    return array


def _call(name: str, rule: Callable[..., Any], args: Sequence[Any], options: dict[str, Any]) -> Any:
    """What stands for a function of NumPy, called; an option that it lacks is named."""
    try:
        return rule(*args, **options)
    except TypeError as error:
        if isinstance(error, DifferentiationError) or _fits(rule, args, options):
            raise
        lacking = str(error).partition(" ")[2]
    raise refusal(f"{name} of a traced value takes {_signature_text(rule)}; it {lacking}")


def _fits(rule: Callable[..., Any], args: Sequence[Any], options: dict[str, Any]) -> bool:
    try:
        inspect.signature(rule).bind(*args, **options)
    except TypeError:
        return False
    return True


def _signature_text(rule: Callable[..., Any]) -> str:
    """A signature without its annotations: `(a, axis=None, *, keepdims=False)`."""
    parameters = inspect.signature(rule).parameters.values()
    return str(inspect.Signature([p.replace(annotation=inspect.Parameter.empty) for p in parameters]))


def _method(function: Callable[..., Any]) -> Any:
    def method(self: TracedArray, *args: Any, **options: Any) -> Any:
        return _call(f"x.{function.__name__}", FUNCTIONS[function], (self, *args), options)

    method.__name__ = function.__name__
    method.__doc__ = f"As `ndarray.{function.__name__}`."
    return method


def _in_place(symbol: str, function: Callable[[Any, Any], Any]) -> Any:
    def method(self: TracedArray, other: Any) -> Any:
        if self.shape == ():
            return function(self, other)  # as a number of Python or NumPy, which is not changed but replaced
        raise refusal(f"{symbol} {_WRITES}")

    method.__doc__ = f"`{symbol}`: refused but for 0-d values."
    return method


for _function in FUNCTIONS:
    _name = _function.__name__
    if callable(getattr(np.ndarray, _name, None)) and _name not in vars(TracedArray):
        setattr(TracedArray, _name, _method(_function))
for _symbol, _name in {
    "+=": "add",
    "-=": "sub",
    "*=": "mul",
    "/=": "truediv",
    "//=": "floordiv",
    "%=": "mod",
    "**=": "pow",
    "@=": "matmul",
    "&=": "and",
    "|=": "or",
    "^=": "xor",
}.items():
    setattr(TracedArray, f"__i{_name}__", _in_place(_symbol, getattr(operator, f"__{_name}__")))

"""How numbers, slices and indices are written in the source of a program."""

from typing import Any


def index_text(index: tuple[Any, ...]) -> str:
    """An index of slices, integers and None as it stands between square brackets."""
    return ", ".join(_part(part) for part in index) or "()"


def _part(part: Any) -> str:
    if part is Ellipsis:
        return "..."
    if part is None or isinstance(part, int):
        return repr(part)
    start, stop, step = ("" if k is None else str(k) for k in (part.start, part.stop, part.step))
    return f"{start}:{stop}" + (f":{step}" if step else "")


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as the arguments of `reshape`."""
    return ", ".join(map(str, shape)) if shape else "()"


def dtype_text(dtype: Any) -> str:
    """The dtype argument of `empty`; nothing for float64."""
    return "" if dtype.str == "<f8" else f", {dtype.name!r}"

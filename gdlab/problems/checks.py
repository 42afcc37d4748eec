"""Checks of list-valued fields, which lie beyond the single-number ranges of a record."""

import math
from collections.abc import Sequence
from typing import Any

from gdlab.errors import ParameterError


def sizes(owner: str, field: str, value: Any) -> tuple[int, ...]:
    """The value as a tuple of whole numbers ≥ 1.

    Raises:
        ParameterError: names owner, field, value and what is allowed.
    """
    if _is_list(value) and all(isinstance(v, int) and not isinstance(v, bool) and v >= 1 for v in value):
        return tuple(value)
    message = f"{owner}: {field} = {_shown(value)} is not allowed, it must be a list of whole numbers ≥ 1"
    raise ParameterError(message, field)


def point(owner: str, field: str, value: Any, dim: int) -> tuple[float, ...]:
    """The value as a tuple of dim finite numbers.

    Raises:
        ParameterError: names owner, field, value and what is allowed.
    """
    if _is_list(value) and len(value) == dim and all(_is_finite(v) for v in value):
        return tuple(float(v) for v in value)
    many = f"{dim} finite number{'s' if dim > 1 else ''}"
    raise ParameterError(f"{owner}: {field} = {_shown(value)} is not allowed, it must be a list of {many}", field)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _is_finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _shown(value: Any) -> str:
    return repr(list(value)) if _is_list(value) else repr(value)

"""The key of a run: what its config comes down to, in one word."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from gdlab.store.strict_json import encode

_EXACT = 2**53  # up to here every whole number is a float


def key(config: Mapping[str, Any]) -> str:
    """Hash a resolved config: 64 hexadecimal digits, the same for equal configs whatever the order of their keys.

    The SHA-256 of its canonical JSON: keys sorted, no spaces, and 1 for 1.0, as in RFC 8785.

    Raises:
        TypeError: if it holds anything but plain data.
    """
    return hash_of(canonical(config))


def canonical(value: Any) -> str:
    """The canonical JSON of plain data; that of a mapping is put together from those of its values.

    Raises:
        TypeError: if it holds anything but plain data.
    """
    return json.dumps(encode(_numbers(value)), sort_keys=True, separators=(",", ":"), allow_nan=False)


def hash_of(text: str) -> str:
    """The SHA-256 of a canonical text, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def _numbers(value: Any) -> Any:
    if hasattr(value, "tolist"):  # NumPy's scalars and arrays
        return _numbers(value.tolist())
    if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT:
        return int(value)
    if isinstance(value, Mapping):
        return {name: _numbers(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_numbers(item) for item in value]
    return value

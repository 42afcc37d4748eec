"""Plain data as strict JSON, without loss.

JSON has no inf and no nan. They are written as the strings "inf", "-inf" and "nan", and read back as floats. A string
that reads like one of them is written with a quotation mark in front, `"'inf"`, and loses it when it is read.
Half a surrogate pair, such as Python makes of odd bytes in file names, is no text: it is read back as `?`.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

_NON_FINITE = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}
_ENCODED = re.compile(rb'(inf|nan)"')
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def dumps(value: Any, indent: int | None = 1) -> bytes:
    """Mappings, lists, tuples (read back as lists), strings, numbers (NumPy's too), booleans and None, as UTF-8.

    Args:
        value: what to write.
        indent: spaces before what stands a level deeper; None puts all into one line.

    Raises:
        TypeError: if there is anything else in it.
    """
    text = json.dumps(encode(value), allow_nan=False, ensure_ascii=False, indent=indent)
    return text.encode("utf-8", "backslashreplace") + b"\n"


def loads(content: bytes) -> Any:
    """What `dumps` was given.

    Raises:
        ValueError: if it is not JSON, or nested too deeply.
    """
    try:
        value = json.loads(content.decode())
        if _SURROGATE.search(content):
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
        return _decode(value) if _ENCODED.search(content) else value
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def encode(value: Any) -> Any:
    """The same in what JSON has: mappings, lists, strings, finite numbers, booleans and None."""
    if isinstance(value, str):
        return "'" + value if value.lstrip("'") in _NON_FINITE else str(value)
    if isinstance(value, Mapping):
        return {key: encode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    if hasattr(value, "tolist"):  # NumPy's scalars and arrays
        return encode(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    return value


def _decode(value: Any) -> Any:
    if isinstance(value, str):
        if value in _NON_FINITE:
            return _NON_FINITE[value]
        return value[1:] if value.startswith("'") and value.lstrip("'") in _NON_FINITE else value
    if isinstance(value, dict):
        return {key: _decode(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_decode(item) for item in value]
    return value

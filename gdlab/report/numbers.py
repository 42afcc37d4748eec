"""How numbers are written: one way in every table, note, picture and config."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from gdlab.report.text import literal

ABSENT = "-"  # a value that there is none of
UNSET = "null"  # a setting that is left open


def number(value: Any, digits: int = 5) -> str:
    """Write a measured number with that many significant digits: `0.25`, `1.2346e-7`, `-1e300`, `inf`, `nan`.

    Whole numbers below a million have no decimals; what is absent (None) is a dash.
    """
    if value is None:
        return ABSENT
    x = float(value)
    if not math.isfinite(x):
        return "nan" if math.isnan(x) else "inf" if x > 0 else "-inf"
    if x.is_integer() and abs(x) < 1e6:
        return str(int(x))
    return _short_exponent(f"{x:.{digits}g}")


def count(value: Any) -> str:
    """Write how many: whole, however large."""
    if value is None or not math.isfinite(value):
        return number(value)
    return str(round(value))


def duration(seconds: Any) -> str:
    """Write seconds for people: `0.42 ms`, `12.3 ms`, `3.21 s`, `1 min 23 s`, `2 h 05 min`, `3 d 04 h`."""
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        return number(seconds)
    if seconds < 0.9995:
        return f"{1000 * seconds:.3g} ms"
    if seconds < 59.95:
        return f"{seconds:.3g} s"
    whole = round(seconds)
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if hours == 0:
        return f"{minutes} min {whole % 60:02d} s"
    return f"{hours} h {minutes % 60:02d} min" if days == 0 else f"{days} d {hours % 24:02d} h"


def seconds(value: Any) -> str:
    """Write seconds as a plain number with three digits: `0.0168`, `3.21`; whole from a hundred on, as `5025`."""
    if value is None or not math.isfinite(value) or abs(value) < 99.95:
        return number(value, 3)
    return count(value)


def setting(value: Any) -> str:
    """Write a setting exactly, as it stands in config.yaml: `0.001`, `1e-8`, `1.0`, `[4, 2]`, `true`, `tanh`.

    Text has no quotes, but escapes for what cannot be printed.
    """
    match value:
        case None:
            return UNSET
        case bool():
            return "true" if value else "false"
        case float() if math.isfinite(value):
            return _short_exponent(repr(float(value)))
        case float():
            return number(value).replace("inf", ".inf").replace("nan", ".nan")
        case str():
            return literal(value)
        case Mapping():
            return "{" + ", ".join(f"{literal(str(key))}: {setting(item)}" for key, item in value.items()) + "}"
        case Sequence():
            return "[" + ", ".join(map(setting, value)) + "]"
        case _:
            return literal(str(value))


def _short_exponent(text: str) -> str:
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if e else text

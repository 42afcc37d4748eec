"""Plain scalars as YAML 1.2 reads them.

PyYAML follows YAML 1.1, where `1e-3` is text, `no` is false, `010` is 8, `12:30` is 750 and `2026-11-24` a date.
The core schema of YAML 1.2 knows null, true and false, whole numbers, numbers and text, and nothing else.

Source: YAML 1.2.2, section 10.3.2.
"""

import re
from collections.abc import Callable

from gdlab.config.place import Scalar

LONGEST_NUMBER = 300  # characters; a whole number of this length still fits a float

# What a plain scalar may be, by its tag; the first that matches wins, and text is what none matches.
PATTERNS: dict[str, re.Pattern[str]] = {
    "null": re.compile(r"(?:null|Null|NULL|~|)\Z"),
    "bool": re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"),
    "int": re.compile(r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\Z"),
    "float": re.compile(
        r"(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?(?:\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN)\Z"
    ),
}


def read_scalar(text: str) -> Scalar:
    """Read a plain scalar.

    Raises:
        ValueError: if it is a number of more than LONGEST_NUMBER characters.
    """
    tag = next((tag for tag, pattern in PATTERNS.items() if pattern.match(text)), "str")
    if tag in ("int", "float") and len(text) > LONGEST_NUMBER:
        raise ValueError(f"a number of {len(text):,} characters is too long, {LONGEST_NUMBER} are allowed")
    return _READERS[tag](text)


def _read_int(text: str) -> int:
    return int(text, 10) if text[:2] not in ("0o", "0x") else int(text, 0)


_READERS: dict[str, Callable[[str], Scalar]] = {
    "null": lambda text: None,
    "bool": lambda text: text.lower() == "true",
    "int": _read_int,
    "float": lambda text: float(text.lower().replace(".inf", "inf").replace(".nan", "nan")),
    "str": str,
}

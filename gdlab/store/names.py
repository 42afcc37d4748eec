"""What runs may be called, and the ids made of names: `20261124-213601-adam_xor-7c1e`."""

import re
import reprlib
import secrets
from datetime import datetime

from gdlab.errors import StoreError

LONGEST_NAME = 100  # with time and suffix it stays below the 255 bytes that file systems allow
PATTERN = rf"^[A-Za-z0-9_][A-Za-z0-9._-]{{0,{LONGEST_NAME - 1}}}$"

_NAME = re.compile(PATTERN)
_ID = re.compile(r"\d{8}-\d{6}-(?P<name>.+)-[0-9a-f]{4}")


def check_name(name: str) -> None:
    """Hold that a name can be part of a folder's name and of nothing else.

    Raises:
        StoreError: if it does not match `PATTERN`.
    """
    if not _NAME.fullmatch(name):
        raise StoreError(
            f"name cannot be {reprlib.repr(name)}: letters, digits, '.', '_' and '-' are allowed, "
            f"not '.' or '-' at its start, and at most {LONGEST_NAME} of them"
        )


def new_id(name: str, started: datetime) -> str:
    """An id for a run that starts at the given local time; the suffix is drawn anew at each call."""
    return f"{started:%Y%m%d-%H%M%S}-{name}-{secrets.token_hex(2)}"


def name_of(run_id: str) -> str:
    """The name within an id; a folder that was renamed by hand goes by its whole name."""
    match = _ID.fullmatch(run_id)
    return match["name"] if match else run_id

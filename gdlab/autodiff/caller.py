"""Where in a user's own code something happens."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

_LIBRARIES = ("gdlab", "numpy")


def user_line() -> str:
    """`file.py:12: `, the innermost line outside gdlab and NumPy, or an empty string."""
    frame: "FrameType | None" = sys._getframe(1)
    while frame is not None:
        if frame.f_globals.get("__name__", "").partition(".")[0] not in _LIBRARIES:
            return f"{frame.f_code.co_filename}:{frame.f_lineno}: "
        frame = frame.f_back
    return ""

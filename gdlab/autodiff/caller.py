"""A user's own function: called, and where in it something happens."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gdlab.errors import DifferentiationError

if TYPE_CHECKING:
    from types import FrameType

_LIBRARIES = ("gdlab", "numpy")


def user_line() -> str:
    """`file.py:12`, the innermost line outside gdlab and NumPy, or an empty string."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_globals.get("__name__", "").partition(".")[0] not in _LIBRARIES:
            return f"{frame.f_code.co_filename}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def refusal(reason: str, error: type[DifferentiationError] = DifferentiationError) -> DifferentiationError:
    """An error that begins with the user's own line."""
    line = user_line()
    return error(f"{line}: {reason}" if line else reason)


def call(f: Callable[..., Any], *args: Any) -> Any:
    """f(*args). NumPy hides some refusals of traced values behind errors of its own; those come out as they were."""
    try:
        return f(*args)
    except ValueError as error:
        if isinstance(error.__cause__, DifferentiationError):
            raise error.__cause__ from None
        raise

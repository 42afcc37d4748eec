"""Ctrl-C, and polite requests to end."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def interruptible() -> Iterator[Callable[[], int]]:
    """Turn the first Ctrl-C, or a polite request to end, into a stop at the next step; the second one stops at once.

    Yields:
        A function that tells the number of the signal that came, 0 if none did.
    """
    asked = 0

    def ask(number: int, _: Any) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = number

    try:
        before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    except ValueError:  # not in the main thread, as in some tests
        yield lambda: 0
        return
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

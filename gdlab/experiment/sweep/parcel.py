"""Work on its way to another process, opened there where what goes wrong with it can be told."""

import pickle
import platform
import socket
from dataclasses import dataclass
from typing import Any

import numpy as np

from gdlab.errors import GdlabError, UsageError
from gdlab.store.surroundings import version_of


def versions() -> dict[str, str]:
    """Of what must be the same where a sweep is driven and where its work is done."""
    return {"python": _short(platform.python_version()), "gdlab": version_of("gdlab"), "numpy": _short(np.__version__)}


def _short(number: str) -> str:
    """3.12.1 as 3.12."""
    return ".".join(number.split(".")[:2])


@dataclass(frozen=True)
class Parcel:
    """Something that is sent; a process that cannot open it would otherwise end without a word.

    It goes from gdlab to gdlab only: nothing of the kind is ever stored, or read from a file.

    Args:
        content: what is sent.
        versions: of what sends it.
    """

    content: bytes
    versions: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, thing: Any, name: str) -> "Parcel":
        """Close a parcel.

        Args:
            thing: what to send.
            name: what to call it if it cannot be sent.

        Raises:
            UsageError: if it cannot.
        """
        try:
            return cls(pickle.dumps(thing, pickle.HIGHEST_PROTOCOL), tuple(versions().items()))
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            raise UsageError(
                f"{name} cannot be sent to another process, run it in this one with -j 1: {error}"
            ) from None

    def opened(self) -> Any:
        """What was sent.

        Raises:
            UsageError: if versions differ, or a file of the user's own is not what it was there.
        """
        here = f"a worker on {socket.gethostname()}"
        difference = differing(dict(self.versions), versions())
        if difference:
            raise UsageError(f"{here} has {difference}; install the same there")
        try:
            return pickle.loads(self.content)  # noqa: S301 - from the driver, which could as well send other work
        except GdlabError as error:
            raise UsageError(f"{here} cannot do the work: {error}") from None
        except (ImportError, AttributeError) as error:
            raise UsageError(f"{here} has not all that the work needs: {error}") from None


def differing(here: dict[str, str], there: dict[str, str]) -> str:
    """What differs where the work is done, as in `gdlab 0.1.0, here it is 0.2.0`; nothing if all is the same."""
    return next((f"{name} {there[name]}, here it is {mine}" for name, mine in here.items() if there[name] != mine), "")

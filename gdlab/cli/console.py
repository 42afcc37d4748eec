"""Where output goes: data to standard output, messages to standard error, and nothing that a stream cannot take."""

import codecs
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from gdlab.report.text import literal

if TYPE_CHECKING:
    from rich.console import Console

# How signs that gdlab itself writes look where only ASCII can be written.
_ASCII = str.maketrans(
    {
        "≥": ">=",
        "≤": "<=",
        "≈": "~",
        "×": "x",
        "·": "*",
        "−": "-",
        "–": "-",
        "—": "-",
        "…": "...",
        "←": "<-",
        "→": "->",
        "∂": "d",
        "∇": "grad ",
        "√": "sqrt",
        "∞": "inf",
        "α": "alpha",
        "β": "beta",
        "γ": "gamma",
        "ε": "eps",
        "η": "eta",
        "λ": "lambda",
        "ρ": "rho",
        "σ": "sigma",
        "Σ": "sum ",
        "‖": "||",
        "²": "^2",
    }
)


def stdout() -> "Console":
    """A rich console for data. Off a terminal it writes no colour codes and cuts no line."""
    return _console(sys.stdout)


def stderr() -> "Console":
    """A rich console for messages and progress."""
    return _console(sys.stderr)


def write(text: str = "") -> None:
    """Write a line of data to standard output as it is."""
    sys.stdout.write(f"{text}\n")


def tell(message: str) -> None:
    """Write a message to standard error, line by line, with what could steer a terminal written as escapes.

    A standard error that is closed or full is passed over: there is nowhere left to say so.
    """
    with suppress(OSError, ValueError):
        sys.stderr.write("\n".join(map(literal, message.split("\n"))) + "\n")
        sys.stderr.flush()


def made_safe(stream: TextIO | None) -> TextIO:
    """The stream, which from now on writes what it cannot encode in ASCII, or as an escape, and raises no error.

    Where there is no stream, because the process was started without one, nothing is written.
    """
    if stream is None:
        return open(os.devnull, "w")  # noqa: PTH123 - it lives as long as the process
    codecs.register_error("gdlab", _spell)
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="gdlab")
    return stream


def silence(stream: TextIO) -> None:
    """Let go of a stream that nobody reads any more, so that nothing is said of it when Python ends."""
    with suppress(OSError, ValueError):  # a stream without a file, in tests
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _console(stream: TextIO) -> "Console":
    from rich.console import Console

    from gdlab.report.grid import UNLIMITED

    class PipedConsole(Console):
        def on_broken_pipe(self) -> None:
            raise  # the BrokenPipeError that rich has caught: `gdlab.cli.shell` decides what follows

    on_terminal = stream.isatty()
    return PipedConsole(
        file=stream,
        force_terminal=on_terminal,
        width=None if on_terminal else UNLIMITED,
        markup=False,
        emoji=False,
        highlight=False,
    )


def _spell(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    spelled = error.object[error.start : error.end].translate(_ASCII)
    return spelled.encode("ascii", "backslashreplace"), error.end

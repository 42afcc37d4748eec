"""What can go wrong, in sentences.

Every error that a user can cause is a `GdlabError`; its text is the whole message: what is wrong, where, what is
allowed and, where one is near, what was probably meant. The command line prints it without a
traceback and exits with its code.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar


class GdlabError(Exception):
    """Base of all errors of gdlab."""

    exit_code: ClassVar[int] = 1


class UsageError(GdlabError):
    """Something that the user wrote cannot be done as written."""

    exit_code = 2


class ParameterError(UsageError, ValueError):
    """A parameter is out of its range, or does not go with another; names parameter, value and range.

    Args:
        message: the whole of it.
        parameters: which it is about, the most telling first, so that a config can be shown at the place of one. Those
            of an experiment are paths in its config, such as `batch.size`.
    """

    def __init__(self, message: str, *parameters: str) -> None:
        super().__init__(message)
        self.parameters = parameters


class DifferentiationError(GdlabError, TypeError):
    """A function cannot be differentiated as it is written; says why and what to write instead."""

    exit_code = 2


class BranchError(DifferentiationError):
    """A function branches on a traced value, so that it has no graph that holds for all values."""


class NanGradientWarning(UserWarning):
    """A derivative is NaN where the value is finite; says which step has no finite derivative and what to write."""


class DataError(UsageError):
    """Data cannot be used as they are; names file, row and column, as far as there are such."""


class StoreError(GdlabError):
    """Runs cannot be read or written."""


class CheckpointError(StoreError):
    """A run cannot go on from its checkpoint, and can begin anew; says what does not fit."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in a file or an option.

    Args:
        message: what is wrong, in one line.
        source: the file or the option, as the user named it.
        line, column: 1-based position, if there is one.
        text: the line of the file, shown below the message.
        length: how many characters of the line are underlined.
        hint: what is allowed or was probably meant, written behind the underline.
    """

    message: str
    source: str
    line: int | None = None
    column: int | None = None
    text: str | None = None
    length: int = 1
    hint: str = ""

    def __str__(self) -> str:
        position = "" if self.line is None else f":{self.line}" + ("" if self.column is None else f":{self.column}")
        head = f"{self.source}{position}: {self.message}"
        if self.text is None or self.line is None or self.column is None:
            return head + (f" ({self.hint})" if self.hint else "")
        gutter = f"  {self.line} | "
        below = " " * (len(gutter) - 2) + "| " + " " * (self.column - 1) + "^" * max(1, self.length)
        return f"{head}\n{gutter}{self.text}\n{below}{' ' + self.hint if self.hint else ''}"


class OwnCodeError(GdlabError):
    """Code of the user's own file raised an error; shows its line."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))


class ConfigError(UsageError):
    """Everything that is wrong with a config, all at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def in_a_line(error: Exception) -> str:
    """An error as it is stored with a run: without line breaks, nor the line of the file that it is about."""
    match error:
        case OwnCodeError():
            text = str(replace(error.fault, text=None))
        case GdlabError():
            text = str(error)
        case _:
            text = f"{type(error).__name__}: {error}"
    return " ".join(text.split())


def unknown(what: str, word: str, allowed: Iterable[str]) -> str:
    """Say that a word is not known: `unknown optimizer 'adma': did you mean 'adam'? There are gd, sgd and adam`."""
    words = list(allowed)
    hint = did_you_mean(word, words)
    there = f"There {'is' if len(words) == 1 else 'are'} {join(words)}" if words else "There is none"
    return f"unknown {what} {word!r}: {hint + ' ' if hint else ''}{there}"


def join(words: Sequence[str], last: str = "and") -> str:
    """Join words as in a sentence: `a, b and c`."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """Return `did you mean 'beta1'?` for the nearest of the allowed words, or an empty string if none is near."""
    near = nearest(word, allowed)
    return "" if near is None else f"did you mean {near!r}?"


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """Return the allowed word that was probably meant: the nearest, of several the first; None if none is near.

    What others call a thing is near to what it is called here, and capitals make no distance.
    """
    words = list(allowed)
    plain = word.lower().replace("-", "_").replace(" ", "_")
    for here in _ELSEWHERE.get(plain, ()):
        if here in words:
            return here
    candidates = [one for one in words if abs(len(one) - len(plain)) <= _reach(plain)]
    near = min(candidates, key=lambda one: _edits(plain, one.lower()), default=None)
    return near if near is not None and _edits(plain, near.lower()) <= _reach(plain) else None


# What people who come from a textbook or another library write, and what it may be here.
_ELSEWHERE: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("learning_rate", "step_size", "stepsize", "alpha", "eta", "mu"), ("lr",)),
    **dict.fromkeys(("epochs", "iterations", "iters", "max_steps", "max_iter", "num_steps"), ("steps",)),
    **dict.fromkeys(("backprop", "backpropagation", "autodiff", "autograd", "adjoint"), ("reverse",)),
    **dict.fromkeys(("forward", "forward_mode", "duals", "dual_numbers"), ("dual",)),
    **dict.fromkeys(("finite_differences", "finite_difference", "differences", "fd"), ("numeric",)),
    **dict.fromkeys(("nesterov", "nesterov_momentum"), ("nag", "nesterov")),
    **dict.fromkeys(("gradient_descent", "steepest_descent"), ("gd",)),
    **dict.fromkeys(("heavy_ball", "polyak_momentum"), ("momentum",)),
    **dict.fromkeys(("momentum", "beta"), ("gamma", "beta1")),
    **dict.fromkeys(("loss", "loss_function", "objective"), ("criterion", "problem")),
    **dict.fromkeys(("epsilon", "step", "h"), ("eps",)),
    **dict.fromkeys(("optimiser", "method", "algorithm"), ("optimizer",)),
    **dict.fromkeys(("hidden_layers", "hidden_sizes", "layers", "units"), ("hidden",)),
    **dict.fromkeys(("random_seed", "random_state"), ("seed",)),
    **dict.fromkeys(("tolerance", "tol", "gtol"), ("grad_tol",)),
    "parabola": ("quadratic",),
    "banana": ("rosenbrock",),
}


def _reach(word: str) -> int:
    return 1 + len(word) // 4


def _edits(a: str, b: str) -> int:
    """How many letters to add, drop, replace, or swap with their neighbour lead from one word to the other."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            row.append(min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y)))
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                row[j] = min(row[j], before[j - 2] + 1)
        before, last = last, row
    return last[-1]

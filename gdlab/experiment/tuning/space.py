"""What is tuned of which optimizer: the declared ranges, and those that the user names."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gdlab.errors import UsageError, did_you_mean, join, unknown
from gdlab.experiment.fitting import innermost
from gdlab.experiment.tuning.draw import Space
from gdlab.optimizers import OPTIMIZERS, Optimizer
from gdlab.optimizers.ranges import RANGES, Range
from gdlab.record import Parameter

_SHAPE = "write it as OPTIMIZER.PARAMETER=LOW:HIGH, such as gd.lr=1e-3:100"


@dataclass(frozen=True)
class Given:
    """A range from the command line.

    Args:
        text: as it was written.
        optimizer, parameter: what it is of.
        low, high: its ends.
    """

    text: str
    optimizer: str
    parameter: str
    low: float
    high: float


def read_names(text: str, own: str | None = None) -> tuple[str, ...]:
    """The optimizers of `--optimizers gd,momentum,adam`.

    Args:
        text: as it was written.
        own: the name of a rule of the user's own, that is one too.

    Raises:
        UsageError: if one is not known, comes twice, or there is none.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    known = [*OPTIMIZERS, *([] if own is None else [own])]
    if not names:
        raise UsageError("--optimizers: name one at least, such as gd,momentum,adam")
    for name in names:
        if name not in known:
            raise UsageError(f"--optimizers: {unknown('optimizer', name, known)}")
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if repeated:
        raise UsageError(f"--optimizers: {repeated[0]} comes twice; each is tuned once")
    return tuple(names)


def read_range(text: str) -> Given:
    """Read `gd.lr=1e-3:100`.

    Raises:
        UsageError: if it is none.
    """
    key, _, ends = text.partition("=")
    optimizer, _, parameter = key.strip().partition(".")
    try:
        low, high = (float(end) for end in ends.split(":"))
    except ValueError:
        raise UsageError(f"--range {text}: {_SHAPE}") from None
    if not (optimizer and parameter and math.isfinite(low) and math.isfinite(high)):
        raise UsageError(f"--range {text}: {_SHAPE}")
    if low >= high:
        raise UsageError(f"--range {text}: low must be less than high")
    return Given(text, optimizer, parameter, low, high)


def spaces(optimizers: Mapping[str, Optimizer], given: Iterable[Given]) -> Mapping[str, Space]:
    """The ranges of each optimizer: those that are declared, and in their place or beside them those that are given.

    Args:
        optimizers: at their defaults, by name.
        given: ranges from the command line.

    Raises:
        UsageError: if a range is of nothing that is tuned, or reaches where its parameter may not go.
    """
    found: dict[str, dict[str, Range]] = {name: {**RANGES.get(name, {})} for name in optimizers}
    for one in given:
        if one.optimizer not in optimizers:
            raise UsageError(
                f"--range {one.text}: {one.optimizer!r} is not tuned here, {join([*optimizers])} {_is(optimizers)}"
            )
        rule = innermost(optimizers[one.optimizer])
        found[one.optimizer][one.parameter] = _range(one, rule.parameters(), found[one.optimizer].get(one.parameter))
    for name, space in found.items():
        if not space:
            raise UsageError(
                f"optimizer {name!r} is a rule of your own, whose ranges are not known: give them, such as "
                f"--range {name}.{_first_number(innermost(optimizers[name]).parameters())}=1e-4:1"
            )
    return found


def _range(given: Given, parameters: Sequence[Parameter], declared: Range | None) -> Range:
    known = {p.name: p for p in parameters if float in p.types or int in p.types}
    if given.parameter not in known:
        raise UsageError(
            f"--range {given.text}: optimizer {given.optimizer!r} has no number {given.parameter!r}. "
            f"{did_you_mean(given.parameter, known)} It has: {', '.join(known) or 'none'}".replace("  ", " ")
        )
    parameter = known[given.parameter]
    whole = float not in parameter.types
    nears_one = declared is not None and declared.nears_one
    made = Range(given.low, given.high, "given", nears_one=nears_one, whole=whole)
    outside = [end for end in (given.low, given.high) if not parameter.allows(end)]
    if outside or (given.low <= 0 and not nears_one):
        limit = parameter.allowed if outside else "a number > 0, since its logarithm is drawn"
        raise UsageError(
            f"--range {given.text}: {outside[0] if outside else given.low:g} is not allowed, it must be {limit}"
        )
    return made


def _is(many: Mapping[str, Optimizer]) -> str:
    return "is" if len(many) == 1 else "are"


def _first_number(parameters: Sequence[Parameter]) -> str:
    return next((p.name for p in parameters if float in p.types), "lr")

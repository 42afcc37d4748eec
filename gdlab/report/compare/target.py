"""The loss that runs are asked to reach."""

import math
from dataclasses import dataclass

from gdlab.errors import UsageError


@dataclass(frozen=True)
class Target:
    """A loss.

    Args:
        value: it, or how far it is above the known minimum.
        above: which of the two.
    """

    value: float
    above: bool = False

    def level(self, infimum: float | None) -> float:
        """The loss itself; NaN, which nothing reaches, if it is above a minimum that is not known."""
        if not self.above:
            return self.value
        return math.nan if infimum is None or not math.isfinite(infimum) else infimum + self.value


def parse_target(text: str) -> Target:
    """Read `1e-3`, a loss, or `+1e-3`, a distance from the known minimum.

    Raises:
        UsageError: if it is no finite number.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UsageError(
            f"--target {text}: it must be a finite number, such as 1e-3, or +1e-3 for a distance from the known minimum"
        )
    return Target(value, above=text.strip().startswith("+"))

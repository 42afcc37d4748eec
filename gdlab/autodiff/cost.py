"""What a derivative costs, counted rather than claimed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """Work done, in passes over the function: over all rows of its data, a pass over some of them being its share.

    Args:
        evaluations: of the function; the forward half of a reverse pass counts as one.
        dual_passes: evaluations in dual numbers.
        reverse_passes: backward passes.
    """

    evaluations: float = 0
    dual_passes: float = 0
    reverse_passes: float = 0

    def counts(self) -> tuple[float, float, float]:
        """The three numbers, in the order of the fields."""
        return self.evaluations, self.dual_passes, self.reverse_passes

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.evaluations + other.evaluations,
            self.dual_passes + other.dual_passes,
            self.reverse_passes + other.reverse_passes,
        )

    def __mul__(self, times: float) -> "Cost":
        return Cost(self.evaluations * times, self.dual_passes * times, self.reverse_passes * times)

    def __str__(self) -> str:
        parts = [
            f"{_shown(count)} {what if count != 1 else what.removesuffix('es') if what.endswith('sses') else what[:-1]}"
            for count, what in (
                (self.evaluations, "evaluations"),
                (self.dual_passes, "dual passes"),
                (self.reverse_passes, "reverse passes"),
            )
            if count
        ]
        return ", ".join(parts) or "nothing"


def _shown(count: float) -> str:
    return f"{count:,.0f}" if float(count).is_integer() else f"{count:,.2f}"

"""The gradient methods: how the derivative of a plain NumPy function is obtained, and what it costs."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from gdlab.record import Positive, Record


@dataclass(frozen=True)
class Method(Record):
    """A gradient method: an immutable record of options."""

    source: ClassVar[str] = ""


@dataclass(frozen=True)
class Numeric(Method):
    """Differences of function values."""

    name = "numeric"

    scheme: Annotated[Literal["forward", "central"], "which differences"] = "central"
    eps: Annotated[
        Positive | None,
        "the step ε, as it is; unset: √u (forward) or ∛u (central) times max(1, |wᵢ|), u the rounding unit",
    ] = None


@dataclass(frozen=True)
class DualNumbers(Method):
    """Forward mode by dual numbers a + bε, ε² = 0: one pass for each parameter."""

    name = "dual"


@dataclass(frozen=True)
class Reverse(Method):
    """Reverse mode: one pass forward, one backward, whatever the number of parameters."""

    name = "reverse"


METHODS: dict[str, type[Method]] = {method.name: method for method in (Numeric, DualNumbers, Reverse)}

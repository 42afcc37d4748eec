"""What goes around a rule, as lines before and behind its own."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdlab.optimizers.around.rule import Around


def before(around: "Around") -> Iterator[str]:
    """What happens to the gradient before the rule sees it, in order."""
    g = "∇f" if "∇f" in around.rule.written else "g"
    if around.clip_norm is not None:
        eps = " + clip_eps" if around.clip_eps else ""
        yield f"{g} ← {g}·clip_norm/max(‖{g}‖{eps}, clip_norm)"
    if around.clip_value is not None:
        yield f"{g} ← min(max({g}, −clip_value), clip_value), each coordinate by itself"
    if around.noise is not None:
        yield around.noise.formula.replace("g", g)
    if around.weight_decay is not None and around.decay == "coupled":
        yield f"{g} ← {g} + weight_decay·w" + (", and f + ½·weight_decay·‖w‖² for f" if around.uses_more else "")


def behind(around: "Around") -> Iterator[str]:
    """What follows the step of the rule, in order."""
    if around.weight_decay is not None and around.decay == "decoupled":
        yield "w ← w − lr·weight_decay·w', with the w' that the step began with"
    if around.restart is not None:
        yield f"after every {around.restart} steps the state begins anew"
    if around.average is not None:
        yield around.average.formula

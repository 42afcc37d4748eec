"""What does not make sense together around an optimizer, in words."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gdlab.errors import ParameterError, unknown
from gdlab.optimizers.base import Optimizer
from gdlab.optimizers.parameters import refuse
from gdlab.optimizers.step_sizes import Polyak
from gdlab.state import leaves

if TYPE_CHECKING:
    from gdlab.optimizers.around.rule import Around


def check(around: "Around") -> None:
    """Refuse what has no effect or contradicts itself.

    Raises:
        ParameterError: says what, and why.
    """
    _check_gradient(around)
    _check_decay(around)
    if around.restart is not None and not keeps_state(around.rule):
        raise ParameterError(
            f"{around.name}: restart has no effect, the rule keeps no state that could begin anew", "restart"
        )
    if around.average is not None and around.rule.averages:
        raise ParameterError(
            f"{around.name}: average is not allowed, the rule offers an average of its own already", "average"
        )


def _check_gradient(around: "Around") -> None:
    changes = [name for name in ("clip_norm", "clip_value", "noise") if getattr(around, name) is not None]
    if changes and not around.uses_gradient:
        raise ParameterError(f"{around.name}: {changes[0]} has no effect, the rule asks for no gradient", changes[0])
    if changes and around.uses_more:
        raise ParameterError(
            f"{around.name}: {changes[0]} is not allowed, the rule also asks for values or curvature, "
            "which a changed gradient would not fit",
            changes[0],
        )
    if changes[:2] == ["clip_norm", "clip_value"]:
        raise ParameterError(
            f"{around.name}: clip_norm and clip_value are not allowed together; choose one", "clip_value", "clip_norm"
        )
    if around.clip_norm is None:
        refuse(around, "clip_eps", "without clip_norm")


def _check_decay(around: "Around") -> None:
    if around.weight_decay is None:
        if around.decay != "coupled":
            raise ParameterError(f"{around.name}: decay = {around.decay!r} has no effect without weight_decay", "decay")
        return
    if "weight_decay" in names(around.rule):
        raise ParameterError(f"{around.name}: the rule has a weight_decay of its own; set that instead", "weight_decay")
    if around.decay == "coupled" and "residuals" in around.needs:
        raise ParameterError(
            f"{around.name}: coupled weight_decay is not allowed, its penalty is none of the residuals it sees",
            "weight_decay",
        )
    if around.decay == "coupled" and isinstance(around.rule, Polyak) and around.rule.f_star is None:
        raise ParameterError(
            f"{around.name}: coupled weight_decay is not allowed, it changes the least value that the rule must know; "
            "set f_star to that of the loss with its penalty",
            "weight_decay",
        )
    if around.decay == "decoupled" and not has_step_size(around.rule):
        raise ParameterError(
            f"{around.name}: decay = 'decoupled' is not allowed, it is scaled by lr, which the rule does not step by",
            "decay",
        )


def names(rule: type[Optimizer] | Optimizer) -> list[str]:
    """The hyper-parameters of a rule."""
    return [parameter.name for parameter in rule.parameters()]


def has_step_size(rule: Optimizer) -> bool:
    """Whether the rule steps by an lr that can be set."""
    if "lr" not in names(rule) or "lr" in rule.fixed:
        return False
    try:
        changeable: Any = rule
        replace(changeable, lr=changeable.lr / 2)
    except ParameterError:  # a variant without one
        return False
    return True


def keeps_state(rule: Optimizer) -> bool:
    """Whether the rule keeps anything from step to step that matters."""
    if not rule.remembers:
        return False
    lanes = np.broadcast_shapes(*(np.shape(getattr(rule, p.name)) for p in rule.parameters() if float in p.types))
    state = rule.init(np.zeros((2, *lanes)))
    return bool(leaves(state))


def no_schedule(rule: type[Optimizer] | Optimizer, name: str) -> str:
    """Why a hyper-parameter follows no schedule."""
    if name in rule.fixed:
        return f"{rule.name}: {name} cannot follow a schedule, it is used once and not at each step"
    if name in names(rule):
        return f"{rule.name}: {name} cannot follow a schedule, it is not a number that could change from step to step"
    can = schedulable(rule)
    return f"{rule.name}: {unknown('hyper-parameter', name, can)}"


def schedulable(rule: type[Optimizer] | Optimizer) -> list[str]:
    """The hyper-parameters of a rule that can follow a schedule."""
    return [p.name for p in rule.parameters() if float in p.types and p.name not in rule.fixed]

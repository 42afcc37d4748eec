"""What goes around any optimizer: schedules, clipping, noise, weight decay, restarts and averages, in one order."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np

from gdlab.errors import ParameterError
from gdlab.optimizers.around.averaging import Average
from gdlab.optimizers.around.combination import check, names, no_schedule
from gdlab.optimizers.around.gradient import Seen, clipped_by_norm, clipped_by_value
from gdlab.optimizers.around.noise import Noise
from gdlab.optimizers.around.written import before, behind
from gdlab.optimizers.base import Array, Move, Objective, Optimizer
from gdlab.optimizers.checked import begun, taken
from gdlab.optimizers.schedules import Schedule
from gdlab.record import Count, NonNegative, Positive
from gdlab.state import State, mapped

FROM_THE_RULE = (
    *("name", "uses_gradient", "uses_more", "needs", "patience", "remembers"),
    *("formula", "formulas", "source", "variants", "origin"),
)


class AroundState(NamedTuple):
    """Steps done, the state of the rule, and the average of the points, () if there is none."""

    k: Array
    rule: State
    mean: State


@dataclass(frozen=True)
class Around(Optimizer):
    """An optimizer with something around it.

    A step does this, in this order, with k the number of steps done before it:

    1. Hyper-parameters that have a schedule take its value at k.
    2. The gradient is clipped: by norm or by value.
    3. Noise is added to it.
    4. Coupled weight decay adds λw to it (and ½λ‖w‖² to f, λ to the curvature, for rules that ask for these).
    5. The rule takes its step.
    6. Decoupled weight decay takes lr·λ·w from the new point, with w and lr as the step found them.
    7. After every `restart` steps the rule's state begins anew; k and the average go on.
    8. The new point enters the average.

    Where nothing is set nothing is done. The name and whatever else is asked of a rule are those of the rule.

    Raises:
        ParameterError: if something is out of its range, has no effect, or does not go together.
    """

    name = "around"

    rule: Annotated[Optimizer, "the optimizer"]
    schedules: Annotated[
        Mapping[str, Schedule] | tuple[tuple[str, Schedule], ...],
        "names of hyper-parameters and what they follow; kept as pairs",
    ] = ()
    clip_norm: Annotated[Positive | None, "longest gradient; a longer one is shortened to this norm"] = None
    clip_eps: Annotated[NonNegative, "added to the norm that clip_norm divides by; torch has 1e-6"] = 0.0
    clip_value: Annotated[Positive | None, "largest |gᵢ|; each coordinate of the gradient is cut to it"] = None
    noise: Annotated[Noise | None, "Gaussian noise on the gradient"] = None
    weight_decay: Annotated[NonNegative | None, "λ, how strongly w is drawn to 0"] = None
    decay: Annotated[
        Literal["coupled", "decoupled"],
        "the one adds λw to the gradient, the other takes lr·λ·w from w, beside the step",
    ] = "coupled"
    restart: Annotated[Count | None, "steps after which the optimizer's state begins anew, again and again"] = None
    average: Annotated[Average | None, "an average of the points, offered as the answer"] = None

    def __post_init__(self) -> None:
        if isinstance(self.rule, Around):
            raise ParameterError(f"{self.rule.name}: there is something around it already; say all of it at once")
        for attribute in FROM_THE_RULE:
            object.__setattr__(self, attribute, getattr(self.rule, attribute))
        object.__setattr__(self, "traceable", self.rule.traceable and self.noise is None)
        object.__setattr__(self, "schedules", tuple(sorted(dict(self.schedules).items(), key=lambda pair: pair[0])))
        for name, schedule in self._pairs:
            self._take(name, schedule)
        super().__post_init__()
        check(self)

    def init(self, w: Array) -> AroundState:
        """No step done, the state of the rule, and w as the average."""
        return AroundState(np.zeros((), w.dtype), begun(self.rule, w), () if self.average is None else w.copy())

    def step(self, objective: Objective, w: Array, state: AroundState) -> tuple[Array, AroundState]:
        """One step of the rule, with all that is around it."""
        after, state = self.taken(objective, w, state)
        return after, self.restarted(after, state)

    def taken(self, objective: Objective, w: Array, state: AroundState) -> tuple[Array, AroundState]:
        """One step, with the state of the rule that made it: not begun anew."""
        k, inner, mean = state
        now = self.at(k)
        seen = Seen(objective, now, k) if now.changes_objective else objective
        after, inner = taken(now.rule, seen, w, inner)
        if now.weight_decay is not None and now.decay == "decoupled":
            after = after - now.rule.lr_at(k) * now.weight_decay * w
        k = k + 1
        if now.average is not None:
            mean = now.average.updated(mean, after, k)
        return after, AroundState(k, inner, mean)

    def restarted(self, w: Array, state: AroundState) -> AroundState:
        """The state, which begins anew after every `restart` steps."""
        if self.restart is None:
            return state
        begins, new = state.k % self.restart == 0, begun(self.at(state.k - 1).rule, w)
        return state._replace(rule=mapped(lambda new, old: np.where(begins, new, old), new, state.rule))

    def solution(self, w: Array, state: AroundState) -> Array:
        """The average, or what the rule offers."""
        return self.rule.solution(w, state.rule) if self.average is None else state.mean

    @property
    def averages(self) -> bool:
        """Whether the answer is another point than w."""
        return self.average is not None or self.rule.averages

    def lr_at(self, k: Any) -> Any:
        """The step size of the step that follows k others, None if the rule has none."""
        return self.at(k).rule.lr_at(k)

    @property
    def written(self) -> str:
        """That of the rule, with what is around it before and after."""
        return "\n".join((*before(self), self.rule.written, *behind(self)))

    def derived(self, move: Move) -> dict[str, Any]:
        """What follows a schedule, and what the formula of the rule names beside its state."""
        k = move.before.k
        now = self.at(k)
        inner = move._replace(before=move.before.rule, state=move.state.rule)
        scheduled = {name: schedule(k) for name, schedule in self._pairs if name != "lr"}
        return scheduled | now.rule.derived(inner)

    @property
    def lr_most(self) -> float | None:
        """The greatest step size of the schedule, which the rule holds, or that of the rule."""
        return self.rule.lr_most

    @property
    def stable(self) -> float | None:
        """What is known of the rule."""
        return self.rule.stable

    @property
    def built_in(self) -> bool:
        """Whether the rule is none of the user's own."""
        return self.rule.built_in

    def fitted(self, steps: int, seed: int, infimum: float | None = None) -> "Around":
        """With what was left open filled in: by the rule, in lengths of schedules, and in the seed of the noise."""
        schedules = {name: schedule.fitted(steps) for name, schedule in self._pairs}
        for name, schedule in schedules.items():
            if name != "lr":  # which may be 0: then a step leads nowhere
                self._check_steps(name, schedule, steps)
        noise = self.noise.fitted(seed) if self.noise else None
        return replace(self, rule=self.rule.fitted(steps, seed, infimum), schedules=schedules, noise=noise)

    def _check_steps(self, name: str, schedule: Schedule, steps: int) -> None:
        """Hold what must stay above 0 to that at the first and the last step, where schedules are least."""
        record: Any = self if self._is_mine(name) else self.rule
        parameter = next(p for p in record.parameters() if p.name == name)
        for k in (0, steps - 1) if steps else ():
            value = float(np.min(schedule(float(k))))
            if not parameter.allows(value):
                raise ParameterError(
                    f"{self.name}: {name} = {value!r} is not allowed, it must be {parameter.allowed} "
                    f"(its schedule gives that at step {k:,})",
                    name,
                )

    def remark(self, state: AroundState) -> str | None:
        """What the rule says."""
        return self.rule.remark(state.rule)

    def parts(self, state: AroundState) -> dict[str, Any]:
        """Those of the rule, and the average."""
        return self.rule.parts(state.rule) | ({} if self.average is None else {"average": state.mean})

    # -- the parts of a step ----------------------------------------------------------------------------------------

    def at(self, k: Any) -> "Around":
        """The same with the hyper-parameters of the step that follows k others; k may be traced, or an array."""
        if not self.schedules:
            return self
        mine: dict[str, Any] = {}
        its: dict[str, Any] = {}
        for name, schedule in self._pairs:
            (mine if self._is_mine(name) else its)[name] = schedule(k)
        return _with(self, {**mine, "rule": _with(self.rule, its)})  # type: ignore[no-any-return] # of its own kind

    @property
    def changes_objective(self) -> bool:
        """Whether the rule sees another gradient than that of f."""
        coupled = self.weight_decay is not None and self.decay == "coupled"
        return coupled or self.noise is not None or self.clip_norm is not None or self.clip_value is not None

    def changed(self, g: Array, w: Array, k: Any, call: int = 0) -> Array:
        """The gradient as the rule sees it, from ∇f(w).

        Args:
            g: ∇f(w).
            w: where it was taken.
            k: steps done.
            call: counts the gradients that one step asks for.
        """
        if self.clip_norm is not None:
            g = clipped_by_norm(g, self.clip_norm, self.clip_eps)
        if self.clip_value is not None:
            g = clipped_by_value(g, self.clip_value)
        if self.noise is not None:
            g = g + self.noise.draw(w, k, call)
        if self.weight_decay is not None and self.decay == "coupled":
            g = g + self.weight_decay * w
        return g

    @property
    def _pairs(self) -> tuple[tuple[str, Schedule], ...]:
        return self.schedules  # type: ignore[return-value] # pairs since it was made

    def _is_mine(self, name: str) -> bool:
        """Whether a hyper-parameter is one of those around the rule."""
        return name in KEYS and name not in names(self.rule)

    def _take(self, name: str, schedule: Schedule) -> None:
        """Check a schedule against what follows it, and let that hold its greatest value until a step asks."""
        record: Any = self if self._is_mine(name) else self.rule
        parameter = {p.name: p for p in record.parameters() if float in p.types}.get(name)
        if parameter is None or name in record.fixed:
            raise ParameterError(no_schedule(self.rule, name), name)
        least, greatest = schedule.span()
        ends = {"greatest": greatest, "least": least}
        if least == 0 and (">", 0) in parameter.bounds:
            ends = {"greatest": greatest, "middle": greatest / 2}  # it may near 0, and not be 0 throughout
        for end, value in ends.items():
            try:
                if not parameter.allows(value):
                    raise ParameterError(
                        f"{self.name}: {name} = {value!r} is not allowed, it must be {parameter.allowed}", name
                    )
                if record is not self:
                    replace(record, **{name: value})
            except ParameterError as error:
                raise ParameterError(f"{error} ({value:g} is the {end} value of its schedule)", name) from None
        if record is self:
            object.__setattr__(self, name, greatest)
        else:
            object.__setattr__(self, "rule", replace(record, **{name: greatest}))


KEYS = tuple(parameter.name for parameter in Around.parameters() if parameter.name not in ("rule", "schedules"))


def keys_around(rule: type[Optimizer]) -> set[str]:
    """The fields of `Around` that can go around a rule: not those that it has itself, nor how they work."""
    own = set(names(rule))
    return set(KEYS) - own - ({"decay"} if "weight_decay" in own else set())


def _with(record: Any, values: Mapping[str, Any]) -> Any:
    """A copy with other values, not checked: they may be traced, and a schedule's have been checked before."""
    if not values:
        return record
    changed = copy.copy(record)
    for name, value in values.items():
        object.__setattr__(changed, name, value)
    return changed

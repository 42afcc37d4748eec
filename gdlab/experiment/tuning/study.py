"""A study: which optimizers are tuned on what, and the sweeps that it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gdlab.experiment.tuning.draw import Setting, Space
from gdlab.record import Parameter

TRIALS, TUNED, DEFAULT = "trials", "tuned", "default"  # what the sweeps are tagged by

Data = dict[str, Any]


@dataclass(frozen=True)
class Candidate:
    """An optimizer to be tuned.

    Args:
        name: its name.
        data: what chooses it in a config, and what is around it; nothing of its own parameters.
        space: what is tuned.
        parameters: of the rule, by name.
        settings: the trials, the first one empty.
        steps: of each run; None if the config says.
    """

    name: str
    data: Mapping[str, Any]
    space: Space
    parameters: Mapping[str, Parameter]
    settings: Sequence[Setting]
    steps: int | None = None

    def with_setting(self, setting: Setting) -> Data:
        """The optimizer of a config, with a setting."""
        return {**self.data, **setting}


@dataclass(frozen=True)
class Study:
    """What is tuned, and on which seeds.

    Args:
        base: the config as plain data, without optimizer and seed.
        candidates: the optimizers.
        seeds: on which settings are chosen.
        report_seeds: on which they are reported, none of them among `seeds`.
    """

    base: Mapping[str, Any]
    candidates: Sequence[Candidate]
    seeds: Sequence[int]
    report_seeds: Sequence[int]

    @property
    def runs(self) -> int:
        """How many runs it takes, those that report included."""
        trials = sum(len(one.settings) for one in self.candidates)
        return trials * len(self.seeds) + 2 * len(self.candidates) * len(self.report_seeds)

    def trials(self) -> Data:
        """All trials as a sweep: a trial's seeds stand together, an optimizer's trials too."""
        return self._sweep(TRIALS, [(one, setting) for one in self.candidates for setting in one.settings], self.seeds)

    def finals(self, chosen: Mapping[str, Setting], tag: str) -> Data:
        """One setting of each optimizer on the seeds that report, as a sweep."""
        return self._sweep(tag, [(one, chosen[one.name]) for one in self.candidates], self.report_seeds)

    def single(self, name: str, setting: Setting) -> Data:
        """One optimizer with a setting, as a config to run."""
        one = next(candidate for candidate in self.candidates if candidate.name == name)
        steps = {} if one.steps is None else {"steps": one.steps}
        return {**self.base, "optimizer": one.with_setting(setting), **steps, "seed": self.report_seeds[0]}

    def _sweep(self, tag: str, rows: Sequence[tuple[Candidate, Setting]], seeds: Sequence[int]) -> Data:
        columns: Data = {"optimizer": [one.with_setting(setting) for one, setting in rows]}
        if any(one.steps is not None for one, _ in rows):
            columns["steps"] = [one.steps for one, _ in rows]
        named = {"name": f"{self.base['name']}-{tag}", "tags": [*self.base.get("tags", ()), tag]}
        return {
            **self.base,
            **named,
            "optimizer": columns["optimizer"][0],
            "sweep": {"zip": columns, "seeds": [*seeds]},
        }

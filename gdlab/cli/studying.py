"""What `gdlab tune` is asked for, checked as a whole before anything runs."""

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdlab.cli.console import tell
from gdlab.errors import ConfigError, Fault, UsageError

if TYPE_CHECKING:
    from gdlab.experiment.tuning.study import Study
    from gdlab.optimizers import Optimizer
    from gdlab.report.tuning import Goal


@dataclass(frozen=True)
class Wanted:
    """The options of the command, as they were written."""

    config: Path
    optimizers: str | None
    trials: int
    seeds: str
    report_seeds: str
    target: float | None
    budget: str | None
    ranges: Sequence[str]
    overrides: Sequence[str]
    seed: int


def prepared(wanted: Wanted, output: Path | None, *, large: bool) -> "tuple[Study, Goal]":
    """The study that is asked for, checked as a whole.

    Raises:
        UsageError: if anything is wrong with it.
    """
    from gdlab.config.resolve import resolve
    from gdlab.config.sweep.resolve import resolve_sweep_data
    from gdlab.experiment.fitting import innermost
    from gdlab.experiment.tuning.budget import read_budget, steps_within
    from gdlab.experiment.tuning.draw import settings
    from gdlab.experiment.tuning.space import read_names, read_range, spaces
    from gdlab.experiment.tuning.study import Candidate, Study
    from gdlab.report.tuning import Goal

    _check_output(output, wanted.config)
    if wanted.target is not None and not math.isfinite(wanted.target):
        raise UsageError(f"--target {wanted.target}: it must be a loss, a finite number")
    seeds, report_seeds = _seeds(wanted)
    resolved = resolve(wanted.config, wanted.overrides)
    for warning in resolved.warnings:
        tell(f"warning: {warning}")
    own = resolved.data["optimizer"]
    names = read_names(wanted.optimizers or own["name"], own["name"] if "file" in own else None)
    given = [read_range(text) for text in wanted.ranges]
    goal = Goal(wanted.target, None if wanted.budget is None else read_budget(wanted.budget))
    base = _base(resolved.data, goal)
    of_rule = {parameter.name for parameter in innermost(resolved.experiment.optimizer).parameters()}
    chosen_by = {name: _chosen_by(name, own, of_rule) for name in names}
    experiments = _experiments(base, chosen_by)
    optimizers: dict[str, Optimizer] = {name: one.optimizer for name, one in experiments.items()}
    candidates = [
        Candidate(
            name,
            chosen_by[name],
            space,
            {parameter.name: parameter for parameter in innermost(optimizers[name]).parameters()},
            settings(space, wanted.trials, wanted.seed),
            None if goal.budget is None else steps_within(experiments[name], goal.budget),
        )
        for name, space in spaces(optimizers, given).items()
    ]
    study = Study(base, candidates, seeds, report_seeds)
    resolve_sweep_data(study.trials(), "gdlab tune", large=large)
    return study, goal


def _check_output(output: Path | None, config: Path) -> None:
    if output is None:
        return
    if output.exists() and config.exists() and output.samefile(config):
        raise UsageError(f"-o {output} is the config itself, which would be lost; name another file")
    if not output.absolute().parent.is_dir():
        raise UsageError(f"-o {output}: there is no folder {output.parent}")


def _seeds(wanted: Wanted) -> tuple[Sequence[int], Sequence[int]]:
    """The seeds to choose on, and those to report on."""
    from gdlab.config.place import Node, Place
    from gdlab.config.sweep.seeds import read_seeds

    seeds = read_seeds(Node(wanted.seeds, Place(f"--seeds {wanted.seeds}")))
    source = f"--report-seeds {wanted.report_seeds}"
    report = read_seeds(Node(wanted.report_seeds, Place(source)))
    if wanted.report_seeds.strip().isdigit():
        report = range(max(seeds) + 1, max(seeds) + 1 + len(report))
    both = sorted({*seeds} & {*report})
    if both:
        shown = ", ".join(map(str, both[:5])) + (", …" if len(both) > 5 else "")
        raise ConfigError(
            [
                Fault(
                    f"has seeds that settings are chosen on: {shown}",
                    source,
                    hint=f"what is tuned on a seed looks better there; take others, such as {max(seeds) + 1}:"
                    f"{max(seeds) + 1 + len(report)}",
                )
            ]
        )
    return seeds, report


def _base(data: Mapping[str, Any], goal: "Goal") -> dict[str, Any]:
    """The config without its optimizer and its seed, with the target to stop at."""
    base = {key: value for key, value in data.items() if key not in ("optimizer", "seed", "checkpoint")}
    if goal.target is not None:
        base["stop"] = {**base.get("stop", {}), "target_loss": goal.target}
    if goal.budget is not None:  # other steps log at other steps
        del base["log"]
    return base


def _chosen_by(name: str, own: Mapping[str, Any], of_rule: Container[str]) -> dict[str, Any]:
    """What chooses a rule, and what the config puts around its own: that belongs to the problem.

    Args:
        name: of the rule.
        own: the optimizer of the config.
        of_rule: the names of that rule's own parameters.
    """
    from gdlab.optimizers.around import KEYS

    around = {key: own[key] for key in KEYS if key in own and key not in of_rule}
    if own["name"] != name:
        return {"name": name, **around}
    return {key: own[key] for key in ("name", "file", "sha256") if key in own} | around


def _experiments(base: Mapping[str, Any], chosen_by: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Each optimizer at its defaults on the problem.

    Raises:
        ConfigError: names each optimizer that cannot be used, and why.
    """
    from gdlab.config.resolve import resolve_data

    found: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, data in chosen_by.items():
        try:
            found[name] = resolve_data({**base, "optimizer": data}, f"--optimizers {name}").experiment
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(faults)
    return found

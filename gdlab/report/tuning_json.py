"""What tuning found as plain data."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from gdlab.experiment.tuning.study import Study
from gdlab.report.statistics.verdicts import Verdict
from gdlab.report.tuning import Found, Line
from gdlab.report.tuning_table import notes, warnings


def as_data(found: Found, study: Study, folders: Mapping[str, str]) -> dict[str, Any]:
    """Everything that is known, with raw numbers.

    Args:
        found: what was found.
        study: what was asked for.
        folders: where the runs are stored, by the tags of their sweeps.
    """
    goal, candidates = found.goal, {one.name: one for one in study.candidates}
    return {
        "name": study.base["name"],
        "goal": goal.words,
        "target": goal.target,
        "budget": None if goal.budget is None else asdict(goal.budget),
        "seeds": [*study.seeds],
        "report_seeds": [*study.report_seeds],
        "optimizers": [_line(line, candidates[line.name]) for line in found.lines],
        "between": [{"a": a, "b": b, **_verdict(verdict)} for (a, b), verdict in found.standing.verdicts.items()],
        "best": [line.name for line in found.lines if line.name in found.best],
        "winner": found.winner,
        "independent_seeds": found.independent,
        "notes": [*notes(found)],
        "warnings": [*warnings(found)],
        "folders": dict(folders),
    }


def _line(line: Line, candidate: Any) -> dict[str, Any]:
    trials = zip(candidate.settings, line.choice.scores, line.choice.losses, strict=True)
    return {
        "name": line.name,
        "optimizer": candidate.with_setting(line.setting),
        "best_trial": line.choice.best,
        "steps": candidate.steps,
        "ranges": {name: asdict(searched) for name, searched in candidate.space.items()},
        "trials": [{"setting": dict(chosen), "score": score, "loss": loss} for chosen, score, loss in trials],
        "tuned": {"score": line.score, **asdict(line.tuned)},
        "default": {"score": line.default_score, **asdict(line.default)},
        "tuned_against_default": _verdict(line.against),
        "edges": [{**asdict(edge), "searched": [edge.searched.low, edge.searched.high]} for edge in line.edges],
        "cost": {**asdict(line.choice.spent), "failed": line.choice.failed},
        "report_cost": asdict(line.final),
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return asdict(verdict)

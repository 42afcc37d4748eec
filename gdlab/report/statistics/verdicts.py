"""Better, worse, or not told apart."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from gdlab.report.statistics.bootstrap import median_interval, shift_interval
from gdlab.report.statistics.effects import Tolerance, on_ratios, pair_effects, transformed
from gdlab.report.statistics.failures import Bools, Floats
from gdlab.report.statistics.multiplicity import holm, pairs_needed, runs_needed
from gdlab.report.statistics.quantiles import median
from gdlab.report.statistics.rank_sum import rank_sum
from gdlab.report.statistics.ranks import average_ranks
from gdlab.report.statistics.samples import Sample, paired, paired_floors
from gdlab.report.statistics.signed_rank import signed_rank

Answer = Literal["better", "worse", "~"]

# Half of the 5 % in which the same rule may be told apart: at 5 % itself, every other count of trials came out above.
LEVEL = 0.025
FEWEST = 5  # runs of each group below which nothing is ever proven


@dataclass(frozen=True)
class Verdict:
    """What is known of one group of runs, a, beside another, b.

    Args:
        answer: whether a is better or worse than b, or `~` if they cannot be told apart.
        why: one sentence.
        p: the p-value, adjusted for the number of comparisons.
        wins, ties, losses: of a: pairs, or if there are none all combinations of a run of a and one of b.
        n: how many pairs, or runs of the smaller group.
        is_paired: whether runs of the same seed and start were compared.
        is_ratio: whether effect, low and high are ratios a/b, or differences a − b.
        effect: the median over the pairs, or the ratio or difference of the medians; infinite, or for a ratio 0, where
            failures reach into it; NaN without runs, or if half of the pairs failed on either side. Below 1 or 0 means
            that a is lower.
        low, high: its bootstrap interval, not adjusted. It says how large an effect is, not whether there is one.
        needed: the n from which on anything can be proven, among so many comparisons.
    """

    answer: Answer
    why: str
    p: float
    wins: int
    ties: int
    losses: int
    n: int
    is_paired: bool
    is_ratio: bool
    effect: float
    low: float
    high: float
    needed: int = FEWEST

    @property
    def can_prove(self) -> bool:
        """Whether there is enough to prove anything, if only all of it points to one side."""
        return self.n >= self.needed


@dataclass(frozen=True)
class _Finding:
    """A comparison before the p-values are adjusted; effects are logarithms if they are ratios."""

    first: Floats
    second: Floats
    effects: Floats  # of pairs; empty if there are none
    is_paired: bool
    is_ratio: bool
    p: float
    wins: int
    ties: int
    losses: int


def verdict(a: Sample, b: Sample, *, level: float = LEVEL, tolerance: Tolerance | None = None) -> Verdict:
    """Compare two groups; see `verdicts`."""
    return verdicts([(a, b)], level=level, tolerance=tolerance)[0]


def verdicts(
    comparisons: Sequence[tuple[Sample, Sample]],
    *,
    level: float = LEVEL,
    tolerance: Tolerance | None = None,
    seed: int = 0,
) -> list[Verdict]:
    """Compare groups two by two, as one family: of which at most `level` contain a false answer.

    Runs of the same seeds are paired and tested by signed ranks of ln(a/b), or of a − b if a value is negative; others
    by rank sums. a is better than b if p, adjusted by Holm's method, is at most `level`, and a has more wins than
    losses, so that test and count say the same. With fewer than `FEWEST` runs nothing is ever proven.

    Args:
        comparisons: pairs of groups: one, each against a baseline, or all against all. They must not be chosen by what
            was measured: the leader against the rest is all against all.
        level: how often, at most, two groups that are the same rule are told apart.
        tolerance: what is no difference.
        seed: of the bootstrap.

    Returns:
        One verdict for each, of its first group.
    """
    findings = _tested([_found(a, b, tolerance or Tolerance()) for a, b in comparisons])
    adjusted = holm([finding.p for finding in findings])
    return [_verdict(f, p, level, len(findings), seed) for f, p in zip(findings, adjusted.tolist(), strict=True)]


def _found(a: Sample, b: Sample, tolerance: Tolerance) -> _Finding:
    both = paired(a, b)
    if both is not None:
        is_ratio = on_ratios(*both)
        effects = np.where(_overlap(*both, *_floors(a, b)), 0.0, pair_effects(*both, is_ratio, tolerance))
        wins, losses = int((effects < 0).sum()), int((effects > 0).sum())
        return _Finding(*both, effects, True, is_ratio, math.nan, wins, effects.size - wins - losses, losses)
    first, second = a.charged, b.charged
    if (a.floors is not None or b.floors is not None) and (bounded := _bounded(a, b)):
        return bounded
    merged = tolerance.merged(np.concatenate((first, second)))
    x, y = merged[: first.size], np.sort(merged[first.size :])
    losses = int(np.searchsorted(y, x, side="left").sum())
    wins = x.size * y.size - int(np.searchsorted(y, x, side="right").sum())
    ties = x.size * y.size - wins - losses
    return _Finding(first, second, np.empty(0), False, on_ratios(first, second), rank_sum(x, y), wins, ties, losses)


def _floors(a: Sample, b: Sample) -> tuple[Floats, Floats]:
    found = paired_floors(a, b)
    return (np.empty(0), np.empty(0)) if found is None else found


def _overlap(x: Floats, y: Floats, x_floor: Floats, y_floor: Floats) -> Bools:
    """Which values, each known to be above its floor and at most itself, might be the other way round, or equal."""
    return np.asarray((x_floor < y) & (y_floor < x), dtype=bool)


def _bounded(a: Sample, b: Sample) -> _Finding | None:
    """Runs without pairs whose bounds overlap without being the same; None if there are none.

    A difference must be there wherever between their bounds the values are: with all of a at its upper and all of b at
    its lower bound, and the other way round.
    """
    x, y, x_floor, y_floor = a.charged, b.charged, a.charged_floors, b.charged_floors
    overlap = _overlap(x[:, None], y, x_floor[:, None], y_floor)
    if not (overlap & ((x[:, None] != y) | (x_floor[:, None] != y_floor))).any():
        return None
    wins, losses = int(((x[:, None] < y) & ~overlap).sum()), int(((x[:, None] > y) & ~overlap).sum())
    sides = [
        np.sign(int((p[:, None] > q).sum()) - int((p[:, None] < q).sum())) for p, q in ((x, y_floor), (x_floor, y))
    ]
    p = max(rank_sum(x, y_floor), rank_sum(x_floor, y)) if sides[0] == sides[1] else 1.0
    ties = x.size * y.size - wins - losses
    return _Finding(x, y, np.empty(0), False, on_ratios(x, y), p, wins, ties, losses)


def _tested(findings: Sequence[_Finding]) -> list[_Finding]:
    """The findings with the p-values of pairs, those of one length all at once."""
    p = np.array([finding.p for finding in findings])
    lengths: dict[int, list[int]] = {}
    for at, finding in enumerate(findings):
        if finding.is_paired:
            lengths.setdefault(finding.effects.size, []).append(at)
    for places in lengths.values():
        p[places] = signed_rank(np.stack([findings[at].effects for at in places]))
    return [replace(finding, p=value) for finding, value in zip(findings, p.tolist(), strict=True)]


def _verdict(f: _Finding, p: float, level: float, comparisons: int, seed: int) -> Verdict:
    answer, why = _answer(f, p, level, comparisons)
    effect, low, high = _size(f, seed)
    return Verdict(
        answer=answer,
        why=why,
        p=p,
        wins=f.wins,
        ties=f.ties,
        losses=f.losses,
        n=min(f.first.size, f.second.size),
        is_paired=f.is_paired,
        is_ratio=f.is_ratio,
        effect=effect,
        low=low,
        high=high,
        needed=_needed(f, level, comparisons),
    )


def _answer(f: _Finding, p: float, level: float, comparisons: int) -> tuple[Answer, str]:
    n = min(f.first.size, f.second.size)
    runs = f"{n} pair{'' if n == 1 else 's'}" if f.is_paired else f"{n} run{'' if n == 1 else 's'} a group"
    if n == 0:
        return "~", "there is nothing to compare"
    if f.wins == f.losses == 0:
        return "~", f"no difference in {runs}"
    if n < FEWEST or p > level:
        return "~", _why_not(f, p, level, comparisons, n, runs)
    side = _side(f)
    if side == 0 or side != np.sign(f.losses - f.wins):
        return "~", f"not told apart in {runs}: wins and ranks disagree"
    word: Answer = "better" if side < 0 else "worse"
    return word, f"{word} in {max(f.wins, f.losses)} of {f.wins + f.ties + f.losses}: p = {p:.2g}"


def _why_not(f: _Finding, p: float, level: float, comparisons: int, n: int, runs: str) -> str:
    needed = _needed(f, level, comparisons)
    among = f" in {comparisons} comparisons" if comparisons > 1 else ""
    if n < needed:
        return f"{runs} cannot prove a difference{among}: it takes {needed} or more"
    if f.is_paired and f.wins + f.losses < needed:
        return f"only {f.wins + f.losses} of {runs} differ, and it takes {needed} or more to prove a difference{among}"
    return f"not told apart in {runs}{among}: p = {p:.2g}"


def _needed(f: _Finding, level: float, comparisons: int) -> int:
    return max(FEWEST, (pairs_needed if f.is_paired else runs_needed)(comparisons, level))


def _side(f: _Finding) -> int:
    """The side that the test took: −1 if a is lower, 1 if it is higher, 0 if neither."""
    if not f.is_paired:
        return int(np.sign(f.losses - f.wins))  # the rank sum counts the same
    effects = f.effects[f.effects != 0]
    return int(np.sign((np.sign(effects) * average_ranks(np.abs(effects))).sum()))


def _size(f: _Finding, seed: int) -> tuple[float, float, float]:
    if f.is_paired:
        effect, (low, high) = float(median(f.effects)), median_interval(f.effects, seed=seed)
    else:
        x, y = transformed(f.first, f.is_ratio), transformed(f.second, f.is_ratio)
        with np.errstate(invalid="ignore", over="ignore"):
            effect = float(median(x) - median(y))
        if math.isnan(effect) and x.size and y.size:
            effect = 0.0  # the median run of both failed, as a pair of which both failed
        low, high = shift_interval(x, y, seed=seed)
    if not f.is_ratio:
        return effect, low, high
    with np.errstate(over="ignore", under="ignore"):
        effect, low, high = np.exp([effect, low, high]).tolist()
    return effect, low, high

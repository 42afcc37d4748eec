"""What is proven of several groups of one problem."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gdlab.report.statistics.effects import Tolerance
from gdlab.report.statistics.multiplicity import pairs_needed
from gdlab.report.statistics.quantiles import quantile
from gdlab.report.statistics.ranks import mean_ranks
from gdlab.report.statistics.samples import Sample
from gdlab.report.statistics.standing import Standing, standing
from gdlab.report.statistics.verdicts import FEWEST, LEVEL, Verdict, verdicts

ALL_PAIRS = 60  # groups of which each is compared with each; of more only the leader with all others


@dataclass(frozen=True)
class Judgement:
    """What is known of some groups.

    Args:
        reference: which of them the others are compared with: the baseline, or the one with the lowest median; None if
            no median is finite.
        verdicts: of each group beside the reference; None of the reference, and of all if each is a single run.
        winner: the one that is proven better than every other; None if there is none.
    """

    reference: int | None
    verdicts: tuple[Verdict | None, ...]
    winner: int | None


def judge(
    samples: Sequence[Sample],
    baseline: int | None = None,
    tolerance: Tolerance | None = None,
    leader: int | None = None,
) -> Judgement:
    """Compare groups.

    Up to `ALL_PAIRS` groups are compared all with all, as one family. Of more only the leader is compared with the
    others. Which of k groups leads is luck, so each of the k that might is given 1/k of the level: then anything false
    is found of the leader, whoever it is, in at most the whole of it.

    Args:
        samples: of each group, low is good.
        baseline: the group that the others are compared with.
        tolerance: what is no difference.
        leader: the group that leads; unset: the one with the lowest median.
    """
    k = len(samples)
    sizes = [len(sample.charged) for sample in samples]
    reference = next((i for i in (baseline, leader) if i is not None), _leader(samples))
    if k < 2 or reference is None or max(sizes) < 2:
        return Judgement(reference, (None,) * k, None)
    others = [i for i in range(k) if i != reference]
    # Nobody is proven better than a group with fewer runs than it takes to prove anything.
    enough = {str(i): samples[i] for i in range(k) if sizes[i] >= FEWEST}
    known = standing(enough, tolerance=tolerance) if k <= ALL_PAIRS else None
    winner = None if known is None or known.winner is None or len(enough) < k else int(known.winner)
    found = {} if known is None or baseline is not None else _beside(known, reference)
    left = [i for i in others if i not in found]
    level = LEVEL if known is not None or baseline is not None else LEVEL / k
    # What is too small to prove anything is no part of the family, of which all others would pay for it.
    for family in ([i for i in left if sizes[i] >= FEWEST], [i for i in left if sizes[i] < FEWEST]):
        pairs = [(samples[i], samples[reference]) for i in family]
        found |= zip(family, verdicts(pairs, level=level, tolerance=tolerance), strict=True)
    if known is None and baseline is None and all(one.answer == "worse" for one in found.values()):
        winner = reference
    return Judgement(reference, tuple(found.get(i) for i in range(k)), winner)


def seeds_needed(lines: int, *, has_baseline: bool) -> int:
    """How many seeds each of some groups needs before anything can be proven of them.

    Args:
        lines: how many groups, at least two.
        has_baseline: whether all are compared with one that was named, or, as who leads is luck, all with all.
    """
    if has_baseline:
        return max(FEWEST, pairs_needed(lines - 1, LEVEL))
    if lines <= ALL_PAIRS:
        return max(FEWEST, pairs_needed(lines * (lines - 1) // 2, LEVEL))
    return max(FEWEST, pairs_needed(lines - 1, LEVEL / lines))


def ranks(samples: Sequence[Sample]) -> list[float]:
    """The mean rank of each group over the seeds that all of them have; NaN if there are none."""
    first, *rest = [sample.by_key for sample in samples]
    common = [key for key in first if all(key in other for other in rest)]
    if not common or len(samples) < 2:
        return [math.nan] * len(samples)
    table = np.array([[sample.by_key[key] for sample in samples] for key in common])
    return [float(rank) for rank in mean_ranks(table)]


def _leader(samples: Sequence[Sample]) -> int | None:
    """The group with the lowest median; where medians are equal quartiles decide, as in the order of the lines."""
    finite = [i for i, sample in enumerate(samples) if math.isfinite(sample.median)]
    lowest = min((samples[i].median for i in finite), default=math.nan)
    tied = [i for i in finite if samples[i].median == lowest]
    return min(tied, key=lambda i: quantile(samples[i].charged, (0.75, 0.25)).tolist(), default=None)


def _beside(known: Standing, reference: int) -> dict[int, Verdict]:
    """What is known of each other group beside one."""
    pairs = known.verdicts.items()
    first = {int(a): one for (a, b), one in pairs if b == str(reference)}
    return first | {int(b): mirrored(one) for (a, b), one in pairs if a == str(reference)}


def mirrored(one: Verdict) -> Verdict:
    """What is known of b beside a, from what is known of a beside b."""
    answers: dict[str, str] = {"better": "worse", "worse": "better"}
    answer = answers.get(one.answer, "~")
    invert = _inverse if one.is_ratio else _negative
    return replace(
        one,
        answer=answer,  # type: ignore[arg-type]
        why=one.why.replace(one.answer, answer, 1) if answer != "~" else one.why,
        wins=one.losses,
        losses=one.wins,
        effect=invert(one.effect),
        low=invert(one.high),
        high=invert(one.low),
    )


def turned(one: Verdict) -> Verdict:
    """What was found of negative values, for which low is good, in the sign of the values themselves."""
    return one if one.is_ratio else replace(one, effect=-one.effect, low=-one.high, high=-one.low)


def _inverse(ratio: float) -> float:
    return math.inf if ratio == 0 else 1 / ratio


def _negative(difference: float) -> float:
    return -difference

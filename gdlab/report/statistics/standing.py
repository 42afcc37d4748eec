"""Who is best among several optimizers, if anyone is."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from gdlab.report.statistics.effects import Tolerance
from gdlab.report.statistics.samples import Sample
from gdlab.report.statistics.verdicts import LEVEL, Verdict, verdicts


@dataclass(frozen=True)
class Standing:
    """How several groups stand to each other.

    Args:
        verdicts: what is known of the first of two groups beside the second, each two once, in the order of the groups.
        best: the groups that are not proven worse than any other. Never one whose median run failed.
        winner: the one group that is proven better than every other; None if there is none.
    """

    verdicts: Mapping[tuple[str, str], Verdict]
    best: frozenset[str]
    winner: str | None

    def of(self, a: str, b: str) -> str:
        """The answer for a beside b, whatever the order they were compared in; `~` beside itself.

        Raises:
            KeyError: a group is not known.
        """
        if a == b:
            return "~"
        if (a, b) in self.verdicts:
            return self.verdicts[a, b].answer
        return {"better": "worse", "worse": "better", "~": "~"}[self.verdicts[b, a].answer]


def standing(groups: Mapping[str, Sample], *, level: float = LEVEL, tolerance: Tolerance | None = None) -> Standing:
    """Compare all with all, as one family of k(k−1)/2 comparisons.

    To compare only the leader with the others would make less of the correction, but who leads was picked by luck too:
    of ten optimizers that are the same rule the luckiest looks better than the unluckiest in far more than 5 % of
    trials.

    Args:
        groups: the runs of each optimizer.
        level: how often, at most, anything is told apart if all are the same rule.
        tolerance: what is no difference.
    """
    pairs = list(combinations(groups, 2))
    found = verdicts([(groups[a], groups[b]) for a, b in pairs], level=level, tolerance=tolerance)
    known = dict(zip(pairs, found, strict=True))
    behind: dict[str, set[str]] = {name: set() for name in groups}  # those proven worse than it
    for (a, b), one in known.items():
        if one.answer != "~":
            behind[a if one.answer == "better" else b].add(b if one.answer == "better" else a)
    beaten = set().union(*behind.values())
    best = frozenset(name for name, runs in groups.items() if name not in beaten and math.isfinite(runs.median))
    winners = [name for name in best if len(groups) > 1 and len(behind[name]) == len(groups) - 1]
    return Standing(known, best, winners[0] if winners else None)

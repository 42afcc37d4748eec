"""One line of a comparison."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from gdlab.report.compare.figures import Figure
from gdlab.report.compare.groups import Group
from gdlab.report.compare.independence import Shared
from gdlab.report.settings import Settings
from gdlab.report.statistics.folding import Fold
from gdlab.report.statistics.verdicts import Verdict
from gdlab.store.run import Run


@dataclass(frozen=True)
class Line:
    """Runs that are one line.

    Args:
        runs: at least one.
        group: what they have in common.
        block: the number of the problem, ascending from 0.
        figures: by metric.
        fold: how many there are, and how many did what was asked, by the first metric.
        telling: the settings that tell it from other lines.
        verdict: what is known of it beside the reference of its problem; None if nothing is, and of the reference.
        is_reference: whether it is what the others of its problem are compared with.
        is_best: whether it is proven better than every other of its problem.
        shared: what makes its runs count as one, if anything does.
    """

    runs: tuple[Run, ...]
    group: Group
    block: int
    figures: Mapping[str, Figure]
    fold: Fold
    telling: frozenset[str] = frozenset()
    verdict: Verdict | None = None
    is_reference: bool = False
    is_best: bool = False
    shared: Shared = ""

    @property
    def n(self) -> int:
        """How many runs."""
        return len(self.runs)

    @cached_property
    def independent(self) -> int:
        """How many runs say something of their own: one of each seed, if the seed changes anything."""
        return 1 if self.shared else len({run.seed for run in self.runs})

    @cached_property
    def ended(self) -> dict[str, int]:
        """How many ended as what, the most frequent first."""
        return dict(Counter([str(run.status) for run in self.runs]).most_common())

    @property
    def settings(self) -> Settings:
        """Those of the first run, without the seed: of all runs, unless they were grouped by something else."""
        return self.group.settings

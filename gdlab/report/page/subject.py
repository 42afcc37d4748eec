"""What a page is about: runs, how they compare, and which of them have room in a picture."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby, islice, zip_longest
from typing import Any

from gdlab.experiment.spec import Experiment
from gdlab.problems.base import Problem
from gdlab.report.compare.comparison import Comparison
from gdlab.report.compare.line import Line
from gdlab.report.compare.table import Table, tabulate
from gdlab.report.compare.written import shortened
from gdlab.report.numbers import ABSENT
from gdlab.report.settings import Settings, describe
from gdlab.store.reader import Damage
from gdlab.store.run import Run
from gdlab.store.sweep.stored import StoredSweep

_LINES = 400  # of the table of all problems together
_TOP, _LEAST = 40, 3  # of one problem
_PARTS = ("gradient", "batch", "steps", "stop", "checkpoint")


@dataclass(frozen=True)
class Subject:
    """What is reported.

    Args:
        title: of the page.
        made: when the page was.
        items: runs, cells that were chosen by themselves, and sweeps.
        comparison: of all runs, those of sweeps among them.
        damaged: what could not be read.
        dump: writes a config as YAML.
        experiment_of: makes the experiment of a run from its config.
        problem_of: makes the problem of a run; None if that cannot be done any more.
    """

    title: str
    made: datetime
    items: tuple[Run | StoredSweep, ...]
    comparison: Comparison
    damaged: tuple[Damage, ...]
    dump: Callable[[Mapping[str, Any]], str]
    experiment_of: Callable[[Run], Experiment]
    problem_of: Callable[[Run], Problem | None]

    @property
    def runs(self) -> tuple[Run, ...]:
        """All runs."""
        return self.comparison.runs

    @cached_property
    def problems(self) -> list[str]:
        """Those of the blocks."""
        return short_problems(self.blocks)

    @property
    def singles(self) -> list[Run]:
        """The runs, and the cells that were chosen by themselves."""
        return [item for item in self.items if isinstance(item, Run)]

    @property
    def sweeps(self) -> list[StoredSweep]:
        """The sweeps that are reported as a whole."""
        return [item for item in self.items if isinstance(item, StoredSweep)]

    def cells(self, sweep: StoredSweep) -> list[Run]:
        """Those of a sweep that are reported."""
        return [run for run in self.runs if run.folder == sweep.folder and run.id != sweep.id]

    @cached_property
    def blocks(self) -> list[list[Line]]:
        """The lines of each problem, the best first."""
        return [[*block] for _, block in groupby(self.comparison.lines, key=lambda line: line.block)]

    @cached_property
    def table(self) -> Table:
        """The comparison; the more problems there are, the fewer lines of each."""
        return tabulate(self.comparison, max(_LEAST, min(_TOP, _LINES // len(self.blocks))))

    def few(self, most: int) -> list[Line]:
        """That many lines at most, in their order: the first of each problem, then the second of each, and so on."""
        chosen = {id(line) for line in islice(in_turn(self.blocks), most)}
        return [line for line in self.comparison.lines if id(line) in chosen]

    def title_of(self, line: Line) -> str:
        """What a line is of, without its problem: `adam lr=0.01`."""
        if line.group.named:
            return " ".join(f"{name.rpartition('.')[2]}={value}" for name, value in line.group.named)
        one = self._written[id(line)]
        rest = [(part, describe(one, part, line.telling)) for part in _PARTS]
        who = describe(one, "optimizer", {*line.telling, "optimizer"}) or ABSENT
        return " ".join([who, *(f"{part} {told}" for part, told in rest if told)])

    @cached_property
    def _written(self) -> dict[int, Settings]:
        """The settings of each line, with no more digits than tell them apart."""
        lines = self.comparison.lines
        return {id(line): one for line, one in zip(lines, shortened([line.settings for line in lines]), strict=True)}


def in_turn(blocks: Sequence[Sequence[Line]]) -> Iterator[Line]:
    """The first line of each problem, then the second of each, and so on."""
    return (line for turn in zip_longest(*blocks) for line in turn if line is not None)


def problem_of_block(block: Sequence[Line]) -> str:
    """The problem of some lines, with what tells it from others: `mlp data=moons`."""
    first = block[0]
    return describe(first.settings, "problem", {*first.telling, "problem"})


def short_problems(blocks: Sequence[Sequence[Line]]) -> list[str]:
    """The problems in few words: by their names, where no two share one."""
    names = [block[0].settings.get("problem", ABSENT) for block in blocks]
    return names if len(set(names)) == len(names) else [problem_of_block(block) for block in blocks]

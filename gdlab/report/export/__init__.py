"""Everything that is stored of runs, in the formats of other programs.

Each writer takes the runs and the path to write to; what it writes holds every run with its settings, outcome, summary
and curve.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gdlab.report.export.parquet import check_parquet, write_parquet
from gdlab.report.export.tables import write_csv, write_json
from gdlab.report.export.tensorboard import write_tensorboard
from gdlab.store.run import Run


@dataclass(frozen=True)
class Target:
    """A format to export to.

    Args:
        write: writes the runs to a path that is not there yet, and gives a note on each whose curve cannot be read.
        path: where to, unless it is said.
        check: raises a UsageError if it cannot be written here.
    """

    write: Callable[[Sequence[Run], Path], list[str]]
    path: str
    check: Callable[[], None] = lambda: None


TARGETS = {
    "csv": Target(write_csv, "export"),
    "parquet": Target(write_parquet, "export", check_parquet),
    "json": Target(write_json, "export.json"),
    "tensorboard": Target(write_tensorboard, "export"),
}

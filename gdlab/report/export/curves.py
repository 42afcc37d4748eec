"""Curves of runs, one after the other, without those that cannot be read."""

from collections.abc import Iterator, Sequence

from gdlab.errors import StoreError
from gdlab.store.run import Curve, Run


def curves(runs: Sequence[Run], notes: list[str]) -> Iterator[tuple[Run, Curve]]:
    """Each run with its logged columns; empty where they cannot be read.

    Args:
        runs: the runs.
        notes: takes a line on each whose columns cannot be read; one on each file.
    """
    for run in runs:
        try:
            yield run, run.curve()
        except StoreError as error:
            if str(error) not in notes:
                notes.append(str(error))
            yield run, {}


def known_columns(runs: Sequence[Run]) -> list[str]:
    """The names of the columns that any run has logged, `step` first.

    Runs of the same experiment and cells of the same chunk log the same columns, so it costs a look at each curve.
    """
    names: dict[str, None] = {"step": None}
    for _, curve in curves(runs, []):
        names |= dict.fromkeys(curve)
    return [*names]

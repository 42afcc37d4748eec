"""How each run ended, and why; of sweeps how many cells ended how."""

from collections.abc import Iterator, Sequence

from gdlab.report.compare.written import value_text
from gdlab.report.grid import Cell, Column
from gdlab.report.outcomes import SOUND, outcome
from gdlab.report.page.html import Html, element, joined
from gdlab.report.page.reasons import alike, reason_columns
from gdlab.report.page.subject import Subject
from gdlab.report.page.tables import table
from gdlab.report.text import literal, plural
from gdlab.store.run import Run
from gdlab.store.sweep.stored import StoredSweep

_MOST = 200  # runs that have a row each
_UNFOLDED = 40
_REASONS = 20
_WORDY = frozenset({"why"})


def outcomes(subject: Subject) -> Html:
    """A row for each run that was not part of a sweep, and for each sweep a row for each reason."""
    return joined([*_singles(subject.singles), *(_sweep(sweep, subject.cells(sweep)) for sweep in subject.sweeps)])


def _singles(runs: Sequence[Run]) -> Iterator[Html]:
    if not runs:
        return
    shown = [*runs]
    if len(runs) > _UNFOLDED:
        yield table(reason_columns(alike(runs)[:_REASONS]), f"How {len(runs):,} runs ended, and why", wordy=_WORDY)
    if len(runs) > _MOST:
        shown = [run for run in runs if run.status not in SOUND][:_MOST]
    if shown:
        what = "Each run" if len(shown) == len(runs) else f"{len(shown)} runs that did not end well"
        caption = f"{what}: how it ended, and why"
        whole = table(_columns(shown), caption, wordy=_WORDY)
        yield whole if len(shown) <= _UNFOLDED else element("details", element("summary", caption), whole)


def _columns(runs: Sequence[Run]) -> list[Column]:
    losses = [value_text(run.summary.get("final_loss"), "final_loss") for run in runs]
    return [
        Column("run", [Cell(literal(run.id)) for run in runs]),
        Column("outcome", [outcome(str(run.status)) for run in runs]),
        Column("steps", [Cell(str(run.step)) for run in runs], right=True),
        Column("final loss", [Cell(text) for text in losses], right=True),
        Column("why", [Cell(literal(run.reason)) for run in runs]),
    ]


def _sweep(sweep: StoredSweep, cells: Sequence[Run]) -> Html:
    head = element("h3", f"Sweep {sweep.id}")
    far = f"{len(cells):,} of {sweep.count:,} cells are reported; the sweep is {sweep.status}: {sweep.reason}"
    reasons = alike(cells)
    more = len(reasons) - _REASONS
    body = table(reason_columns(reasons[:_REASONS]), f"How {len(cells):,} cells ended, and why", wordy=_WORDY)
    left = [element("p", f"and {plural(more, 'other reason')}", class_="soft")] if more > 0 else []
    return joined([head, element("p", far), body, *left])

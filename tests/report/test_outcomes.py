import pytest
from rich.style import Style

from gdlab.report.outcomes import BROKEN, SOUND, STYLES, outcome
from gdlab.store.status import RUNNING, Status


@pytest.mark.parametrize("status", [*Status, RUNNING])
def test_every_outcome_has_a_style_that_rich_knows(status):
    cell = outcome(status)
    assert cell.text == status
    Style.parse(STYLES[status])


def test_a_run_that_is_sound_is_not_broken_and_neither_is_what_was_cut_short():
    assert set(Status) - {*SOUND, *BROKEN} == {Status.INTERRUPTED, Status.FAILED}
    assert not {*SOUND} & {*BROKEN}


def test_broken_runs_stand_out_from_good_ones():
    good = {STYLES[status] for status in (Status.CONVERGED, Status.MAX_STEPS)}
    broken = {STYLES[status] for status in (Status.UNBOUNDED, Status.DIVERGED, Status.NON_FINITE, Status.FAILED)}
    assert not good & broken


def test_an_outcome_that_nobody_knows_is_shown_as_text():
    assert outcome("\x1b[odd]") == (r"\x1b[odd]", "")

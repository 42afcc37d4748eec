"""Which pictures make sense for some runs."""

from collections.abc import Callable

from gdlab.errors import UsageError, join
from gdlab.report.compare.line import Line
from gdlab.report.page.captions import BOUNDARY, CONFUSION, CURVES, ECDF, LR, PATH, PROFILE, SCHEDULE, Words
from gdlab.report.page.gathered import Gathered, is_flat, is_flat_classifier, is_tested
from gdlab.report.page.pictures import Plate
from gdlab.report.page.subject import Subject
from gdlab.report.plots.boundary import draw_boundary
from gdlab.report.plots.confusion import draw_confusion
from gdlab.report.plots.curves import draw_curves
from gdlab.report.plots.lr import draw_lr
from gdlab.report.plots.path import draw_path
from gdlab.report.plots.profiles import draw_ecdf, draw_profile
from gdlab.report.plots.sheet import Picture, Sheet
from gdlab.report.text import literal

_SEEDS = 5  # of a single problem, from which on a share of reached targets says something
_NAMES = 8


def plates(subject: Subject, sheet: Sheet) -> tuple[list[Plate], list[str]]:
    """The pictures that make sense for some runs, the curves first, and what could not be drawn.

    Args:
        subject: the runs.
        sheet: what is drawn on.
    """
    gathered = Gathered(subject)
    found = []
    for words, draw in _KINDS:
        try:
            picture = draw(gathered, sheet)
        except UsageError as error:
            if words is CURVES:  # of all others it says that they make no sense here
                gathered.notes.append(str(error))
            continue
        if picture is not None:
            found.append(Plate(words.title, words.caption, _alt(words, picture, subject), picture))
    return found, [*dict.fromkeys(gathered.notes)]


def _curves(gathered: Gathered, sheet: Sheet) -> Picture:
    return draw_curves(gathered.curves, problem_of=gathered.subject.problem_of, sheet=sheet)


def _schedule(gathered: Gathered, sheet: Sheet) -> Picture | None:
    scheduled = {run.id for line in gathered.lines if _has_schedule(line) for run in line.runs}
    some = [(run, curve) for run, curve in gathered.curves if run.id in scheduled]
    return draw_curves(some, "step", "lr", sheet=sheet) if some else None


def _lr(gathered: Gathered, sheet: Sheet) -> Picture:
    return draw_lr(gathered.subject.runs, sheet=sheet)


def _path(gathered: Gathered, sheet: Sheet) -> Picture | None:
    some = gathered.again(is_flat)
    return draw_path(some, sheet=sheet) if some else None


def _boundary(gathered: Gathered, sheet: Sheet) -> Picture | None:
    some = gathered.again(is_flat_classifier)
    return draw_boundary(some, sheet=sheet) if some else None


def _confusion(gathered: Gathered, sheet: Sheet) -> Picture | None:
    some = gathered.again(is_tested)
    return draw_confusion(some, sheet=sheet) if some else None


def _profile(gathered: Gathered, sheet: Sheet) -> Picture | None:
    if len(gathered.subject.blocks) < 2 or not _is_fair(gathered):
        return None
    return draw_profile(gathered.curves, problem_of=gathered.subject.problem_of, sheet=sheet)


def _ecdf(gathered: Gathered, sheet: Sheet) -> Picture | None:
    blocks = gathered.subject.blocks
    tasks = len(blocks) > 1 or max(line.n for line in gathered.lines) >= _SEEDS
    if not tasks or not _is_fair(gathered):
        return None
    return draw_ecdf(gathered.curves, problem_of=gathered.subject.problem_of, sheet=sheet)


_KINDS: tuple[tuple[Words, Callable[[Gathered, Sheet], Picture | None]], ...] = (
    (CURVES, _curves),
    (SCHEDULE, _schedule),
    (LR, _lr),
    (PATH, _path),
    (BOUNDARY, _boundary),
    (CONFUSION, _confusion),
    (PROFILE, _profile),
    (ECDF, _ecdf),
)


def _is_fair(gathered: Gathered) -> bool:
    """Whether all lines are drawn, and on every problem there are the same two solvers or more."""
    subject = gathered.subject
    optimizers = [{line.settings.get("optimizer", "") for line in block} for block in subject.blocks]
    titles = [{subject.title_of(line) for line in block} for block in subject.blocks]
    return not gathered.is_part and max(len(set.intersection(*one)) for one in (optimizers, titles)) > 1


def _has_schedule(line: Line) -> bool:
    return any(key.startswith("optimizer.lr.") for key in line.settings)


def _alt(words: Words, picture: Picture, subject: Subject) -> str:
    """A picture in words, for who cannot see it: what it shows, on which axes, of whom."""
    panels = picture.figure.axes
    across = next((f", {one.get_ylabel()} against {one.get_xlabel()}" for one in panels if one.get_ylabel()), "")
    names = list(dict.fromkeys(line.settings.get("optimizer", "") for line in subject.comparison.lines))
    shown = names if len(names) <= _NAMES else [*names[:_NAMES], f"{len(names) - _NAMES} more"]
    titles = [" ".join(text.split()) for one in panels if (text := one.get_title(loc="left"))]
    panel = f" Panels: {'; '.join(titles)}." if len(titles) > 1 else ""
    return f"{words.title}{across}, of {literal(join(shown))}.{panel} The table of the comparison has the numbers."

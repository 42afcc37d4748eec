"""What came out, in sentences: what was compared, who is best if that is proven, and what went wrong."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from gdlab.errors import join
from gdlab.report.compare.judging import seeds_needed
from gdlab.report.compare.line import Line
from gdlab.report.compare.written import figure_text
from gdlab.report.outcomes import SOUND_WORDS
from gdlab.report.page.reasons import alike
from gdlab.report.page.subject import Subject
from gdlab.report.statistics.verdicts import LEVEL
from gdlab.report.text import literal, plural

_PROBLEMS = 12  # of which is said who is best
_NAMES = 6  # in a list of names
_REASONS = 3


def sentences(subject: Subject) -> list[str]:
    """What a reader with one minute should know, one sentence or two each."""
    named = zip(subject.problems, subject.blocks, strict=True)
    best = [_best(subject, problem, block) for problem, block in islice(named, _PROBLEMS)]
    left = len(subject.blocks) - len(best)
    more = [f"Of {plural(left, 'other problem')} the table tells."] if left > 0 else []
    return [_compared(subject), f"{subject.table.common}.", *best, *more, *_ended(subject)]


def _compared(subject: Subject) -> str:
    lines, runs = subject.comparison.lines, subject.runs
    if len(runs) == 1:
        return f"This is one run, of {subject.title_of(lines[0])} on {subject.problems[0]}."
    optimizers = [*dict.fromkeys(line.settings.get("optimizer", "") for line in lines)]
    seeds = {run.seed for run in runs}
    told = [
        _listed([literal(name) for name in optimizers], "optimizer"),
        _listed(subject.problems, "problem"),
        plural(len(seeds), "seed"),
    ]
    return f"{len(runs):,} runs of {join(told)}, in {plural(len(lines), 'line')} of the table."


def _listed(names: Sequence[str], noun: str) -> str:
    """`2 optimizers (adam and gd)`, `the optimizer adam`."""
    if len(names) == 1:
        return f"the {noun} {names[0]}"
    shown = [*names] if len(names) <= _NAMES else [*names[: _NAMES - 1], f"{len(names) - _NAMES + 1} more"]
    return f"{plural(len(names), noun)} ({join(shown)})"


def _best(subject: Subject, problem: str, block: Sequence[Line]) -> str:
    """Who is best on a problem, if it is proven; else who leads, and what keeps it from being proven."""
    metric = subject.comparison.metric
    where = f"On {problem}" if len(subject.blocks) > 1 else "Here"
    word = "lowest" if metric.lowest else "highest"
    if len(block) == 1:
        return _alone(subject, block[0], where)
    sound = [line for line in block if any(str(run.status) in SOUND_WORDS for run in line.runs)]
    winner = next((line for line in block if line.is_best), None)
    if winner is not None:
        told = f"{_value(subject, winner)}, the {word} of all {len(block)}, proven at {100 * LEVEL:g} %"
        return f"{where} {subject.title_of(winner)} is the best: {told}."
    if not sound:
        return f"{where} no run ended well, so that none is the best."
    leader = next((line for line in sound if line.is_reference), sound[0])
    why = _why(subject, sound, leader)
    return f"{where} no best is proven. {subject.title_of(leader)} has the {word}: {_value(subject, leader)}{why}."


def _alone(subject: Subject, line: Line, where: str) -> str:
    return f"{where} {subject.title_of(line)} came to this: {_value(subject, line)}."


def _value(subject: Subject, line: Line) -> str:
    """`a median final loss of 0.01 over 10 runs`."""
    metric = subject.comparison.metric
    value = figure_text(line, metric)
    return f"a median {metric.title} of {value} over {line.n:,} runs" if line.n > 1 else f"a {metric.title} of {value}"


def _why(subject: Subject, sound: Sequence[Line], leader: Line) -> str:
    """What keeps the leader from being the best."""
    needed = seeds_needed(max(2, len(sound)), has_baseline=False)
    if max(line.n for line in sound) < needed:
        return f", but it takes {needed} runs each, or more, to prove a difference"
    equal = [line for line in sound if line is not leader and line.verdict is not None and line.verdict.answer == "~"]
    if not equal:
        return ""
    names = [subject.title_of(line) for line in equal]
    shown = names if len(names) <= _NAMES else [*names[: _NAMES - 1], f"{len(names) - _NAMES + 1} others"]
    return f", but cannot be told apart from {join(shown)}"


def _ended(subject: Subject) -> Iterator[str]:
    runs = subject.runs
    counts = Counter(str(run.status) for run in runs)
    wrong = [run for run in runs if str(run.status) not in SOUND_WORDS]
    if not wrong:
        yield f"All ended well: {_statuses(counts)}." if len(runs) > 1 else f"It ended as {_statuses(counts)[2:]}."
        return
    how = _statuses(Counter(str(run.status) for run in wrong))
    yield f"{len(wrong):,} of {plural(len(runs), 'run')} did not end well and cannot be the best: {how}."
    for reason in alike(wrong)[:_REASONS]:
        yield f"{'Why: ' if reason.count == 1 else f'Why, in {reason.count:,} of them: '}{literal(reason.text)}"


def _statuses(counts: Counter[str]) -> str:
    return join([f"{many:,} {literal(how)}" for how, many in counts.most_common()])

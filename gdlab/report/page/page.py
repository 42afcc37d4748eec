"""The page: what came out, the table, the pictures, how each run ended, what it cost, and the configs."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from gdlab.errors import join
from gdlab.report.page.configs import configs
from gdlab.report.page.costs import costs
from gdlab.report.page.drawing import plates
from gdlab.report.page.html import Html, element, joined
from gdlab.report.page.look import CSS
from gdlab.report.page.outcomes import outcomes
from gdlab.report.page.pictures import shown
from gdlab.report.page.subject import Subject
from gdlab.report.page.summary import sentences
from gdlab.report.page.tables import table
from gdlab.report.plots.sheet import Sheet
from gdlab.report.text import literal
from gdlab.store.surroundings import version_of

_GUARD = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"  # nothing is loaded, whatever a name says
_OPTIONS = {"--top 0": "gdlab compare --top 0", "--baseline RUN": "gdlab compare --baseline RUN"}
_NAMED = 20


@dataclass(frozen=True)
class Page:
    """A page.

    Args:
        html: all of it.
        notes: what the reader must know that could not be drawn.
    """

    html: str
    notes: tuple[str, ...]


def write_page(subject: Subject) -> Page:
    """Write one page of HTML on some runs, with nothing in it that is loaded from elsewhere.

    The runs of two-parameter problems and of classifiers are trained again for their pictures, as far as that takes a
    few seconds.

    Args:
        subject: the runs.
    """
    sheet = Sheet()
    drawn, notes = plates(subject, sheet)
    sections = {
        "summary": ("What came out", _summary(subject)),
        "comparison": ("Comparison", _comparison(subject)),
        "pictures": ("Pictures", joined([shown(drawn, sheet), *_noted(notes)])),
        "runs": ("How the runs ended", outcomes(subject)),
        "costs": ("What a gradient cost", costs(subject)),
        "configs": ("Configs", configs(subject)),
        "surroundings": ("Where and with what", _surroundings(subject)),
    }
    links = [element("li", element("a", title, href=f"#{name}")) for name, (title, _) in sections.items()]
    head = element(
        "header",
        element("h1", subject.title),
        _made(subject),
        element("nav", element("ul", *links), aria_label="Contents"),
    )
    parts = [element("section", element("h2", title), body, id=name) for name, (title, body) in sections.items()]
    body = joined([head, element("main", *parts)])
    return Page(f"<!DOCTYPE html>\n{_whole(subject.title, body)}\n", tuple(notes))


def _whole(title: str, body: Html) -> Html:
    head = [
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_GUARD),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="generator", content=f"gdlab {version_of('gdlab')}"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", Html(f"\n{CSS}\n")),
    ]
    return element("html", Html(f"\n{element('head', joined(head))}\n{element('body', body)}\n"), lang="en")


def _made(subject: Subject) -> Html:
    hosts = [*dict.fromkeys(str(item.details["host"]) for item in subject.items if item.details.get("host"))]
    where = f"; run on {join([literal(host) for host in hosts[:_NAMED]])}" if hosts else ""
    when = subject.made.isoformat(" ", "minutes")
    return element("p", f"Made {when} with gdlab {version_of('gdlab')}{where}.", class_="soft")


def _summary(subject: Subject) -> Html:
    told = [element("p", sentence) for sentence in sentences(subject)]
    warned = [element("p", f"Caution: {caution}.", class_="caution") for caution in subject.table.cautions]
    return joined([*told, *warned, *_damaged(subject)])


def _damaged(subject: Subject) -> list[Html]:
    if not subject.damaged:
        return []
    named = [element("li", str(one)) for one in subject.damaged[:_NAMED]]
    more = len(subject.damaged) - len(named)
    rest = [element("li", f"and {more} more")] if more else []
    return [element("p", "Left out, for it cannot be read:", class_="caution"), element("ul", *named, *rest)]


def _comparison(subject: Subject) -> Html:
    made = subject.table
    notes = [element("li", _spelled(note)) for note in made.notes]
    caption = f"Comparison by {subject.comparison.metric.title}"
    below = [element("ul", *notes, class_="soft")] if notes else []
    return joined([element("p", made.common), table(made.grid.columns, caption, made.grid.titles), *below])


def _spelled(note: str) -> str:
    """An option with its command: who reads a page sees none."""
    for option, command in _OPTIONS.items():
        note = note.replace(option, command)
    return note


def _noted(notes: list[str]) -> list[Html]:
    if not notes:
        return []
    shown_notes = [*notes[:_NAMED], *([f"and {len(notes) - _NAMED} more"] if len(notes) > _NAMED else [])]
    return [element("p", "What the pictures leave out:"), element("ul", *(element("li", note) for note in shown_notes))]


def _surroundings(subject: Subject) -> Html:
    """When it ran, on which machines, and with which versions."""
    began = min(item.started for item in subject.items).isoformat(" ", "seconds")
    last = max(item.started for item in subject.items).isoformat(" ", "seconds")
    told: dict[str, list[str]] = {"started": [began if began == last else f"{began} to {last}"]}
    for name in ("host", "platform", "cpus"):
        told[name] = [str(item.details[name]) for item in subject.items if item.details.get(name)]
    versions = chain.from_iterable(_versions(item.details.get("versions")) for item in subject.items)
    told["versions"] = [*versions]
    entries = [
        Html(f"{element('dt', name)}{element('dd', ', '.join(dict.fromkeys(values)))}")
        for name, values in told.items()
        if values
    ]
    return element("dl", *entries)


def _versions(told: object) -> list[str]:
    return [f"{name} {version}" for name, version in told.items()] if isinstance(told, Mapping) else []

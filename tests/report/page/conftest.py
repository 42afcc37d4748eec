"""Pages read back: what a browser would see."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
import yaml

from gdlab.config.resolve import resolve_data
from gdlab.report.compare.comparison import Question, compare
from gdlab.report.page.subject import Subject

VOID = {"meta", "img", "br", "col"}


@dataclass
class Seen(HTMLParser):
    """The elements, attributes and text of a page; a tag that is not closed in order is an error."""

    open: list[str] = field(default_factory=list)
    tags: Counter[str] = field(default_factory=Counter)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self):
        super().__init__(convert_charrefs=True)

    @classmethod
    def of(cls, text):
        seen = cls()
        seen.feed(text)
        seen.close()
        assert seen.open == []
        return seen

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if data.strip():
            self.texts.append((self.open[-1] if self.open else "", data))

    def values(self, tag, name):
        """The values of an attribute of all elements with a tag."""
        return [value for its, key, value in self.attributes if (its, key) == (tag, name)]

    def text(self, *tags):
        """The text in elements with these tags; of all, except for the style, if none are given."""
        return "\n".join(text for tag, text in self.texts if (tag in tags if tags else tag != "style"))


@pytest.fixture
def seen():
    """Read HTML as a browser would."""
    return Seen.of


@pytest.fixture
def subject():
    """A subject of runs that were made by hand."""

    def subject(runs, title="My runs", sweeps=(), damaged=(), problem_of=lambda run: None, **asked):
        singles = [run for run in runs if run.id == run.folder.name]
        return Subject(
            title=title,
            made=datetime(2026, 11, 25, 9, 30, tzinfo=UTC),
            items=(*singles, *sweeps),
            comparison=compare(runs, Question(**asked)),
            damaged=tuple(damaged),
            dump=lambda config: yaml.safe_dump(dict(config), sort_keys=False),
            experiment_of=lambda run: resolve_data(run.config).experiment,
            problem_of=problem_of,
        )

    return subject

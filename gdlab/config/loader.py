"""Text to values with positions: the part of YAML 1.2 that a config needs, and every fault of the rest.

PyYAML parses; what its events mean is decided here, because its own loader reads YAML 1.1, lets a repeated key win
silently, copies anchors and recurses. A config is one mapping; it has no anchors, aliases, merge keys, tags or tabs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from gdlab.config.files import check_printable
from gdlab.config.place import BROKEN, Node, Place, Scalar
from gdlab.config.scalars import read_scalar
from gdlab.config.syntax import Events, advice
from gdlab.config.words import quote
from gdlab.errors import ConfigError, Fault

DEEPEST = 20
MOST_VALUES = 20_000

_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what PyYAML counts as one
_COMMENT = re.compile(r"(?:^|(?<=\s))#")


@dataclass(frozen=True)
class Document:
    """What a text holds, as far as it can be read, and what is wrong with it."""

    root: Node | None
    faults: tuple[Fault, ...]


def load(text: str, source: str) -> Document:
    """Read the text of a config.

    Args:
        text: YAML.
        source: the file or the option that it comes from, for messages.
    """
    try:
        check_printable(text, source)
    except ConfigError as error:
        return Document(None, error.faults)
    lines = _LINE_BREAK.split(text)
    if tabs := [*_tabs(lines, source)]:
        return Document(None, tuple(tabs))
    return _Composer(text, lines, source).document()


def _tabs(lines: list[str], source: str) -> Iterator[Fault]:
    """One fault for each line with a tab outside of its comment."""
    for number, line in enumerate(lines, 1):
        comment = _COMMENT.search(line) if "\t" in line else None
        column = line.find("\t", 0, comment.start() if comment else None) + 1
        if column:
            place = Place(source, number, column, line.replace("\t", " "))
            yield place.fault("a tab is not allowed", "use spaces, or \\t inside double quotes")


class _Stop(Exception):  # noqa: N818 - no error of its own: the fault is already noted
    """Nothing more can be read."""


@dataclass
class _Open:
    """A list or mapping whose end has not come yet."""

    start: yaml.CollectionStartEvent
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Node] = field(default_factory=dict)
    key: tuple[str, Place] | None = None
    skip: bool = False  # the next value belongs to no key

    @property
    def is_mapping(self) -> bool:
        """Whether it is a mapping."""
        return isinstance(self.start, yaml.MappingStartEvent)

    @property
    def awaits_key(self) -> bool:
        """Whether what comes next is a key."""
        return self.is_mapping and self.key is None and not self.skip


class _Composer:
    """Builds nodes from events, without recursion."""

    def __init__(self, text: str, lines: list[str], source: str) -> None:
        self.text = text
        self.lines = lines
        self.source = source
        self.faults: list[Fault] = []
        self.open: list[_Open] = []
        self.root: Node | None = None
        self.values = 0

    def document(self) -> Document:
        """Read to the end, or to where nothing more can be read."""
        try:
            for event in Events(self.text):
                self.read(event)
        except yaml.MarkedYAMLError as error:
            self.faults.append(self.syntax(error))
            return Document(None, tuple(self.faults))
        except _Stop:
            return Document(None, tuple(self.faults))
        return Document(self.checked_root(), tuple(self.faults))

    def checked_root(self) -> Node | None:
        """The root, if it is a mapping."""
        root = self.root
        if root is None or root.value in (None, ""):
            self.faults.append(Fault("is empty", self.source, hint="a config begins, for example, with `problem: xor`"))
        elif not isinstance(root.value, dict):
            kind = "a list" if isinstance(root.value, tuple) else "a single value"
            self.fault(root.place, f"a config is a mapping of keys, not {kind}", "such as `problem: xor`")
        else:
            return root
        return None

    def read(self, event: Any) -> None:
        """Take one event of the parser."""
        match event:
            case yaml.DocumentStartEvent() if self.root is not None:
                self.stop(self.place(event), "a second document begins", "a config is one document")
            case yaml.AliasEvent():
                alias = quote(f"*{event.anchor}")
                self.fault(self.place(event), f"the alias {alias} is not allowed", "write the value out")
                self.add(Node(BROKEN, self.place(event)), None)
            case yaml.ScalarEvent():
                self.check(event)
                self.add(self.scalar(event), event)
            case yaml.CollectionStartEvent():
                self.check(event)
                self.begin(event)
            case yaml.CollectionEndEvent():
                self.end(event)

    def check(self, event: Any) -> None:
        """Refuse anchors and tags; what they are written on is read as it is."""
        if event.anchor is not None:
            anchor = quote(f"&{event.anchor}")
            self.fault(self.place(event), f"the anchor {anchor} is not allowed", "write the value out each time")
        if event.tag is not None:
            tag = quote(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self.fault(self.place(event), f"the tag {tag} is not allowed", "write the value without it")

    def scalar(self, event: Any) -> Node:
        """The node of a scalar."""
        place = self.place(event)
        value: Scalar | object = event.value
        if event.style is None:
            try:
                value = read_scalar(event.value)
            except ValueError as error:
                self.fault(place, str(error))
                value = BROKEN
        return Node(value, place)

    def begin(self, event: Any) -> None:
        """Open a list or mapping."""
        if len(self.open) == DEEPEST:
            self.stop(self.place(event), f"nested deeper than {DEEPEST} levels", "a config needs three")
        self.open.append(_Open(event))

    def end(self, event: Any) -> None:
        """Close the innermost list or mapping and add it to the one around it."""
        closed = self.open.pop()
        value = closed.entries if closed.is_mapping else tuple(closed.items)
        self.add(Node(value, self.place(closed.start, event)), None)

    def add(self, node: Node, scalar: Any) -> None:
        """Put a finished node where it belongs; `scalar` is its event if it may be a key."""
        if not self.open:
            self.root = node
            return
        around = self.open[-1]
        if around.awaits_key:
            self.add_key(around, node, scalar)
            return
        self.values += 1
        if self.values > MOST_VALUES:
            self.stop(node.place, f"more than {MOST_VALUES:,} values", "no config has that many")
        if around.key is not None:
            name, place = around.key
            is_empty = scalar is not None and scalar.start_mark.index == scalar.end_mark.index
            around.entries[name] = Node(node.value, place if is_empty else node.place, place)
        elif not around.skip:
            around.items.append(node)
        around.key, around.skip = None, False

    def add_key(self, around: _Open, node: Node, scalar: Any) -> None:
        """Note the key that the next value belongs to, or that it belongs to none."""
        place = node.place
        around.skip = True
        if node.value is BROKEN:
            return
        if scalar is None:
            self.fault(place, "a key must be a word")
        elif scalar.value == "<<" and scalar.style is None:
            self.fault(place, "the merge key << is not allowed", "write the keys out")
        elif scalar.value in around.entries:
            first = around.entries[scalar.value].key or place
            self.fault(place, f"repeated key {quote(scalar.value)}, already set on line {first.line}")
        else:
            around.key, around.skip = (scalar.value, place), False

    def fault(self, place: Place, message: str, hint: str = "") -> None:
        """Note what is wrong, and go on."""
        self.faults.append(place.fault(message, hint))

    def stop(self, place: Place, message: str, hint: str) -> None:
        """Note what is wrong, and give up."""
        self.fault(place, message, hint)
        raise _Stop

    def place(self, start: Any, end: Any = None) -> Place:
        """Where an event stands, or what lies from its start to the end of another."""
        return self.between(start.start_mark, (end or start).end_mark)

    def between(self, start: Any, end: Any) -> Place:
        """Where the text between two marks stands: what of it is on its first line."""
        text = self.lines[start.line]
        last = end.column if end.line == start.line else len(text.rstrip())
        return Place(self.source, start.line + 1, start.column + 1, text, max(1, last - start.column))

    def syntax(self, error: yaml.MarkedYAMLError) -> Fault:
        """What the parser says of a text that is not YAML."""
        mark = error.problem_mark or error.context_mark
        message = f"not YAML: {error.problem or error.context}"
        if mark is None:
            return Fault(message, self.source)
        return self.between(mark, mark).fault(message, advice(error))

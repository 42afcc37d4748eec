"""The events of PyYAML's parser, and what it says when a text is not YAML."""

from collections.abc import Iterator
from typing import Any

import yaml
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner


class Events(Reader, Scanner, Parser):
    """PyYAML's parser in Python: the same messages and marks everywhere, whether or not libyaml is there."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)

    def __iter__(self) -> Iterator[Any]:
        while self.check_event():
            yield self.get_event()  # type: ignore[no-untyped-call]


# What to do about the commonest mistakes, by a part of what PyYAML says of them.
_ADVICE = {
    "mapping values are not allowed": "a value with ': ' in it needs quotes",
    "cannot start any token": "a value that begins so needs quotes",
    "expected <block end>": "lines of one mapping begin in the same column",
    "could not find expected ':'": "a key ends with ': '",
    "found unexpected end of stream": "a quote is not closed",
    "or ']', but got": "a list is not closed: [1, 2]",
    "or '}', but got": "a mapping is not closed: {name: gd, lr: 0.1}",
    "incompatible YAML document": "leave the %YAML line out",
}


def advice(error: yaml.MarkedYAMLError) -> str:
    """What to do about a syntax error, and where what it is about begins."""
    problem = str(error.problem)
    advice = next((advice for part, advice in _ADVICE.items() if part in problem), "")
    start, here = error.context_mark, error.problem_mark
    if start is None or here is None or start.line == here.line:
        return advice
    begins = f"it begins on line {start.line + 1}"
    return f"{advice}; {begins}" if advice else begins

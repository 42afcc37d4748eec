"""HTML whose text cannot be anything but text."""

import html
from collections.abc import Iterable

from gdlab.report.text import literal

_VOID = frozenset({"meta", "img", "br", "col"})
_BLOCKS = frozenset({"section", "table", "thead", "tbody", "tr", "figure", "ul", "header", "details", "main", "dl"})


class Html(str):
    """Text that is HTML already; any other string is escaped where it is put into an element."""

    __slots__ = ()


def element(tag: str, *children: str, **attributes: str | int | None) -> Html:
    """An element: `element("td", "a < b", class_="n")` is `<td class="n">a &lt; b</td>`.

    Args:
        tag: its name.
        children: what is in it; strings that are no `Html` are escaped.
        attributes: those that are None are left out; `_` at the end of a name is dropped, within it is a hyphen.
    """
    told = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escaped(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in _VOID:
        return Html(f"<{tag}{told}>")
    between = "\n" if tag in _BLOCKS else ""
    return Html(f"<{tag}{told}>{between}{between.join(map(escaped, children))}{between}</{tag}>")


def joined(parts: Iterable[str]) -> Html:
    """Elements below each other."""
    return Html("\n".join(map(escaped, parts)))


def escaped(text: str) -> Html:
    r"""Text as HTML; what cannot be printed is written as an escape, such as `\x1b`."""
    if isinstance(text, Html):
        return text
    return Html(html.escape(literal(text)))


def lines(text: str) -> Html:
    """Text of several lines, for an element that keeps line breaks."""
    return Html("\n".join(escaped(line) for line in text.splitlines()))

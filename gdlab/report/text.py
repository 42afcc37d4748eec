"""Text from outside, made harmless and short."""

from datetime import datetime


def literal(text: str) -> str:
    r"""Write what cannot be printed as an escape, such as `\x1b` or `\n`, so that a name cannot steer a terminal.

    That includes marks that change the direction of the text and halves of surrogate pairs. All else stays as it is.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def head(column: str) -> str:
    """The title of a column: `final loss` for final_loss."""
    return literal(column.replace("_", " "))


def elide(text: str, width: int) -> str:
    """Cut a text to that many characters in its middle, where names differ least."""
    if len(text) <= width:
        return text
    head = (width - 1) // 2
    return text[:head] + "…" + text[len(text) - (width - 1 - head) :]


def ago(when: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that fits: `just now`, `3 min ago`, `2 days ago`; the date after 30 days."""
    seconds = (now - when).total_seconds()
    if seconds < -60 or seconds >= 30 * 86400:
        return when.strftime("%Y-%m-%d")
    if seconds < 60:
        return "just now"
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "min")):
        if seconds >= size:
            amount = int(seconds // size)
            return f"{amount} {unit}{'s' if amount > 1 and unit != 'min' else ''} ago"
    return "just now"


def plural(amount: int, noun: str) -> str:
    """`1 run`, `2 runs`."""
    return f"{amount} {noun}{'' if amount == 1 else 's'}"

"""The page into a file, whole or not at all, and never over something that is no page."""

import re
from pathlib import Path

from gdlab.errors import UsageError
from gdlab.store.files import replace

ENDINGS = (".html", ".htm")

_HEAD = 2048  # bytes in which a file says what it is
_SIGN = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)


def check_page(path: Path) -> None:
    """Make sure that a page can go to a path, before anything is drawn.

    A file without content may be written over, and so may any other page.

    Raises:
        UsageError: if the name is not that of a page, its folder is not there, or it is something else.
    """
    if path.suffix.lower() not in ENDINGS:
        raise UsageError(f"cannot write a page into {path}: its name must end in .html or .htm")
    if path.is_dir():
        raise UsageError(f"{path} is a folder: name a file with -o")
    if not path.parent.is_dir():
        raise UsageError(f"cannot write {path}: there is no folder {path.parent}")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return  # not there, or not readable: writing will say why
    if head and not _SIGN.search(head):
        raise UsageError(
            f"{path} exists and is no HTML, so that it is left as it is: move it away, or name another file with -o"
        )


def save_page(text: str, path: Path) -> None:
    """Write a page.

    Raises:
        UsageError: as `check_page`.
        StoreError: if the file cannot be written; what was there before then stays.
    """
    check_page(path)
    replace(path.resolve(), text.encode("utf-8"))

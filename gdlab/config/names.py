"""What an experiment may be called: its name becomes part of the name of a folder."""

import re
import unicodedata
from pathlib import Path

from gdlab.config.words import quote
from gdlab.errors import ParameterError

LONGEST = 100
PATTERN = r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$"

_NAME = re.compile(PATTERN)


def check_name(name: str) -> str:
    """Return the name.

    Raises:
        ParameterError: if it is not a name.
    """
    if not _NAME.match(name) or name.endswith("\n"):
        raise ParameterError(
            f"name cannot be {quote(name)}: letters, digits, '.', '_' and '-' are allowed, "
            f"not '.' or '-' at its start, and at most {LONGEST} of them"
        )
    return name


def name_from(path: Path) -> str:
    """A name made of that of a file: `My runs/adam é.yaml` gives `adam-e`."""
    plain = unicodedata.normalize("NFKD", path.stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", plain).lstrip(".-").rstrip("-")[:LONGEST] or "run"

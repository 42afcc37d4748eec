"""What an experiment may be called: its name becomes part of the name of a folder, so that the store rules on it."""

import re
import unicodedata
from pathlib import Path

from gdlab.errors import ParameterError, StoreError
from gdlab.store import names


def check_name(name: str) -> str:
    """Return the name.

    Raises:
        ParameterError: if no run can have it.
    """
    try:
        names.check_name(name)
    except StoreError as error:
        raise ParameterError(str(error)) from None
    return name


def name_from(path: Path) -> str:
    """A name made of that of a file: `My runs/adam é.yaml` gives `adam-e`."""
    plain = unicodedata.normalize("NFKD", path.stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", plain).lstrip(".-").rstrip("-")[: names.LONGEST_NAME] or "run"

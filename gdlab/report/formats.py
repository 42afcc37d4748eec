"""Values as they stand in files for other programs."""

import json
from typing import Any

from gdlab.report.text import literal


def csv_field(value: Any) -> Any:
    """A value as a field of CSV: lists as JSON, and text that cannot steer a terminal."""
    if isinstance(value, str):
        return literal(value)
    return json.dumps(value) if isinstance(value, bool | list | dict) else value

"""Plain data to YAML that the loader reads back to the same data."""

import re
from typing import Any

import yaml

from gdlab.config.scalars import PATTERNS
from gdlab.report.numbers import setting

_TAG = "tag:yaml.org,2002:"


class _Dumper(yaml.SafeDumper):
    """Quotes what YAML 1.2 would not read as text, and writes everything out each time."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - a table of PyYAML's
        None: [(_TAG + tag, pattern) for tag, pattern in {**PATTERNS, "merge": re.compile(r"<<\Z")}.items()]
    }

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _float(dumper: yaml.SafeDumper, value: float) -> yaml.Node:
    return dumper.represent_scalar(_TAG + "float", setting(value))


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    # In double quotes line breaks and other unprintable characters are written as escapes, and stay what they are.
    return dumper.represent_scalar(_TAG + "str", value, style=None if value.isprintable() else '"')


def _list(dumper: yaml.SafeDumper, value: list[Any]) -> yaml.Node:
    return dumper.represent_sequence(_TAG + "seq", value, flow_style=True)


_Dumper.add_representer(float, _float)
_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)


def dump(data: Any) -> str:
    """Write plain data as YAML: mappings in blocks, lists in brackets, floats in as many digits as they need.

    Args:
        data: numbers, text, true, false, None, lists and dicts of them.
    """
    text: str = yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=10**9
    )
    return text

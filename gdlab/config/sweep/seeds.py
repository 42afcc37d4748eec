"""The seeds of a sweep: `50`, `[3, 5, 8]`, `10:20`."""

import re
from collections.abc import Sequence

from gdlab.config.place import BROKEN, Node
from gdlab.config.sweep.values import distinct, whole
from gdlab.config.words import show
from gdlab.errors import ConfigError

_FORMS = "write a number, 50 being the seeds 0 to 49, a list such as [3, 5, 8], or 10:20, the end not included"
_PART = re.compile(r"\s*(\d{1,18})(?:\s*:\s*(\d{1,18}))?\s*\Z")


def read_seeds(node: Node) -> Sequence[int]:
    """Read the value of `seeds`; a range stays one, however long it is.

    Raises:
        ConfigError: if it is none of the forms, empty, or has a seed twice.
    """
    match node.value:
        case _ if node.value is BROKEN:
            raise ConfigError([])
        case tuple():
            return _listed(node)
        case str():
            return _written(node)
        case bool() | None | dict():
            raise ConfigError([node.place.fault(f"seeds cannot be {show(node.plain())}", _FORMS)])
        case value:
            if value == 0:
                raise ConfigError([node.place.fault("0 seeds make a sweep of no cells", _FORMS)])
            return range(whole("seeds", node, value, 1))


def _listed(node: Node) -> Sequence[int]:
    if not node.value:
        raise ConfigError([node.place.fault("seeds has no values", "an empty list makes a sweep of no cells")])
    if any(item.value is BROKEN for item in node.value):
        raise ConfigError([])
    seeds = tuple(whole("a seed", item, item.value, 0) for item in node.value)
    distinct("seeds", node.value)
    return seeds


def _written(node: Node) -> Sequence[int]:
    parts = [_PART.match(part) for part in node.value.split(",")]
    seeds: list[range] = []
    for part in parts:
        if part is None:
            raise ConfigError([node.place.fault(f"seeds cannot be {show(node.value)}", _FORMS)])
        first, end = part.groups()
        if end is None and len(parts) == 1:
            return read_seeds(Node(int(first), node.place, node.key))
        seeds.append(range(int(first), int(first) + 1 if end is None else int(end)))
    empty = next((one for one in seeds if not one), None)
    if empty is not None:
        raise ConfigError([node.place.fault(f"seeds {empty.start}:{empty.stop} has no values", _FORMS)])
    if len(seeds) == 1:
        return seeds[0]
    every = tuple(seed for one in seeds for seed in one)
    distinct("seeds", [Node(seed, node.place, node.key) for seed in every])
    return every

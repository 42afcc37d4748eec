"""A layered layout of a graph: every edge points upwards, and long ones get a lane of their own between the boxes.

Source: Sugiyama, Tagawa & Toda 1981, Methods for visual understanding of hierarchical system structures; rows are
ordered by the middle of their neighbours.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

_BOX, _LANE = 1.0, 0.4  # widths
_HALF = 0.3  # of the height of a row that boxes take
_SWEEPS = 12

Spot = tuple[float, float]


@dataclass
class Layout:
    """Where everything is drawn.

    Args:
        places: of the boxes, by name; y is the layer, from 0.
        routes: for each edge the points between its ends.
    """

    places: dict[str, Spot] = field(default_factory=dict)
    routes: dict[tuple[str, str], list[Spot]] = field(default_factory=dict)


def lay_out(names: Sequence[str], edges: Sequence[tuple[str, str]]) -> Layout:
    """Place boxes in layers.

    Args:
        names: of the boxes, each after those it has edges from.
        edges: from the lower to the upper box.
    """
    layer = _layers(names, edges)
    rows: dict[int, list[str]] = defaultdict(list)
    for name in names:
        rows[layer[name]].append(name)
    links: dict[str, list[str]] = defaultdict(list)
    lanes: dict[tuple[str, str], list[str]] = {}
    for low, high in dict.fromkeys(edges):
        lanes[low, high] = [f"{low}|{high}|{level}" for level in range(layer[low] + 1, layer[high])]
        chain = [low, *lanes[low, high], high]
        for a, b in pairwise(chain):
            links[a].append(b)
            links[b].append(a)
        for level, lane in enumerate(lanes[low, high], layer[low] + 1):
            rows[level].append(lane)
    spots = _spread(rows, links)
    routes = {edge: [end for lane in passed for end in _upright(spots[lane])] for edge, passed in lanes.items()}
    return Layout({name: spots[name] for name in names}, routes)


def _upright(spot: Spot) -> list[Spot]:
    """Both ends of a lane beside a row of boxes: it passes them straight up, not under their corners."""
    x, y = spot
    return [(x, y - _HALF), (x, y + _HALF)]


def _layers(names: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """As high as the longest way from below; what nothing leads to stands just below its lowest user."""
    below, above = defaultdict(list), defaultdict(list)
    for low, high in edges:
        below[high].append(low)
        above[low].append(high)
    layer: dict[str, int] = {}
    for name in names:
        layer[name] = 1 + max((layer[low] for low in below[name]), default=-1)
    for name in names:
        if not below[name] and above[name]:
            layer[name] = min(layer[high] for high in above[name]) - 1
    return layer


def _spread(rows: Mapping[int, list[str]], links: Mapping[str, Sequence[str]]) -> dict[str, Spot]:
    across = {name: float(k) for row in rows.values() for k, name in enumerate(row)}
    for sweep in range(_SWEEPS):
        for level in sorted(rows, reverse=bool(sweep % 2)):
            row = rows[level]
            middle = {name: float(np.mean([across[other] for other in links[name]] or [across[name]])) for name in row}
            row.sort(key=middle.__getitem__)
            widths = np.array([_LANE if "|" in name else _BOX for name in row])
            offsets = np.cumsum(widths) - widths / 2
            shift = float(np.mean([middle[name] for name in row]) - np.mean(offsets))
            across.update(zip(row, (offsets + shift).tolist(), strict=True))
    return {name: (across[name], float(level)) for level, row in rows.items() for name in row}

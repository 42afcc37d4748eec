"""The `sweep` of a config to a plan, or everything that is wrong with it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from gdlab.config.models import settings_model
from gdlab.config.place import BROKEN, Node
from gdlab.config.sweep.draw import draw_rows, read_space
from gdlab.config.sweep.exclusions import read_exclusions
from gdlab.config.sweep.plan import Axis, Plan
from gdlab.config.sweep.seeds import read_seeds
from gdlab.config.sweep.values import Values, distinct, read_values, whole
from gdlab.config.words import quote, show
from gdlab.errors import ConfigError, Fault, did_you_mean, join

MOST = 100_000  # cells that a sweep may have without being asked for twice

_KEYS = ("grid", "zip", "random", "seeds", "exclude")
_RANDOM = ("n", "seed", "space")
_APART = {
    "seed": "seeds go under seeds, as in `seeds: 50`",
    "name": "the name is that of the sweep, all its cells have it",
}
T = TypeVar("T")


def read_plan(section: Node, seed: int, *, large: bool = False) -> Plan:
    """Read a sweep.

    Args:
        section: the value of `sweep`.
        seed: the only one, if the sweep names none.
        large: whether it may have more than MOST cells.

    Raises:
        ConfigError: holds everything that is wrong with it.
    """
    return _Reader(section).plan(seed, large=large)


class _Reader:
    """Reads the parts of a sweep, and collects what is wrong."""

    def __init__(self, section: Node) -> None:
        self.section = section
        self.faults: list[Fault] = []
        self.where: dict[str, str] = {}  # the part that each key is in

    def plan(self, seed: int, *, large: bool) -> Plan:
        """The plan, if nothing is wrong."""
        parts = self.mapping(self.section, "sweep", _KEYS)
        grid = self.grid(parts["grid"]) if "grid" in parts else []
        together = self.together(parts["zip"]) if "zip" in parts else None
        draw = self.random(parts["random"]) if "random" in parts else None
        seeds = self.read(lambda: read_seeds(parts["seeds"])) if "seeds" in parts else (seed,)
        if not parts and not self.faults:
            self.fault(self.section, "sweep varies nothing", f"it takes {join(_KEYS)}")
        self.stop()
        counts = {key: values.count for key, values in grid}
        counts |= {"zip": together[0]} if together else {}
        counts |= {"random": draw[0]} if draw else {}
        counts |= {"seeds": len(seeds or ())}
        if not large and ("exclude" not in parts or max(counts.values()) > MOST):
            self.limit(math.prod(counts.values()), counts)
        axes = [self.read(partial(_column, key, values)) for key, values in grid]
        axes += [self.read(make) for _, make in filter(None, (together, draw))]
        self.stop()
        plan = Plan(tuple(axis for axis in axes if axis), seeds or ())
        if "exclude" in parts:
            plan = replace(plan, excluded=self.read(lambda: read_exclusions(parts["exclude"], plan)) or ())
            self.stop()
            if plan.count == 0:
                self.fault(parts["exclude"], "every cell is excluded", "a sweep needs at least one")
        if not large:
            self.limit(plan.count, counts)
        self.stop()
        return plan

    def grid(self, node: Node) -> list[tuple[str, Values]]:
        """The values of each key of the grid."""
        found = [(key, self.values(key, inner)) for key, inner in self.keys(node, "grid").items()]
        return [(key, values) for key, values in found if values]

    def together(self, node: Node) -> tuple[int, Callable[[], Axis]] | None:
        """How many rows `zip` has, and what gives them."""
        found = {key: self.values(key, inner) for key, inner in self.keys(node, "zip").items()}
        columns = {key: values for key, values in found.items() if values}
        if len(columns) < len(found) or not columns:
            return None
        if len({values.count for values in columns.values()}) > 1:
            lengths = join([f"{key} has {values.count:,}" for key, values in columns.items()])
            self.fault(node, f"zip needs as many values of each key, but {lengths}", "grid makes all combinations")
            return None
        return next(iter(columns.values())).count, lambda: _rows(columns)

    def random(self, node: Node) -> tuple[int, Callable[[], Axis]] | None:
        """How many rows are drawn, and what gives them."""
        parts = self.mapping(node, "random", _RANDOM)
        before = len(self.faults)
        for key in ("n", "space"):
            if key not in parts and node.value is not BROKEN and isinstance(node.value, dict):
                self.fault(
                    node, f"random needs {key!r}", "such as {n: 20, space: {optimizer.lr: {loguniform: [1e-4, 1]}}}"
                )
        if "n" not in parts or "space" not in parts:
            return None
        n = self.read(lambda: whole("n of random", parts["n"], parts["n"].plain(), 1))
        seed = (
            self.read(lambda: whole("seed of random", parts["seed"], parts["seed"].plain(), 0))
            if "seed" in parts
            else 0
        )
        keys = self.keys(parts["space"], "space")
        space = {key: self.read(partial(read_space, key, inner)) for key, inner in keys.items()}
        draws = {key: draw for key, draw in space.items() if draw}
        if len(self.faults) > before or n is None or seed is None or not draws:
            return None
        return n, lambda: Axis(tuple(draws), draw_rows(node, n, seed, draws))

    def keys(self, node: Node, part: str) -> dict[str, Node]:
        """The entries of a part, whose keys lead to values of the config."""
        entries = self.mapping(node, part, None)
        if isinstance(node.value, dict) and not node.value:
            self.fault(node, f"{part} is empty", "it takes keys and their values, such as {optimizer.lr: [0.01, 0.1]}")
        kept = {}
        for key, inner in entries.items():
            if key in self.where:
                self.fault(inner, f"{key} is in {self.where[key]} already")
            elif self.is_known(key, inner):
                self.where[key] = part
                kept[key] = inner
        return kept

    def is_known(self, key: str, node: Node) -> bool:
        """Whether a key leads to something that can vary."""
        top, *rest = key.split(".")
        known = [name for name in settings_model().model_fields if name not in _APART]
        if key in _APART:
            self.fault(node, f"{key!r} cannot be swept here", _APART[key])
        elif top not in known or not all(rest):
            self.fault(
                node,
                f"unknown key {quote(key)}",
                f"{did_you_mean(top, known)} It begins with: {', '.join(known)}".strip(),
            )
        else:
            return True
        return False

    def values(self, key: str, node: Node) -> Values | None:
        """What a key takes."""
        return self.read(lambda: read_values(key, node))

    def mapping(self, node: Node, part: str, allowed: Sequence[str] | None) -> dict[str, Node]:
        """The entries of a mapping, but those that are not known."""
        if node.value is BROKEN:
            return {}
        if not isinstance(node.value, dict):
            hint = f"it takes {join(allowed)}" if allowed else "it takes keys and their values"
            self.faults.append(node.place.fault(f"{part} cannot be {show(node.plain())}", hint))
            return {}
        for key, inner in node.value.items():
            if allowed and key not in allowed:
                hint = f"{did_you_mean(key, allowed)} It has: {', '.join(allowed)}".strip()
                if "." in key:
                    hint = f"it belongs under grid, zip or the space of random; {part} has: {', '.join(allowed)}"
                self.fault(inner, f"unknown key {quote(key)} of {part}", hint)
        return {key: inner for key, inner in node.value.items() if not allowed or key in allowed}

    def limit(self, count: int, counts: dict[str, int]) -> None:
        """Refuse more cells than anyone wants by mistake."""
        if count <= MOST:
            return
        product = " × ".join(
            f"{many:,} {key}" if key == "seeds" else f"{many:,} of {key}" for key, many in counts.items()
        )
        self.fault(self.section, f"{count:,} cells are more than {MOST:,}: {product}", "--yes runs them all the same")
        self.stop()

    def read(self, reader: Callable[[], T]) -> T | None:
        """What a reader gives; None if something is wrong."""
        try:
            return reader()
        except ConfigError as error:
            self.faults += error.faults
            return None

    def fault(self, node: Node, message: str, hint: str = "") -> None:
        """Note what is wrong with a key."""
        self.faults.append((node.key or node.place).fault(message, hint))

    def stop(self) -> None:
        """Go no further if something is wrong."""
        if self.faults:
            raise ConfigError(self.faults)


def _column(key: str, values: Values) -> Axis:
    nodes = values.spelled()
    distinct(key, nodes)
    return Axis((key,), tuple((node,) for node in nodes))


def _rows(columns: dict[str, Values]) -> Axis:
    rows = tuple(zip(*(values.spelled() for values in columns.values()), strict=True))
    distinct("zip", [Node(row, row[0].place) for row in rows])
    return Axis(tuple(columns), rows)

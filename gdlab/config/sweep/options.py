"""What the command line changes of a config and its sweep: `--set optimizer.lr=1e-3,1e-2 --seeds 50`.

One value of `--set` replaces that of the config; several, with commas between them, make a key of the grid. A list in
brackets is one value. A key that the config sweeps itself takes the values of the command line instead, and what the
config excludes of other values goes.
"""

from collections.abc import Iterable
from dataclasses import replace

from gdlab.config.overrides import Override, apply, read_overrides, read_values
from gdlab.config.place import Node, Place
from gdlab.config.sweep.exclusions import relieved
from gdlab.config.sweep.plan import SEED
from gdlab.config.sweep.seeds import read_seeds
from gdlab.errors import ConfigError, Fault
from gdlab.store.key import canonical


def with_options(root: Node, options: Iterable[str], seeds: str | None, seed: int | None) -> Node:
    """The config with the changes of the command line.

    Args:
        root: the config, with its `sweep` if it has one.
        options: values of `--set`.
        seeds: that of `--seeds`: `50`, `3,5,8` or `10:20`.
        seed: that of `--seed`.

    Raises:
        ConfigError: holds everything that is wrong with them.
    """
    faults: list[Fault] = []
    for option in options:
        try:
            root = _with(root, *read_values(option))
        except ConfigError as error:
            faults += error.faults
    if seeds is not None and seed is not None:
        faults.append(Fault("cannot be given beside --seed", f"--seeds {seeds}", hint=f"--seeds {seed}: is one too"))
    try:
        if seeds is not None:
            root = _with_seeds(root, _placed(seeds, f"--seeds {seeds}"))
        elif seed is not None:
            root = _with_seed(root, seed)
    except ConfigError as error:
        faults += error.faults
    if faults:
        raise ConfigError(faults)
    return root


def _with(root: Node, path: tuple[str, ...], values: tuple[Node, ...]) -> Node:
    place = values[0].place
    if path[0] == "extends":
        raise ConfigError([place.fault("extends cannot be set", "it is read before any option is; write it in a file")])
    key = ".".join(path)
    swept = _swept(root)
    inside = path[0] == "sweep" or (len(values) == 1 and not any(key == k or key.startswith(f"{k}.") for k in swept))
    listed = Node(values, place, place)
    if inside:
        return apply(root, Override(path, values[0] if len(values) == 1 else listed))
    section = _without(root.value.get("sweep") or Node({}, place, place), key)
    words = {canonical(value.plain()) for value in values}
    section = relieved(section, key, lambda value: canonical(value.plain()) in words)
    grid = _part(section, "grid") or Node({}, place, place)
    if not isinstance(grid.value, dict):  # told where the grid is read
        return root
    grid = replace(grid, value={**grid.value, key: listed})
    section = replace(section, value={**section.value, "grid": grid})
    return replace(root, value={**root.value, "sweep": section})


def _with_seed(root: Node, seed: int) -> Node:
    (change,) = read_overrides((), seed)
    section = root.value.get("sweep")
    if section is not None and _part(section, "seeds") is not None:
        root = _with_seeds(root, Node((change.value,), change.value.place, change.value.place))
    return apply(root, change)


def _with_seeds(root: Node, node: Node) -> Node:
    root = apply(root, Override(("sweep", "seeds"), node))
    seeds = read_seeds(node)
    section = relieved(root.value["sweep"], SEED, lambda value: value.value in seeds)
    return replace(root, value={**root.value, "sweep": section})


def _swept(root: Node) -> list[str]:
    """The keys that the sweep of a config varies."""
    section = root.value.get("sweep")
    if section is None:
        return []
    parts = [_part(section, "grid"), _part(section, "zip"), _part(_part(section, "random"), "space")]
    return [key for part in parts if part is not None and isinstance(part.value, dict) for key in part.value]


def _without(section: Node, key: str) -> Node:
    """A sweep without a key of `zip` or of the space of `random`; in the grid it keeps its place."""
    if section.value is None:
        return replace(section, value={})
    if not isinstance(section.value, dict):
        return section
    parts = dict(section.value)
    together, draw = parts.get("zip"), parts.get("random")
    if together is not None and isinstance(together.value, dict) and key in together.value:
        rest = {name: node for name, node in together.value.items() if name != key}
        parts["zip"] = replace(together, value=rest)
        if not rest:
            del parts["zip"]
    space = _part(draw, "space")
    if draw is not None and space is not None and isinstance(space.value, dict) and key in space.value:
        rest = {name: node for name, node in space.value.items() if name != key}
        parts["random"] = replace(draw, value={**draw.value, "space": replace(space, value=rest)})
        if not rest:
            del parts["random"]
    return replace(section, value=parts)


def _part(node: Node | None, key: str) -> Node | None:
    return node.value.get(key) if node is not None and isinstance(node.value, dict) else None


def _placed(value: str, source: str) -> Node:
    return Node(value, Place(source), Place(source))

"""Cells to leave out: `exclude: [{optimizer.name: gd, optimizer.lr: [0.5, 1]}]`."""

from collections.abc import Callable
from dataclasses import replace

from gdlab.config.place import BROKEN, Node
from gdlab.config.sweep.plan import SEED, Exclusion, Plan, owner, word_at
from gdlab.config.words import quote, show
from gdlab.errors import ConfigError, Fault, did_you_mean
from gdlab.store.key import canonical

_FEW = 8  # values that are listed
_FORM = "it takes keys and the values to leave out, such as [{optimizer.name: gd, optimizer.lr: 1}]"


def read_exclusions(node: Node, plan: Plan) -> tuple[Exclusion, ...]:
    """Read the value of `exclude`: a mapping, or a list of them.

    Args:
        node: the value.
        plan: what there is to leave out.

    Raises:
        ConfigError: holds everything that is wrong with it, such as a value that no cell has.
    """
    faults: list[Fault] = []
    entries = node.value if isinstance(node.value, tuple) else (node,)
    found = [_entry(entry, plan, faults) for entry in entries]
    if faults or any(entry.value is BROKEN for entry in entries):
        raise ConfigError(faults)
    return tuple(found)


def relieved(section: Node, key: str, has: Callable[[Node], bool]) -> Node:
    """A sweep without what it excludes of values that a key no longer has.

    Args:
        section: the value of `sweep`.
        key: that takes other values now.
        has: whether it still has one.
    """
    if not isinstance(section.value, dict) or "exclude" not in section.value:
        return section
    node = section.value["exclude"]
    entries = node.value if isinstance(node.value, tuple) else (node,)
    left = [entry for entry in (_still(entry, key, has) for entry in entries) if entry]
    parts = {name: inner for name, inner in section.value.items() if name != "exclude" or left}
    if left:
        parts["exclude"] = replace(node, value=tuple(left))
    return replace(section, value=parts)


def _still(entry: Node, key: str, has: Callable[[Node], bool]) -> Node | None:
    if not isinstance(entry.value, dict) or key not in entry.value or has(entry.value[key]):
        return entry
    node = entry.value[key]
    items = node.value if isinstance(node.value, tuple) else ()
    left = tuple(item for item in items if has(item))
    return replace(entry, value={**entry.value, key: replace(node, value=left)}) if left else None


def _entry(node: Node, plan: Plan, faults: list[Fault]) -> Exclusion:
    if not isinstance(node.value, dict) or not node.value:
        if node.value is not BROKEN:
            faults.append(node.place.fault(f"exclude cannot be {show(node.plain())}", _FORM))
        return Exclusion({})
    return Exclusion({key: _matching(key, inner, plan, faults) for key, inner in node.value.items()})


def _matching(key: str, node: Node, plan: Plan, faults: list[Fault]) -> frozenset[str]:
    """The values of a key that an exclusion means, in canonical form."""
    words = _words(key, plan)
    if words is None:
        varied = [*(name for axis in plan.axes for name in axis.keys), SEED]
        hint = f"{did_you_mean(key, varied)} These vary: {', '.join(varied)}".strip()
        faults.append((node.key or node.place).fault(f"{quote(key)} does not vary, so that nothing is left out", hint))
        return frozenset()
    whole = canonical(node.plain()) if node.value is not BROKEN else ""
    if whole in words or node.value is BROKEN:
        return frozenset([whole])
    items = node.value if isinstance(node.value, tuple) else (node,)
    faults += [
        item.place.fault(f"{key} is never {show(item.plain())}", _there_are(words))
        for item in items
        if item.value is not BROKEN and canonical(item.plain()) not in words
    ]
    return frozenset(canonical(item.plain()) for item in items if item.value is not BROKEN)


def _words(key: str, plan: Plan) -> dict[str, None] | None:
    """The values that a key takes, in canonical form; None if it takes none."""
    if key == SEED:
        return dict.fromkeys(map(str, plan.seeds))
    column = owner(key, plan.axes)
    for axis in plan.axes:
        if column in axis.keys:
            k = axis.keys.index(column)
            words = [word_at(row[k], key.removeprefix(column)) for row in axis.rows]
            return dict.fromkeys(word for word in words if word is not None)
    return None


def _there_are(words: dict[str, None]) -> str:
    few = [*words][:_FEW]
    more = f" and {len(words) - _FEW:,} more" if len(words) > _FEW else ""
    return f"it is one of: {', '.join(few)}{more}" if few else "it is never set"

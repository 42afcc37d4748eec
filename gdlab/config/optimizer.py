"""The optimizer of a config: a rule, built in or from the user's own file, and what goes around it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdlab.config.models import RECORDS_WITHIN, optimizer_model
from gdlab.config.own import choose_own
from gdlab.config.place import BROKEN, Node
from gdlab.config.words import show
from gdlab.errors import ParameterError, UsageError
from gdlab.optimizers import Around, Noise, Optimizer
from gdlab.optimizers.around import AVERAGES, keys_around
from gdlab.optimizers.around.combination import no_schedule, schedulable
from gdlab.optimizers.build import build
from gdlab.optimizers.own import load_rule
from gdlab.optimizers.schedules import SCHEDULES, Schedule, Warmup
from gdlab.record import Record

if TYPE_CHECKING:
    from gdlab.config.validation import Check


def choose_rule(check: "Check", node: Node, folder: Path) -> tuple[Any, Node] | None:
    """The rule that a name or a file chooses, and its parameters.

    Args:
        check: takes what is wrong.
        node: the value of `optimizer`.
        folder: from which the path of a file goes.
    """
    if isinstance(node.value, dict) and "file" in node.value:
        return choose_own(check, node, folder, "optimizer", load_rule)
    return check.chosen("optimizer", node)


def read_optimizer(check: "Check", kind: Any, node: Node) -> Optimizer | None:
    """The optimizer with the parameters of a mapping.

    Args:
        check: takes what is wrong.
        kind: the rule, a class of optimizers.
        node: the mapping, without the keys that chose the rule.
    """
    owner = f"optimizer {kind.name!r}"
    own, around = {parameter.name for parameter in kind.parameters()}, keys_around(kind)
    numbers = {
        p.name for p in (*kind.parameters(), *Around.parameters()) if float in p.types and p.name in own | around
    }
    plain: dict[str, Node] = {}
    apart: dict[str, Any] = {}
    for key, inner in node.value.items():
        if isinstance(inner.value, dict) and key in numbers:
            apart[key] = _read_schedule(check, kind, key, inner)
        elif key in _READERS and key in around:
            apart[key] = _READERS[key](check, inner)
        else:
            plain[key] = inner
    rest = Node(plain, node.place, node.key)
    model = check.against(optimizer_model(kind, frozenset(apart)), rest, owner, check.elsewhere)
    if model is None or BROKEN in apart.values():
        return None
    try:
        return build(kind, {key: getattr(model, key) for key in plain} | apart)
    except UsageError as error:
        about = error.parameters if isinstance(error, ParameterError) else ()
        where = next((node.value[key] for key in about if key in node.value), node)
        check.faults.append((where.key or where.place).fault(str(error)))
        return None


def _read_schedule(check: "Check", rule: type[Optimizer], key: str, node: Node) -> Any:
    """What a hyper-parameter follows; BROKEN if something is wrong with it."""
    if key not in (*schedulable(rule), *schedulable(Around)):
        check.faults.append(node.place.fault(no_schedule(rule, key)))
        return BROKEN
    return _schedule(check, key, node)


def _schedule(check: "Check", of: str, node: Node) -> Any:
    found = check.chosen(of, node, SCHEDULES, tag="schedule", what="schedule")
    if found is None:
        return BROKEN
    kind, parameters = found
    owner = f"schedule {kind.name!r} of {of}"
    given: dict[str, Any] = {}
    if kind is Warmup and "then" in parameters.value:
        given["then"] = _then(check, of, owner, parameters.value["then"])
    return _whole(check, kind, parameters, owner, given)


def _then(check: "Check", of: str, owner: str, node: Node) -> Any:
    """What follows a warm-up: a number or a schedule."""
    if isinstance(node.value, dict):
        return _schedule(check, of, node)
    if node.value is BROKEN or (isinstance(node.value, int | float) and not isinstance(node.value, bool)):
        return node.value
    check.faults.append(
        node.place.fault(f"then of {owner} cannot be {show(node.plain())}", f"it must be {RECORDS_WITHIN[Schedule]}")
    )
    return BROKEN


def _noise(check: "Check", node: Node) -> Any:
    if node.value is None:
        return None
    parameters = node if isinstance(node.value, dict) else Node({"variance": node}, node.place, node.key)
    return _whole(check, Noise, parameters, "noise")


def _average(check: "Check", node: Node) -> Any:
    if node.value is None:
        return None
    found = check.chosen("average", node, AVERAGES)
    return BROKEN if found is None else _whole(check, *found, f"average {found[0].name!r}")


_READERS = {"noise": _noise, "average": _average}


def _whole(
    check: "Check", kind: type[Record], node: Node, owner: str, given: dict[str, Any] | None = None
) -> Record | object:
    """A record; BROKEN if something is wrong with it."""
    if given and BROKEN in given.values():
        given = dict.fromkeys(given, 0)  # so that what else is wrong is told, too
        check.record(kind, node, owner, given)
        return BROKEN
    record = check.record(kind, node, owner, given)
    return BROKEN if record is None else record

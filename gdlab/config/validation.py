"""Values with positions to the fields of an experiment, or everything that is wrong with them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from gdlab.config.faults import faults_of
from gdlab.config.models import CHOICES, DEFAULTS, SECTIONS, record_model, settings_model
from gdlab.config.optimizer import choose_rule, read_optimizer
from gdlab.config.place import BROKEN, Node, Place
from gdlab.config.problem import choose_problem, read_problem
from gdlab.config.words import offer, quote, show
from gdlab.errors import ConfigError, Fault, ParameterError
from gdlab.optimizers.around import KEYS
from gdlab.record import Record


def validate(root: Node, folder: Path = Path()) -> dict[str, Any]:
    """The fields of an experiment that a config sets, defaults filled in; `name` is None if it has none.

    What is BROKEN is passed over, its fault is known.

    Args:
        root: the config.
        folder: from which the paths in it go.

    Raises:
        ConfigError: holds everything that is wrong with it.
    """
    check = Check()
    fields: dict[str, Any] = {}
    homes: dict[str, str] = {}
    for key in (*CHOICES, *SECTIONS):
        node = root.value.get(key) or _default(key, root)
        if key == "optimizer":
            homes |= dict.fromkeys(KEYS, "under 'optimizer'")
            found: Any = choose_rule(check, node, folder)
        elif key == "problem":
            found = choose_problem(check, node, folder)
        else:
            found = check.chosen(key, node) if key in CHOICES else check.section(key, node)
        if found is None:
            continue
        record, parameters = found
        for parameter in record.parameters():
            before = homes.get(parameter.name)
            homes[parameter.name] = f"{before} or {key!r}" if before else f"under {key!r}"
        if key == "optimizer":
            fields[key] = read_optimizer(check, record, parameters)
        elif key == "problem":
            fields[key] = read_problem(check, record, parameters, folder)
        else:
            fields[key] = check.record(record, parameters, f"{key} {record.name!r}" if key in CHOICES else key)
    settings = check.against(settings_model(), root, "", homes)
    if check.faults or settings is None:  # without a fault of its own, a value was told broken when it was read
        raise ConfigError(check.faults)
    kept = (key for key in settings_model().model_fields if key not in fields)
    return {**fields, **{key: getattr(settings, key) for key in kept}}


def _default(key: str, root: Node) -> Node:
    place = Place(root.place.source)
    if key not in DEFAULTS:
        return Node(BROKEN, place)  # the settings report it as missing
    return Node({name: Node(value, place) for name, value in DEFAULTS[key].items()}, place)


class Check:
    """Validates records and settings, and collects what is wrong.

    Attributes:
        faults: what is wrong.
        elsewhere: keys of the top level, and that they belong there.
    """

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        keys = (key for key in settings_model().model_fields if key not in ("name", *CHOICES))
        self.elsewhere = dict.fromkeys(keys, "at the top level")

    def chosen(
        self,
        key: str,
        node: Node,
        records: Mapping[str, type[Record]] | None = None,
        *,
        tag: str = "name",
        what: str = "",
    ) -> tuple[type[Record], Node] | None:
        """The record that a bare name, or a mapping with a name, chooses, and its parameters.

        Args:
            key: whose value it is.
            node: the name or the mapping.
            records: to choose from; unset, those of the key.
            tag: the key of the mapping that holds the name.
            what: what is chosen, if that is not the word of the key.
        """
        records, what = CHOICES[key] if records is None else records, what or key
        parameters = node.value if isinstance(node.value, dict) else {}
        name = parameters.get(tag, node)
        if node.value is BROKEN or name.value is BROKEN:
            return None
        if isinstance(node.value, dict) and tag not in parameters:
            self.fault(node.key or node.place, f"{key} has no {tag!r}", records)
        elif not isinstance(name.value, str):
            self.fault(name.place, f"{what} cannot be {show(name.plain())}", records)
        elif name.value not in records:
            self.fault(name.place, f"unknown {what} {quote(name.value)}", records, name.value)
        else:
            rest = {name: inner for name, inner in parameters.items() if name != tag}
            return records[name.value], Node(rest, node.place, node.key)
        return None

    def section(self, key: str, node: Node) -> tuple[type[Record], Node] | None:
        """The record of a key such as `stop`, and its parameters; none if there is nothing below the key."""
        record = SECTIONS[key]
        if node.value is None:
            return record, Node({}, node.place, node.key)
        if isinstance(node.value, dict):
            return record, node
        if node.value is not BROKEN:
            keys = ", ".join(parameter.name for parameter in record.parameters())
            self.faults.append(
                node.place.fault(f"{key} cannot be {show(node.plain())}", f"it must be a mapping with: {keys}")
            )
        return None

    def record(
        self, record: type[Record], node: Node, owner: str, given: Mapping[str, Any] | None = None
    ) -> Record | None:
        """The record with the parameters of a mapping.

        Args:
            record: the record.
            node: the mapping.
            owner: whose keys they are.
            given: parameters that have been read already.
        """
        given = given or {}
        model = self.fields(record, node, owner, frozenset(given))
        if model is None:
            return None
        try:
            return record(**{key: getattr(model, key) for key in type(model).model_fields}, **given)
        except ParameterError as error:
            where = next((node.value[key] for key in error.parameters if key in node.value), node)
            self.faults.append((where.key or where.place).fault(str(error)))
            return None

    def fields(self, record: type[Record], node: Node, owner: str, without: frozenset[str]) -> BaseModel | None:
        """Validate the parameters of a record, but for some."""
        rest = Node({key: inner for key, inner in node.value.items() if key not in without}, node.place, node.key)
        return self.against(record_model(record, without), rest, owner, self.elsewhere)  # type: ignore[arg-type] # mypy takes it for unhashable

    def against(self, model: type[BaseModel], node: Node, owner: str, elsewhere: Mapping[str, str]) -> BaseModel | None:
        """Validate a mapping."""
        try:
            return model.model_validate(node.plain())
        except ValidationError as error:
            self.faults += faults_of(error, model, node, owner, elsewhere)
            return None

    def fault(self, place: Place, message: str, records: Mapping[str, type[Record]], word: str = "") -> None:
        """Note that no record was chosen."""
        self.faults.append(place.fault(message, offer(word, records)))

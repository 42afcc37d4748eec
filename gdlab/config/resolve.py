"""A config file, or the same from Python, to an experiment with every default filled in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gdlab.config.data import experiment_data, node_of
from gdlab.config.extends import extended, load_extended
from gdlab.config.loader import Document, load
from gdlab.config.look import look, shown_in
from gdlab.config.names import name_from
from gdlab.config.overrides import Override, apply, read_overrides
from gdlab.config.validation import validate
from gdlab.errors import ConfigError, Fault
from gdlab.experiment.spec import ROWS, Experiment, Log

MOST_FAULTS = 100  # of one file that are told

_ONE = "gdlab run takes sweeps; leave it out, or extend this file and say `sweep: null`"


@dataclass(frozen=True)
class Resolved:
    """A config in which nothing is left open.

    Args:
        experiment: what it says, validated.
        data: the same as plain data: resolving it gives the same experiment again.
        source: the file it comes from, if it comes from one.
        warnings: what one should know before trusting a run, such as a kink of one's own loss at its start.
    """

    experiment: Experiment
    data: dict[str, Any]
    source: Path | None = field(default=None, compare=False)
    warnings: tuple[Fault, ...] = field(default=(), compare=False)


def resolve(path: str | Path, overrides: Iterable[str] = (), seed: int | None = None) -> Resolved:
    """Read and validate one config file.

    Args:
        path: of the file.
        overrides: values of `--set`, such as `optimizer.lr=1e-2`.
        seed: replaces the seed of the file.

    Raises:
        ConfigError: holds everything that is wrong with the file and the overrides.
    """
    return resolve_all([path], overrides, seed)[0]


def resolve_all(
    paths: Iterable[str | Path], overrides: Iterable[str] = (), seed: int | None = None
) -> tuple[Resolved, ...]:
    """Read and validate config files, in their order; the same overrides apply to each.

    Raises:
        ConfigError: holds everything that is wrong with any of them.
    """
    resolved: list[Resolved] = []
    faults: list[Fault] = []
    changes: tuple[Override, ...] = ()
    try:
        changes = read_overrides(overrides, seed)
    except ConfigError as error:
        faults += error.faults
    for path in map(Path, paths):
        try:
            found = _resolve(load_extended(path), changes, name_from(path), path.parent)
        except ConfigError as error:
            faults += told(error.faults, str(path))
        else:
            resolved.append(replace(found, source=path))
    if faults:
        raise ConfigError(tuple(dict.fromkeys(faults)))  # an override that is wrong is wrong for every file
    return tuple(resolved)


def resolve_text(text: str, source: str = "config", overrides: Iterable[str] = (), seed: int | None = None) -> Resolved:
    """Validate the text of a config; without a `name` it is called `run`.

    Args:
        text: YAML.
        source: what messages call it.
        overrides: as for `resolve`.
        seed: as for `resolve`.

    Raises:
        ConfigError: holds everything that is wrong with it.
    """
    try:
        return _resolve(extended(load(text, source), Path()), read_overrides(overrides, seed), "run")
    except ConfigError as error:
        raise ConfigError(told(error.faults, source)) from None


def resolve_data(
    data: Mapping[str, Any], source: str = "config", overrides: Iterable[str] = (), seed: int | None = None
) -> Resolved:
    """Validate a config given as plain data; records such as `Adam(lr=0.1)` are taken too.

    Args:
        data: what the YAML would hold.
        source: what messages call it.
        overrides: as for `resolve`.
        seed: as for `resolve`.

    Raises:
        ConfigError: holds everything that is wrong with it.
    """
    try:
        return _resolve(Document(node_of(data, source), ()), read_overrides(overrides, seed), "run")
    except ConfigError as error:
        raise ConfigError(told(error.faults, source)) from None


def _resolve(document: Document, changes: Iterable[Override], name: str, folder: Path = Path()) -> Resolved:
    root = document.root
    if root is None:
        raise ConfigError(document.faults)
    if "sweep" in root.value:
        place = root.value["sweep"].key or root.place
        raise ConfigError(
            [*document.faults, place.fault("a sweep is many experiments, and one is asked for here", _ONE)]
        )
    faults = [*document.faults]
    for change in changes:
        try:
            root = apply(root, change)
        except ConfigError as error:
            faults += error.faults
    fields: dict[str, Any] = {}
    try:
        fields = validate(root, folder)
    except ConfigError as error:
        faults += error.faults
    if faults:
        raise ConfigError(faults)
    with shown_in(root):
        experiment = filled(fields, name)
        return Resolved(experiment, experiment_data(experiment), warnings=look(experiment))


def filled(fields: Mapping[str, Any], name: str, rows: int = ROWS) -> Experiment:
    """The experiment of fields that `validate` gave.

    Args:
        fields: they.
        name: that it gets if the config has none.
        rows: that it logs, if the config does not say how often.

    Raises:
        ParameterError: if they do not go together.
    """
    given = {"name": fields["name"] or name, "tags": fields["tags"] or ()}
    experiment = Experiment(**{**fields, **given})
    log = Log(every=experiment.log.every or experiment.interval(rows))
    return experiment if experiment.log == log else replace(experiment, log=log)


def told(faults: Iterable[Fault], source: str) -> tuple[Fault, ...]:
    """The faults in the order of the file, as many as anyone will read."""
    files = {None: "", source: ""}  # options come first, then the file itself, then what it extends
    ordered = sorted(
        faults,
        key=lambda fault: (
            files.get(fault.source if fault.line else None, fault.source),
            fault.line or 0,
            fault.column or 0,
        ),
    )
    rest = len(ordered) - MOST_FAULTS
    more = (Fault(f"and {rest:,} more faults", source),) if rest > 0 else ()
    return (*ordered[:MOST_FAULTS], *more)

"""A config, with a sweep or without, to its cells."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gdlab.config.data import experiment_data, node_of
from gdlab.config.extends import extended, load_extended, rebased
from gdlab.config.loader import Document, load
from gdlab.config.names import name_from
from gdlab.config.place import Node
from gdlab.config.resolve import told
from gdlab.config.sweep.cells import Sweep, check, combination, plain_data
from gdlab.config.sweep.options import with_options
from gdlab.config.sweep.parts import LOGS_BY, Parts
from gdlab.config.sweep.plan import Plan
from gdlab.config.sweep.section import read_plan
from gdlab.errors import ConfigError, Fault

_MADE_OF = {"log": (*LOGS_BY, "steps")}  # what a part depends on beside itself


def resolve_sweeps(
    paths: Iterable[str | Path],
    overrides: Iterable[str] = (),
    seeds: str | None = None,
    seed: int | None = None,
    *,
    large: bool = False,
) -> tuple[Sweep, ...]:
    """Read and validate config files, in their order; the same options apply to each.

    Args:
        paths: of the files.
        overrides: values of `--set`; several values with commas between them are swept over.
        seeds: that of `--seeds`: `50`, `3,5,8` or `10:20`.
        seed: that of `--seed`; replaces the seeds of the file.
        large: whether a sweep may have more than 100,000 cells.

    Raises:
        ConfigError: holds everything that is wrong with any of them.
    """
    found: list[Sweep] = []
    faults: list[Fault] = []
    options = tuple(overrides)
    for path in map(Path, paths):
        try:
            found.append(resolve_sweep(path, options, seeds, seed, large=large))
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(tuple(dict.fromkeys(faults)))
    return tuple(found)


def resolve_sweep(
    path: str | Path,
    overrides: Iterable[str] = (),
    seeds: str | None = None,
    seed: int | None = None,
    *,
    large: bool = False,
) -> Sweep:
    """Read and validate one config file; as `resolve_sweeps`."""
    path = Path(path)
    document = load_extended(path)
    sweep = _sweep(
        document, overrides, seeds, seed, large=large, name=name_from(path), folder=path.parent, source=str(path)
    )
    return replace(sweep, source=path)


def resolve_sweep_text(
    text: str,
    source: str = "config",
    overrides: Iterable[str] = (),
    seeds: str | None = None,
    seed: int | None = None,
    *,
    large: bool = False,
) -> Sweep:
    """Validate the text of a config; as `resolve_sweeps`. Paths go from the working directory."""
    document = extended(load(text, source), Path())
    return _sweep(document, overrides, seeds, seed, large=large, name="run", folder=Path(), source=source)


def resolve_sweep_data(
    data: Mapping[str, Any],
    source: str = "config",
    overrides: Iterable[str] = (),
    seeds: str | None = None,
    seed: int | None = None,
    *,
    large: bool = False,
) -> Sweep:
    """Validate a config given as plain data, in which records may stand; as `resolve_sweeps`."""
    document = extended(Document(node_of(data, source), ()), Path())
    return _sweep(document, overrides, seeds, seed, large=large, name="run", folder=Path(), source=source)


def _sweep(
    document: Document,
    overrides: Iterable[str],
    seeds: str | None,
    seed: int | None,
    *,
    large: bool,
    name: str,
    folder: Path,
    source: str,
) -> Sweep:
    faults = [*document.faults]
    root = document.root
    if root is None:
        raise ConfigError(told(faults, source))
    plan = Plan((), (0,))
    try:
        root = with_options(root, overrides, seeds, seed)
    except ConfigError as error:
        faults += error.faults
    base = replace(root, value={key: node for key, node in root.value.items() if key != "sweep"})
    section = root.value.get("sweep")
    try:
        plan = Plan((), (_seed(base),)) if section is None else read_plan(section, _seed(base), large=large)
    except ConfigError as error:
        faults += error.faults
    parts = Parts(base, plan.axes, folder, swept=section is not None)
    warnings: list[Fault] = []
    faults += check(parts, plan, name, base, warnings)
    if faults:
        raise ConfigError(told(dict.fromkeys(faults), source))
    rows, first_seeds = next(plan.combinations())
    first = replace(combination(parts, rows, name), seed=first_seeds[0])
    data = experiment_data(first)
    if section is not None:
        data = _data(data, rebased(root, folder, None), plan)
    return Sweep(first.name, plan, parts, data, section is not None, warnings=tuple(dict.fromkeys(warnings)))


def _seed(base: Node) -> int:
    """The seed of a config; what is none is told where it is validated."""
    value = base.value["seed"].value if "seed" in base.value else 0
    return int(value) if isinstance(value, int | float) and value == value // 1 else 0


def _data(first: Mapping[str, Any], root: Node, plan: Plan) -> dict[str, Any]:
    """A sweep as plain data: every default filled in where nothing varies, and what the config says where it does."""
    varied = {key.partition(".")[0] for axis in plan.axes for key in axis.keys}
    data: dict[str, Any] = {}
    for key, value in first.items():
        if varied & {key, *_MADE_OF.get(key, ())}:
            data |= {key: plain_data(root.value[key])} if key in root.value else {}
        elif key != "seed":
            data[key] = value
    return {**data, "sweep": {**plain_data(root.value["sweep"]), "seeds": _seeds_data(plan.seeds)}}


def _seeds_data(seeds: Sequence[int]) -> Any:
    if not isinstance(seeds, range):
        return [*seeds]
    return seeds.stop if seeds.start == 0 else f"{seeds.start}:{seeds.stop}"

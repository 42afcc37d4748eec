"""The user's own optimizer, from a Python file, checked like a built-in one."""

from pathlib import Path
from types import ModuleType
from typing import Any

from gdlab.errors import UsageError, did_you_mean, join
from gdlab.optimizers.base import Optimizer
from gdlab.own_code import Origin, check_fields, load_module

RESERVED = ("name", "file", "sha256")  # keys of a config that choose the rule


def load_rule(file: Path, name: str = "") -> type[Optimizer]:
    """The optimizer of a file.

    Args:
        file: a Python file. Its code runs, once for each content.
        name: of the class; may be left out if there is only one.

    Raises:
        UsageError: if there is no such file or class, or it is no optimizer that can be used; says why.
        OwnCodeError: if the file cannot be run; shows its line.
    """
    module, digest = load_module(file)
    rules = {key: value for key, value in vars(module).items() if _is_rule(value, module)}
    if not name and len(rules) == 1:
        name = next(iter(rules))
    if name not in rules:
        what = f"has no optimizer {name!r}" if name else "has no optimizer that could be meant"
        raise UsageError(f"{file} {what}: {_instead(module, name, rules)}")
    rule: type[Optimizer] = rules[name]
    if "origin" not in vars(rule):  # a rule that is derived from another of the file inherits that of the other
        _check(rule, f"{name} in {file}")
        rule.origin = Origin(file.resolve(), digest, name, load_rule)
    return rule


def _is_rule(value: Any, module: ModuleType) -> bool:
    return isinstance(value, type) and issubclass(value, Optimizer) and value.__module__ == module.__name__


def _instead(module: ModuleType, name: str, rules: dict[str, Any]) -> str:
    """What to write, or to do, instead of a name that is no optimizer of a file."""
    if isinstance(vars(module).get(name), type):
        return f"the class {name} is not derived from gdlab.Optimizer"
    if not rules:
        return "none of its classes is derived from gdlab.Optimizer"
    there = f"There {'is' if len(rules) == 1 else 'are'} {join(list(rules))}"
    return f"{did_you_mean(name, rules)} {there}".strip() if name else f"say which with name. {there}"


def _check(rule: type[Optimizer], where: str) -> None:
    """Hold a class to what an optimizer is."""
    check_fields(rule, where, RESERVED, "the optimizer")
    for method, signature in (("init", "init(self, w)"), ("step", "step(self, objective, w, state)")):
        if getattr(rule, method) is getattr(Optimizer, method):
            raise UsageError(f"{where} must define {signature}")

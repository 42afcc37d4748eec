"""A formula as a problem: text and numbers, never run as code."""

import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any

import numpy as np

from gdlab.errors import ConfigError, Fault, GdlabError, ParameterError, did_you_mean
from gdlab.problems.base import Array, Problem
from gdlab.problems.expression import Expression, parse
from gdlab.problems.formulas.functions import CONSTANTS, FUNCTIONS
from gdlab.problems.start import Start, Trouble, dotted, drawn, is_number, read_start, size_of

_EXAMPLE = "such as start: {x: 3, y: 4}"
_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class Formula(Problem):
    """A formula of named variables, which are numbers or vectors.

    The parameters are the variables in the order of the start. The text is read by an allow-list of NumPy's functions
    and operators, and never run as code.

    Raises:
        ParameterError: if the formula cannot be read, is no scalar, or does not fit its start; says everything.
    """

    name = "formula"
    source = "your own"

    formula: Annotated[str, "such as x**2*y + y + 2 or sum((w - c)**2)"] = field()  # type: ignore[misc] # else fixed
    start: Annotated[
        Mapping[str, Any],
        "where each variable begins: a number, a list, or a range {from: -1, to: 1, size: 3} to draw from",
    ]
    constants: Annotated[Mapping[str, Any], "names that stand for numbers, lists or matrices"] = field(
        default_factory=dict
    )
    infimum: Annotated[float | None, "the greatest lower bound of the formula, where you know it"] = None

    def __post_init__(self) -> None:
        start, constants, troubles = examine(self.formula, self.start, self.constants)
        if troubles:
            raise ParameterError("\n".join(f"{self.name}: {trouble}" for trouble in troubles))
        object.__setattr__(self, "start", start)
        object.__setattr__(self, "constants", constants)
        super().__post_init__()

    @cached_property
    def expression(self) -> Expression:
        """The formula as a function of w."""
        layout = {name: size_of(begin) for name, begin in self.start.items()}
        return parse(self.formula, layout, constants=self.constants)

    def loss(self, w: Any, rows: Any = None) -> Any:
        """The value of the formula where the variables have the values in w."""
        return self.expression(w)

    def initial(self, rng: np.random.Generator) -> Array:
        """The variables, in the order of the start."""
        return np.concatenate([np.atleast_1d(drawn(begin, rng)) for begin in self.start.values()])

    @property
    def dim(self) -> int:
        """The numbers that vary."""
        return sum(size_of(begin) or 1 for begin in self.start.values())


def examine(
    formula: Any, start: Any, constants: Any = None
) -> tuple[dict[str, Start], dict[str, Any], tuple[Trouble, ...]]:
    """Everything that is wrong with a formula and its numbers.

    Args:
        formula: the text.
        start: for each variable where it begins, as plain data.
        constants: for each name its value, as plain data.

    Returns:
        Start and constants in the form in which a problem keeps them, and the troubles; with troubles the rest means
        nothing.
    """
    begins, troubles = _read_starts(start)
    known, more = _read_constants(constants, begins)
    troubles += more
    if not isinstance(formula, str):
        message = f"formula cannot be {formula!r}" if formula is not None else "formula is empty"
        return begins, known, (Trouble(("formula",), message, "it must be text such as x**2*y + y + 2"), *troubles)
    names = {name for name in known if _WORD.fullmatch(name) and name not in FUNCTIONS}
    try:
        found = parse(formula, constants={name: known[name] for name in names}).variables
    except ConfigError as error:
        return begins, known, (*map(_of_formula, error.faults), *troubles)
    if not (troubles and not begins):
        troubles += _unmatched(formula, found, begins, known)
    if not troubles:
        troubles += _no_loss(formula, begins, known)
    return begins, known, tuple(troubles)


def _read_starts(start: Any) -> tuple[dict[str, Start], list[Trouble]]:
    if start is None:
        return {}, []
    if not isinstance(start, Mapping):
        return {}, [Trouble(("start",), "start must name each variable of the formula", _EXAMPLE)]
    begins: dict[str, Start] = {}
    troubles: list[Trouble] = []
    for name, value in start.items():
        begins[name], wrong = read_start(value, ("start", name))
        troubles += [*wrong, *_bad_name(name, ("start", name))]
    return begins, troubles


def _read_constants(constants: Any, begins: Mapping[str, Any]) -> tuple[dict[str, Any], list[Trouble]]:
    if constants is None:
        return {}, []
    if not isinstance(constants, Mapping):
        return {}, [Trouble(("constants",), "constants is a mapping of names", "such as constants: {a: 2, c: [1, 2]}")]
    known: dict[str, Any] = {}
    troubles: list[Trouble] = []
    for name, value in constants.items():
        path = ("constants", name)
        known[name], wrong = _read_constant(value, path)
        troubles += [*wrong, *_bad_name(name, path)]
        if name in begins:
            troubles.append(
                Trouble(path, f"{name} has a start and is a constant; it can only be one of them", of_key=True)
            )
    return known, troubles


def _read_constant(value: Any, path: tuple[str, ...]) -> tuple[Any, list[Trouble]]:
    """A number, or nested tuples of them."""
    plain = value.tolist() if hasattr(value, "tolist") else value
    if is_number(plain):
        return float(plain), []
    kept, troubles = _nested(plain, path)
    if not troubles:
        try:
            np.array(kept, float)
        except ValueError:
            troubles = [Trouble(path, f"the rows of {dotted(path)} are not of one length")]
    return (kept, []) if not troubles else (0.0, troubles)


def _nested(value: Any, path: tuple[str | int, ...]) -> tuple[Any, list[Trouble]]:
    if is_number(value):
        return float(value), []
    if isinstance(value, list | tuple) and value:
        parts = [_nested(item, (*path, k)) for k, item in enumerate(value)]
        return tuple(part for part, _ in parts), [trouble for _, wrong in parts for trouble in wrong]
    hint = "it must be a finite number, a list of numbers, or a list of such lists"
    return 0.0, [Trouble(path, f"{dotted(path)} cannot be {value!r}", hint)]


def _bad_name(name: str, path: tuple[str, ...]) -> Iterator[Trouble]:
    if name in CONSTANTS:
        yield Trouble(path, f"{name} stands for {CONSTANTS[name]:.5g} in a formula", "choose another name", of_key=True)
    elif name in FUNCTIONS:
        yield Trouble(path, f"{name} is a function in a formula", "choose another name", of_key=True)
    elif not name.isidentifier() or keyword.iskeyword(name):
        hint = "names are made of letters, digits and _"
        yield Trouble(path, f"{name!r} cannot be a name in a formula", hint, of_key=True)


def _unmatched(
    formula: str, found: tuple[str, ...], begins: Mapping[str, Any], known: Mapping[str, Any]
) -> Iterator[Trouble]:
    """Variables without a start, and names that do not occur."""
    words = {match[0]: match.span() for match in reversed([*_WORD.finditer(formula)])}
    if not found:
        yield Trouble(("formula",), "the formula has no variable, so that there is nothing to minimise by")
    missing = [name for name in found if name not in begins]
    if missing and not begins:
        example = ", ".join(f"{name}: 1" for name in missing)
        yield Trouble(("start",), "the formula needs a start", f"such as start: {{{example}}}")
        missing = []
    for name in missing:
        near = did_you_mean(name, [*begins, *known]) if len(name) > 1 else ""
        hint = f"{near} Otherwise give it one: start: {{{name}: 1}}" if near else f"such as start: {{{name}: 1}}"
        yield Trouble(("formula",), f"{name!r} has no start and is no constant", hint, words[name])
    for path, names in (("start", begins), ("constants", known)):
        for name in names:
            if name not in words and not [*_bad_name(name, ())]:
                near = did_you_mean(name, found) if len(name) > 1 else ""
                hint = near or f"It has: {', '.join(found) or 'no names'}"
                yield Trouble((path, name), f"{name} does not occur in the formula", hint, of_key=True)


def _no_loss(formula: str, begins: Mapping[str, Start], known: Mapping[str, Any]) -> Iterator[Trouble]:
    """Why the formula gives no single number where it starts."""
    expression = parse(formula, {name: size_of(begin) for name, begin in begins.items()}, constants=known)
    rng = np.random.default_rng(0)
    try:
        with np.errstate(all="ignore"):
            value = np.asarray(expression.at({name: drawn(begin, rng) for name, begin in begins.items()}))
    except ConfigError as error:
        yield from map(_of_formula, error.faults)
    except GdlabError as error:
        yield Trouble(("formula",), str(error))
    except np.linalg.LinAlgError:
        pass  # a matrix without an inverse is a matter of the values, and so of the run
    else:
        if value.dtype == bool:
            yield Trouble(("formula",), "the formula is true or false, not a number", "write where(condition, a, b)")
        elif value.shape != ():
            message = f"the formula gives {in_words(value.shape)}, and a loss is one number"
            yield Trouble(("formula",), message, "write sum(…) or mean(…) around it")


def in_words(shape: tuple[int, ...]) -> str:
    """The size of an array: `3 numbers`, `a 2 by 3 matrix`."""
    size = " by ".join(map(str, shape))
    return f"{size} numbers" if len(shape) == 1 else f"a {size} matrix"


def _of_formula(fault: Fault) -> Trouble:
    begin = (fault.column or 1) - 1
    span = (begin, begin + fault.length) if fault.text is not None else None
    return Trouble(("formula",), fault.message, fault.hint, span)

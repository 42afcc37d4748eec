"""Formulas as data: a text such as `x**2*y + y + 2` becomes a function of parameters, without ever being run as code.

The text is parsed into a syntax tree, and the tree is read by an allow-list: numbers, names, operators, comparisons,
indices made of whole numbers, `.T`, and the functions of `gdlab.problems.formulas.functions`. Everything else is
refused, with its place. A formula has at most 2,000 characters, 500 parts and 50 levels of nesting (a chain such as
a + b + c is one level); no value may have more than ten million elements.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gdlab.autodiff.shapes import shape_of
from gdlab.errors import ConfigError, Fault, GdlabError, ParameterError, UsageError, did_you_mean
from gdlab.problems.formulas.functions import FUNCTIONS
from gdlab.problems.formulas.reader import Reader
from gdlab.problems.formulas.steps import Leaf, Step, compute
from gdlab.problems.formulas.text import FormulaText, Refusal, parse_text

Array = np.ndarray[Any, np.dtype[Any]]
Variables = Sequence[str] | Mapping[str, int | None]


@dataclass(frozen=True)
class Expression:
    """A formula as a plain function of one flat array of parameters, for plain and traced arrays alike.

    Args:
        text: as the user wrote it.
        layout: for each variable, in the order of the parameters, its length; None for a single number. A variable with
            the length −1 is all of w, whatever its shape.
        source: what the user calls the place where the formula stands; begins the messages.
        entries: leaves and steps, each after what it needs.
    """

    text: str
    layout: Mapping[str, int | None]
    source: str = "formula"
    entries: tuple[Leaf | Step, ...] = field(default=(), repr=False, compare=False)

    @property
    def variables(self) -> tuple[str, ...]:
        """The names that vary, in the order of the parameters."""
        return tuple(self.layout)

    @property
    def dim(self) -> int | None:
        """The number of parameters; None if it is that of whatever array comes."""
        sizes = [1 if size is None else size for size in self.layout.values()]
        return None if -1 in sizes else sum(sizes)

    def __call__(self, w: Any) -> Any:
        """The value at parameters w of shape (dim,).

        Raises:
            UsageError: if w has another shape, or the shapes within the formula do not fit; shows where.
        """
        return self.at(self.unpack(w))

    def at(self, values: Mapping[str, Any]) -> Any:
        """The value where each variable has the given value, plain or traced.

        Raises:
            UsageError: if a variable has no value, or the shapes within the formula do not fit; shows where.
        """
        known: list[Any] = []
        for entry in self.entries:
            if isinstance(entry, Step):
                known.append(self._compute(entry, [known[k] for k in entry.inputs]))
            elif entry.name is None:
                known.append(entry.value)
            elif entry.name in values:
                known.append(values[entry.name])
            else:
                raise UsageError(f"{self.source}: the variable {entry.name!r} has no value")
        return known[-1]

    def unpack(self, w: Any) -> dict[str, Any]:
        """The value of each variable in an array of parameters."""
        w = w if hasattr(w, "shape") else np.asarray(w, float)
        if self.dim is None:
            return dict.fromkeys(self.layout, w)
        if w.shape != (self.dim,):
            raise UsageError(
                f"{self.source}: {self.text!r} has {self.dim} parameters ({', '.join(self.layout)}), "
                f"but w has the shape {w.shape}"
            )
        values, start = {}, 0
        for name, size in self.layout.items():
            values[name] = w[start] if size is None else w[start : start + size]
            start += 1 if size is None else size
        return values

    def pack(self, values: Mapping[str, Any]) -> Array:
        """The array of parameters in which each variable has the given value.

        Raises:
            UsageError: if a variable has no value or one of another length, or a name is no variable.
        """
        for name in values:
            if name not in self.layout:
                hint = did_you_mean(name, self.layout) or f"there are: {', '.join(self.layout) or 'none'}"
                raise UsageError(f"{name!r} is not a variable of {self.text!r}; {hint}")
        parts = []
        for name, size in self.layout.items():
            if name not in values:
                raise UsageError(f"the variable {name!r} of {self.text!r} has no value")
            part = np.asarray(values[name], float)
            if size == -1:
                return part
            if part.shape != (() if size is None else (size,)):
                wanted = "a number" if size is None else f"a vector of {size} numbers"
                raise UsageError(f"the variable {name!r} of {self.text!r} is {wanted}, not {values[name]!r}")
            parts.append(np.atleast_1d(part))
        return np.concatenate(parts) if parts else np.zeros(0)

    def _compute(self, step: Step, values: Sequence[Any]) -> Any:
        try:
            return compute(step, values)
        except (GdlabError, np.linalg.LinAlgError):
            raise  # the first say where they come from; the second depends on the values, not on the formula
        except (ValueError, IndexError, TypeError) as error:
            shapes = " and ".join(str(shape_of(value)) for value in values)
            fault = FormulaText(self.text, self.source).fault(str(error), *step.span, f"shapes here: {shapes}")
            raise ConfigError([fault]) from error


def parse(
    text: str,
    variables: Variables | None = None,
    *,
    vector: str | None = None,
    constants: Mapping[str, Any] | None = None,
    source: str = "formula",
) -> Expression:
    """Read a formula.

    All numbers are floats: `9**9**9`, like anything without variables that is not finite, is refused at once.

    Args:
        text: such as `x**2*y + y + 2`.
        variables: the names of the parameters, in their order; or for each its length, None for a single number. Unset:
            every name that is neither function nor constant, in order of first appearance.
        vector: the one variable, which is all of w; instead of `variables`.
        constants: names that stand for finite numbers or arrays, besides pi and e.
        source: what to call the formula in messages, such as an option or a file.

    Raises:
        UsageError: if it is not a formula, or not an allowed one; names the column and shows it.
        ParameterError: if a name cannot be one, or a constant is not finite.
    """
    layout = _layout(variables, vector)
    fixed = {name: _constant(name, value) for name, value in (constants or {}).items()}
    for name in (*(layout or ()), *fixed):
        if not name.isidentifier() or name in FUNCTIONS:
            raise ParameterError(f"{source}: {name!r} cannot be a name in a formula" + _why(name))
    formula = FormulaText("".join(" " if c in "\t\r\n" else c for c in text), source)
    tree = parse_text(formula)
    if isinstance(tree, Fault):
        raise ConfigError([tree])
    reader = Reader(formula, None if layout is None else list(layout), fixed)
    try:
        reader.read(tree)
    except Refusal as refusal:
        raise ConfigError([refusal.fault]) from None
    found = dict.fromkeys(reader.found) if layout is None else layout
    return Expression(formula.text, found, source, tuple(reader.entries))


def _layout(variables: Variables | None, vector: str | None) -> dict[str, int | None] | None:
    if vector is not None:
        return {vector: -1}
    if variables is None:
        return None
    return dict(variables) if isinstance(variables, Mapping) else dict.fromkeys(variables)


def _constant(name: str, value: Any) -> Any:
    array = np.asarray(value, float)
    if not np.all(np.isfinite(array)):
        raise ParameterError(f"the constant {name!r} of a formula must be finite, not {value!r}")
    return float(array) if array.ndim == 0 else array


def _why(name: str) -> str:
    return ": it is a function" if name in FUNCTIONS else "; names are made of letters, digits and _"

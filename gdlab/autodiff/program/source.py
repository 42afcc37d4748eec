"""The text of a program while it is written: names, what is made once, and the statements of each run."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np


@dataclass(frozen=True, eq=False)
class Statement:
    """One statement of a run.

    Args:
        template: its text; `{0}`, `{1}` and so on stand for the operands.
        operands: names of arrays; of an elementwise statement the last one is written.
        kind: `elementwise` and `total` (a sum over all elements, which is an expression) can be done in tiles; `number`
            makes a number from numbers or elements; `other` is all else.
        targets: of a total or a number, its name and that of its 0-d array, if it has one.
    """

    template: str
    operands: tuple[str, ...] = ()
    kind: Literal["elementwise", "total", "number", "other"] = "other"
    targets: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The statement as it stands in the program."""
        words = self.template.format(*self.operands) if self.operands else self.template
        if not self.targets:
            return words
        number, *twin = self.targets
        return (f"{twin[0]}[()] = " if twin else "") + f"{number} = {words}"

    def writes(self, name: str) -> bool:
        """Whether an elementwise statement writes into an array."""
        return self.kind == "elementwise" and self.operands[-1] == name


class Source:
    """Collects the prologue (buffers, views and constants, made once) and the body (statements of each run)."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {"empty": np.empty, "broadcast_to": np.broadcast_to}
        self.prologue: list[str] = []
        self.body: list[Statement] = []
        self.text = ""  # the whole program, once it is compiled
        self._counts: Counter[str] = Counter()
        self._held: dict[int, str] = {}
        self._numbers: dict[tuple[str, str], np.ndarray[Any, Any]] = {}

    def name(self, prefix: str) -> str:
        """A fresh name: t0, t1 and so on."""
        self._counts[prefix] += 1
        return f"{prefix}{self._counts[prefix] - 1}"

    def bind(self, prefix: str, expression: str) -> tuple[str, Any]:
        """Make something once, before the first run; its name and itself."""
        name = self.name(prefix)
        line = f"{name} = {expression}"
        exec(line, self.namespace)  # noqa: S102 - the text is written here, from shapes and generated names only
        self.prologue.append(line)
        return name, self.namespace[name]

    def hold(self, value: Any, comment: str, prefix: str = "c") -> str:
        """The name of a constant that the program is given as it is."""
        if id(value) not in self._held:
            name = self._held[id(value)] = self.name(prefix)
            self.namespace[name] = value
            self.prologue.append(f"# {name}: {comment}")
        return self._held[id(value)]

    def plain_number(self, value: float, dtype: np.dtype[Any]) -> str:
        """The name of a number as a 0-d array, which array functions take faster than a Python number."""
        array = self._numbers.setdefault((repr(value), dtype.str), np.array(value, dtype))
        return self.hold(array, f"{value!r}" + ("" if dtype == np.float64 else f", {dtype.name}"))

    def function(self, function: Callable[..., Any], name: str) -> str:
        """The name under which the program calls a function."""
        known = self.namespace.setdefault(name, function)
        return name if known == function else self.hold(function, f"function {name}", "f")

    def given(self, name: str, array: np.ndarray[Any, Any], what: str) -> None:
        """A fixed array with a name of its own: an input or an output."""
        self.namespace[name] = array
        self.prologue.append(f"# {name}: {what}, {array.dtype}{list(array.shape)}")

    def rebind(self, name: str, expression: str) -> None:
        """Make something anew under a name that it has already."""
        at = next(i for i, line in enumerate(self.prologue) if line.startswith(f"{name} = "))
        self.prologue[at] = line = f"{name} = {expression}"
        exec(line, self.namespace)  # noqa: S102 - as in `bind`

    def emit(self, line: str) -> None:
        """Add a statement to each run."""
        self.body.append(Statement(line))

    def apply(self, function: str, operands: Sequence[str], out: str, keyword: str = "") -> None:
        """Add an elementwise statement: a function of operands, written into an array."""
        places = [f"{{{i}}}" for i in range(len(operands) + 1)]
        template = f"{function}({', '.join(places[:-1])}, {keyword}{places[-1]})"
        self.body.append(Statement(template, (*operands, out), "elementwise"))

    def copy(self, out: str, value: str) -> None:
        """Add an elementwise copy."""
        copyto = self.function(np.copyto, "copyto")
        self.body.append(Statement(f"{copyto}({{1}}, {{0}})", (value, out), "elementwise"))

    def compile(self, *, loop: bool) -> Callable[[], Any]:
        """The function `run`; with `loop`, a generator that goes through the body again and again."""
        function = ["def run():", *(["    while True:"] if loop else [])]
        function += [("        " if loop else "    ") + statement.text for statement in self.body]
        self.text = "\n".join([*self.prologue, "", *function]) + "\n"
        exec(compile("\n".join(function) + "\n", "<gdlab program>", "exec"), self.namespace)  # noqa: S102
        run: Callable[[], Any] = self.namespace["run"]
        return run

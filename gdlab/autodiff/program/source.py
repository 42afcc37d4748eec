"""The text of a program while it is written: names, what is made once, and the statements of each run."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np


class Source:
    """Collects the prologue (buffers, views and constants, made once) and the body (statements of each run)."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {"empty": np.empty, "broadcast_to": np.broadcast_to}
        self.prologue: list[str] = []
        self.body: list[str] = []
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
        return name if known is function else self.hold(function, f"function {name}", "f")

    def given(self, name: str, array: np.ndarray[Any, Any], what: str) -> None:
        """A fixed array with a name of its own: an input or an output."""
        self.namespace[name] = array
        self.prologue.append(f"# {name}: {what}, {array.dtype}{list(array.shape)}")

    def emit(self, line: str) -> None:
        """Add a statement to each run."""
        self.body.append(line)

    def compile(self, *, loop: bool) -> Callable[[], Any]:
        """The function `run`; with `loop`, a generator that goes through the body again and again."""
        function = ["def run():", *(["    while True:"] if loop else [])]
        function += [("        " if loop else "    ") + line for line in self.body]
        self.text = "\n".join([*self.prologue, "", *function]) + "\n"
        exec(compile("\n".join(function) + "\n", "<gdlab program>", "exec"), self.namespace)  # noqa: S102
        run: Callable[[], Any] = self.namespace["run"]
        return run

"""A compiled function: call it often with new arguments."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gdlab.autodiff.diagnosis import warn_of_nan
from gdlab.autodiff.graph import Node, trace
from gdlab.autodiff.program.compile import Compiler
from gdlab.autodiff.reverse import gradients


class Program:
    """A graph as straight-line NumPy with fixed arrays.

    Args:
        inputs: the variables, by name.
        outputs: the results, by name.
        updates: for inputs by name, the node that replaces their value at the end of a run.
        lanes: the length of the trailing axis of every value that depends on a laned input; None for no lanes.
        laned: the inputs that have the trailing axis; unset, all.
        pause: make `run` a generator: each `next` updates the inputs (but for the first) and yields the results.

    Attributes:
        arrays: the fixed arrays of inputs and array results, by name: write the inputs, run, read the results.
        run: runs once and returns the 0-d results (one by itself, several as a tuple).
        source: the program as text, the one that runs.
    """

    def __init__(
        self,
        inputs: Mapping[str, Node],
        outputs: Mapping[str, Node],
        updates: Mapping[str, Node] | None = None,
        *,
        lanes: int | None = None,
        laned: Sequence[str] | None = None,
        pause: bool = False,
    ) -> None:
        compiler = Compiler(inputs, outputs, updates, lanes=lanes, laned=laned, pause=pause)
        self.arrays: dict[str, np.ndarray[Any, Any]] = {
            name: compiler.source.namespace[name] for name in (*inputs, *outputs) if name in compiler.source.namespace
        }
        self.run = compiler.run
        self.source = compiler.source.text


class ValueAndGradient:
    """Value and gradient of a function, traced and compiled once: `value, gradient = p(w)`.

    Args:
        f: a function written with NumPy, of one array of parameters, that returns a scalar.
        w: a point; it fixes shape and dtype.

    Raises:
        DifferentiationError: if f branches on its values or uses what has no rule.
    """

    def __init__(self, f: Callable[[Any], Any], w: Any) -> None:
        self.f = f
        (node,), out = trace(f, w)
        self.program = Program({"w": node}, {"value": out, "gradient": gradients(out, [node])[0]})
        self._w = self.program.arrays["w"]
        self._gradient = self.program.arrays.get("gradient")

    @property
    def source(self) -> str:
        """The program as text."""
        return self.program.source

    @property
    def w(self) -> np.ndarray[Any, Any]:
        """The fixed array of the parameters; what is written here, `p()` takes without a copy."""
        return self._w

    def __call__(self, w: Any = None) -> tuple[Any, np.ndarray[Any, Any]]:
        """The value, and the gradient in the shape of w.

        Args:
            w: the point; the gradient then is a new array. Left out, it is what stands in `p.w`, and the gradient is
                the program's own array, which the next call overwrites: nothing is copied, nor looked through for NaN.
        """
        if w is None:
            w = self._w
        if np.shape(w) != self._w.shape:
            raise ValueError(f"the program was compiled for shape {self._w.shape}, not {np.shape(w)}")
        own = w is self._w
        if not own:
            self._w[...] = w
        with np.errstate(all="ignore"):
            found = self.program.run()
        if self._gradient is None:  # of a point of shape () a number is returned
            value, gradient = found[0], np.array(found[1], self._w.dtype)
        else:
            value, gradient = found, self._gradient if own else self._gradient.copy()
        if own:
            return value, gradient
        flat = gradient.reshape(-1)
        if np.isnan(flat.dot(flat)) or np.isnan(value):
            warn_of_nan(self.f, w, lambda: value, gradient, "gradient")
        return value, gradient


def program(f: Callable[[Any], Any], w: Any) -> ValueAndGradient:
    """Trace and compile value and gradient of f at the shape of w, to be called often."""
    return ValueAndGradient(f, w)

"""Functions of bits: every combination of the inputs is a row."""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge, Le

from gdlab.problems.data.base import Array, DataSet, Table
from gdlab.record import Count, NonNegative

CLASSES = ("0", "1")


@dataclass(frozen=True)
class TruthTable(DataSet):
    """A function of bits: a row for each combination of 0 and 1, in counting order, the first bit the most significant.

    Draws: with noise, one standard normal number for each input, row by row.
    """

    copies: Annotated[Count, "how many times each row occurs, the whole table after itself"] = 1
    noise: Annotated[NonNegative, "standard deviation of what is added to the inputs"] = 0.0

    @property
    def width(self) -> int:
        """The number of bits."""
        return 2

    def answer(self, bits: Array) -> Array:
        """The function: bits (rows, width), whole numbers, to 0 or 1 for each row."""
        raise NotImplementedError(f"data set {self.name!r} must define answer(bits)")

    def table(self, rng: np.random.Generator) -> Table:
        """All combinations, `copies` times, with noise."""
        numbers = np.arange(2**self.width)
        bits = np.tile((numbers[:, None] >> np.arange(self.width)[::-1]) & 1, (self.copies, 1))
        inputs = bits.astype(float)
        if self.noise > 0:
            inputs += self.noise * rng.standard_normal(inputs.shape)
        columns = tuple(f"x{i}" for i in range(1, self.width + 1))
        return Table(inputs, self.answer(bits), CLASSES, columns)


@dataclass(frozen=True)
class Xor(TruthTable):
    """Whether exactly one of two bits is 1: the four rows that no line separates.

    Source: Minsky & Papert 1969, "Perceptrons".
    """

    name = "xor"
    source = "Minsky & Papert 1969"

    def answer(self, bits: Array) -> Array:
        """x₁ ⊕ x₂."""
        return _whole(bits[:, 0] ^ bits[:, 1])


@dataclass(frozen=True)
class And(TruthTable):
    """Whether both of two bits are 1."""

    name = "and"
    source = "truth table"

    def answer(self, bits: Array) -> Array:
        """x₁ ∧ x₂."""
        return _whole(bits[:, 0] & bits[:, 1])


@dataclass(frozen=True)
class Or(TruthTable):
    """Whether any of two bits is 1."""

    name = "or"
    source = "truth table"

    def answer(self, bits: Array) -> Array:
        """x₁ ∨ x₂."""
        return _whole(bits[:, 0] | bits[:, 1])


@dataclass(frozen=True)
class Parity(TruthTable):
    """Whether an odd number of the bits is 1: changing any bit changes the answer.

    Source: Minsky & Papert 1969, "Perceptrons"; as a test of networks in Rumelhart, Hinton & Williams 1986.
    """

    name = "parity"
    source = "Minsky & Papert 1969; Rumelhart, Hinton & Williams 1986"

    bits: Annotated[int, Ge(1), Le(16), "number of inputs; there are 2^bits rows"] = 3

    @property
    def width(self) -> int:
        """The number of bits."""
        return self.bits

    def answer(self, bits: Array) -> Array:
        """x₁ ⊕ x₂ ⊕ …."""
        return _whole(bits.sum(axis=1) % 2)


def _whole(answer: Any) -> Array:
    return np.asarray(answer, int)

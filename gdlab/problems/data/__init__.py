"""Data sets: built in, generated from a seed, or the user's own files."""

from gdlab.problems.data.base import DataSet, Split, Table
from gdlab.problems.data.file import DataFile
from gdlab.problems.data.planar import Blobs, Circles, Moons, Spirals
from gdlab.problems.data.shipped import Digits, Iris
from gdlab.problems.data.sine import Sine
from gdlab.problems.data.truth_tables import And, Or, Parity, Xor

DATA: dict[str, type[DataSet]] = {
    "xor": Xor,
    "and": And,
    "or": Or,
    "parity": Parity,
    "moons": Moons,
    "circles": Circles,
    "spirals": Spirals,
    "blobs": Blobs,
    "sine": Sine,
    "iris": Iris,
    "digits": Digits,
    "file": DataFile,
}

__all__ = [
    "DATA",
    "And",
    "Blobs",
    "Circles",
    "DataFile",
    "DataSet",
    "Digits",
    "Iris",
    "Moons",
    "Or",
    "Parity",
    "Sine",
    "Spirals",
    "Split",
    "Table",
    "Xor",
]

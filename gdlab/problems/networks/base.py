"""What a network problem is: a fully connected network on the rows of a data set."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np

from gdlab.problems.base import Array, Measure, Problem
from gdlab.problems.data.base import Split
from gdlab.problems.networks.criteria import CRITERIA
from gdlab.problems.networks.design import Design
from gdlab.problems.networks.head import Head, head_for
from gdlab.problems.networks.layers import Network
from gdlab.problems.networks.part import Part


@dataclass(frozen=True)
class NetworkProblem(Problem):
    """A fully connected network on the rows of a data set.

    A subclass has some of the arguments of a `Design` as its fields, and fixes others; what it does neither of is as a
    `Design` has it. Equality and hash are those of the fields: the rows that a run draws take no part in them.

    Class attributes:
        fixed: arguments of the design that cannot be set.
    """

    fixed: ClassVar[Mapping[str, Any]] = {}

    def __post_init__(self) -> None:
        super().__post_init__()
        if any(field.name == "hidden" for field in fields(self)):
            object.__setattr__(self, "hidden", self.design.hidden)  # a list becomes a tuple
        _ = self.design  # refuses what does not go together

    @cached_property
    def design(self) -> Design:
        """All that determines the loss."""
        return Design(**{"owner": self.name, **self.fixed}, **{f.name: getattr(self, f.name) for f in fields(self)})

    def drawn(self, rng: np.random.Generator) -> Self:
        """The problem with the rows that the generator draws or splits.

        Raises:
            DataError: if the rows cannot be used.
            ParameterError: if the criterion does not fit them.
        """
        twin = replace(self)
        vars(twin)["split"] = self._split(rng)  # in place of what the cached property would draw: fields stay equal
        _ = twin.head  # refuses what does not fit
        return twin

    @cached_property
    def split(self) -> Split:
        """The rows to learn from and those to test on; of a problem that is not drawn, those of a run with seed 0."""
        return self._split(np.random.default_rng(np.random.SeedSequence(0, spawn_key=(1,))))

    def _split(self, rng: np.random.Generator) -> Split:
        criterion = self.design.criterion
        return self.design.data.split(rng, classes=criterion is not None and CRITERIA[criterion].needs_classes)

    @cached_property
    def head(self) -> Head:
        """What becomes of the last layer's sums."""
        return head_for(self.design, self.split.train)

    @cached_property
    def network(self) -> Network:
        """The network whose parameters w are."""
        design = self.design
        sizes = (self.split.train.inputs.shape[1], *design.hidden, self.head.outputs)
        return Network(sizes, design.activation, design.bias, design.slope)

    def loss(self, w: Any, rows: Any = None) -> Any:
        """The mean over the rows, and the penalties on the weights."""
        loss = self._train.loss(w, rows)
        return loss + self._penalty(w) if self._penalized else loss

    def _penalty(self, w: Any) -> Any:
        weights = [layer.flat_weights(w) for layer in self.network.layers]
        l1 = sum(np.sum(np.abs(part)) for part in weights) if self.design.l1 else 0.0
        l2 = sum(np.dot(part, part) for part in weights) if self.design.l2 else 0.0
        return self.design.l1 * l1 + 0.5 * self.design.l2 * l2

    @cached_property
    def _penalized(self) -> bool:
        return self.design.l1 > 0 or self.design.l2 > 0

    @property
    def residuals(self) -> Measure | None:
        """p − y of each row and output for the squared loss without penalties; None for any other."""
        return self._train.errors if self.head.criterion == "squared" and not self._penalized else None

    def accuracy(self, w: Any, rows: Any = None) -> Any:
        """The fraction of rows whose class is predicted."""
        return self._train.in_pieces(self._train.accuracy, w, rows)

    def test_loss(self, w: Any, rows: Any = None) -> Any:
        """The mean over all test rows, without penalties; the rows of a minibatch do not matter."""
        return self._test.in_pieces(self._test.loss, w)

    def test_accuracy(self, w: Any, rows: Any = None) -> Any:
        """The fraction of all test rows whose class is predicted."""
        return self._test.in_pieces(self._test.accuracy, w)

    def measures(self) -> Mapping[str, Measure]:
        """`accuracy` where there are classes, `test_loss` and `test_accuracy` where there are test rows."""
        found: dict[str, Measure] = {}
        if self.head.classes:
            found["accuracy"] = self.accuracy
        if self.split.test is not None:
            found["test_loss"] = self.test_loss
            if self.head.classes:
                found["test_accuracy"] = self.test_accuracy
        return found

    def scores(self, w: Array, inputs: Array) -> Array:
        """The last layer's sums, shape (rows, outputs), for inputs (rows, columns) scaled as those of `split` are."""
        return np.asarray(self.network(w, self.network.prepare(inputs)))

    def predict(self, w: Array, inputs: Array) -> Array:
        """The number of the class that each row is taken for, shape (rows,); numbers where there are no classes."""
        return self.head.predict(self.scores(w, inputs))

    def initial(self, rng: np.random.Generator) -> Array:
        """Drawn by `init`."""
        return self.network.initial(rng, self.design.init)

    @property
    def dim(self) -> int:
        """(inputs + 1)·outputs of every layer together; without biases inputs·outputs."""
        return self.network.dim

    @property
    def rows(self) -> int:
        """How many rows there are to learn from."""
        return len(self.split.train)

    @property
    def test_rows(self) -> int:
        """How many rows are kept apart to test on."""
        return 0 if self.split.test is None else len(self.split.test)

    @property
    def resident(self) -> bool:
        """Whether the rows are in memory, rather than in their file."""
        return self.split.train.resident

    @cached_property
    def _train(self) -> Part:
        return Part(self.network, self.head, self.split.train)

    @cached_property
    def _test(self) -> Part:
        assert self.split.test is not None  # noqa: S101 - only then it is a measure
        return Part(self.network, self.head, self.split.test)

"""The end of a network: what becomes of the last layer's sums, and how far that is from the targets."""

from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from gdlab.errors import ParameterError, join
from gdlab.problems.data.base import Table
from gdlab.problems.networks.activations import ACTIVATIONS, Activation
from gdlab.problems.networks.criteria import CRITERIA, Criterion, Rule
from gdlab.problems.networks.design import Design
from gdlab.problems.networks.targets import Array


@dataclass(frozen=True)
class Head:
    """What a criterion makes of the last layer's sums z of shape (rows, outputs), for targets of a number of classes.

    Args:
        criterion: the loss.
        classes: of the targets; 0 if they are numbers.
        output: applied to the sums, where the criterion is not one of sums.
        delta: of huber.
    """

    criterion: Criterion
    classes: int = 0
    output: Activation = "identity"
    delta: float = 1.0

    @property
    def outputs(self) -> int:
        """Units of the last layer: one for each class; a single one for numbers, or two classes without softmax."""
        return self.classes if self.classes > 2 or self.criterion == "softmax_cross_entropy" else 1

    def targets(self, table: Table) -> Array:
        """The targets y of shape (rows, outputs)."""
        return self.rule.encode(table)

    def loss(self, z: Any, y: Any) -> Any:
        """The mean over the rows, a scalar."""
        return self._measure(self._answers(z), y)

    def errors(self, z: Any, y: Any) -> Any:
        """p − y of all rows and outputs, in one vector."""
        return (self._answers(z) - y).reshape(-1)

    def predict(self, z: Any) -> Array:
        """The number of the class of each row, the first of those that tie; where there are no classes, a number."""
        if not self.classes:
            return np.asarray(self._answers(z)[:, 0])
        if self.outputs > 1:
            return np.asarray(np.argmax(self._answers(z), axis=1))
        return np.asarray(self._is_second(z)[:, 0], int)

    def accuracy(self, z: Any, y: Any) -> Any:
        """The fraction of rows whose class is predicted."""
        if self.outputs > 1:
            return np.mean(np.argmax(self._answers(z), axis=1) == np.argmax(y, axis=1))
        return np.mean(self._is_second(z) == (y > 0))

    @cached_property
    def rule(self) -> Rule:
        """The criterion, and what goes with it."""
        return CRITERIA[self.criterion]

    def _answers(self, z: Any) -> Any:
        return z if self.rule.of_sums else ACTIVATIONS[self.output](z)

    def _is_second(self, z: Any) -> Any:
        """Whether the second of two classes is predicted."""
        return z > 0 if self.rule.of_sums or self.output == "sigmoid" else self._answers(z) > 0.5

    @cached_property
    def _measure(self) -> Any:
        return partial(self.rule.loss, delta=self.delta) if self.criterion == "huber" else self.rule.loss


def head_for(design: Design, table: Table) -> Head:
    """The head that a design has for its data.

    A criterion that is left open is squared for numbers, binary cross-entropy for two classes, and softmax
    cross-entropy for more.

    Raises:
        ParameterError: if the criterion does not fit the targets; names those that do.
    """
    classes = len(table.classes)
    usual: Criterion = "softmax_cross_entropy" if classes > 2 else "binary_cross_entropy" if classes else "squared"
    criterion = design.criterion or usual
    if not CRITERIA[criterion].allows(classes):
        has = f"{classes} class{'es' * (classes != 1)}" if classes else "numbers as targets"
        fit = join([name for name, rule in CRITERIA.items() if rule.allows(classes)])
        raise ParameterError(
            f"{design.owner}: criterion {criterion!r} is for {CRITERIA[criterion].fits}, but data "
            f"{design.data.name!r} has {has}, for which there are {fit}",
            "criterion",
            "data",
        )
    return Head(criterion, classes, design.output or "identity", design.delta)

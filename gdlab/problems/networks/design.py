"""What a network problem is made of, and whether the parts go together."""

from dataclasses import dataclass

from gdlab.errors import ParameterError, join
from gdlab.problems import checks
from gdlab.problems.data.base import DataSet
from gdlab.problems.networks.activations import SLOPED, Activation
from gdlab.problems.networks.criteria import CRITERIA, Criterion
from gdlab.problems.networks.initialisations import Initialisation


@dataclass(frozen=True)
class Design:
    """All that determines the loss of a network.

    Args:
        owner: the name of the problem, for errors.
        data: where the rows come from.
        hidden: units of each hidden layer.
        activation: of the hidden units.
        slope: of the activation, if it takes one; None for its own.
        criterion: what the loss makes of the last layer and the targets; None for what fits the data.
        output: applied to the last layer; None for what the criterion asks for.
        delta: of huber.
        l1, l2: strengths of the penalties l1·Σ|W| and (l2/2)·ΣW² on all weights.
        init: how the start is drawn.
        bias: whether layers have biases.

    Raises:
        ParameterError: if the parts do not go together; says what does.
    """

    owner: str
    data: DataSet
    hidden: tuple[int, ...] = ()
    activation: Activation = "tanh"
    slope: float | None = None
    criterion: Criterion | None = None
    output: Activation | None = None
    delta: float = 1.0
    l1: float = 0.0
    l2: float = 0.0
    init: Initialisation = "zeros"
    bias: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden", checks.sizes(self.owner, "hidden", self.hidden))
        if not isinstance(self.data, DataSet):
            raise ParameterError(f"{self.owner}: data = {self.data!r} is not allowed, it must be a data set", "data")
        if self.slope is not None and self.activation not in SLOPED:
            raise ParameterError(
                f"{self.owner}: slope = {self.slope:g} is not allowed with activation {self.activation!r}; "
                f"it belongs to {join(SLOPED)}",
                "slope",
            )
        if self.criterion is not None and CRITERIA[self.criterion].of_sums and self.output not in self._taken:
            free = [name for name, rule in CRITERIA.items() if not rule.of_sums]
            raise ParameterError(
                f"{self.owner}: output = {self.output!r} is not allowed with criterion {self.criterion!r}, which takes "
                f"the sums of the last layer; {join(free)} take any output",
                "output",
            )

    @property
    def _taken(self) -> tuple[Activation | None, ...]:
        # A sigmoid is what this criterion is about; it only computes it together with the logarithm.
        return (None, "sigmoid") if self.criterion == "binary_cross_entropy" else (None,)

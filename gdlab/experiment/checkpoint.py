"""What is kept of an optimizer's state in a checkpoint: its arrays, by name."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gdlab.state import State, flatten


def kept_state(state: State) -> dict[str, Any]:
    """The arrays of a state, copied, by name."""
    return {name: np.array(leaf) for name, leaf in flatten(state)[0].items()}


def restored_state(example: State, kept: Mapping[str, Any]) -> State:
    """The state that was kept.

    Args:
        example: one of the same structure, such as the first of a run.
        kept: its arrays.
    """
    leaves, rebuild = flatten(example)
    return rebuild([kept[name] for name in leaves])

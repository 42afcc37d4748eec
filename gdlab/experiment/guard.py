"""A step of an optimizer that can look at the parameters, and not write to them."""

import dataclasses
from typing import Any

import numpy as np

from gdlab.errors import OwnCodeError
from gdlab.optimizers.base import Objective, Optimizer
from gdlab.optimizers.checked import taken
from gdlab.own_code import fault_in_own_code
from gdlab.state import State

Array = np.ndarray[Any, np.dtype[Any]]

WRITES = "the step of {name} changes w, or a view of it, in place; write w = w - lr * g instead of w -= lr * g"


def guarded_step(optimizer: Optimizer, objective: Objective, w: Array, state: State) -> tuple[Array, State]:
    """One step from w, which nobody can write to from now on.

    What is known of a point is known by its array. A step that changed that in place would take the old value and
    gradient for those of the new point; so NumPy stops it at that very line.

    Raises:
        OwnCodeError: if a step from the user's own file tries to, or returns no (w, state); shows the line.
    """
    w.flags.writeable = False
    try:
        return taken(optimizer, objective, w, state)
    except ValueError as error:
        if "read-only" in str(error):
            message = WRITES.format(name=optimizer.name)
            fault = fault_in_own_code(error)
            if fault is not None:
                raise OwnCodeError(dataclasses.replace(fault, message=message)) from error
            error.add_note(message)
        raise

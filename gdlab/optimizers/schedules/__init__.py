"""Schedules: hyper-parameters that change from step to step."""

from gdlab.optimizers.schedules.base import Schedule
from gdlab.optimizers.schedules.cycles import CosineRestarts, OneCycle, Warmup
from gdlab.optimizers.schedules.decays import (
    Constant,
    Cosine,
    Exponential,
    InverseSqrt,
    InverseTime,
    Polynomial,
    Step,
)

SCHEDULES: dict[str, type[Schedule]] = {
    "constant": Constant,
    "step": Step,
    "exponential": Exponential,
    "inverse_time": InverseTime,
    "inverse_sqrt": InverseSqrt,
    "polynomial": Polynomial,
    "cosine": Cosine,
    "cosine_restarts": CosineRestarts,
    "one_cycle": OneCycle,
    "warmup": Warmup,
}

__all__ = [
    "SCHEDULES",
    "Constant",
    "Cosine",
    "CosineRestarts",
    "Exponential",
    "InverseSqrt",
    "InverseTime",
    "OneCycle",
    "Polynomial",
    "Schedule",
    "Step",
    "Warmup",
]

"""What goes around any optimizer: schedules, clipping, noise, weight decay, restarts and averages."""

from gdlab.optimizers.around.averaging import Average, ExponentialAverage, PolyakAverage
from gdlab.optimizers.around.noise import Noise
from gdlab.optimizers.around.offered import offered_around
from gdlab.optimizers.around.rule import KEYS, Around, keys_around

AVERAGES: dict[str, type[Average]] = {"polyak": PolyakAverage, "exponential": ExponentialAverage}

__all__ = [
    "AVERAGES",
    "KEYS",
    "Around",
    "Average",
    "ExponentialAverage",
    "Noise",
    "PolyakAverage",
    "keys_around",
    "offered_around",
]

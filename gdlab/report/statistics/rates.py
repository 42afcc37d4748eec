"""Success rates and how sure they are."""

import math
from statistics import NormalDist


def wilson(successes: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """The interval of Wilson's score for a success rate.

    (p̂ + z²/2n ± z·√(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n),  p̂ = successes/n,  z = Φ⁻¹((1 + confidence)/2)

    It stays between 0 and 1 and says something of 0 and of n successes too, where p̂ ± z·√(p̂(1−p̂)/n) has no width.

    Args:
        successes: how many of the runs succeeded, between 0 and n.
        n: how many runs.
        confidence: how often the interval covers the true rate, near enough.

    Returns:
        Its two ends; (0, 1) without runs.

    Source: Wilson 1927; without continuity correction, method 3 of Newcombe 1998 (Statistics in Medicine 17:857).
    """
    if n == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    rate = successes / n
    middle = rate + z * z / (2 * n)
    half = z * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # At the ends the difference is exactly 0 or 1 in theory, and rounding must not say otherwise.
    low = 0.0 if successes == 0 else (middle - half) / scale
    high = 1.0 if successes == n else (middle + half) / scale
    return low, high

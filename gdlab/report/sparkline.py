"""A curve in one line of text."""

import math
from collections.abc import Sequence

import numpy as np

_BLOCKS = "▁▂▃▄▅▆▇█"
_ASCII = "_.-~=+*#"


def sparkline(values: Sequence[float] | np.ndarray, width: int, log: bool, ascii_only: bool = False) -> str:
    """Draw a curve with one block a column, `█▆▄▂▁`; columns without a finite value are blank.

    Args:
        values: the curve, at equal distances.
        width: the most columns; each shows the last finite value of its share.
        log: whether heights are logarithms; then all finite values must be positive.
        ascii_only: draw with `_.-~=+*#`.
    """
    heights = np.asarray(values, dtype=float)
    heights = np.where(np.isfinite(heights), heights, np.nan)
    if log:
        heights = np.log10(heights)
    shares = np.array_split(heights, min(width, heights.size)) if heights.size else []
    columns = np.array([share[~np.isnan(share)][-1] if not np.isnan(share).all() else np.nan for share in shares])
    known = columns[~np.isnan(columns)]
    if not known.size:
        return ""
    # Halves: the difference of two large numbers of opposite signs overflows.
    low, half = known.min(), known.max() / 2 - known.min() / 2
    blocks = _ASCII if ascii_only else _BLOCKS
    level = (columns / 2 - low / 2) / half if half > 0 else columns * 0
    return "".join(" " if math.isnan(x) else blocks[min(int(x * len(blocks)), len(blocks) - 1)] for x in level)

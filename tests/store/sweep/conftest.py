from dataclasses import dataclass, field

import numpy as np
import pytest

from gdlab.store.sweep.chunk import Chunk
from gdlab.store.sweep.writer import SweepWriter

RATES = (0.1, 0.01, 0.001)


@dataclass(frozen=True)
class Cell:
    """What a writer is told of a cell."""

    index: int
    settings: dict
    seed: int
    key: str
    data: dict = field(repr=False)


def config(lr, seed):
    optimizer = {"name": "adam", "lr": lr}
    return {"name": "sweep", "problem": {"name": "xor"}, "optimizer": optimizer, "steps": 20, "seed": seed, "tags": []}


@pytest.fixture
def cells():
    """Six cells: three step sizes, two seeds each."""
    settings = [{"optimizer.lr": lr} for lr in RATES]
    return [Cell(i, settings[i // 2], i % 2, f"{i:064x}", config(RATES[i // 2], i % 2)) for i in range(6)]


@pytest.fixture
def chunk():
    """Some cells with a loss of cell + 1/(step + 1), cell i ending after rows[i] rows."""

    def chunk(*cells, rows=None, status="max_steps", w=True):
        rows = np.array([3] * len(cells) if rows is None else rows)
        number = np.array(cells)
        step = np.arange(3.0) * 10
        return Chunk(
            cells=number,
            status=[status] * len(cells),
            step=10 * rows - 10,
            reason=[f"it ended as {status}, of course" for _ in cells],
            summary={"final_loss": number + 0.5, "accuracy": np.where(number % 2, np.nan, 0.75)},
            rows=rows,
            curves={"step": step, "loss": number + 1 / (step[:, None] + 1)},
            w=np.stack([number, -number.astype(float)]) if w else None,
            seconds=1.5,
            host={"host": "here", "pid": 1},
        )

    return chunk


@pytest.fixture
def begin_sweep(root, cells):
    """Open a sweep of the six cells; the test ends it."""

    def begin_sweep(key="k" * 64, **changes):
        given = {"config_text": "steps: 20\n", "data": {"sweep": {}, "steps": 20}, "count": len(cells), "key": key}
        writer = SweepWriter.create(root, "lr_sweep", **given | changes)
        writer.describe(cells)
        return writer

    return begin_sweep


@pytest.fixture
def stored(begin_sweep, chunk):
    """A sweep of which cells 0 to 4 are stored in two chunks, and which is done so far."""
    with begin_sweep() as writer:
        writer.write(chunk(0, 1, 2))
        writer.write(chunk(3, 4, status="diverged", rows=[3, 2]))
        writer.finish("interrupted", "5 of 6 cells are done")
    return writer.folder

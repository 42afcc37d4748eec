import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from gdlab.store.run import Run

OPTIMIZERS = {
    "gd": {"lr": 0.1},
    "momentum": {"lr": 0.1, "gamma": 0.9},
    "adam": {"lr": 0.1, "beta1": 0.9, "beta2": 0.999},
}
XOR = {"name": "xor", "hidden": [4], "activation": "tanh"}
START = datetime(2026, 11, 24, 21, 36, 1, tzinfo=UTC)


@pytest.fixture
def make_run():
    """Build a run by hand; the first is started at 21:36:01, each next a second later."""
    made = []

    def make_run(
        name="adam_xor",
        optimizer="adam",
        loss=(0.25, 0.1, 0.01),
        status="max_steps",
        problem=XOR,
        seed=0,
        summary=None,
        curve=None,
        **changes,
    ):
        number = len(made)
        loss = np.array(loss, dtype=float)
        step = 10.0 * np.arange(loss.size)
        columns = (
            {"step": step, "loss": loss, "evaluations": 2 * step, "seconds": 0.5 * step} if curve is None else curve
        )
        config = {
            "problem": problem,
            "gradient": {"name": "reverse"},
            "optimizer": {"name": optimizer, **OPTIMIZERS.get(optimizer, {}), **changes.pop("settings", {})},
            "steps": 20,
            "seed": seed,
            "stop": {"target_loss": None},
            "log": {"every": None},
            "name": name,
            "tags": [],
        }
        finite = loss[np.isfinite(loss)]
        numbers = {"evaluations": 21.0, "dual_passes": 0.0, "reverse_passes": 20.0, "seconds": 0.5}
        numbers |= {"final_loss": float(loss[-1])} if loss.size else {}
        numbers |= {"best_loss": float(finite.min())} if finite.size else {}
        run_id = f"20261124-2136{number % 60:02d}-{name}-{number:04x}"
        run = Run(
            folder=Path("runs") / run_id,
            id=run_id,
            name=name,
            config=config | changes.pop("config", {}),
            status=status,
            step=changes.pop("step", 20),
            reason=changes.pop("reason", f"it ended as {status}"),
            summary=numbers | (summary or {}),
            seed=seed,
            started=START + timedelta(seconds=number),
            tags=(),
            load_curve=lambda: columns,
            **changes,
        )
        made.append(run)
        return run

    return make_run


@pytest.fixture
def printed():
    """What a renderable looks like: on a terminal of the given width, or piped (None)."""

    def printed(renderable, width=None, color=False, ascii_only=False):
        raw = io.BytesIO()
        file = io.TextIOWrapper(raw, encoding="ascii" if ascii_only else "utf-8", newline="\n")
        system = "truecolor" if color else None
        console = Console(file=file, width=width or 80, force_terminal=width is not None, color_system=system)
        console.print(renderable, soft_wrap=width is None)
        file.flush()
        return raw.getvalue().decode()

    return printed

"""A run from its claim of a folder to its stored end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gdlab.errors import CheckpointError
from gdlab.experiment.result import Callbacks, Result
from gdlab.experiment.spec import Experiment
from gdlab.experiment.trace import Trace, trace
from gdlab.experiment.train import columns, train
from gdlab.store.key import key
from gdlab.store.left import find_left
from gdlab.store.run import FEW
from gdlab.store.trace import write_trace
from gdlab.store.writer import RunWriter


@dataclass(frozen=True)
class Finished:
    """A stored run.

    Args:
        folder: where it is.
        result: what it came to.
        trace: its first steps, if they were asked for.
        resumed: the step of the checkpoint from which it went on; None if it began at the start.
    """

    folder: Path
    result: Result
    trace: Trace | None = None
    resumed: int | None = None


def execute(
    experiment: Experiment,
    config: Mapping[str, Any],
    config_text: str,
    root: Path | str = "runs",
    callbacks: Callbacks | None = None,
    argv: Sequence[str] | None = None,
    trace_steps: int = 0,
    resume: bool = True,
    warned: Callable[[str], None] = lambda text: None,
) -> Finished:
    """Train, and store what happens as it happens.

    With checkpoints, a run of the same config that was left goes on in its folder from the last one; where that is of
    no use, it begins anew.

    Args:
        experiment: what to run.
        config: the same as plain data, fully resolved; its hash is the key of the run.
        config_text: the same as YAML, stored as it is.
        root: the runs folder.
        callbacks: whom to tell beside the store.
        argv: the command, for the record.
        trace_steps: how many of its first steps to trace and store with their numbers.
        resume: whether to look for a run to go on with.
        warned: takes a sentence on a checkpoint that is of no use.

    Raises:
        StoreError: if the run cannot be written; it is then not marked as done.
        DifferentiationError: if the loss cannot be differentiated; the run is marked as failed.
        OwnCodeError: if an optimizer from the user's own file raises an error; the run is marked as failed.
    """
    callbacks, resume = callbacks or Callbacks(), resume and experiment.checkpoint.every is not None
    while resume and (folder := find_left(root, key(config))) is not None:
        try:
            return _run(RunWriter.reopen(folder, columns(experiment)), experiment, callbacks, 0)
        except CheckpointError as error:
            warned(f"{error}; the run begins anew")
    writer = RunWriter.create(
        root, experiment.name, config_text, config, columns(experiment), experiment.seed, experiment.tags, argv
    )
    return _run(writer, experiment, callbacks, trace_steps)


def _run(opened: RunWriter, experiment: Experiment, callbacks: Callbacks, trace_steps: int) -> Finished:
    with opened as writer:
        resumed = writer.resumed
        if resumed is not None:
            writer.log(f"resumed from the checkpoint at step {resumed.step:,}")
        told, heard = callbacks.rows, callbacks.remark

        def rows(values: Any) -> None:
            writer.extend(values)
            told(values)

        def remark(step: int, text: str) -> None:
            writer.log(f"step {step:,}: {text}")
            heard(step, text)

        telling = replace(callbacks, rows=rows, remark=remark, checkpoint=writer.checkpoint)
        result = train(experiment, telling, resumed=None if resumed is None else resumed.kept)
        traced = None
        if trace_steps:
            traced = trace(experiment, min(trace_steps, result.outcome.step))
            write_trace(writer.folder, traced.columns(), traced.rows())
        point = result.w.tolist() if result.w.size <= FEW else []
        writer.finish(result.outcome.status, result.outcome.step, result.outcome.reason, result.summary, point)
    return Finished(writer.folder, result, traced, None if resumed is None else resumed.step)

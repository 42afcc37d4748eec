"""`gdlab report`: all of it on one page, to hand in or to send."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gdlab.cli.console import tell, write
from gdlab.cli.stored import RUNS_FOLDER, Root, Runs, Target, Where, select
from gdlab.errors import StoreError, join

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdlab.experiment.spec import Experiment
    from gdlab.report.page.subject import Subject
    from gdlab.store.reader import Damage
    from gdlab.store.run import Run
    from gdlab.store.sweep.stored import StoredSweep

_NAMES = 3  # in a title


def command(
    runs: Runs = None,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The page, .html or .htm. Another page is replaced, any other file is not.",
        ),
    ] = Path("report.html"),
    title: Annotated[str | None, typer.Option("--title", metavar="TEXT", help="Stands over the page.")] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(metavar="METRIC", help="What is compared, the first decides, as in `gdlab compare`."),
    ] = None,
    target: Target = None,
    where: Where = None,
    root: Root = RUNS_FOLDER,
) -> None:
    """Write a page of HTML on runs, and print its name: what came out, tables, pictures, reasons, costs and configs.

    The page is one file that needs no other, and no network. Of a sweep there are the best lines and how often its
    cells ended how. For the pictures of ways and boundaries runs are trained again, if that takes a few seconds.
    """
    from gdlab.report.page.saving import check_page, save_page

    check_page(output)
    found = select(runs, root)
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it talks of fonts and caches
    from gdlab.report.page.page import write_page

    page = write_page(_subject(runs, root, found, title, metric or (), target, where or ()))
    save_page(page.html, output)
    for note in page.notes:
        tell(note)
    write(str(output))


def _subject(
    selectors: "Sequence[str] | None",
    root: Path,
    found: "Sequence[Run]",
    title: str | None,
    metrics: "Sequence[str]",
    target: str | None,
    where: "Sequence[str]",
) -> "Subject":
    from datetime import datetime

    from gdlab.cli.drawing import problems
    from gdlab.config.dump import dump
    from gdlab.report.compare.comparison import Question, compare
    from gdlab.report.compare.fields import listed
    from gdlab.report.compare.where import matching
    from gdlab.report.page.subject import Subject

    chosen = matching(found, " ".join(where)) if where else [*found]
    problem_of = problems()

    def infimum_of(run: "Run") -> float | None:
        problem = problem_of(run)
        return None if problem is None else problem.infimum

    comparison = compare(chosen, Question(metrics=tuple(listed(metrics)), target=target, infimum_of=infimum_of))
    items, damaged = _items(selectors, root, chosen)
    return Subject(
        title=title or _title(chosen),
        made=datetime.now().astimezone(),
        items=items,
        comparison=comparison,
        damaged=damaged,
        dump=dump,
        experiment_of=_experiment,
        problem_of=problem_of,
    )


def _title(runs: "Sequence[Run]") -> str:
    """The names of the runs, if they are few."""
    names = [*dict.fromkeys(run.name for run in runs)]
    return join(names) if len(names) <= _NAMES else f"{len(names)} experiments with gdlab"


def _items(
    selectors: "Sequence[str] | None", root: Path, chosen: "Sequence[Run]"
) -> "tuple[tuple[Run | StoredSweep, ...], tuple[Damage, ...]]":
    """The chosen runs, sweeps as one, and what cannot be read, which has been told already."""
    from gdlab.store.reader import Damage, damage
    from gdlab.store.run import Run
    from gdlab.store.selection import read_shown

    shown = read_shown(selectors or (), root)
    damaged = [*shown.damaged]
    wanted = {(run.folder, run.id) for run in chosen}
    folders = {run.folder for run in chosen if run.id != run.folder.name}
    items = []
    for item in shown.items:
        if (item.folder, item.id) in wanted or (not isinstance(item, Run) and item.folder in folders):
            items.append(item)
        if not isinstance(item, Run):
            try:
                damaged += [Damage(path, reason, is_chunk=True) for path, reason in item.damaged]
            except StoreError as error:
                damaged.append(damage(item.folder, error))
    return tuple(items), tuple(damaged)


def _experiment(run: "Run") -> "Experiment":
    from gdlab.config.resolve import resolve_data

    return resolve_data(run.config, source=f"{run.id}/config.yaml").experiment

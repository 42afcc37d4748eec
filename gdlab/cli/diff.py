"""`gdlab diff`: what differs between two runs?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gdlab.cli.console import stdout, tell, write
from gdlab.cli.stored import RUNS_FOLDER, Root, complete, select_shown
from gdlab.errors import StoreError

if TYPE_CHECKING:
    from gdlab.report.compare.difference import Side
    from gdlab.store.run import Curve, Run

_HELP = "A run, a cell as ID/17, a sweep, or a config file."
_CONFIGS = (".yaml", ".yml")


def command(
    a: Annotated[str, typer.Argument(metavar="A", help=_HELP, autocompletion=complete)],
    b: Annotated[str, typer.Argument(metavar="B", help=_HELP, autocompletion=complete)],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    root: Root = RUNS_FOLDER,
) -> None:
    """Show what differs between two runs in config, result and surroundings, and where their curves part.

    Of configs, with all defaults filled in, only what they say is compared. Of several runs with the same name the
    newest is taken.
    """
    from gdlab.report.compare.difference import as_data, difference
    from gdlab.report.compare.difference_table import show_difference

    found = difference(_side(a, root), _side(b, root))
    if as_json:
        from gdlab.store.strict_json import dumps

        write(dumps(as_data(found)).decode().rstrip("\n"))
        return
    console = stdout()
    for part in show_difference(found):
        console.print(part)


def _side(word: str, root: Path) -> "Side":
    if word.endswith(_CONFIGS) and Path(word).is_file():
        return _config(Path(word))
    from gdlab.report.compare.difference import side_of
    from gdlab.store.run import Run

    *others, one = select_shown([word], root)
    if others:
        tell(f"{word} means {len(others) + 1} runs, this is the newest: {one.id}")
    return side_of(one, one.id, _curve(one) if isinstance(one, Run) else None)


def _config(path: Path) -> "Side":
    from gdlab.config.sweep.resolve import resolve_sweeps
    from gdlab.report.compare.difference import Side

    sweep = resolve_sweeps([path], large=True)[0]
    return Side(str(path), sweep.data if sweep.swept else next(iter(sweep)).data)


def _curve(run: "Run") -> "Curve | None":
    try:
        return run.curve()
    except StoreError as error:
        tell(str(error))
        return None

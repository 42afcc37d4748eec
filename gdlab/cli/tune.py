"""`gdlab tune`: which optimizer is best when each has had the same chance?"""

from pathlib import Path
from typing import Annotated

import typer

from gdlab.cli.console import tell
from gdlab.cli.stored import RUNS_FOLDER, Root


def command(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="A YAML file; its optimizer is left aside.")],
    optimizers: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Tune these, such as gd,momentum,adam. [default: that of the config]"),
    ] = None,
    trials: Annotated[int, typer.Option(metavar="N", min=1, help="Settings of each that are tried.")] = 20,
    seeds: Annotated[str, typer.Option(metavar="N|LIST", help="Choose on the seeds 0 to N-1, 3,5,8 or 10:20.")] = "5",
    report_seeds: Annotated[
        str,
        typer.Option(metavar="N|LIST", help="Report on the N seeds that follow, or on others, as above."),
    ] = "20",
    target: Annotated[
        float | None,
        typer.Option(metavar="LOSS", help="Judge by what it costs to reach this loss, not by the final loss."),
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option(
            metavar="UNIT=N",
            help="evaluations=N: the same cost for each, whatever a step costs; steps=N. [default: the steps of the "
            "config]",
        ),
    ] = None,
    ranges: Annotated[
        list[str] | None,
        typer.Option("--range", metavar="NAME.KEY=LOW:HIGH", help="Search here, such as gd.lr=1e-3:100."),
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Replace a value of the config, such as steps=500."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the draws; the same seed tries the same settings.")] = 0,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write the best setting as a config, such as best.yaml."),
    ] = None,
    root: Root = RUNS_FOLDER,
    jobs: Annotated[int, typer.Option("-j", "--jobs", metavar="N", min=1, help="Processes to run in.")] = 1,
    force: Annotated[bool, typer.Option("--force", help="Begin anew, rather than go on with what is done.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Run more than 100,000 runs.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be searched; write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with all trials.")] = False,
) -> None:
    """Tune optimizers with the same number of trials each, and compare them on seeds that they were not tuned on.

    The first trial is the default setting; the others are spread evenly over the declared ranges, on logarithmic axes.
    Who is better is told only where paired statistics prove it; ~ means not told apart. With --target the cost is the
    expected number of passes over the function, failed runs paid for. Trials and reported runs are stored as sweeps
    tagged `trials`, `tuned` and `default`: gdlab compare tuned default. Ctrl-C keeps what is done, and the same command
    goes on with it.
    """
    from gdlab.cli.studying import Wanted, prepared
    from gdlab.cli.tuning import Sweeps, describe, show, write_best

    wanted = Wanted(
        config,
        optimizers,
        trials,
        seeds,
        report_seeds,
        target,
        budget,
        tuple(ranges or ()),
        tuple(overrides or ()),
        seed,
    )
    study, goal = prepared(wanted, output, large=yes)
    sweeps = Sweeps(root, jobs, force=force, large=yes, show=not as_json)
    if dry_run:
        describe(study, goal, sweeps, as_json=as_json)
        return
    from gdlab.report.tuning_study import conduct

    found = conduct(study, goal, sweeps)
    show(found, study, sweeps.folders, as_json=as_json)
    if output is not None:
        write_best(output, found, study, config)
        tell(f"next: gdlab run {output}")

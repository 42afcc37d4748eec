"""What surrounds every command: `--debug`, exit codes, and what is said when a command cannot go on."""

import re
import sys
import traceback
from typing import Any

import typer
from typer.core import TyperGroup

from gdlab.cli.console import silence, tell
from gdlab.errors import GdlabError

INTERRUPTED = 130  # 128 + SIGINT, as of a process that the signal ended
PIPE_CLOSED = 141  # 128 + SIGPIPE

_OF_FORMULAS = ("grad", "check", "explain")
_NEGATIVE = re.compile(r"-[^-].*[-+*/()^]")


class Shell(TyperGroup):
    """The group of all commands."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The options. Flags that nobody gave are False; typer would load pydantic to read a None."""
        params = super().get_params(ctx)
        for param in params:
            if param.default is None and getattr(param, "is_flag", False):
                param.default = False
        return params

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take `--debug` behind the command too, where it is added after an error."""
        if args and args[0] in _OF_FORMULAS and (trouble := _taken_for_options(args)):
            ctx.fail(trouble)
        before, after = (args[: args.index("--")], args[args.index("--") :]) if "--" in args else (args, [])
        debug = ["--debug"] if "--debug" in before else []
        return super().parse_args(ctx, [*debug, *(arg for arg in before if arg != "--debug"), *after])

    def invoke(self, ctx: Any) -> Any:
        """Run the command; what the user can cause becomes a message and an exit code."""
        try:
            return super().invoke(ctx)
        except (GdlabError, KeyboardInterrupt, OSError) as error:
            if ctx.params.get("debug"):
                traceback.print_exc()
            raise typer.Exit(explain(error)) from error


def _taken_for_options(args: list[str]) -> str:
    """What to write instead if a formula stands where it is taken for an option, or options stand behind `--`."""
    command, *rest = args
    before, after = (rest[: rest.index("--")], rest[rest.index("--") + 1 :]) if "--" in rest else (rest, [])
    for previous, arg in zip(["", *before], before, strict=False):
        if not previous.startswith("-") and _NEGATIVE.match(arg):
            return (
                f"{arg} begins with -, as options do; write '({arg})', or put it behind all options and --, "
                f"as in: gdlab {command} --at … -- '{arg}'"
            )
    late = [arg for arg in after[1:] if arg.startswith("-")]
    if late:
        right = f"gdlab {command} {late[0]} … -- '{after[0]}'"
        return f"{late[0]} stands behind --, where nothing is an option; write: {right}"
    return ""


def explain(error: GdlabError | KeyboardInterrupt | OSError) -> int:
    """Say what went wrong, in one message on standard error, and return the exit code."""
    match error:
        case GdlabError():
            tell(str(error))
            return error.exit_code
        case KeyboardInterrupt():
            tell("interrupted")
            return INTERRUPTED
        case BrokenPipeError():
            silence(sys.stdout)
            return PIPE_CLOSED
        case _:
            tell(f"{error.filename or 'cannot go on'}: {error.strerror or error}")
            return 1


def finish(code: int) -> int:
    """Write out what waits on standard output, which fails if the disk is full, and return the exit code."""
    try:
        sys.stdout.flush()
    except BrokenPipeError as error:
        return explain(error)
    except OSError as error:
        silence(sys.stdout)
        if code == 0:
            tell(f"cannot write to standard output: {error.strerror or error}")
            return 1
    return code

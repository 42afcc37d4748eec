"""What surrounds every command: `--debug`, exit codes, and what is said when a command cannot go on."""

import sys
import traceback
from typing import Any

import typer
from typer.core import TyperGroup

from gdlab.cli.console import silence, tell
from gdlab.errors import GdlabError

INTERRUPTED = 130  # 128 + SIGINT, as of a process that the signal ended
PIPE_CLOSED = 141  # 128 + SIGPIPE


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

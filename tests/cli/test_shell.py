"""Exit codes and messages: what every command has in common."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

import gdlab.cli
from gdlab.cli import app
from gdlab.cli.shell import Shell, explain, finish
from gdlab.errors import ConfigError, DifferentiationError, Fault, GdlabError, StoreError, UsageError

# arguments, exit code, what stands on standard output, and on standard error
TABLE = [
    ([], 2, "", "Usage: gdlab [OPTIONS] COMMAND"),
    (["--help"], 0, "Run optimizers on problems", ""),
    (["-h"], 0, "Run optimizers on problems", ""),
    (["validate", "-h"], 0, "Check configs without running them.", ""),
    (["--version"], 0, "gdlab ", ""),
    (["valdate"], 2, "", "No such command 'valdate'. Did you mean 'validate'?"),
    (["zzz"], 2, "", "Try 'gdlab --help' for help."),
    (["--versoin"], 2, "", "--version"),
    (["validate", "--sett", "a=1", "x"], 2, "", "No such option: --sett (Possible options: --set)"),
    (["validate"], 2, "", "Missing argument 'CONFIG'"),
    (["validate", "missing.yaml"], 2, "", "missing.yaml: no such file"),
    (["validate", "missing.yaml", "--debug"], 2, "", "Traceback (most recent call last)"),
    (["--debug", "validate", "missing.yaml"], 2, "", "Traceback (most recent call last)"),
    (["validate", "--", "--debug"], 2, "", "--debug: no such file"),
]


@pytest.mark.parametrize(("args", "code", "out", "err"), TABLE, ids=[" ".join(case[0]) or "nothing" for case in TABLE])
def test_commands(gdlab, args, code, out, err):
    result = gdlab(*args)
    assert result.code == code
    assert out in result.out
    assert err in result.err
    assert bool(result.out) == bool(out)
    assert ("Traceback" in result.err) == ("Traceback" in err)


def test_an_error_is_its_message_and_nothing_else(gdlab):
    assert gdlab("validate", "missing.yaml").err == "missing.yaml: no such file\n"


ERRORS = [
    (GdlabError("broken"), 1, "broken\n"),
    (StoreError("broken"), 1, "broken\n"),
    (UsageError("not so"), 2, "not so\n"),
    (DifferentiationError("no derivative"), 2, "no derivative\n"),
    (ConfigError([Fault("a", "x.yaml"), Fault("b", "y.yaml")]), 2, "x.yaml: a\ny.yaml: b\n"),
    (UsageError("a \x1b[31mred\u202e name"), 2, "a \\x1b[31mred\\u202e name\n"),
    (KeyboardInterrupt(), 130, "interrupted\n"),
    (OSError(errno.ENOSPC, "No space left on device", "runs/x"), 1, "runs/x: No space left on device\n"),
    (OSError(errno.ENOSPC, "No space left on device"), 1, "cannot go on: No space left on device\n"),
    (OSError("odd"), 1, "cannot go on: odd\n"),
    (BrokenPipeError(errno.EPIPE, "Broken pipe"), 141, ""),
]


@pytest.mark.parametrize(("error", "code", "message"), ERRORS, ids=[type(case[0]).__name__ for case in ERRORS])
def test_an_error_becomes_a_message_and_a_code(capsys, monkeypatch, error, code, message):
    monkeypatch.setattr("gdlab.cli.shell.silence", lambda stream: None)  # pytest still needs standard output
    assert explain(error) == code
    assert capsys.readouterr() == ("", message)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.EACCES, "Permission denied", "runs")])
def test_an_error_of_a_command_ends_in_one_line(gdlab, monkeypatch, error):
    def fail(*args, **options):
        raise error

    monkeypatch.setattr("gdlab.config.sweep.resolve.resolve_sweeps", fail)
    result = gdlab("validate", "x.yaml")
    assert result.code == (130 if isinstance(error, KeyboardInterrupt) else 1)
    assert result.err.count("\n") == 1


def test_a_fault_of_gdlab_itself_is_not_hidden(monkeypatch):
    def fail(*args, **options):
        raise ZeroDivisionError

    monkeypatch.setattr("gdlab.config.sweep.resolve.resolve_sweeps", fail)
    monkeypatch.setattr(sys, "argv", ["gdlab", "validate", "x.yaml"])
    with pytest.raises(ZeroDivisionError):
        gdlab.cli.main()


def test_output_that_cannot_be_written_is_told(monkeypatch, capsys):
    class Full:
        def flush(self):
            raise OSError(errno.ENOSPC, "No space left on device")

        def fileno(self):
            raise OSError

    monkeypatch.setattr(sys, "stdout", Full())
    assert finish(0) == 1
    assert finish(2) == 2
    assert capsys.readouterr().err == "cannot write to standard output: No space left on device\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
@pytest.mark.parametrize("args", [["--help"], ["info"], ["info", "--json"], ["--version"]])
def test_a_full_disk_is_one_line(process, args):
    with Path("/dev/full").open("w") as full:
        result = process(*args, stdout=full)
    assert result.code == 1
    assert result.err.endswith(": No space left on device\n")
    assert result.err.count("\n") == 1


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["info"], ["info", "--json"], ["info", "adam"]])
def test_a_closed_pipe_is_nothing_to_speak_of(process, args):
    reader, writer = os.pipe()
    os.close(reader)
    result = process(*args, stdout=writer)
    os.close(writer)
    assert result.err == ""
    assert result.code in (1, 141)


@pytest.mark.skipif(os.name != "posix", reason="descriptors are closed by a POSIX shell")
@pytest.mark.parametrize("closed", ["1", "2"])
def test_a_missing_stream_is_no_error(closed):
    shell = f'"{sys.executable}" -W error -m gdlab info adam {closed}>&-'
    root = Path(__file__).parents[2]
    done = subprocess.run(["sh", "-c", shell], cwd=root, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0
    assert b"Traceback" not in done.stdout + done.stderr


def test_every_command_has_help():
    from typer.main import get_command

    group = get_command(app)
    assert isinstance(group, Shell)
    for name, command in group.commands.items():
        assert command.help, name
        for param in command.params:
            assert param.help, f"{name} {param.name}"

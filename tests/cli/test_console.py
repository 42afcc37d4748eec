"""No stream gets what it cannot take, and none is cut or coloured that nobody looks at."""

import io
import sys

import pytest
from rich.table import Table
from rich.text import Text

from gdlab.cli.console import made_safe, stderr, stdout, tell, write


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


def stream(encoding):
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")


@pytest.fixture
def clean(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


ENCODED = [
    ("utf-8", "a ≥ 0 … é", "a ≥ 0 … é"),
    ("ascii", "a ≥ 0 … é", r"a >= 0 ... \xe9"),
    ("ascii", "w ← w − lr·∇f(w)", "w <- w - lr*grad f(w)"),
    ("latin-1", "a ≥ 0 … é", "a >= 0 ... é"),
    ("utf-8", "\udcff.yaml", r"\udcff.yaml"),
    ("ascii", "𝛁", r"\U0001d6c1"),
]


@pytest.mark.parametrize(("encoding", "text", "written"), ENCODED)
def test_spells_what_a_stream_cannot_encode(encoding, text, written):
    safe = made_safe(stream(encoding))
    safe.write(text)
    safe.flush()
    assert safe.buffer.getvalue().decode(encoding) == written


def test_a_missing_stream_swallows_everything():
    with made_safe(None) as nothing:
        assert nothing.write("x") == 1


def test_messages_go_to_standard_error_and_cannot_steer_a_terminal(capsys):
    tell("first \x1b[2J\n  second\r line \u202e [bold]")
    assert capsys.readouterr() == ("", "first \\x1b[2J\n  second\\r line \\u202e [bold]\n")


def test_data_goes_to_standard_output(capsys):
    write("a: [bold] :smile:")
    assert capsys.readouterr() == ("a: [bold] :smile:\n", "")


@pytest.mark.parametrize("console", [stdout, stderr])
@pytest.mark.usefixtures("clean")
def test_off_a_terminal_nothing_is_cut_or_coloured(capsys, monkeypatch, console):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    table = Table.grid(padding=(0, 1))
    table.add_row(Text("x" * 500, style="bold red"), "[red]as it is[/] :smile:")
    console().print(table)
    written = "".join(capsys.readouterr())
    assert written.rstrip() == "x" * 500 + " [red]as it is[/] :smile:"


@pytest.mark.usefixtures("clean")
def test_a_terminal_gets_colours_and_its_width(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("COLUMNS", "40")
    stdout().print(Text("word " * 20, style="red"))
    written = sys.stdout.getvalue()
    assert "\x1b[31m" in written
    assert len(written.splitlines()) == 3


@pytest.mark.usefixtures("clean")
def test_no_color_is_honoured(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    stdout().print(Text("word", style="red"))
    assert sys.stdout.getvalue() == "word\n"


class Closed(io.StringIO):
    encoding = "utf-8"

    def write(self, text):
        raise BrokenPipeError


def test_a_closed_pipe_reaches_the_shell(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Closed())
    with pytest.raises(BrokenPipeError):
        stdout().print("x")


def test_a_closed_standard_error_is_passed_over(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Closed())
    tell("nobody hears it")

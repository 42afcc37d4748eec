"""What is asked for often is answered without loading what only commands need."""

import pytest

from gdlab.cli import COMMANDS

SLOW = ("numpy", "pandas", "matplotlib", "pydantic", "rich", "rich.table", "yaml")

REPORT = f"""
import sys
try:
    from gdlab.cli import main
    main()
finally:
    print("loaded:", *(name for name in {SLOW!r} if name in sys.modules), file=sys.stderr)
"""

COMPLETE = {
    "bash": {"COMP_WORDS": "gdlab ", "COMP_CWORD": "1"},
    "zsh": {"_TYPER_COMPLETE_ARGS": "gdlab "},
    "fish": {"_TYPER_COMPLETE_ARGS": "gdlab ", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
}


def loaded(result):
    return result.err.rpartition("loaded:")[2].split()


CASES = [(["--help"], 0), (["-h"], 0), (["--version"], 0), ([], 2), (["frobnicate"], 2)]
CASES += [([command, "--help"], 0) for command in COMMANDS]
CASES += [(["validate", "--frobnicate"], 2), (["--frobnicate"], 2), (["--show-completion", "bash"], 0)]


@pytest.mark.parametrize(("args", "code"), CASES, ids=[" ".join(case[0]) or "nothing" for case in CASES])
def test_loads_nothing_slow(process, args, code):
    result = process(*args, code=("-c", REPORT))
    assert result.code == code
    assert loaded(result) == []


def test_a_wrong_word_is_answered_without_numpy(process):
    result = process("compare", "--format", "cvs", code=("-c", REPORT))
    assert result.code == 2
    assert "did you mean 'csv'?" in result.err
    assert not {"numpy", "pandas", "matplotlib", "rich"} & set(loaded(result))


@pytest.mark.parametrize("shell", COMPLETE)
def test_completion_loads_nothing_slow(process, shell):
    result = process(code=("-c", REPORT), env={"_GDLAB_COMPLETE": f"complete_{shell}", **COMPLETE[shell]})
    assert result.code == 0
    assert all(command in result.out for command in COMMANDS)
    assert loaded(result) == []


def test_the_report_would_tell(process):
    result = process("info", code=("-c", REPORT))
    assert result.code == 0
    assert {"numpy", "pydantic", "rich"} <= set(loaded(result))


def test_validate_loads_neither_pandas_nor_matplotlib(process, tmp_path):
    (tmp_path / "a.yaml").write_text("problem: xor\noptimizer: adam\n")
    result = process("validate", "a.yaml", code=("-c", REPORT))
    assert result.code == 0
    assert not {"pandas", "matplotlib", "rich.table"} & set(loaded(result))


WORDS = [
    ("gdlab ", 1, list(COMMANDS)),
    ("gdlab va", 1, ["validate"]),
    ("gdlab info ", 2, ["problems", "gradients", "optimizers"]),
    ("gdlab info g", 2, ["gradients"]),
    ("gdlab validate --s", 2, ["--set"]),
    ("gdlab compare la", 2, ["latest"]),
    ("gdlab validate conf", 2, []),  # the shell goes on with files
]


@pytest.mark.parametrize(("words", "position", "expected"), WORDS, ids=[case[0] for case in WORDS])
def test_completes(process, words, position, expected):
    env = {"_GDLAB_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(position)}
    found = process(env=env).out.split()
    assert set(expected) <= set(found)
    assert expected or not found


def test_shows_a_script_for_the_shell(process):
    script = process("--show-completion", "bash").out
    assert "_GDLAB_COMPLETE=complete_bash" in script
    assert "complete -o default -F" in script

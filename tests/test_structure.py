"""The rooms, and which way they may look."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = [
    *("cli", "config", "report", "experiment", "store", "problems", "optimizers", "autodiff"),
    *("own_code", "nearby", "record", "state", "errors"),
]
FILES = sorted((ROOT / "gdlab").rglob("*.py"))


def _room(path: Path) -> str:
    return path.relative_to(ROOT / "gdlab").parts[0].removesuffix(".py")


def _imported(path: Path) -> set[str]:
    """The rooms of gdlab that a file imports from, anywhere in it."""
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module] if node.module != "gdlab" else [f"gdlab.{alias.name}" for alias in node.names]
        rooms |= {name.split(".")[1] for name in names if name.startswith("gdlab.")}
    return rooms


def test_every_file_is_in_a_room() -> None:
    assert {_room(path) for path in FILES} - {"__init__", "__main__"} == set(ROOMS)


@pytest.mark.parametrize("path", [p for p in FILES if _room(p) in ROOMS], ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_down(path: Path) -> None:
    allowed = ROOMS[ROOMS.index(_room(path)) :]
    assert _imported(path) <= set(allowed)


@pytest.mark.parametrize("room", ["optimizers", "autodiff"])
def test_optimizers_and_autodiff_know_nothing_of_each_other(room: str) -> None:
    other = {"optimizers": "autodiff", "autodiff": "optimizers"}[room]
    for path in FILES:
        if _room(path) == room:
            assert not _imported(path) & {other, "problems"}, path


def test_nothing_but_cli_prints() -> None:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Name) and node.id == "print":
                pytest.fail(f"{path} prints")


def test_the_top_level_is_fixed() -> None:
    allowed = {"pyproject.toml", "gdlab", "configs", "runs", "tests", "README.md", "LICENSE"}
    present = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert present - {"dist", "build"} <= allowed

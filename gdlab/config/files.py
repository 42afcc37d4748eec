"""The text of a config file, or why there is none."""

import codecs
import re
from pathlib import Path

from gdlab.errors import ConfigError, Fault, nearest
from gdlab.nearby import names_in

LARGEST = 1_000_000  # bytes

_UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read(path: Path) -> str:
    """The text of a config file, without a byte order mark.

    Raises:
        ConfigError: if there is no such file, or it cannot be read, is too large, or is not text in UTF-8.
    """
    source = str(path)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise ConfigError([Fault("no such file", source, hint=_nearest(path))]) from None
    except IsADirectoryError:
        raise ConfigError([Fault("is a folder, not a file", source, hint=_configs_in(path))]) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigError([Fault(f"cannot be read: {reason}", source)]) from None
    if len(content) > LARGEST:
        raise ConfigError([Fault("is larger than 1 MB, which no config is", source)])
    return _decode(content, source)


def check_printable(text: str, source: str) -> None:
    """Refuse control characters, which YAML does not allow.

    Raises:
        ConfigError: names the first one, its line and its column.
    """
    if match := _UNPRINTABLE.search(text):
        line, column = _position(text[: match.start()])
        name = f"U+{ord(match.group()):04X}"
        raise ConfigError([Fault(f"the control character {name} is not allowed", source, line, column)])


def _decode(content: bytes, source: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ConfigError([Fault("is not UTF-8 but UTF-16", source, hint="save it as UTF-8")])
    if b"\0" in content:
        raise ConfigError([Fault("is a binary file, not text", source)])
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line, column = _position(content[: error.start].decode())
        byte = f"0x{content[error.start]:02x}"
        fault = Fault(
            f"is not UTF-8: the byte {byte} begins no character", source, line, column, hint="save it as UTF-8"
        )
        raise ConfigError([fault]) from None
    check_printable(text, source)
    return text


def _position(before: str) -> tuple[int, int]:
    """Line and column, both from 1, of what follows the text."""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _nearest(path: Path) -> str:
    """The nearest file to one that does not exist, beside it or among the configs."""
    folder = path.parent
    if not folder.is_dir():
        folder = _closest(folder) or folder
    found = _closest(folder / path.name) or _closest(Path("configs", path.name))
    if found is None:
        return "" if folder.is_dir() else f"there is no folder {str(folder)!r}"
    return f"did you mean {str(found)!r}?"


def _closest(path: Path) -> Path | None:
    """The file or folder beside the path whose name is the most like its own, with an ending or without."""
    names = names_in(path.parent)
    name = nearest(path.name, names) or nearest(f"{path.name}.yaml", names)
    return None if name is None else path.parent / name


def _configs_in(folder: Path) -> str:
    names = names_in(folder)
    if "config.yaml" in names:  # the folder of a run
        return f"did you mean {str(folder / 'config.yaml')!r}?"
    if any(name.endswith((".yaml", ".yml")) for name in names):
        return f"name its files, as in {folder / '*.yaml'}"
    return ""

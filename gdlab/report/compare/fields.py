"""What is known of runs by name: settings, results and costs."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from gdlab.errors import UsageError, did_you_mean, join
from gdlab.store.flat import flatten
from gdlab.store.run import Run

_OWN = ("name", "id", "status", "step", "seed", "tags", "reason", "key")
_SHORT = {"final": "final_loss", "best": "best_loss"}
_LISTED = 8  # runs in a message


class Fields:
    """The fields of some runs, each looked up when it is first asked for.

    Args:
        runs: whose.
    """

    def __init__(self, runs: Sequence[Run]) -> None:
        self.runs = runs
        self._made: dict[tuple[str, int], dict[str, Any]] = {}  # cells of a sweep share the parts of their configs

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All fields: who, every setting as `optimizer.lr`, and every number of a summary."""
        parts = {(key, id(part)): part for run in self.runs for key, part in run.config.items()}
        settings = [name for (key, _), part in parts.items() for name in self._flat(key, part)]
        summaries = [name for run in self.runs for name in run.summary]
        return tuple(dict.fromkeys([*_OWN, *settings, *summaries]))

    def resolve(self, word: str, what: str) -> str:
        """The field that is meant by its name, its title, or the end of its name: `lr` for `optimizer.lr`.

        Args:
            word: what was typed.
            what: where, for the error, such as `--where`.

        Raises:
            UsageError: if there is none, or several end so.
        """
        wanted = word.strip().replace(" ", "_")
        wanted = _SHORT.get(wanted, wanted)
        for name in (wanted, wanted.removesuffix(".name"), wanted.removesuffix(".schedule")):
            if name in self.names:
                return name
        ends = [name for name in self.names if name.endswith(f".{wanted}")]
        if len(ends) > 1:
            raise UsageError(f"{what} {word}: there are several, say which: {join(ends[:_LISTED], 'or')}")
        if not ends:
            raise UsageError(self._unknown(word, what))
        return ends[0]

    def _unknown(self, word: str, what: str) -> str:
        """What was probably meant, of all fields, and what there is, of those that tell runs apart."""
        short = [name.rpartition(".")[2] for name in self.names]
        hint = did_you_mean(word, dict.fromkeys([*self.names, *short]))
        differ = [name for name in self.names if len({repr(value) for value in self.column(name)}) > 1]
        there = f" What differs from run to run is {join(differ)}" if differ else ""
        return f"unknown key {word!r} in {what}: {hint or 'no run has it.'}{there}"

    def column(self, name: str) -> list[Any]:
        """The value of a field for each run, None where there is none."""
        if name in _OWN:
            return [_plain(getattr(run, name)) for run in self.runs]
        top = name.partition(".")[0]
        return [
            run.summary[name] if name in run.summary else self._flat(top, run.config.get(top)).get(name)
            for run in self.runs
        ]

    def _flat(self, key: str, part: Any) -> Mapping[str, Any]:
        if not isinstance(part, Mapping):
            return {key: part}
        place = key, id(part)
        if place not in self._made:
            self._made[place] = flatten({key: part})
        return self._made[place]


def listed(words: Iterable[str]) -> list[str]:
    """Words typed with commas or spaces between them, or one by one."""
    return [word for text in words for word in text.replace(",", " ").split()]


def _plain(value: Any) -> Any:
    """As in JSON: a status is its word, tags are a list."""
    return str(value) if isinstance(value, str) else [*value] if isinstance(value, tuple) else value

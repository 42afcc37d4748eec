"""Long arrays in tiles: what would go over memory once for each statement goes over the cache instead.

A run of elementwise statements over arrays of the same length becomes a loop over stretches of them that fit the cache.
Intermediate arrays that live within the loop shrink to one stretch, and sums over all elements are added up stretch by
stretch.
"""

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from gdlab.autodiff.program.source import Source, Statement
from gdlab.autodiff.program.text import dtype_text

TILE_BYTES = 1 << 17  # of one operand in one tile: a dozen of them fit a cache of 2 MiB
SMALLEST = 4  # tiles; shorter arrays stay whole
_NAME = re.compile(r"[A-Za-z_]\w*")


def tile(source: Source) -> None:
    """Rewrite the body of a program with loops over tiles where that pays."""
    body, source.body = source.body, []
    group = _Group(source)
    for statement in body:
        if not group.take(statement):
            group.close(body)
            if not group.take(statement):
                source.body.append(statement)
    group.close(body)


class _Group:
    """Statements that can share one loop, and numbers that can wait until it is over."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.tiled: list[Statement] = []
        self.waiting: list[Statement] = []

    def take(self, statement: Statement) -> bool:
        """Add a statement, if nothing it reads or writes stands against it."""
        length = self._length(statement)
        if length is None:
            if statement.kind == "number" and self.tiled:
                self.waiting.append(statement)
                return True
            return False
        if self.tiled and (length != self._length(self.tiled[0]) or self._conflicts(statement)):
            return False
        self.tiled.append(statement)
        return True

    def close(self, body: list[Statement]) -> None:
        """Write the loop, or the statements as they were if they are too few to gain, and then what waited."""
        if len(self.tiled) > 1:
            self._write_loop(body)
        else:
            self.source.body.extend(self.tiled)
        self.source.body.extend(self.waiting)
        self.tiled, self.waiting = [], []

    def _array(self, name: str) -> Any:
        return self.source.namespace[name]

    def _length(self, statement: Statement) -> int | None:
        """The length of the first axis of what a statement goes over, if it can be tiled and is long enough."""
        if statement.kind == "elementwise":
            whole = self._array(statement.operands[-1])
        elif statement.kind == "total":
            whole = self._array(statement.operands[0])
        else:
            return None
        if whole.ndim == 0 or whole.nbytes < SMALLEST * TILE_BYTES or whole.shape[0] < SMALLEST:
            return None
        if statement.kind == "total" and any(self._array(name).shape != whole.shape for name in statement.operands):
            return None
        return int(whole.shape[0])

    def _tiled_operand(self, name: str, statement: Statement) -> bool:
        """Whether an operand is cut along its first axis; one that is broadcast along it stays whole."""
        array = self._array(name)
        whole = self._array(statement.operands[-1])
        return bool(array.ndim == whole.ndim and array.shape[0] == whole.shape[0])

    def _conflicts(self, statement: Statement) -> bool:
        """Whether it meets memory of the group at another offset, or needs what is known only after the loop."""
        made = {word for s in (*self.tiled, *self.waiting) if s.kind != "elementwise" for word in s.targets}
        if made & set(statement.operands):
            return True
        if statement.kind == "elementwise":
            out = statement.operands[-1]
            read_later = {word for s in self.waiting for word in _NAME.findall(s.text)}
            if any(self._overlap(out, name) for name in read_later if name in self.source.namespace):
                return True
        return any(
            self._apart(one, other, statement, earlier)
            for earlier in self.tiled
            for one in statement.operands
            for other in earlier.operands
            if earlier.writes(other) or statement.writes(one)
        )

    def _apart(self, one: str, other: str, statement: Statement, earlier: Statement) -> bool:
        """Whether two operands share memory without being the same stretch of it."""
        a, b = self._array(one), self._array(other)
        if not _is_array(a) or not _is_array(b) or not np.may_share_memory(a, b):
            return False
        same = (a.ctypes.data, a.shape, a.strides) == (b.ctypes.data, b.shape, b.strides)
        return not (same and self._tiled_operand(one, statement) and self._tiled_operand(other, earlier))

    def _overlap(self, one: str, other: str) -> bool:
        a, b = self._array(one), self._array(other)
        return _is_array(a) and _is_array(b) and bool(np.may_share_memory(a, b))

    def _write_loop(self, body: list[Statement]) -> None:
        cut = list(dict.fromkeys(n for s in self.tiled for n in s.operands if self._tiled_operand(n, s)))
        length = self._length(self.tiled[0])
        assert length is not None  # noqa: S101 - only tiled statements are here
        row = max(self._array(name).nbytes // length for name in cut)
        step = max(1, TILE_BYTES // row)
        local = [name for name in cut if self._is_local(name, body)]
        for name in local:
            array = self._array(name)
            self.source.rebind(name, f"empty({(step, *array.shape[1:])}{dtype_text(array.dtype)})")
        tiles = self.source.name("tiles")
        self.source.namespace[tiles] = [
            tuple(self._array(n)[: hi - lo] if n in local else self._array(n)[lo:hi] for n in cut)
            for lo in range(0, length, step)
            for hi in [min(lo + step, length)]
        ]
        self.source.prologue.append(f"# {tiles}: stretches of {step} rows of {', '.join(cut)}")
        inner = {name: f"{name}_" for name in cut}
        emit = self.source.emit
        totals = [s for s in self.tiled if s.kind == "total"]
        for statement in totals:
            emit(f"{statement.targets[0]} = 0.0")
        emit(f"for {', '.join(inner.values())}{',' if len(inner) == 1 else ''} in {tiles}:")
        for statement in self.tiled:
            words = statement.template.format(*(inner.get(name, name) for name in statement.operands))
            emit(f"    {statement.targets[0]} += {words}" if statement.kind == "total" else f"    {words}")
        for statement in totals:
            if len(statement.targets) > 1:
                emit(f"{statement.targets[1]}[()] = {statement.targets[0]}")

    def _is_local(self, name: str, body: list[Statement]) -> bool:
        """Whether an array is written and read within this loop only, and nothing else lies in its memory."""
        if not name.startswith("t"):
            return False
        users = [s for s in body if name in _NAME.findall(s.text)]
        if any(s not in self.tiled for s in users) or not users or not users[0].writes(name):
            return False
        if name in users[0].operands[:-1]:
            return False
        others = (other for other in self._named(body) if other != name)
        return not any(self._overlap(name, other) for other in others)

    def _named(self, body: list[Statement]) -> Iterable[str]:
        words = {word for s in body for word in _NAME.findall(s.text)}
        return words & set(self.source.namespace)


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray)

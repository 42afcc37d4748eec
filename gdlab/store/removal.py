"""Taking runs away, and nothing else."""

import secrets
import shutil
from pathlib import Path

from gdlab.errors import StoreError
from gdlab.store.files import in_words
from gdlab.store.liveness import is_alive
from gdlab.store.reader import Damage
from gdlab.store.run import Run
from gdlab.store.sweep.stored import StoredSweep


def remove(run: Run | StoredSweep | Damage, root: Path | str = "runs") -> None:
    """Delete the folder of a run or a sweep, damaged or not, and everything in it. Links are never followed.

    The folder first gets a hidden name, so that one that is half deleted is not taken for a damaged run.

    Raises:
        StoreError: if it is one cell of a sweep, is not directly in the root, is a link, holds no run, is still written
            by a process, or cannot be deleted.
    """
    folder = run.folder
    with in_words("remove", folder):
        cell = isinstance(run, Run) and run.id != folder.name
        reason = "one cell of a sweep cannot be taken out of it" if cell else _refusal(folder, Path(root))
        if reason:
            raise StoreError(f"cannot remove {folder}: {reason}")
        hidden = folder.rename(folder.with_name(f".{folder.name}-{secrets.token_hex(4)}"))
        shutil.rmtree(hidden)


def _refusal(folder: Path, root: Path) -> str:
    """Why a folder is not to be deleted; empty if it may be."""
    if folder.is_symlink():
        return "it is a link"
    if folder.resolve().parent != root.resolve():
        return f"it is not in the runs folder {root}"
    if not any((folder / name).is_file() for name in ("run.json", "config.yaml")):
        return "it holds no run"
    return "the run is still running" if is_alive(folder) else ""

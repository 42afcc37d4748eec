"""Taking runs away, and nothing else."""

import secrets
import shutil
from pathlib import Path

from gdlab.errors import StoreError
from gdlab.store.files import in_words
from gdlab.store.liveness import is_alive
from gdlab.store.reader import Damage
from gdlab.store.run import Run


def remove(run: Run | Damage, root: Path | str = "runs") -> None:
    """Delete the folder of a run, damaged or not, and everything in it. Links are never followed.

    The folder first gets a hidden name, so that one that is half deleted is not taken for a damaged run.

    Raises:
        StoreError: if it is not directly in the root, is a link, holds no run, is still written by a process, or
            cannot be deleted.
    """
    folder, root = run.folder, Path(root)
    if folder.is_symlink():
        raise StoreError(f"cannot remove {folder}: it is a link")
    if folder.resolve().parent != root.resolve():
        raise StoreError(f"cannot remove {folder}: it is not in the runs folder {root}")
    if not any((folder / name).is_file() for name in ("run.json", "config.yaml")):
        raise StoreError(f"cannot remove {folder}: it holds no run")
    if is_alive(folder):
        raise StoreError(f"cannot remove {folder}: the run is still running")
    with in_words("remove", folder):
        hidden = folder.rename(folder.with_name(f".{folder.name}-{secrets.token_hex(4)}"))
        shutil.rmtree(hidden)

"""Files and folders that only their owner may read, whatever the umask."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = 0o700
FILE = 0o600


def private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing. A folder that was there keeps its mode. Raises OSError."""
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER)
        folder.mkdir(exist_ok=True, mode=FOLDER)


def private_file(path: Path) -> None:
    """Make an empty file where there is none, and take it from other people where there is one. Raises OSError."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, FILE))
    path.chmod(FILE)

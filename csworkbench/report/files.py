"""Writing that leaves either the old file or the whole new one, and one writer per output folder."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import CsworkbenchError

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no flock, a second run is not noticed there
    fcntl = None  # type: ignore[assignment]

# A `status` that looks at the lock holds it for an instant.
ASKED_AGAIN_SECONDS = 0.05


def write_atomically(path: Path, content: bytes) -> None:
    """Put the content at that path: a temporary file beside it, on the disk, then renamed."""
    descriptor, name = tempfile.mkstemp(prefix=".tmp-", suffix=path.suffix, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in that folder last through a power cut, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def replace_folder(new: Path, target: Path) -> None:
    """Put a finished folder in the place of an older one."""
    aside = target.with_name(f"{target.name}.old")
    shutil.rmtree(aside, ignore_errors=True)
    if target.exists():
        target.rename(aside)
    new.rename(target)
    shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the folder for one run; CsworkbenchError when another run holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as file:
        if not _taken_soon(file.fileno()):
            raise CsworkbenchError(f"another run is writing to {folder.parent}. Wait for it, or give another --output.")
        yield


def _taken_soon(descriptor: int) -> bool:
    for _ in range(5):
        if _taken(descriptor):
            return True
        time.sleep(ASKED_AGAIN_SECONDS)
    return False


def is_held(folder: Path) -> bool:
    """Whether a run holds the folder now."""
    lock = folder / "lock"
    if not lock.is_file():
        return False
    with lock.open("r") as file:
        return not _taken(file.fileno(), alone=False)


def _taken(descriptor: int, *, alone: bool = True) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

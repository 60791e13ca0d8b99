"""Writing that leaves either the old file or the whole new one, and one writer per output folder."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from ..errors import CsworkbenchError

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no flock, a second run is not noticed there
    fcntl = None  # type: ignore[assignment]

# A `status` that looks at the lock holds it for an instant.
ASKED_AGAIN_SECONDS = 0.05
LOCK = "lock"
PARTIAL = ".csworkbench-part-"
SCRATCH = "csw-"


def write_atomically(path: Path, content: bytes) -> None:
    """Put the content at that path: a temporary file beside it, on the disk, then renamed."""
    descriptor, name = tempfile.mkstemp(prefix=PARTIAL, dir=path.parent)
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
    aside = new.with_name(f"{new.name}-old")
    if target.exists():
        target.rename(aside)
    new.rename(target)
    shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def only_writer(output: Path, folder: Path) -> Iterator[Path]:
    """Hold an output for one run by the lock in that folder of it; gives a scratch folder that goes with the run.

    What an earlier run that was killed left behind is removed. Folders that nothing was written to are removed again.
    Raises CsworkbenchError when another run holds it.
    """
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        with _locked(folder / LOCK, output) as file:
            _clear(output, folder, _scratch_of(file))
            scratch = Path(tempfile.gettempdir(), SCRATCH + secrets.token_hex(4))
            try:
                # Noted first, so that a run that is killed now leaves nothing that nobody knows of.
                _note(file, str(scratch))
                scratch.mkdir(mode=0o700)
                yield scratch
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
                _note(file, "")
                with suppress(OSError):
                    if folder in made and [path.name for path in folder.iterdir()] == [LOCK]:
                        (folder / LOCK).unlink()
    finally:
        for place in made:
            with suppress(OSError):
                place.rmdir()


@contextmanager
def _locked(path: Path, output: Path) -> Iterator[IO[str]]:
    """The lock file, held; a lock that its last holder removed at the same moment is made anew."""
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+", encoding="utf-8") as file:
            if not _taken_soon(file.fileno()):
                raise CsworkbenchError(f"another run is writing to {output}. Wait for it, or give another --output.")
            if path.exists() and path.stat().st_ino == os.fstat(file.fileno()).st_ino:
                yield file
                return


@contextmanager
def temporary_files_in(folder: Path) -> Iterator[None]:
    """Have everything that this process puts into temporary files lie in that folder."""
    before = tempfile.tempdir
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def _note(file: IO[str], text: str) -> None:
    with suppress(OSError):
        file.truncate(0)
        file.write(text)
        file.flush()


def _scratch_of(file: IO[str]) -> Path | None:
    """The scratch folder of a run that was killed; nothing that does not look like one of our own."""
    file.seek(0)
    path = Path(file.read(4096) or ".")
    known = path.name.startswith(SCRATCH) and path.parent == Path(tempfile.gettempdir()) and not path.is_symlink()
    return path if known and path.is_dir() and path.stat().st_uid == os.fstat(file.fileno()).st_uid else None


def _clear(output: Path, folder: Path, scratch: Path | None) -> None:
    if scratch is not None:
        shutil.rmtree(scratch, ignore_errors=True)
    for left in (*output.glob(f"{PARTIAL}*"), *folder.glob(f"{PARTIAL}*"), *folder.glob(f".{PARTIAL}*")):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _taken_soon(descriptor: int) -> bool:
    for _ in range(5):
        if _taken(descriptor):
            return True
        time.sleep(ASKED_AGAIN_SECONDS)
    return False


def is_held(folder: Path) -> bool:
    """Whether a run holds the folder now."""
    lock = folder / LOCK
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

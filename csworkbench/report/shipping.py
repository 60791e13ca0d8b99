"""Folders as bytes, for machines without a shared disk."""

from __future__ import annotations

import hashlib
import io
import tarfile
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_UNPACKING = threading.Lock()


def packed(folder: Path) -> bytes:
    """The files of a folder as a tar archive; the same files give the same bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                content = path.read_bytes()
                member = tarfile.TarInfo(path.relative_to(folder).as_posix())
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


@dataclass(frozen=True)
class Held:
    """A packed folder on its way. Called, it is itself, so that a cluster can hold it as the result of a task."""

    content: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """The key of its content."""
        return hashlib.sha256(self.content).hexdigest()

    def __call__(self) -> Held:
        """Itself."""
        return self

    def unpacked(self, below: Path) -> Path:
        """The folder, unpacked once into a private one below that path."""
        target = below / self.sha256
        with _UNPACKING:
            if not target.is_dir():
                below.mkdir(mode=0o700, parents=True, exist_ok=True)
                new = tempfile.mkdtemp(prefix=".new-", dir=below)
                with tarfile.open(fileobj=io.BytesIO(self.content)) as archive:
                    archive.extractall(new, filter="data")
                with suppress(OSError):
                    Path(new).rename(target)
        return target

"""A PNG as nothing but its picture."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}


class NotAPng(ValueError):
    """The content is no whole PNG."""


def bare_png(content: bytes) -> bytes:
    """The PNG without texts, profiles, times and whatever follows its end; NotAPng for anything else."""
    if not content.startswith(SIGNATURE):
        raise NotAPng
    chunks = list(_chunks(content))
    if chunks[0][0] != b"IHDR":
        raise NotAPng
    kept = (_chunk(kind, data) for kind, data in chunks if kind in _KEPT)
    return SIGNATURE + b"".join(kept)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and data of each part up to the end."""
    at, kind = len(SIGNATURE), b""
    while kind != b"IEND":
        size, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        data, sealed = content[at + 8 : at + 8 + size], content[at + 8 + size : at + 12 + size]
        if zlib.crc32(kind + data).to_bytes(4) != sealed:
            raise NotAPng
        yield kind, data
        at += 12 + size


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

"""Text files as strict UTF-8 on disk: what they were written in, and what is wrong with their bytes.

Recognised without a word in workspace.toml: UTF-8, and UTF-8, UTF-16 or UTF-32 with a byte order mark. Anything else
must be declared. No byte is ever replaced.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...errors import Problem, suggestion
from .part import Found

CHUNK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMES = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-32": "UTF-32"}
CANDIDATES = ("cp932", "euc_jp", "cp1252", "iso8859_15", "gb18030", "big5", "euc_kr", "cp1251")
_ESCAPES = (b"\x1b$B", b"\x1b$@", b"\x1b(J")
KNOWN = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp932", "shift_jis", "euc_jp", "iso2022_jp", "cp1252", "latin-1")


@dataclass(frozen=True)
class Counts:
    """Bytes that tell about the shape of a UTF-8 text file."""

    size: int
    line_feeds: int
    carriage_returns: int
    quotes: int
    delimiters: int
    nul: int
    replaced: int
    ends_open: bool
    digest: str

    @property
    def lines(self) -> int:
        """How many lines the file has."""
        return max(self.line_feeds, self.carriage_returns) + self.ends_open

    @property
    def plain_lines(self) -> bool:
        """Whether all lines end in the same way."""
        return self.carriage_returns == 0 or self.line_feeds in (0, self.carriage_returns)


@dataclass(frozen=True)
class Utf8File:
    """A text file as UTF-8 on disk (the file itself, or a temporary copy), with its counts and notices."""

    path: Path
    counts: Counts
    notices: tuple[str, ...]


def as_utf8(found: Found, encoding: str | None, delimiter: str, stack: ExitStack) -> Utf8File | Problem:
    """The file as strict UTF-8; a temporary copy lives until the stack is closed."""
    path: Path = found.path
    if found.kind == "gzip":
        unpacked = _unpacked(found, stack)
        if isinstance(unpacked, Problem):
            return unpacked
        path = unpacked
    known = _encoding_of(found, path, encoding)
    if isinstance(known, Problem):
        return known
    codec, notices = known
    if codec not in ("utf-8", "utf-8-sig"):
        copied = _decoded_copy(found, path, codec, stack)
        if isinstance(copied, Problem):
            return copied
        path = copied
    counted = count_bytes(path, delimiter)
    if isinstance(counted, int):
        return not_utf8(found, path, counted)
    if codec == "utf-8" and encoding is None and (refused := _unmarked(found, path, counted)):
        return refused
    return Utf8File(path, counted, notices)


def _encoding_of(found: Found, path: Path, declared: str | None) -> tuple[str, tuple[str, ...]] | Problem:
    with path.open("rb") as stream:
        head = stream.read(4)
    marked = next((codec for mark, codec in _MARKS if head.startswith(mark)), None)
    if declared is None:
        if marked is None:
            return "utf-8", ()
        return marked, (f"{found.name}: read as {_NAMES[marked]}, as its byte order mark says",)
    try:
        codec = codecs.lookup(declared).name
    except LookupError:
        said = f'is declared as "{declared}", which is no known encoding'
        return found.problem("unknown_encoding", said, f"Correct encoding.{suggestion(declared, KNOWN)}")
    if codec == "utf-8" and marked == "utf-8-sig":
        codec = "utf-8-sig"
    return codec, (f"{found.name}: read as {declared}, as declared",)


def _unpacked(found: Found, stack: ExitStack) -> Path | Problem:
    remedy = "Export or copy the file again; what is there cannot be trusted."
    try:
        with gzip.open(found.path, "rb") as packed:
            return written(iter(lambda: packed.read(CHUNK), b""), stack)
    except EOFError:
        return found.problem("truncated_gz", "is cut: the compressed data ends too early", remedy)
    except (gzip.BadGzipFile, zlib.error):
        return found.problem("corrupt_gz", "is damaged: its checksum does not match its content", remedy)


def written(chunks: Iterator[bytes], stack: ExitStack) -> Path:
    """A temporary file of these bytes that lives until the stack is closed."""
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="csworkbench-"))
    path = Path(folder) / "text.csv"
    with path.open("wb") as copy:
        for chunk in chunks:
            copy.write(chunk)
    return path


def _decoded_copy(found: Found, path: Path, codec: str, stack: ExitStack) -> Path | Problem:
    try:
        return written((text.encode("utf-8") for text in _decoded(path, codec)), stack)
    except UnicodeError as error:
        said = f"is not {codec}: {getattr(error, 'reason', error)}"
        named = [name for name in ("utf-8", *CANDIDATES) if decodes(path, name)]
        return found.problem("not_declared_encoding", said, f"Declare another encoding; {_strictly(named)}.")


def _decoded(path: Path, codec: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def decodes(path: Path, codec: str) -> bool:
    """Whether every byte of the file is text in that encoding."""
    try:
        return all(text is not None for text in _decoded(path, codec))
    except UnicodeError:
        return False


def count_bytes(path: Path, delimiter: str) -> Counts | int:
    """The counts; or the offset of the first byte that is not UTF-8."""
    totals = np.zeros(5, dtype=np.int64)
    wanted = [ord(sign) for sign in ("\n", "\r", '"', delimiter, "\0")]
    digest = hashlib.blake2b(digest_size=32)
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    size = replaced = 0
    last = b""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            signs = np.frombuffer(chunk, dtype=np.uint8)
            totals += [np.count_nonzero(signs == sign) for sign in wanted]
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as error:
                return size - len(decoder.getstate()[0]) + error.start
            replaced += text.count("\ufffd")
            size, last = size + len(chunk), chunk[-1:]
    if decoder.getstate()[0]:
        return size - len(decoder.getstate()[0])
    feeds, returns, quotes, delimiters, nul = (int(total) for total in totals)
    ends_open = last not in (b"\n", b"\r", b"")
    return Counts(size, feeds, returns, quotes, delimiters, nul, replaced, ends_open, digest.hexdigest())


def not_utf8(found: Found, path: Path, offset: int) -> Problem:
    """The refusal of a file whose bytes are not UTF-8: where, and in which encodings all of it can be read."""
    with path.open("rb") as stream:
        before = stream.read(offset)
        run = before[-16:].rpartition(b"\n")[2] + stream.readline(64)
    named = [codec for codec in CANDIDATES if decodes(path, codec)]
    shown = [f'{codec} reads "{sample}"' for codec in named if (sample := _sample(run, codec))]
    remedy = f'Declare the encoding, such as encoding = "{named[0]}"; ' if named else "Export the file as UTF-8; "
    remedy += f"{_strictly(named)}{': ' if shown else ''}{', '.join(shown[:3])}."
    row = before.count(b"\n") + 1
    return found.problem("not_utf8", f"is not UTF-8 at byte {offset:,}", remedy, row)


def _strictly(named: list[str]) -> str:
    return f"all its bytes are text in {', '.join(named)}" if named else "no common encoding fits all its bytes"


def _sample(run: bytes, codec: str) -> str:
    return run.decode(codec, "ignore").strip("\r\n")[:24].replace('"', "'")


def _unmarked(found: Found, path: Path, counts: Counts) -> Problem | None:
    """UTF-16 without a mark and ISO-2022-JP are UTF-8 to the letter; their signs tell."""
    with path.open("rb") as stream:
        head = stream.read(CHUNK)
    if counts.nul and head[:2000].count(0) > len(head[:2000]) // 4:
        codec = "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
        said = "looks like UTF-16 without a byte order mark"
        return found.problem("not_utf8", said, f'Declare encoding = "{codec}", or export the file as UTF-8.')
    if any(escape in head for escape in _ESCAPES):
        said = "looks like ISO-2022-JP (it holds its escape sequences)"
        return found.problem("not_utf8", said, 'Declare encoding = "iso2022_jp", or export the file as UTF-8.')
    return None

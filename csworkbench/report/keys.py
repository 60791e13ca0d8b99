"""Keys: texts that are equal only where nothing that could change a result has changed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..version import __version__

if TYPE_CHECKING:
    from ..data.settings import Settings
    from .plan import Pack

# A change of what keys are made of raises it.
FORMAT = 1
MEASURING = ("errors", "schema", "data", "metrics", "models")
MAKING = (*MEASURING, "story", "report")
LIBRARIES = frozenset(
    re.findall(
        r"\w+",
        """
        babel duckdb fonttools ipykernel ipython jinja2 markupsafe matplotlib matplotlib_fontja mistune nbclient
        nbconvert nbformat nh3 numpy openpyxl pandas papermill pillow pyarrow pydantic scikit_learn scipy seaborn
        sqlalchemy sqlglot tzdata
        """,
    )
)
# Smaller files are read every time; for larger ones see `Seen`.
SMALL_BYTES = 16 * 2**20
SETTLED_SECONDS = 3
_DIST_INFO = re.compile(r"(.+?)-([^-]+)\.dist-info")


def digest(value: Any) -> str:
    """A text for a value of JSON: the same for the same value, whatever the order of its names."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, allow_nan=False)
    return hashlib.blake2b(text.encode(), digest_size=20).hexdigest()


def file_digest(path: Path) -> str:
    """A text for the bytes of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=20)).hexdigest()


def folder_digests(folder: Path) -> dict[str, str]:
    """Path in the folder → digest, for every file in it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): file_digest(path) for path in files}


@cache
def code_key(parts: Sequence[str] = MAKING) -> str:
    """The code of those parts of the package, and the versions of Python and of the libraries that results hang on."""
    package = Path(__file__).parents[1]
    files = {
        path.relative_to(package).as_posix(): file_digest(path) for part in parts for path in _code(package / part)
    }
    return digest([__version__, sys.version_info[:3], sorted(_libraries(sys.path)), files])


def _code(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    for folder, names, files in os.walk(place):
        names[:] = [name for name in names if name != "__pycache__"]
        yield from (Path(folder, file) for file in files if not file.endswith((".pyc", ".tmp")))


def _libraries(folders: Sequence[str]) -> set[str]:
    """Names and versions of the installed libraries, told by the names of their folders; nothing is imported."""
    entries = [entry for folder in folders if Path(folder).is_dir() for entry in os.listdir(folder or ".")]  # noqa: PTH208
    found = [match.groups() for entry in entries if (match := _DIST_INFO.fullmatch(entry))]
    normal = {(re.sub(r"[-_.]+", "_", name).lower(), version) for name, version in found}
    return {f"{name} {version}" for name, version in normal if name in LIBRARIES}


@dataclass(frozen=True)
class Seen:
    """A source file when its digest was taken. identity: device, inode, size, times of content and of inode (ns).

    settled: the file was by then older than any resolution of file times, so that a later change shows in them. Times
    of the inode cannot be set by a program; a copied or touched file does not pass for the one that was read.
    """

    identity: tuple[int, ...]
    digest: str
    settled: bool

    def is_of(self, identity: tuple[int, ...]) -> bool:
        """Whether a file with this identity need not be read again."""
        return self.settled and self.identity == identity and identity[2] > SMALL_BYTES


@dataclass(frozen=True)
class Inputs:
    """What the measures of a quarter are made from. key: empty where a server is read, whose content no file tells."""

    key: str
    files: Mapping[str, Seen] = field(default_factory=dict)
    folder: Path = Path()

    @property
    def are_still_there(self) -> bool:
        """Whether no file has changed since."""
        try:
            return all(_identity(self.folder / name) == seen.identity for name, seen in self.files.items())
        except OSError:
            return False


@dataclass(frozen=True)
class Question:
    """What is asked of a workspace.

    day_of_exports: None where the workspace says it itself. data_version: of its databases, as their owner names it.
    earlier: folders of forecasts that earlier runs sealed.
    """

    folder: Path
    settings: Settings
    quarter: str
    as_of: date
    day_of_exports: date | None = None
    data_version: str | None = None
    earlier: Sequence[Path] = ()


def inputs(question: Question, known: Mapping[str, Seen], now: datetime) -> Inputs:
    """The files behind a question and their key. known: what was seen of them before. now: to tell settled files."""
    from ..data.source_files import PINS, reads_database, source_files

    folder, settings = question.folder, question.settings
    pins = sorted((folder / PINS).glob("*.json"))
    names = [os.path.relpath(path, folder) for path in [*source_files(settings, folder), *pins]]
    files = {name: _seen(folder / name, known.get(name), now) for name in names}
    if reads_database(settings) and question.data_version is None:
        return Inputs("", files, folder)
    asked = [question.quarter, str(question.as_of), str(question.day_of_exports), question.data_version]
    sealed = [folder_digests(folder) for folder in question.earlier]
    content = {name: seen.digest for name, seen in files.items()}
    return Inputs(digest([FORMAT, code_key(MEASURING), asked, _addresses(settings), content, sealed]), files, folder)


def _seen(path: Path, known: Seen | None, now: datetime) -> Seen:
    identity = _identity(path)
    if known and known.is_of(identity):
        return known
    settled = now.timestamp() - max(identity[3:]) / 1e9 > SETTLED_SECONDS
    return Seen(identity, file_digest(path), settled)


def _identity(path: Path) -> tuple[int, ...]:
    with path.open("rb") as file:
        facts = os.fstat(file.fileno())
    return (facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)


def _addresses(settings: Settings) -> list[str]:
    """The databases behind a workspace, without the passwords and tokens in their addresses."""
    from urllib.parse import urlsplit

    names = [settings.engine.url_env, *(source.url_env for source in settings.sources.values())]
    parts = [urlsplit(os.environ.get(name, "")) for name in names if name]
    return [f"{part.scheme}://{part.netloc.rpartition('@')[2]}{part.path.partition(';')[0]}" for part in parts]


def pack_key(pack: Pack, content: Mapping[str, str], page: Mapping[str, Any]) -> str:
    """The key of a pack: its template, its typed parameters, the data it can read, the code, and what its page says.

    content: parameter that names a folder → digest of what is in it, which takes the place of the folder's path.
    """
    parameters = {name: content.get(name, value) for name, value in pack.parameters.items()}
    return digest([FORMAT, code_key(MAKING), pack.name, template_cells(pack.template.notebook), parameters, page])


def template_cells(notebook: Mapping[str, Any]) -> list[Any]:
    """What counts of a template: kind, text and tags of its cells; not outputs, ids, or who saved it."""
    return [
        [cell.get("cell_type"), "".join(cell.get("source", "")), cell.get("metadata", {}).get("tags", [])]
        for cell in notebook.get("cells", [])
    ]

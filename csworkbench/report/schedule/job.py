"""What a scheduler runs."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, fields
from pathlib import Path

from ...errors import CsworkbenchError
from .timing import Timing

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
_BREAKS = {"Cc", "Cs", "Zl", "Zp"}


@dataclass(frozen=True)
class Job:
    """One run of `csworkbench qbr`, every path absolute.

    folder: where it runs, so that relative paths among the options lie there. options: passed on to qbr.
    secrets: names of environment variables that the workspace needs. env_file: lines NAME=value, for those.
    log: the file that its output is added to. name: that of the job, its files and its log.
    """

    python: str
    workspace: str
    folder: str
    timing: Timing
    options: tuple[str, ...] = ()
    name: str = "csworkbench-qbr"
    log: str = ""
    env_file: str | None = None
    secrets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise CsworkbenchError(f'"{self.name}" is not a name for a job: letters, digits, - and _ only.')
        for text in self._texts():
            if any(unicodedata.category(character) in _BREAKS for character in text):
                said = f"{text!r} holds a line break or another control character"
                raise CsworkbenchError(f"{said}, which no scheduler keeps. Rename it.")

    def _texts(self) -> list[str]:
        values = [getattr(self, part.name) for part in fields(self)]
        texts = [value for value in values if isinstance(value, str)]
        return [*texts, *self.options, *self.secrets]

    @property
    def command(self) -> tuple[str, ...]:
        """Program and arguments. -P: modules that happen to lie in the folder are not imported."""
        return (self.python, "-P", *self.arguments)

    @property
    def arguments(self) -> tuple[str, ...]:
        """What Python is called with."""
        return ("-m", "csworkbench", "qbr", self.workspace, "--quarter", "last", *self.options)

    @property
    def log_file(self) -> str:
        """The log; beside the reports unless it was named."""
        return self.log or str(Path(self.folder) / f"{self.name}.log")

"""Pinned questions: kept as small files in the workspace, answered anew in every run."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...data.source_files import PINS as FOLDER
from ...errors import CsworkbenchError, Problem, Refusal
from .question import Question, question_of

FORMAT = 1
KINDS = ("executive", "segment")
LONGEST_NAME = 80
_FILE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class Pin:
    """A question with a name that readers see. id: its file name without ending. packs: kinds of pack that show it."""

    id: str
    name: str
    question: Question = field(default_factory=Question)
    packs: tuple[str, ...] = ("executive",)

    def __post_init__(self) -> None:
        if not _FILE.fullmatch(self.id):
            raise CsworkbenchError(f'"{self.id}" is no id of a pin: lower-case letters, digits and - only, at most 40.')
        if not self.name.strip() or len(self.name) > LONGEST_NAME:
            raise CsworkbenchError(f"a pin needs a name of at most {LONGEST_NAME} signs")
        if not self.packs or (wrong := [kind for kind in self.packs if kind not in KINDS]):
            named = f'"{wrong[0]}" does not' if self.packs else "one is needed"
            raise CsworkbenchError(f"kinds of pack that show pins are {', '.join(KINDS)}; {named}")


def id_of(name: str, taken: tuple[str, ...] = ()) -> str:
    """An id for a name: its ASCII letters and digits, or "pin"; with a number where it is taken."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:32] or "pin"
    found, at = plain, 2
    while found in taken:
        found, at = f"{plain}-{at}", at + 1
    return found


def save_pin(workspace: str | Path, pin: Pin) -> Path:
    """Write the pin into the workspace's folder of pins, whole or not at all; returns its file."""
    folder = Path(workspace) / FOLDER
    folder.mkdir(exist_ok=True)
    facts = {"format": FORMAT, "name": pin.name, "packs": list(pin.packs), "question": pin.question.parameters}
    target, written = folder / f"{pin.id}.json", folder / f".{pin.id}.json.new"
    written.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    written.replace(target)
    return target


def remove_pin(workspace: str | Path, id: str) -> None:
    """Take the pin away; nothing happens where there is none."""
    (Path(workspace) / FOLDER / f"{id}.json").unlink(missing_ok=True)


def load_pins(workspace: str | Path) -> tuple[Pin, ...]:
    """The pins of a workspace by id. Refusal with everything that is wrong in every file."""
    problems: list[Problem] = []
    pins: list[Pin] = []
    for path in sorted((Path(workspace) / FOLDER).glob("*.json")):
        try:
            pins.append(_read(path))
        except (CsworkbenchError, ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            said = str(error) if isinstance(error, CsworkbenchError) else "is not a pin as the explorer writes it"
            file, remedy = f"{FOLDER}/{path.name}", "Correct it, or delete the file and pin the view again."
            problems.append(Problem(file, 0, "", "pin", said, remedy))
    if problems:
        raise Refusal(problems, f"{FOLDER}/")
    return tuple(pins)


def _read(path: Path) -> Pin:
    facts: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if facts["format"] != FORMAT:
        raise CsworkbenchError(f"format is {facts['format']!r}, not {FORMAT}")
    return Pin(path.stem, str(facts["name"]), question_of(facts["question"]), tuple(map(str, facts["packs"])))

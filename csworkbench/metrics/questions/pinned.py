"""Answers to pinned questions, made once for a quarter and kept beside its measures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ...data.snapshot import View
from ...errors import CsworkbenchError
from ..book import ALL
from .answer import COLUMNS, answer
from .pins import Pin
from .population import Population, Scores
from .question import Question, question_of

FILE, CELLS = "pins.json", "cells.parquet"
EXECUTIVE, SEGMENT = "executive", "segment"


@dataclass(frozen=True)
class Pinned:
    """A pin's answer for one part of the book. cells, whole: see `Answer`; empty where there is none for a reason."""

    id: str
    name: str
    question: Question
    cells: pd.DataFrame
    whole: pd.DataFrame
    reason: str = ""


def answer_pins(
    view: View, pins: Sequence[Pin], segments: Sequence[str], health: Scores | None = None
) -> list[tuple[str, Pinned]]:
    """Each pin's answers: for "all" where the executive pack shows it, for each segment where segment packs do.

    A pin that this workspace cannot answer any more has its reason instead. health: see `Population`.
    """
    population = Population(view, health=health)
    found = []
    for pin in pins:
        units = [ALL] * (EXECUTIVE in pin.packs) + [*segments] * (SEGMENT in pin.packs)
        found += [(unit, _answered(population, pin, unit)) for unit in units]
    return found


def _answered(population: Population, pin: Pin, segment: str) -> Pinned:
    members = None if segment == ALL else population.columns["segment"].astype("str") == segment
    try:
        found = answer(population, pin.question, members)
    except CsworkbenchError as error:
        none = pd.DataFrame(columns=COLUMNS)
        return Pinned(pin.id, pin.name, pin.question, none, none, str(error))
    return Pinned(pin.id, pin.name, pin.question, found.cells, found.whole)


def save_pinned(found: Sequence[tuple[str, Pinned]], folder: str | Path) -> None:
    """Write the answers into the folder, which is made."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    parts, facts = [], []
    for at, (unit, pinned) in enumerate(found):
        question = pinned.question.parameters
        facts.append(
            {"unit": unit, "id": pinned.id, "name": pinned.name, "question": question, "reason": pinned.reason}
        )
        parts += [
            frame.assign(place=at, part=part) for part, frame in (("cells", pinned.cells), ("whole", pinned.whole))
        ]
    filled = [part for part in parts if len(part)]
    if filled:
        pd.concat(filled, ignore_index=True).to_parquet(place / CELLS, index=False)
    (place / FILE).write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")


def load_pinned(folder: str | Path, unit: str = ALL) -> list[Pinned]:
    """The answers for one part of the book, in the order of the pins' ids; none where none were kept."""
    place = Path(folder)
    if not (place / FILE).is_file():
        return []
    facts = json.loads((place / FILE).read_text(encoding="utf-8"))
    kept = (
        pd.read_parquet(place / CELLS)
        if (place / CELLS).is_file()
        else pd.DataFrame(columns=["place", "part", *COLUMNS])
    )
    return [
        Pinned(
            fact["id"],
            fact["name"],
            question_of(fact["question"]),
            _part(kept, at, "cells"),
            _part(kept, at, "whole"),
            fact["reason"],
        )
        for at, fact in enumerate(facts)
        if fact["unit"] == unit
    ]


def _part(kept: pd.DataFrame, at: int, part: str) -> pd.DataFrame:
    return kept[(kept["place"] == at) & (kept["part"] == part)][COLUMNS].reset_index(drop=True)

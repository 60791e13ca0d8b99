"""Hostile texts in every text field of every table of a workspace: every kind of pack stays inert and readable."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from databases import snapshot_of
from drawn_packs import Drawn, drawn_packs
from hostile import HONEST, HOSTILE, inspected, text_of

from csworkbench.data.settings import Settings
from csworkbench.data.snapshot import Snapshot
from csworkbench.data.store import save_snapshot
from csworkbench.data.workspace import open_workspace
from csworkbench.metrics.calendar import Quarter
from csworkbench.report.keys import Inputs
from csworkbench.report.ledger import FOLDER
from csworkbench.report.marts import save_marts
from csworkbench.report.source import measured
from csworkbench.report.templates import pack_templates
from csworkbench.schema import TABLES

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("hostile packs")]
# What is no free text: codes that the package itself compares.
CODES = {"currency", "kpi", "attribute", "period", "language", "owner"}
LARGE = {"usage", "events"}
INVISIBLE = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]"


def poisoned(value: str, name: str | None = None) -> str:
    """The same text for the same value: it still joins and groups, and starts with words to read."""
    names = sorted(HOSTILE)
    return f"{HONEST} {value} {text_of(name or names[zlib.crc32(value.encode()) % len(names)])}"


def poisoned_table(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    fields = [c for c in TABLES[name].columns if c.type in ("key", "text") and not c.choices and c.name not in CODES]
    changed = {
        column.name: frame[column.name].map(_poisons(frame[column.name], column.type == "key" or name in LARGE))
        for column in fields
        if column.name in frame
    }
    return frame.assign(**changed)


def _poisons(values: pd.Series, short: bool) -> dict[str, str]:
    """Value → what stands in its place; numbers written as text stay."""
    known = [str(value) for value in values.dropna().unique()]
    return {value: value if value.isdigit() else poisoned(value, "script" if short else None) for value in known}


def poisoned_settings(settings: Settings) -> Settings:
    names = {
        poisoned(segment): {"en": text_of("onerror"), "ja": text_of("mathjax")} for segment in settings.segments.names
    }
    journey = tuple(
        step.model_copy(update={"id": poisoned(step.id), "name": {"en": text_of("iframe"), "ja": text_of("svg use")}})
        for step in settings.journey
    )
    return settings.model_copy(
        update={
            "company": settings.company.model_copy(update={"name": text_of("style close")}),
            "segments": settings.segments.model_copy(update={"names": names}),
            "journey": journey,
            "packs": settings.packs.model_copy(update={"accounts": None}),
            "adoption": settings.adoption.model_copy(
                update={"core_features": tuple(poisoned(name, "script") for name in settings.adoption.core_features)}
            ),
        }
    )


@dataclass(frozen=True)
class Poisoned:
    """A workspace as a run sees it."""

    path: Path
    settings: Settings
    frames: Mapping[str, pd.DataFrame]

    def snapshot(self, today: date | None = None) -> Snapshot:
        return snapshot_of(self.frames, self.settings)

    def check(self) -> Any:
        return SimpleNamespace(tolerated=())

    def save(self, folder: Path) -> Path:
        return save_snapshot(self.snapshot(), folder)


@pytest.fixture(scope="module")
def packs(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Drawn]:
    whole = open_workspace(sample).snapshot()
    frames = {name: poisoned_table(name, whole.as_of("2026-09-30").table(name)) for name in whole.tables}
    output = tmp_path_factory.mktemp("hostile")
    workspace: Any = Poisoned(sample, poisoned_settings(whole.settings), frames)
    source = measured(workspace, Quarter.parse("2026Q3", 1), date(2026, 9, 30))
    (output / FOLDER).mkdir()
    save_marts(source, output / FOLDER, set(source.savers), Inputs("k"))
    return {(pack.kind, pack.lang): pack for pack in drawn_packs(output)}


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("kind", sorted(pack_templates()))
def test_a_pack_of_hostile_texts_is_inert_and_readable(
    packs: dict[tuple[str, str], Drawn], kind: str, lang: str
) -> None:
    page = packs[kind, lang].html
    found = inspected(page)
    assert found.faults == []
    assert re.findall(INVISIBLE, page) == []
    assert page.count("<main") == page.count("</main>") == 1
    readable = "".join(found.text)
    assert readable.count(HONEST) > 10
    assert "W" * 500 not in readable
    assert len(page.encode()) < 700_000


def test_the_hostile_texts_did_reach_the_packs(packs: dict[tuple[str, str], Drawn]) -> None:
    readable = " ".join(" ".join(inspected(pack.html).text) for pack in packs.values())
    for name in ("script", "onerror", "iframe", "mathjax", "svg use", "style close"):
        assert " ".join(text_of(name).split())[:25] in readable, name

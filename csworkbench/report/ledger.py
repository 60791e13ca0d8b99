"""The ledger of a run: one JSON line per state change, only ever appended; the only source of status.

Every line has `schema` (1), `at` (ISO 8601 with offset, from the caller's clock), `run` and `event`:

- `run_started`: quarter, as_of, version, planned (number of packs), jobs.
- `planned`, `started`: the pack's name, kind, unit, unit_kind, quarter, lang.
- `finished`: the same, and outcome (one of OUTCOMES), reason (redacted text, "" when succeeded), cell (1-based,
  null when no cell is to blame), seconds, file and sha256 (null unless the pack was published).
- `run_finished`: counts (outcome → number), interrupted (bool).

A pack that has no `finished` line after its `started` line was cut short: its run was killed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from .files import is_held

SCHEMA = 1
FOLDER = ".csworkbench"
FILE = "ledger.jsonl"
OUTCOMES = (
    "succeeded",
    "skipped",
    "cell_error",
    "timeout",
    "kernel_died",
    "param_invalid",
    "render_error",
    "cancelled",
)
PACK_EVENTS = ("planned", "started", "finished")
PACK_KEYS = ("name", "kind", "unit", "unit_kind", "quarter", "lang")

Clock = Callable[[], datetime]
Event = Mapping[str, Any]


@dataclass(frozen=True)
class Ledger:
    """Appends the events of one run. clock: gives the time of each line."""

    path: Path
    run: str
    clock: Clock

    def append(self, event: str, **fields: Any) -> None:
        """Write one line and wait until it is on the disk."""
        outcome = fields.get("outcome", "succeeded")
        if outcome not in OUTCOMES:
            raise ValueError(f"{outcome} is not an outcome")
        line = {"schema": SCHEMA, "at": self.clock().isoformat(), "run": self.run, "event": event, **fields}
        text = json.dumps(line, ensure_ascii=True, allow_nan=False, sort_keys=False)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(descriptor, _line_start(descriptor) + text.encode() + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _line_start(descriptor: int) -> bytes:
    """A line feed when an earlier writer was cut in the middle of its line."""
    size = os.fstat(descriptor).st_size
    return b"\n" if size and os.pread(descriptor, 1, size - 1) != b"\n" else b""


def read_ledger(output: str | Path) -> list[Event]:
    """All events of a run's output folder, oldest first; lines that a crash cut are left out."""
    path = Path(output) / FOLDER / FILE
    if not path.is_file():
        return []
    return [event for line in path.read_bytes().splitlines() if (event := _event(line))]


def _event(line: bytes) -> Event | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    if not isinstance(event, dict) or not {"event", "run", "at"} <= event.keys():
        return None
    return event if event["event"] not in PACK_EVENTS or set(PACK_KEYS) <= event.keys() else None


@dataclass(frozen=True)
class PackStatus:
    """What the ledger says of one pack: its last state, and the last file that was published for it.

    outcome: one of OUTCOMES, "planned", "running" or "interrupted" (its run was cut). at: time of the last line.
    """

    name: str
    kind: str
    unit: str | None
    quarter: str
    lang: str
    outcome: str
    reason: str
    at: str
    seconds: float | None = None
    file: str | None = None
    published_at: str | None = None


def statuses(events: list[Event], *, live: bool = False) -> tuple[PackStatus, ...]:
    """The last status of every pack in a ledger, by quarter, kind, unit and language.

    live: whether a run is going on now, so that its unfinished packs are not interrupted ones.
    """
    last: dict[tuple[Any, ...], Event] = {}
    published: dict[tuple[Any, ...], Event] = {}
    going_on = events[-1]["run"] if live and events else None
    for event in events:
        if event["event"] in PACK_EVENTS:
            key = tuple(event.get(name) for name in PACK_KEYS if name != "name")
            last[key] = event
            if event.get("file"):
                published[key] = event
    found = [_status(event, published.get(key), event["run"] == going_on) for key, event in last.items()]
    return tuple(sorted(found, key=lambda status: (status.quarter, status.kind, status.unit or "", status.lang)))


def _status(event: Event, published: Event | None, going_on: bool) -> PackStatus:
    states = {"planned": "planned", "started": "running"}
    outcome = event.get("outcome") or (states[event["event"]] if going_on else "interrupted")
    return PackStatus(
        name=event["name"],
        kind=event["kind"],
        unit=event["unit"],
        quarter=event["quarter"],
        lang=event["lang"],
        outcome=outcome,
        reason=event.get("reason", ""),
        at=event["at"],
        seconds=event.get("seconds"),
        file=published["file"] if published else None,
        published_at=published["at"] if published else None,
    )


def pack_statuses(output: str | Path) -> tuple[PackStatus, ...]:
    """The last status of every pack in an output folder."""
    return statuses(read_ledger(output), live=is_held(Path(output) / FOLDER))

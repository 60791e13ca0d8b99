"""The ledger of a run: one JSON line per state change, only ever appended; the only source of status.

docs/ledger.md says what the lines hold, docs/ledger.schema.json says it to a machine.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
PACK_EVENTS = ("planned", "started", "retried", "finished")
PACK_KEYS = ("name", "kind", "unit", "unit_kind", "quarter", "lang")

# The unit kind of what stands for a template that cannot be used.
STAND_IN = "template"

Clock = Callable[[], datetime]
Event = Mapping[str, Any]


@dataclass(frozen=True)
class Ledger:
    """Appends the events of one run. clock: gives the time of each line."""

    path: Path
    run: str
    clock: Clock

    @property
    def output(self) -> Path:
        """The folder that it tells of."""
        return self.path.parent.parent

    def append(self, event: str, **fields: Any) -> None:
        """Write one line and wait until it is on the disk."""
        self.append_all(event, [fields])

    def append_all(self, event: str, lines: Iterable[Mapping[str, Any]]) -> None:
        """Write lines of one kind of event at once; either all of them are on the disk afterwards, or OSError."""
        text = "".join(self._line(event, fields) for fields in lines).encode()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            _write_whole(descriptor, _line_start(descriptor) + text)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _line(self, event: str, fields: Mapping[str, Any]) -> str:
        outcome = fields.get("outcome", "succeeded")
        if outcome not in OUTCOMES:
            raise ValueError(f"{outcome} is not an outcome")
        line = {"schema": SCHEMA, "at": self.clock().isoformat(), "run": self.run, "event": event, **fields}
        return json.dumps(line, ensure_ascii=True, allow_nan=False, sort_keys=False) + "\n"


def _write_whole(descriptor: int, content: bytes) -> None:
    """All of the content at the end of the file, or none of it when the disk is full."""
    size = os.fstat(descriptor).st_size
    try:
        while content:
            content = content[os.write(descriptor, content) :]
    except OSError:
        os.ftruncate(descriptor, size)
        raise


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
    sha256, key: of the published file. published_at: when it was made.
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
    sha256: str | None = None
    key: str | None = None
    published_at: str | None = None
    unit_kind: str | None = None


def statuses(events: Sequence[Event], *, live: bool = False) -> tuple[PackStatus, ...]:
    """The last status of every pack in a ledger, by quarter, kind, unit and language.

    live: whether a run is going on now, so that its unfinished packs are not interrupted ones.
    """
    last: dict[tuple[Any, ...], Event] = {}
    published: dict[tuple[Any, ...], Event] = {}
    usable: dict[tuple[str, str], bool] = {}
    going_on = events[-1]["run"] if live and events else None
    for event in events:
        if event["event"] in PACK_EVENTS:
            key = _identity(event)
            last[key] = event
            usable[event["kind"], event["quarter"]] = event["unit_kind"] != STAND_IN
            if event.get("file") and event.get("outcome") == "succeeded":
                published[key] = event
    counting = {key: event for key, event in last.items() if not _is_settled(event, usable)}
    found = [_status(event, published.get(key), event["run"] == going_on) for key, event in counting.items()]
    return tuple(sorted(found, key=lambda status: (status.quarter, status.kind, status.unit or "", status.lang)))


def _is_settled(event: Event, usable: Mapping[tuple[str, str], bool]) -> bool:
    """Whether it stands for a template that has been used since."""
    return event["unit_kind"] == STAND_IN and usable[event["kind"], event["quarter"]]


def _identity(event: Event) -> tuple[Any, ...]:
    """What makes it the same pack in another run."""
    return tuple(event.get(name) for name in PACK_KEYS if name != "name")


def _status(event: Event, published: Event | None, going_on: bool) -> PackStatus:
    outcome = event.get("outcome") if event["event"] == "finished" else None
    state = "planned" if event["event"] == "planned" else "running"
    of_file: Event = published or {}
    return PackStatus(
        **{name: event[name] for name in PACK_KEYS},
        outcome=outcome or (state if going_on else "interrupted"),
        reason=event.get("reason", "") if outcome else "",
        at=event["at"],
        seconds=event.get("seconds"),
        file=of_file.get("file"),
        sha256=of_file.get("sha256"),
        key=of_file.get("key"),
        published_at=of_file.get("at"),
    )


def pack_statuses(output: str | Path) -> tuple[PackStatus, ...]:
    """The last status of every pack in an output folder."""
    return statuses(read_ledger(output), live=is_held(Path(output) / FOLDER))


@dataclass(frozen=True)
class RunStatus:
    """What became of the last run. state: running, finished, cancelled, failed, or interrupted when it was cut."""

    run: str
    state: str
    started_at: str
    ended_at: str | None = None
    reason: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


def last_run(output: str | Path) -> RunStatus | None:
    """The last run of an output folder; None where there was none."""
    events = read_ledger(output)
    if not events:
        return None
    own = [event for event in events if event["run"] == events[-1]["run"]]
    end = next((event for event in own if event["event"] in ("run_finished", "run_failed")), None)
    if end is None:
        state = "running" if is_held(Path(output) / FOLDER) else "interrupted"
        return RunStatus(own[0]["run"], state, own[0]["at"])
    state = "failed" if end["event"] == "run_failed" else "cancelled" if end.get("interrupted") else "finished"
    return RunStatus(end["run"], state, own[0]["at"], end["at"], end.get("reason", ""), end.get("counts", {}))

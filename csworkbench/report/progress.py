"""Progress that a person and a log can read."""

from __future__ import annotations

import shutil
from typing import TextIO

from .results import Progress, Result, Standing, Summary

N_TOLD = 3
N_NAMED = 4


def progress_to(stream: TextIO) -> Progress:
    """One line that changes on a terminal, else a line for each pack; failures are told as they happen."""
    return _Line(stream) if stream.isatty() else _Log(stream)


class _Log:
    def __init__(self, stream: TextIO) -> None:
        self.stream, self.begun = stream, False

    def __call__(self, standing: Standing) -> None:
        if not self.begun:
            kept = f", {standing.done} of them unchanged" if standing.done else ""
            print(f"{standing.total} pack{'s' * (standing.total != 1)}{kept}", file=self.stream, flush=True)
            self.begun = True
        if standing.last is not None:
            left = f" · {_left(standing)}" if standing.done < standing.total else ""
            print(f"[{standing.done}/{standing.total}] {told(standing.last)}{left}", file=self.stream, flush=True)


class _Line:
    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def __call__(self, standing: Standing) -> None:
        width = shutil.get_terminal_size().columns - 1
        if standing.last is not None and not standing.last.is_good:
            self.stream.write(f"\r\x1b[K{told(standing.last)}\n")
        self.stream.write(f"\r\x1b[K{shown(standing)[:width]}")
        if standing.done >= standing.total:
            self.stream.write("\r\x1b[K")
        self.stream.flush()


def shown(standing: Standing) -> str:
    """How far a run is, on one line: packs done, time left, what is in work."""
    share = f"{standing.done / standing.total:.0%}" if standing.total else "100%"
    more = f" and {len(standing.running) - N_NAMED} more" if len(standing.running) > N_NAMED else ""
    named = ", ".join(standing.running[:N_NAMED]) + more
    return " · ".join(filter(None, [f"{standing.done}/{standing.total} packs {share}", _left(standing), named]))


def _left(standing: Standing) -> str:
    return "" if standing.left_seconds is None else f"about {lasting(standing.left_seconds)} left"


def lasting(seconds: float) -> str:
    """A length of time as people read it: 8 s, 1:05 min, 2:03 h."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02} h"


def told(result: Result) -> str:
    """One line about one pack."""
    if result.outcome == "skipped":
        return f"{result.pack.name}: unchanged"
    again = f" at attempt {result.attempt}" if result.attempt > 1 else ""
    if result.is_good:
        return f"{result.pack.name}: {result.outcome} in {result.seconds:.1f} s{again}"
    where = f" in cell {result.cell}" if result.cell else ""
    return f"{result.pack.name}: {result.outcome}{where}{again}: {result.reason}"


def closing_lines(summary: Summary) -> str:
    """What a run came to: packs ready and unchanged, packs that failed, the slowest packs and cells, where to look."""
    good = [result for result in summary.results if result.is_good]
    kept = summary.counts.get("skipped", 0)
    ready = f"{len(good)} of {len(summary.results)} packs ready" + (f", {kept} of them unchanged" if kept else "")
    lines = [f"{ready}, in {summary.output} after {lasting(summary.seconds)}"]
    lines += [f"  {told(result)}" for result in summary.results if not result.is_good]
    if len(summary.slowest_packs) > 1:
        packs = [f"{result.pack.name} {result.seconds:.1f} s" for result in summary.slowest_packs[:N_TOLD]]
        lines.append("slowest packs: " + ", ".join(packs))
    if cells := summary.slowest_cells[:N_TOLD]:
        named = [f"cell {cell.cell} of {pack.name} {cell.seconds:.1f} s" for pack, cell in cells]
        lines.append("slowest cells: " + ", ".join(named))
    return "\n".join([*lines, f"open {summary.output / 'index.html'}"])

"""Progress that a person and a log can read."""

from __future__ import annotations

from typing import TextIO

from .index import GOOD
from .quarter import Progress, Summary
from .run import Result


def progress_to(stream: TextIO) -> Progress:
    """A bar on a terminal, else one line per pack; failures are told as they happen."""
    return _Bar(stream) if stream.isatty() else _Lines(stream)


class _Lines:
    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def __call__(self, done: int, total: int, result: Result | None) -> None:
        text = f"{total} packs to make" if result is None else f"[{done}/{total}] {told(result)}"
        print(text, file=self.stream, flush=True)


class _Bar:
    def __init__(self, stream: TextIO) -> None:
        from tqdm import tqdm

        self.bar = tqdm(total=0, file=stream, unit="pack", dynamic_ncols=True)

    def __call__(self, done: int, total: int, result: Result | None) -> None:
        self.bar.total = total
        self.bar.update(done - self.bar.n)
        if result is not None and result.outcome not in GOOD:
            self.bar.write(told(result), file=self.bar.fp)
        self.bar.refresh()
        if done >= total:
            self.bar.close()


def told(result: Result) -> str:
    """One line about one pack."""
    if result.outcome in GOOD:
        return f"{result.pack.name}: {result.outcome} in {result.seconds:.1f} s"
    where = f" in cell {result.cell}" if result.cell else ""
    return f"{result.pack.name}: {result.outcome}{where}: {result.reason}"


def closing_lines(summary: Summary, slowest: int = 3) -> str:
    """What a run came to: packs ready, packs that failed, the slowest ones, and where to look."""
    good = [result for result in summary.results if result.outcome in GOOD]
    bad = [result for result in summary.results if result.outcome not in GOOD]
    lines = [f"{len(good)} of {len(summary.results)} packs ready in {summary.output}"]
    lines += [f"  {told(result)}" for result in bad]
    if len(good) > slowest:
        ranked = sorted(good, key=lambda result: -result.seconds)[:slowest]
        lines.append("slowest: " + ", ".join(f"{result.pack.name} {result.seconds:.1f} s" for result in ranked))
    return "\n".join([*lines, f"open {summary.output / 'index.html'}"])

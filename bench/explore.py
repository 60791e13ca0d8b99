"""How long an analyst waits: every interaction of the explorers, at growing numbers of accounts.

    python bench/explore.py [--accounts 2000 20000 200000] [--times 9]

Each company is simulated (kept in --cache), opened once, and asked in one process, by explorers that remember nothing
of earlier runs. "first" is the first answer of its kind, which rolls up its data; the median is what a person feels
after it. The time includes the answer, its words and its pictures, as the widgets make them, not the browser's drawing.
Medians and 95th percentiles of --times on the clock, and the median of the processor's own time, in milliseconds: on a
machine that does other things too, the two differ.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from scale import MONTHS, SEED, simulate

from csworkbench.explore.state import FOLDER

GOALS = {2_000: 300.0, 200_000: 2_000.0}
Moves = Iterator[tuple[str, Callable[[], Any]]]


def timed(act: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds that it took, on the clock and of the processor."""
    began, worked = time.perf_counter(), time.process_time()
    act()
    return 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - worked)


def spread(values: list[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    if len(values) == 1:
        return values[0], values[0]
    return statistics.median(values), statistics.quantiles(values, n=20, method="inclusive")[-1]


def forgetful(desk: Any, explorer: Callable[[str], Any]) -> Any:
    """The explorer as it opens for the first time."""
    (desk.folder / FOLDER / "bench.json").unlink(missing_ok=True)
    return explorer("bench")


def cohort_moves(desk: Any) -> Moves:
    """What an analyst does in the cohort explorer; each move changes something, so nothing is answered from a cache."""
    from csworkbench.explore.cohort_widget import CohortWidget

    explorer = forgetful(desk, desk.cohorts)
    shown = CohortWidget(explorer)

    def setting(name: str, *values: Any) -> Callable[[], None]:
        turn = iter(values * 50)

        def act() -> None:
            shown.asked[name].value = next(turn)
            assert not shown.alert.value, shown.alert.value

        return act

    def chosen() -> None:
        shown.grid.chosen = []
        shown.grid.chosen = [explorer.answer.cohorts[0], 2]

    yield "split by segment or plan", setting("by", "segment", "plan_at_start")
    yield "measure: NRR or GRR", setting("measure", "revenue", "gross_revenue")
    yield "rule of retention", setting("rule", "rolling", "on_or_after", "on")
    yield "condition over columns", setting("where", 'segment == "SMB"', 'employees > 50 and touch_tier != "tech"', "")
    yield "click a cell: its accounts", chosen
    yield "compare two cohorts", lambda: shown._compare(None)
    yield "measure: use or a feature", setting("measure", "usage", f"feature:{desk.population.features[0]}")
    yield "measure: Adoption Index or NRR", setting("measure", "adoption_index", "revenue")
    yield "measure: health or NRR", setting("measure", "health", "revenue")
    for name, value in (("measure", "revenue"), ("grain", "quarter")):
        shown.asked[name].value = value
    yield "NRR by months or quarters", setting("grain", "month", "quarter")
    for name, value in (("grain", "quarter"), ("measure", "adoption_index")):
        shown.asked[name].value = value
    yield "Adoption Index by months or quarters", setting("grain", "month", "quarter")
    for name, value in (("grain", "month"), ("by", "start"), ("periods", 12)):
        shown.asked[name].value = value
    yield "36 × 36 months, Adoption Index", setting("periods", 36, 12)
    for name, value in (("measure", "logo"), ("periods", 12)):
        shown.asked[name].value = value
    yield "36 × 36 months, logo", setting("periods", 36, 12)


def journey_moves(desk: Any) -> Moves:
    """What an analyst does in the journey explorer."""
    explorer = forgetful(desk, desk.journey)
    turn = iter(["csm_id", "segment", "plan_at_start", ""] * 50)

    def split() -> None:
        explorer.ask(next(turn))
        for exhibit in explorer.exhibits:
            assert exhibit.html

    yield "journey: split, stuck, lateness", split


def measured(folder: Path, accounts: int, times: int) -> bool:
    """One company: prints a line per move; whether all were in time."""
    from csworkbench.explore import open_desk

    opened: list[Any] = []
    loaded, _ = timed(lambda: opened.append(open_desk(folder, "2026-09-30")) or opened[0].workspace.snapshot())
    desk = opened[0]
    first, _ = timed(lambda: forgetful(desk, desk.cohorts).widget)
    print(f"\n{accounts:,} accounts: load and check {loaded / 1000:.1f} s, explorer open {first / 1000:.2f} s")
    print(f"{'':38s}{'first':>9s}{'median':>9s}{'95%':>9s}{'worked':>9s}   milliseconds")
    good, goal = True, GOALS.get(accounts, GOALS[200_000])
    for moves in (cohort_moves, journey_moves):
        for name, act in moves(desk):
            once, _ = timed(act)
            timed(act)
            waited, worked = zip(*(timed(act) for _ in range(times)), strict=True)
            median, high = spread([*waited])
            good &= median <= goal
            told = "reached" if median <= goal else "NOT REACHED"
            figures = f"{once:9.0f}{median:9.0f}{high:9.0f}{statistics.median(worked):9.0f}"
            print(f"{name:38s}{figures}   {told} (goal {goal:.0f})", flush=True)
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, nargs="+", default=[2_000, 20_000, 200_000])
    parser.add_argument("--times", type=int, default=9)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "csworkbench-bench")
    chosen = parser.parse_args()
    good = True
    for accounts in chosen.accounts:
        folder = chosen.cache / f"{accounts}-{MONTHS}-{SEED}-parquet"
        simulate(folder, accounts, "parquet")
        good &= measured(folder, accounts, chosen.times)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

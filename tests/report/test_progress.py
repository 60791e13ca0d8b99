"""What a run says of itself while it goes on and when it ends."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from csworkbench.report.plan import Pack
from csworkbench.report.progress import closing_lines, lasting, progress_to, shown
from csworkbench.report.remaining import Remaining
from csworkbench.report.results import CellTime, Result, Standing, Summary


def pack(name: str, kind: str = "segment") -> Pack:
    return Pack(name, kind, "2026Q3", "en")


def good(name: str, seconds: float, kind: str = "segment", cells: tuple[CellTime, ...] = ()) -> Result:
    return Result(pack(name, kind), "succeeded", seconds=seconds, file=f"{name}.html", attempt=1, cells=cells)


FAILED = Result(pack("b"), "cell_error", "ValueError: no", cell=4, seconds=2.0, attempt=1)
KEPT = Result(pack("c"), "skipped", file="c.html")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_log_has_one_line_for_every_pack_that_ends_and_none_for_one_that_starts() -> None:
    log = io.StringIO()
    progress = progress_to(log)
    progress(Standing(1, 3))
    progress(Standing(1, 3, ("a",)))
    progress(Standing(2, 3, ("b",), good("a", 1.5), 90))
    progress(Standing(2, 3, ("b",), None, 90))
    progress(Standing(3, 3, (), FAILED, 0))
    assert log.getvalue().splitlines() == [
        "3 packs, 1 of them unchanged",
        "[2/3] a: succeeded in 1.5 s · about 1:30 min left",
        "[3/3] b: cell_error in cell 4: ValueError: no",
    ]


def test_a_terminal_shows_one_line_in_place_and_keeps_the_failures() -> None:
    terminal = Terminal()
    progress = progress_to(terminal)
    progress(Standing(0, 2, ("a", "b")))
    progress(Standing(1, 2, ("a",), FAILED, 3.2))
    progress(Standing(2, 2, (), good("a", 1.0), 0))
    written = terminal.getvalue()
    assert "\r\x1b[K0/2 packs 0% · a, b" in written
    assert "\r\x1b[Kb: cell_error in cell 4: ValueError: no\n" in written
    assert "\r\x1b[K1/2 packs 50% · about 3 s left · a" in written
    assert written.endswith("\r\x1b[K")
    assert written.count("\n") == 1


def test_many_packs_in_work_are_counted_instead_of_named() -> None:
    assert shown(Standing(0, 9, tuple("abcdef"))) == "0/9 packs 0% · a, b, c, d and 2 more"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (59.4, "59 s"), (60, "1:00 min"), (125, "2:05 min"), (7380, "2:03 h")]
)
def test_times_are_written_as_people_read_them(seconds: float, text: str) -> None:
    assert lasting(seconds) == text


def left(packs: list[Pack], done: list[Result], jobs: int) -> float | None:
    remaining = Remaining(packs, jobs)
    for result in done:
        remaining.done(result)
    return remaining.seconds


def test_time_left_is_unknown_before_a_pack_was_made_and_zero_at_the_end() -> None:
    assert left([pack("a")], [], 2) is None
    assert left([pack("c")], [KEPT], 2) is None
    assert left([pack("a")], [good("a", 3.0)], 2) == 0.0


def test_time_left_takes_the_median_of_each_kind_and_as_many_hands_as_there_are() -> None:
    # Three segments are left at 2 s (the slow one of 60 s does not count), one board pack at 8 s, by two at a time.
    packs = [*(pack(f"s{n}") for n in range(6)), pack("board", "board"), pack("other", "board")]
    done = [good("s0", 2.0), good("s1", 60.0), good("s2", 2.0), good("board", 8.0, "board")]
    assert left(packs, done, 2) == (3 * 2.0 + 8.0) / 2


def test_a_kind_that_was_not_made_yet_counts_like_the_others() -> None:
    assert left([pack("a"), pack("b"), pack("x", "board")], [good("a", 4.0), good("b", 8.0)], 8) == 6.0


def summary(*results: Result) -> Summary:
    return Summary(Path("out"), "r1", "2026Q3", "2026-09-30", "0.1.0", results, seconds=61.0)


def test_the_end_names_what_failed_the_slowest_packs_and_the_slowest_cells() -> None:
    slow = good("a", 9.0, cells=(CellTime(3, 7.25), CellTime(5, 0.5)))
    told = closing_lines(summary(slow, FAILED, KEPT, good("d", 1.0, cells=(CellTime(2, 0.75),)))).splitlines()
    assert told == [
        "3 of 4 packs ready, 1 of them unchanged, in out after 1:01 min",
        "  b: cell_error in cell 4: ValueError: no",
        "slowest packs: a 9.0 s, b 2.0 s, d 1.0 s",
        "slowest cells: cell 3 of a 7.2 s, cell 2 of d 0.8 s, cell 5 of a 0.5 s",
        "open out/index.html",
    ]


def test_the_summary_is_json_that_a_program_can_read() -> None:
    told = json.loads(json.dumps(summary(good("a", 9.0, cells=(CellTime(3, 7.25),)), FAILED, KEPT).as_json()))
    assert told["counts"] == {"succeeded": 1, "cell_error": 1, "skipped": 1}
    assert (told["good"], told["interrupted"], told["packs"], told["seconds"]) == (False, False, 3, 61.0)
    assert told["failed"] == [
        {
            "name": "b",
            "kind": "segment",
            "unit": None,
            "lang": "en",
            "outcome": "cell_error",
            "reason": "ValueError: no",
            "cell": 4,
        }
    ]
    assert told["slowest_packs"][0] == {"pack": "a", "seconds": 9.0}
    assert told["slowest_cells"] == [{"pack": "a", "cell": 3, "seconds": 7.25}]
    assert Path(told["index"]).is_absolute()

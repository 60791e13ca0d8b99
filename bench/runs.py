"""A quarter's segment packs made by csworkbench, beside the commands that people use today, in one run.

    python bench/runs.py [--parts packs unchanged kernels memory] [--rounds 3] [--baseline 6] [--flat 10 100 1000]

The company is simulated (24 segments, two languages: 48 packs) and its measures are made before; neither is counted, on
any side. The sides take turns, round by round, each over packs of its own share; medians of rounds are shown. CPU is
that of every process that a command started. "cells alone": the same cells in one warm process without notebooks.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from measured import Cost, adopt_orphans, cost
from run_steps import QUARTER, TEMPLATE, Pack

ROOT = Path(__file__).resolve().parent.parent
SEED, SEGMENTS, LANGUAGES = 20260930, 24, ("en", "ja")
PARTS = ("packs", "unchanged", "kernels", "memory")
PER_JOB_MIB, READY_SECONDS, UNCHANGED_SECONDS, TIMES, SHARE = 150, 0.150, 3.0, 10, 0.15


def environment(code: Path) -> dict[str, str]:
    """That of a person who works in that checkout; its bytecode is kept, as that of an installed package is."""
    paths = [str(Path(sys.executable).parent), os.environ["PATH"]]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(code), "PATH": os.pathsep.join(paths)}


def copied_code(folder: Path) -> Path:
    """A copy of what is measured: measures are made anew when code changes, also when that happens meanwhile."""
    target = folder / "code"
    for name in ("csworkbench", "notebooks", "bench"):
        shutil.copytree(ROOT / name, target / name)
    shutil.copy2(ROOT / "pyproject.toml", target)
    return target


def company(cache: Path, accounts: int) -> Path:
    """The simulated company with its accounts spread over the segments, unless it was made before."""
    folder = cache / f"runs-{accounts}-{SEGMENTS}"
    if not (folder / "workspace.toml").exists():
        from csworkbench.simulate import simulate

        shutil.rmtree(folder, ignore_errors=True)
        simulate(folder, accounts, 36, SEED, "2026-09-30", "csv", "monthly")
        rewrite(folder / "account_history.csv", lambda row: row if row["attribute"] != "segment" else None)
        rewrite(folder / "accounts.csv", with_segment)
    return folder


def with_segment(row: dict[str, str]) -> dict[str, str]:
    digits = int("".join(filter(str.isdigit, row["account_id"])))
    return {**row, "segment": f"Region {digits % SEGMENTS + 1:02}"}


def rewrite(path: Path, change: Callable[[dict[str, str]], dict[str, str] | None]) -> None:
    """Change or drop the rows of a CSV file."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(changed for row in rows if (changed := change(row)))


def qbr(folder: Path, output: Path, jobs: int, only: str = "*", *more: str) -> list[str]:
    """The product's own command."""
    words = [sys.executable, "-m", "csworkbench", "qbr", str(folder), "--quarter", QUARTER, "--packs", "segment"]
    return [*words, "--output", str(output), "--jobs", str(jobs), "--only", only, *more]


class Bench:
    """Everything lies in a folder of its own. marts: the measures of the quarter, made once."""

    def __init__(self, folder: Path, cache: Path, accounts: int) -> None:
        self.folder, self.company, self.code = folder, company(cache, accounts), copied_code(folder)
        # Kept; a later measurement of the same code and company finds the measures there.
        self.made = cache / f"runs-made-{accounts}-{SEGMENTS}" / QUARTER
        self.check(self.run(qbr(self.company, self.made, 1, "Region 01", "--lang", "en")))
        self.marts = self.made / ".csworkbench" / "measures"

    def run(self, command: Sequence[str], memory: bool = False) -> Cost:
        """What the command costs; what it prints goes to a log."""
        log = (self.folder / "log").open("ab")
        with log:
            return cost(command, memory, env=environment(self.code), cwd=self.folder, stdout=log, stderr=log)

    def check(self, found: Cost) -> Cost:
        """The same, or the end of the measurement when the command failed or left processes behind."""
        if found.exit_code or found.left_behind:
            sys.exit(
                f"a command ended with {found.exit_code}, left {found.left_behind} processes; see {self.folder}/log"
            )
        return found

    def fresh_output(self) -> Path:
        """An output folder with the measures and nothing else."""
        output = Path(tempfile.mkdtemp(dir=self.folder)) / QUARTER
        shutil.copytree(self.made / ".csworkbench", output / ".csworkbench")
        (output / ".csworkbench" / "ledger.jsonl").unlink()
        return output

    def ours(self, jobs: int, only: str, n: int, memory: bool = False) -> Cost:
        """Our run of the packs that match, n of them."""
        output = self.fresh_output()
        found = self.check(self.run(qbr(self.company, output, jobs, only), memory))
        made = len(list(output.glob("segment-*.html")))
        if made != n:
            sys.exit(f"{made} packs instead of {n} in {output}")
        return found

    def step(self, name: str, what: Sequence[Any]) -> tuple[Cost, Any]:
        """One of run_steps.py: what it cost, and what it measured itself."""
        output = Path(tempfile.mkdtemp(dir=self.folder))
        steps = str(self.code / "bench" / "run_steps.py")
        found = self.check(self.run([sys.executable, steps, name, str(self.marts), str(output), json.dumps(what)]))
        spent = output / "spent.json"
        return found, json.loads(spent.read_text()) if spent.exists() else None

    def commands(self, packs: Sequence[Pack]) -> Cost:
        """Papermill and nbconvert, one after the other, as a shell script would."""
        output = Path(tempfile.mkdtemp(dir=self.folder))
        total = Cost(0, 0, 0)
        for number, (segment, lang) in enumerate(packs):
            target = str(output / f"{number}.ipynb")
            parameters = {"measures": str(self.marts), "quarter": QUARTER, "segment": segment, "lang": lang}
            chosen = [word for name, value in parameters.items() for word in ("-p", name, value)]
            for command in (
                ["papermill", str(self.code / "notebooks" / "packs" / TEMPLATE.name), target, *chosen],
                ["jupyter", "nbconvert", "--to", "html", "--no-input", target],
            ):
                found = self.check(self.run(command))
                total = Cost(total.wall + found.wall, total.cpu + found.cpu, 0)
        return total


def all_packs() -> list[Pack]:
    return [(f"Region {number:02}", lang) for number in range(1, SEGMENTS + 1) for lang in LANGUAGES]


def share(packs: Sequence[Pack], n: int, turn: int) -> list[Pack]:
    """The packs of a turn: n of them, every turn others."""
    return [packs[(turn * n + k) * 7 % len(packs)] for k in range(n)]


def compare(bench: Bench, rounds: int, baseline: int, single: bool) -> dict[str, list[tuple[float, float]]]:
    """Side → wall and CPU seconds per pack, one pair a round."""
    packs, found = all_packs(), {side: [] for side in SIDES}  # type: dict[str, list[tuple[float, float]]]
    few = max(1, baseline // rounds)
    for turn in range(rounds):
        mine = share(packs, few, turn)
        found["commands"].append(each(bench.commands(mine), few))
        half = mine[: max(1, few // 2)]
        found["interface"].append(each(bench.step("papermill", half)[0], len(half)))
        found["jobs 2"].append(each(bench.ours(2, "*", len(packs)), len(packs)))
        if single:
            found["jobs 1"].append(each(bench.ours(1, "*", len(packs)), len(packs)))
        some = share(packs, len(packs) // 4, turn)
        spent = bench.step("cells", some)[1]
        found["cells"].append((spent["wall"] / len(some), spent["cpu"] / len(some)))
        print(f"  round {turn + 1} of {rounds} done", flush=True)
    return found


def each(found: Cost, n: int) -> tuple[float, float]:
    return found.wall / n, found.cpu / n


SIDES = {
    "commands": "papermill, then jupyter nbconvert",
    "interface": "papermill in one process",
    "jobs 1": "csworkbench --jobs 1",
    "jobs 2": "csworkbench --jobs 2",
    "cells": "the cells alone",
}


def median(pairs: Sequence[tuple[float, float]], place: int) -> float:
    return statistics.median(pair[place] for pair in pairs)


def goal(said: str, value: float, limit: float, unit: str, *, at_least: bool = False) -> None:
    """One line: what was wanted, what was found."""
    is_reached = value >= limit if at_least else value <= limit
    sign = "≥" if at_least else "≤"
    found = "reached    " if is_reached else "NOT REACHED"
    print(f"{found} {said}: {value:,.3g}{unit} (goal {sign} {limit:,.3g}{unit})", flush=True)


def part_packs(bench: Bench, given: argparse.Namespace) -> None:
    n = len(all_packs())
    print(f"packs: {given.baseline} of {n} by papermill and nbconvert, all {n} by csworkbench, {given.rounds} rounds")
    found = {side: pairs for side, pairs in compare(bench, given.rounds, given.baseline, given.single).items() if pairs}
    print(f"{'':36}{'wall s/pack':>12}{'CPU s/pack':>12}{'packs/min':>12}")
    for side, pairs in found.items():
        wall, cpu = median(pairs, 0), median(pairs, 1)
        print(f"{SIDES[side]:<36}{wall:>12.2f}{cpu:>12.2f}{60 / wall:>12.1f}")
    times = median(found["commands"], 0) / median(found["jobs 2"], 0)
    goal("packs per minute, times those of papermill, then nbconvert", times, TIMES, "", at_least=True)
    cpu, cells = median(found["jobs 2"], 1), median(found["cells"], 1)
    goal("machinery's share of CPU (all that is not the cells; start and warm-up included)", 1 - cells / cpu, SHARE, "")
    print(f"  machinery {cpu - cells:.3f} s a pack, and what two at a time cost one another", flush=True)
    if given.single:
        one = median(found["jobs 1"], 1)
        print(f"  one at a time, as the cells alone ran: {one - cells:.3f} s a pack, a share of {1 - cells / one:.3f}")


def part_unchanged(bench: Bench, given: argparse.Namespace) -> None:
    output = bench.fresh_output()
    command = qbr(bench.company, output, 2)
    bench.check(bench.run(command))
    again = [bench.check(bench.run(command)).wall for _ in range(3)]
    goal("an unchanged quarter again", statistics.median(again), UNCHANGED_SECONDS, " s")


def part_kernels(bench: Bench, given: argparse.Namespace) -> None:
    found = bench.step("kernels", [])[1]
    for kind, pairs in found.items():
        ready, imported = median(pairs, 0), median(pairs, 1)
        print(f"{kind} kernel ready in {ready:.3f} s, with the stack imported in {imported:.3f} s ({len(pairs)} times)")
    goal("a forked kernel ready", median(found["forked"], 0), READY_SECONDS, " s")


def part_memory(bench: Bench, given: argparse.Namespace) -> None:
    for jobs in (2, 4):
        found = bench.ours(jobs, "Region 0*", 18, memory=True)
        told = ", ".join(f"{kind} {size:.0f}" for kind, size in sorted(found.peak.items()))
        print(
            f"peak at --jobs {jobs}, proportional set sizes in MiB: {told}; template alone {found.template_alone:.0f}"
        )
        limit = found.template_alone + jobs * PER_JOB_MIB
        goal(f"peak memory for {jobs} jobs, runner and all", sum(found.peak.values()), limit, " MiB")


def part_flat(bench: Bench, sizes: Sequence[int]) -> None:
    found = bench.step("flat", sizes)[1]
    print(", ".join(f"{size} packs: {seconds:.3f} s each" for size, seconds in found.items()))
    few, many = (found[str(size)] for size in (min(sizes), max(sizes)))
    goal(f"time per pack of {max(sizes)} packs, times that of {min(sizes)}", many / few, 1.1, "")


RUN = {"packs": part_packs, "unchanged": part_unchanged, "kernels": part_kernels, "memory": part_memory}


def told_load() -> str:
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--baseline", type=int, default=6, help="packs of the baseline's sides, all rounds together")
    parser.add_argument("--single", action="store_true", help="--jobs 1 as well")
    parser.add_argument("--flat", type=int, nargs="+", help="time per pack of runs of these sizes, such as 10 100 1000")
    parser.add_argument("--accounts", type=int, default=400)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "csworkbench-bench")
    given = parser.parse_args()
    adopt_orphans()
    given.cache.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="at-work-", dir=given.cache))
    bench = Bench(folder, given.cache, given.accounts)
    print(f"{given.accounts:,} accounts in {SEGMENTS} segments; measures made; {told_load()}", flush=True)
    for part in given.parts:
        RUN[part](bench, given)
        print(f"  ({part}: done; {told_load()})", flush=True)
    if given.flat:
        part_flat(bench, given.flat)
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())

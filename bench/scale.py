"""Load, check and measure simulated companies of growing size, beside plain pandas, in one run.

    python bench/scale.py [--accounts 2000 20000 200000] [--format parquet] [--quarter 2026Q3]

Every step runs in a process of its own; simulating is not counted and is kept in --cache for the next run.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SEED, MONTHS, END = 20260930, 36, "2026-09-30"
Found = dict[str, float]


@contextmanager
def clock(found: Found, name: str) -> Iterator[None]:
    """Adds the seconds spent inside to `found`."""
    began = time.perf_counter()
    yield
    found[name] = time.perf_counter() - began


def simulate(folder: Path, accounts: int, file_format: str) -> Found:
    """The company, unless it was made before."""
    from csworkbench.simulate import simulate

    found: Found = {}
    if not (folder / "workspace.toml").exists():
        shutil.rmtree(folder, ignore_errors=True)
        with clock(found, "simulate s"):
            simulate(folder, accounts, MONTHS, SEED, END, file_format, "monthly")  # type: ignore[arg-type]
    return found


def workbench(folder: Path, quarter: str) -> Found:
    """Load and check everything, then measure the quarter; the MRR totals go along for comparison."""
    from csworkbench.data.workspace import open_workspace
    from csworkbench.metrics.calendar import Quarter
    from csworkbench.metrics.quarter import measure_quarter

    found: Found = {}
    with clock(found, "load + check s"):
        snapshot = open_workspace(folder).snapshot()
    with clock(found, "measure s"):
        wanted = Quarter.parse(quarter)
        measures = measure_quarter(snapshot.as_of(wanted.closing), wanted)
    rows = {name: fact.rows for name, fact in snapshot.facts.items()}
    found |= {
        "rows": sum(rows.values()),
        "rows of usage": rows["usage"],
        "rows of subscriptions": rows["subscriptions"],
    }
    movements = measures.frame("movements")
    now = movements[movements["quarter"].astype(str) == quarter]
    return found | {f"total {name}": float(now[name].sum()) for name in ("mrr_open", "mrr_close", "churn", "expansion")}


def plain_pandas(folder: Path, quarter: str) -> Found:
    """Only the MRR movements of the last eight quarters, unchecked, as a notebook would: read, join, group by."""
    import pandas as pd

    def table(name: str) -> pd.DataFrame:
        file = folder / f"{name}.parquet"
        return pd.read_parquet(file) if file.exists() else pd.read_csv(folder / f"{name}.csv")

    found: Found = {}
    with clock(found, "load + check s"):
        items, accounts = table("subscriptions"), table("accounts")
        for column in ("starts_on", "ends_on", "recorded_at"):
            items[column] = pd.to_datetime(items[column])
    with clock(found, "measure s"):
        closing = pd.Period(quarter, "Q").end_time.normalize()
        items = items[
            (items["recorded_at"] <= closing) & items["account_id"].isin(accounts.query("~is_internal")["account_id"])
        ]
        items = items.sort_values("recorded_at").drop_duplicates(["subscription_id", "starts_on"], keep="last")
        ends = [(pd.Period(quarter, "Q") - k).end_time.normalize() for k in range(8, -1, -1)]
        mrr = pd.DataFrame({day: mrr_on(items, day) for day in ends}).fillna(0)
        moves = mrr.diff(axis=1)
    was, now = mrr[ends[-2]], mrr[ends[-1]]
    lost, kept = (was > 0) & (now == 0), (was > 0) & (now > 0)
    return found | {
        "total mrr_open": float(was.sum()),
        "total mrr_close": float(now.sum()),
        "total churn": float(was[lost].sum()),
        "total expansion": float(moves[ends[-1]][kept].clip(lower=0).sum()),
    }


def mrr_on(items, day):  # type: ignore[no-untyped-def]
    """MRR by account at the end of a day."""
    holding = items[(items["starts_on"] <= day) & (items["ends_on"].isna() | (items["ends_on"] > day))]
    return holding.groupby("account_id")["mrr"].sum()


def child(step: str, folder: Path, *more: str) -> Found:
    """One step in a fresh process, with its peak memory."""
    command = [sys.executable, __file__, "--step", step, str(folder), *more]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{step} failed on {folder}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def run_step(step: str, folder: str, *more: str) -> None:
    if step == "simulate":
        found = simulate(Path(folder), int(more[0]), more[1])
    else:
        found = {"workbench": workbench, "pandas": plain_pandas}[step](Path(folder), *more)
    found["peak GiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(json.dumps(found))


def aligned(sizes: list[int], results: list[Found], rows: list[str]) -> str:
    """Sizes side by side, each followed by the exponent of growth from the size before (1 is linear)."""
    lines = [f"{'':<24}" + f"{sizes[0]:>12,}" + "".join(f"{size:>12,}{'growth':>8}" for size in sizes[1:])]
    for row in rows:
        digits = 0 if row.startswith("rows") else 2
        line = f"{row:<24}{results[0][row]:>12,.{digits}f}"
        for k in range(1, len(results)):
            power = math.log(results[k][row] / results[k - 1][row]) / math.log(sizes[k] / sizes[k - 1])
            line += f"{results[k][row]:>12,.{digits}f}{power:>8.2f}"
        lines.append(line)
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, nargs="+", default=[2_000, 20_000, 200_000])
    parser.add_argument("--format", choices=["parquet", "csv"], default="parquet")
    parser.add_argument("--quarter", default="2026Q3")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "csworkbench-bench")
    parser.add_argument("--step", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        run_step(*given.step)
        return 0
    return compare(sorted(given.accounts), given.format, given.quarter, given.cache)


def compare(sizes: list[int], file_format: str, quarter: str, cache: Path) -> int:
    """Both ways at every size; 1 when their totals differ."""
    ours, theirs, equal = [], [], True
    for size in sizes:
        folder = cache / f"{size}-{MONTHS}-{SEED}-{file_format}"
        made = child("simulate", folder, str(size), file_format)
        if "simulate s" in made:
            print(f"simulated {size:,} accounts in {made['simulate s']:.0f} s, {made['peak GiB']:.2f} GiB", flush=True)
        ours.append(child("workbench", folder, quarter))
        theirs.append(child("pandas", folder, quarter))
        totals = [name for name in theirs[-1] if name.startswith("total")]
        equal &= all(math.isclose(ours[-1][name], theirs[-1][name], rel_tol=1e-12) for name in totals)
    steps = ["load + check s", "measure s", "peak GiB"]
    print(f"\ncsworkbench: all tables loaded and checked, all measures of {quarter} ({file_format})")
    print(aligned(sizes, ours, ["rows", "rows of usage", "rows of subscriptions", *steps]))
    print("\nplain pandas: nothing checked, subscriptions only, MRR movements of eight quarters")
    print(aligned(sizes, theirs, steps))
    print(f"\ngrowth: 1 is linear. MRR, churn and expansion of {quarter} {'agree' if equal else 'DIFFER'}.")
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())

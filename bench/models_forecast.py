"""Coverage of the 90% interval of quarterly NNMRR, out of sample, over simulated companies and quarters.

    python bench/models_forecast.py [--companies 20] [--accounts 2000] [--quarters 5] [--first-seed 5000]

Every quarter is forecast as of its opening and held against what came. "width" is set against an oracle that knows the
true monthly probabilities of the quarter and the same amounts. Called by bench/models.py through `main`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

LOW, HIGH = 0.87, 0.93
MONTHS, END = 36, date(2026, 9, 30)
PRICE_RISE_SHARE = 0.7
N_ORACLE_DRAWS = 2_000
MEASURES = ["nnmrr", "churn", "contraction", "expansion"]


def company(seed: int, n_accounts: int, n_quarters: int) -> pd.DataFrame:
    """Forecasts of the last quarters of one simulated company, scored; with the oracle's width for the whole."""
    from csworkbench.data.workspace import open_workspace
    from csworkbench.models.forecasts.forecast_errors import recomputed_errors
    from csworkbench.models.forecasts.forecaster import Forecaster
    from csworkbench.models.panel import build_panel
    from csworkbench.simulate import simulate

    with tempfile.TemporaryDirectory() as folder:
        simulate(Path(folder) / "w", n_accounts, MONTHS, seed, END.isoformat(), "parquet", "monthly")
        truth = pd.read_parquet(Path(folder) / "w" / "truth" / "account_months.parquet")
        snapshot = open_workspace(Path(folder) / "w").snapshot()
        forecaster = Forecaster(snapshot, build_panel(snapshot, END))
        scored = recomputed_errors(forecaster, END, n_quarters)
        widths = {label: oracle_width(forecaster, truth, label) for label in scored["quarter"].unique()}
    return scored.assign(seed=seed, oracle=scored["quarter"].map(widths))


def oracle_width(forecaster: object, truth: pd.DataFrame, label: str) -> float:
    """Width of the 90% interval of the company's NNMRR for one who knows the probabilities that the quarter had."""
    from csworkbench.metrics.book import attributes
    from csworkbench.metrics.calendar import Quarter
    from csworkbench.models.forecasts.dispersion import NO_SPREAD
    from csworkbench.models.forecasts.portfolio import OUTCOMES, exclusive, simulated

    quarter = Quarter.parse(label)
    ahead = forecaster.ahead(quarter.opening)  # type: ignore[attr-defined]
    ids = ahead.accounts.loc[ahead.open, "account_id"]
    rows = forecaster.panel.rows  # type: ignore[attr-defined]
    now = rows[rows["month_end"] == pd.Timestamp(quarter.opening)].set_index("account_id").reindex(ids)
    p = {name: monthly(truth, ids, quarter, f"p_{name}") for name in OUTCOMES}
    churn = 1 - np.prod(np.where(takes_effect(now), 1 - p["churn"], 1.0), axis=1)
    started = attributes(forecaster.snapshot.as_of(quarter.opening))["started_on"].reindex(ids)  # type: ignore[attr-defined]
    dearer = PRICE_RISE_SHARE * ((started.dt.month.to_numpy() - quarter.starts_on.month) % 12 < 3)
    stays = 1 - churn
    grows = 1 - np.prod(1 - p["expansion"], axis=1) * (1 - dearer)
    book = replace(
        ahead.book,
        chances=exclusive(churn, stays * (1 - np.prod(1 - p["contraction"], axis=1)) * (1 - grows), stays * grows),
    )
    moved = simulated(book, pd.Series("all", ids), dict.fromkeys(OUTCOMES, NO_SPREAD), N_ORACLE_DRAWS, seed=0)
    lost, less, more = moved.of({"all"})
    low, high = np.quantile(more - less - lost, [0.05, 0.95])
    return float(high - low)


def monthly(truth: pd.DataFrame, ids: pd.Series, quarter: object, column: str) -> np.ndarray:
    """Account × the three months of the quarter: the true probability; the last one goes on where there is none."""
    ends = [pd.Timestamp(day) for day in quarter.months]  # type: ignore[attr-defined]
    known = truth.assign(month_end=truth["month_end"].astype("datetime64[us]"))
    wide = known[known["month_end"].isin(ends)].pivot(index="account_id", columns="month_end", values=column)
    return wide.reindex(index=ids, columns=ends).ffill(axis=1).fillna(0.0).to_numpy()


def takes_effect(now: pd.DataFrame) -> np.ndarray:
    """Account × month of the quarter: whether a decision to leave in that month ends the payments within the quarter.

    A monthly contract ends a month later, an annual one at its renewal.
    """
    month = np.arange(1, 4)[None, :]
    renewal = np.ceil(now["months_to_renewal"].to_numpy(dtype=float))[:, None]
    annual = (now["billing_months"].to_numpy(dtype=float) > 1)[:, None]
    return np.where(annual, (month < renewal) & (renewal <= 3), month <= 2)


def coverage(scored: pd.DataFrame) -> pd.DataFrame:
    """Per owner kind and measure: n, share inside, its 95% Wilson interval, misses on either side, bias."""
    from csworkbench.metrics.intervals import wilson

    found = scored[scored["measure"].isin(MEASURES)]
    found = found.assign(below=found["actual"] < found["low"], above=found["actual"] > found["high"])
    groups = found.groupby(["owner_kind", "measure"], sort=False)
    table = groups[["inside", "below", "above"]].mean()
    n = groups.size()
    low, high = wilson(groups["inside"].sum().to_numpy(), n.to_numpy())
    bias = groups["error"].sum() / (groups["high"].sum() - groups["low"].sum())
    return table.assign(n=n, inside_low=low, inside_high=high, error_by_width=bias).round(3)


def companies(seeds: range, n_accounts: int, n_quarters: int) -> Iterator[pd.DataFrame]:
    for seed in seeds:
        began = time.perf_counter()
        yield company(seed, n_accounts, n_quarters)
        print(f"company {seed}: {time.perf_counter() - began:.0f} s", flush=True)


def main(argv: list[str] | None = None) -> bool:
    """Print the coverage; returns whether that of the companies' NNMRR lies within the goal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--companies", type=int, default=20)
    parser.add_argument("--accounts", type=int, default=2_000)
    parser.add_argument("--quarters", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=5_000)
    given = parser.parse_args(argv or [])
    seeds = range(given.first_seed, given.first_seed + given.companies)
    scored = pd.concat(companies(seeds, given.accounts, given.quarters), ignore_index=True)
    table = coverage(scored)
    whole = scored[(scored["owner_kind"] == "all") & (scored["measure"] == "nnmrr")]
    reached = LOW <= whole["inside"].mean() <= HIGH
    ratio = (whole["high"] - whole["low"]).sum() / whole["oracle"].sum()
    print("\n90% prediction intervals of the next quarter, out of sample")
    print(table.to_string())
    print(f"NNMRR of the company: {whole['inside'].mean():.1%} of {len(whole)} quarters inside")
    print(f"intervals {ratio:.2f} times as wide as the oracle's")
    print(f"{'reached    ' if reached else 'NOT reached'}  {LOW:.0%} to {HIGH:.0%} of {len(whole)} quarters inside")
    return bool(reached)


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])

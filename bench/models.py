"""Every model side by side, in one run: discrimination, calibration and seconds, with the goals reached or not.

    python bench/models.py [--full] [--repeats 2] [--sets telco_ibm iranian …]
                           [--peers LR HGB …] [--only flat company …]
                           [--company "--seeds 1 2 --scale 0"] [--forecast "--companies 20"]

Flat sets: out-of-fold, stratified 5-fold, the same folds for every model, everybody's defaults. Every bench/models_*.py
beside this file adds a part of its own through `main()`, which returns whether its goals were reached.
Needs the optional packages: pip install -e '.[bench]'. Data: CSWORKBENCH_REAL_DATA or ../shared/data.
"""

from __future__ import annotations

import argparse
import importlib
import os
import shlex
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("CSWORKBENCH_REAL_DATA", HERE.parents[1] / "shared" / "data"))
MAX_ECE, MAX_SHORTFALL = 0.012, 0.003
SHARE_OF_EBM, SHARE_OF_CATBOOST = 0.1, 0.2
OURS = "csworkbench"
QUICK = {
    "company": ["--seeds", "1", "--scale", "20000"],
    "forecast": ["--companies", "6", "--accounts", "1000"],
}

Flat = tuple[pd.DataFrame, pd.Series]


def telco_ibm() -> Flat:
    rows = pd.read_csv(DATA / "telco_ibm" / "Telco-Customer-Churn.csv").drop(columns="customerID")
    rows["TotalCharges"] = pd.to_numeric(rows["TotalCharges"], errors="coerce")
    return rows.drop(columns="Churn"), (rows["Churn"] == "Yes").astype(int)


def iranian() -> Flat:
    rows = pd.read_csv(DATA / "iranian" / "Customer_Churn.csv").drop_duplicates().reset_index(drop=True)
    return rows.drop(columns="Churn"), rows["Churn"].astype(int)


def churn_uci() -> Flat:
    rows = pd.read_csv(DATA / "churn_uci_c50" / "mlc_churn.csv")
    return rows.drop(columns="churn"), (rows["churn"] == "yes").astype(int)


def bank_marketing() -> Flat:
    rows = pd.read_csv(DATA / "bank_marketing" / "bank-additional-full.csv", sep=";")
    return rows.drop(columns=["y", "duration"]), (rows["y"] == "yes").astype(int)


SETS: dict[str, Callable[[], Flat]] = {made.__name__: made for made in (telco_ibm, iranian, churn_uci, bank_marketing)}


def declared(frame: pd.DataFrame) -> pd.DataFrame:
    """Text as pandas' categories, which the peers take natively."""
    texts = [name for name in frame if not pd.api.types.is_numeric_dtype(frame[name])]
    return frame.astype(dict.fromkeys(texts, "category"))


def logistic_regression(frame: pd.DataFrame):
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    texts = (OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_include="category"))
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    return make_pipeline(make_column_transformer(texts, remainder=numbers), LogisticRegression(max_iter=2000))


def hist_gradient_boosting(frame: pd.DataFrame):
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(categorical_features="from_dtype", random_state=0)


def lightgbm(frame: pd.DataFrame):
    from lightgbm import LGBMClassifier

    return LGBMClassifier(verbose=-1, random_state=0)


def catboost(frame: pd.DataFrame):
    from catboost import CatBoostClassifier

    texts = list(frame.select_dtypes("category"))
    return CatBoostClassifier(verbose=0, cat_features=texts, allow_writing_files=False, random_seed=0)


def ebm(frame: pd.DataFrame):
    from interpret.glassbox import ExplainableBoostingClassifier

    return ExplainableBoostingClassifier(random_state=0)


def csworkbench(frame: pd.DataFrame):
    from csworkbench.models import ChurnModel

    return ChurnModel()


MODELS = {"LR": logistic_regression, "HGB": hist_gradient_boosting, "LightGBM": lightgbm, "CatBoost": catboost}
MODELS |= {"EBM": ebm, OURS: csworkbench}


@dataclass(frozen=True)
class Result:
    """Averages over the repeats; seconds are wall time of one fit."""

    roc_auc: float
    brier: float
    ece: float
    fit_seconds: float
    fit_cpu_seconds: float


def calibration_error(outcome: np.ndarray, chance: np.ndarray, n_bins: int = 10) -> float:
    """Expected calibration error over bins of equal width (Naeini, Cooper and Hauskrecht 2015)."""
    bins = np.minimum((chance * n_bins).astype(int), n_bins - 1)
    off = np.bincount(bins, chance - outcome, n_bins)
    return float(np.abs(off).sum() / len(outcome))


def judged(name: str, frame: pd.DataFrame, outcome: pd.Series, repeats: int) -> Result:
    """Out-of-fold figures of one model on one set."""
    from sklearn.metrics import brier_score_loss, roc_auc_score
    from sklearn.model_selection import StratifiedKFold

    found = []
    for repeat in range(repeats):
        chance, wall, cpu = np.empty(len(outcome)), [], []
        for train, test in StratifiedKFold(5, shuffle=True, random_state=repeat).split(frame, outcome):
            model = MODELS[name](frame)
            began, began_cpu = time.perf_counter(), time.process_time()
            model.fit(frame.iloc[train], outcome.iloc[train])
            wall.append(time.perf_counter() - began)
            cpu.append(time.process_time() - began_cpu)
            chance[test] = model.predict_proba(frame.iloc[test])[:, 1]
        truth = outcome.to_numpy()
        figures = roc_auc_score(truth, chance), brier_score_loss(truth, chance), calibration_error(truth, chance)
        found.append((*figures, np.mean(wall), np.mean(cpu)))
    return Result(*np.mean(found, axis=0))


def flat(sets: list[str], peers: list[str], repeats: int) -> bool:
    """Our model and these peers on these flat sets, then the goals; returns whether all were reached."""
    results: dict[str, dict[str, Result]] = {}
    print(f"{'set':15} {'model':12} {'ROC-AUC':>8} {'Brier':>7} {'ECE':>6} {'fit s':>7} {'CPU s':>7}")
    for name in sets:
        frame, outcome = SETS[name]()
        frame = declared(frame)
        results[name] = {}
        for model in [*peers, OURS]:
            got = results[name][model] = judged(model, frame, outcome, repeats)
            print(
                f"{name:15} {model:12} {got.roc_auc:8.4f} {got.brier:7.5f} {got.ece:6.4f}"
                f" {got.fit_seconds:7.2f} {got.fit_cpu_seconds:7.2f}",
                flush=True,
            )
    reached = [goal(said, met) for said, met in goals(results)]
    return all(reached)


def goal(said: str, met: bool) -> bool:
    """Print one goal with its verdict."""
    print(f"{'reached    ' if met else 'NOT reached'}  {said}", flush=True)
    return met


def goals(results: dict[str, dict[str, Result]]) -> list[tuple[str, bool]]:
    """The goals of the flat sets, worded with the figures."""
    ours = {name: found[OURS] for name, found in results.items()}
    peers = {name: [got for model, got in found.items() if model != OURS] for name, found in results.items()}
    best = {name: max(got.roc_auc for got in found) for name, found in peers.items()}
    auc, best_auc = mean(got.roc_auc for got in ours.values()), mean(best.values())
    brier = mean(got.brier for got in ours.values())
    best_brier = mean(min(got.brier for got in found) for found in peers.values())
    short = {name: best[name] - got.roc_auc for name, got in ours.items()}
    worst, off = max(short, key=short.__getitem__), max(ours, key=lambda name: ours[name].ece)
    found = [
        (f"mean ROC-AUC {auc:.4f}, of each set's best peer {best_auc:.4f}", auc >= best_auc),
        (f"mean Brier {brier:.5f}, of each set's best peer {best_brier:.5f}", brier <= best_brier),
        (f"largest shortfall in ROC-AUC {short[worst]:+.4f} ({worst}), at most .003", short[worst] <= MAX_SHORTFALL),
        (f"largest ECE {ours[off].ece:.4f} ({off}), at most .012", ours[off].ece <= MAX_ECE),
    ]
    asked = next(iter(results.values()))
    shares = {"EBM": SHARE_OF_EBM, "CatBoost": SHARE_OF_CATBOOST}
    return [*found, *(pace(results, peer, share) for peer, share in shares.items() if peer in asked)]


def pace(results: dict[str, dict[str, Result]], peer: str, share: float) -> tuple[str, bool]:
    """Our fit time over all sets against that share of the peer's; per set for information."""
    ours = mean(found[OURS].fit_seconds for found in results.values())
    theirs = mean(found[peer].fit_seconds for found in results.values())
    each = ", ".join(f"{n} {f[OURS].fit_seconds / f[peer].fit_seconds:.2f}" for n, f in results.items())
    return f"fit time {ours / theirs:.3f} of {peer}'s, at most {share} ({each})", ours <= share * theirs


def mean(values) -> float:
    """Their mean."""
    return float(np.mean(list(values)))


def main() -> int:
    """Run the parts asked for; 1 when a goal was missed."""
    parts = sorted(path.stem.removeprefix("models_") for path in HERE.glob("models_*.py"))
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--full", action="store_true", help="at the size that the goals speak of; takes hours, not one")
    parser.add_argument("--repeats", type=int, help="of the folds of the flat sets")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    others = [name for name in MODELS if name != OURS]
    parser.add_argument("--peers", nargs="+", choices=others, default=others, help="EBM takes most of the time")
    parser.add_argument("--only", nargs="+", choices=["flat", *parts], default=["flat", *parts])
    for part in parts:
        parser.add_argument(f"--{part}", metavar="OPTIONS", help=f"options of that part, as of bench/models_{part}.py")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    began, reached = time.perf_counter(), {}
    if "flat" in asked.only:
        reached["flat"] = flat(asked.sets, asked.peers, asked.repeats or (2 if asked.full else 1))
    for part in (part for part in parts if part in asked.only):
        print(f"\n{part.replace('_', ' ')}", flush=True)
        said = getattr(asked, part)
        options = shlex.split(said) if said is not None else [] if asked.full else QUICK.get(part, [])
        reached[part] = bool(importlib.import_module(f"models_{part}").main(options))
    print(f"\n{time.perf_counter() - began:.0f} s")
    for part, met in reached.items():
        goal(f"all goals of {part}", met)
    return 0 if all(reached.values()) else 1


if __name__ == "__main__":
    sys.path[:0] = [str(HERE), str(HERE.parent)]
    sys.exit(main())

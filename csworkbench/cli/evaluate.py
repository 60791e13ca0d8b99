"""csworkbench evaluate: how right every score was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .days import chosen_quarter, day_of_exports
from .options import AS_OF, GOOD, WORKSPACE

if TYPE_CHECKING:
    import pandas as pd

    from ..models.trial.evaluation import Evaluation

    Choose = Callable[[pd.DataFrame], pd.DataFrame]

N_SHOWN = 10
_SCORES = {
    "score": "score",
    "n": "scored",
    "n_events": "left",
    "roc_auc": "ROC-AUC",
    "roc_auc_low": "from",
    "roc_auc_high": "to",
    "pr_auc": "PR-AUC",
    "lift_10": "lift at 10%",
    "brier": "Brier",
    "calibration_slope": "slope",
    "share_green_churners": "green before",
    "verdict": "verdict",
}
_SIGNALS = {
    "signal": "sign",
    "kind": "of",
    "n_fired": "fired",
    "precision": "right",
    "lift": "lift",
    "recall": "recall",
    "median_lead_days": "days ahead",
    "false_per_true": "false per true",
    "q_value": "q",
    "accounts_now": "now",
}
_FACTORS = {
    "phase": "phase",
    "factor": "factor",
    "outcome": "outcome",
    "effect": "effect",
    "value": "ratio",
    "low": "from",
    "high": "to",
    "n_with": "with",
    "n_without": "without",
    "q_value": "q",
}
_DRIFT = {
    "quarter": "quarter",
    "n": "scored",
    "n_events": "left",
    "mean_predicted": "predicted",
    "share_observed": "observed",
    "roc_auc": "ROC-AUC",
    "psi": "PSI",
}


@click.command()
@WORKSPACE
@AS_OF
@click.option("--output", type=click.Path(path_type=Path), metavar="DIR", help="Write all frames as CSV and Parquet.")
@click.option("--json", "as_json", is_flag=True, help="All frames as JSON.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the churn model.")
def evaluate(workspace: Path, as_of: date | None, output: Path | None, as_json: bool, seed: int) -> int:
    """Score every past quarter by what was known then, and compare with what came.

    The churn model, the weighted score of workspace.toml, vendors' scores and simple rules go through the same
    backtest; then early signs of churn and growth, and what goes with success and failure. As of the end of the last
    quarter by default.
    """
    from ..data.workspace import open_workspace
    from ..models.trial.evaluation import FRAMES
    from ..models.trial.evaluation import evaluate as judge
    from .written import as_json as json_of
    from .written import drop_stale, write_frames

    opened = open_workspace(workspace)
    day = as_of or chosen_quarter(opened.settings, "last").closing
    found = judge(opened.snapshot(today=day_of_exports(opened.settings)), day, seed)
    if output:
        write_frames(found.frames, output)
        drop_stale(FRAMES, found.frames, output)
    if as_json:
        click.echo(json_of(found.frames, as_of=day.isoformat(), absent=dict(found.absent)))
    else:
        for line in _told(found, f"{opened.settings.company.name}, as known on {day}"):
            click.echo(line)
    return GOOD


def _told(found: Evaluation, head: str) -> Iterator[str]:
    yield head
    yield from _scores(found)
    yield from _table(found, "signals", "early signs", _SIGNALS, _surest)
    yield from _table(found, "factors", "what goes with success and failure (observed, not proven)", _FACTORS, _surest)
    for name, reason in found.absent.items():
        yield f"no {name}: {reason}"


def _scores(found: Evaluation) -> Iterator[str]:
    yield from _table(found, "scorecard", "scores against what came within three months", _SCORES, _whole)
    yield from _table(found, "drift", "the churn model by quarter", _DRIFT, _of_model)


def _table(found: Evaluation, name: str, title: str, columns: Mapping[str, str], rows: Choose) -> Iterator[str]:
    from .written import as_text

    if name not in found.frames:
        return
    chosen = rows(found.frames[name])
    table = (
        as_text(chosen[list(columns)].rename(columns=columns))
        if len(chosen)
        else "too little has happened to judge any"
    )
    yield f"\n{title}\n{table}"


def _whole(card: pd.DataFrame) -> pd.DataFrame:
    return card[card["segment"] == "all"]


def _of_model(drift: pd.DataFrame) -> pd.DataFrame:
    return drift[drift["score"] == "churn_model"]


def _surest(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that chance explains least."""
    return frame.dropna(subset=["q_value"]).sort_values("q_value", kind="stable").head(N_SHOWN)

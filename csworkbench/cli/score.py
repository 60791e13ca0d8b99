"""csworkbench score: who may leave or grow, why, and how much money that is."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .days import chosen_quarter, day_of_exports
from .options import AS_OF, GOOD, WORKSPACE

if TYPE_CHECKING:
    from ..models.quarter import QuarterScores

N_SHOWN = 10
_COLUMNS = {
    "account_id": "account",
    "name": "name",
    "segment": "segment",
    "mrr": "MRR",
    "p_churn_3": "leaves in 3 months",
    "p_churn_12": "in 12 months",
    "money_at_risk": "money at risk",
    "band": "band",
    "reasons": "because of",
}


@click.command()
@WORKSPACE
@AS_OF
@click.option("--output", type=click.Path(path_type=Path), metavar="DIR", help="reports/scores-DATE by default.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the models.")
def score(workspace: Path, as_of: date | None, output: Path | None, seed: int) -> int:
    """Score every paying account from what was known on a day.

    Writes scores, reasons, survival curves, whitespace and the forecast of the next quarter as CSV and Parquet. As of
    the end of the last quarter by default.
    """
    from ..data.workspace import open_workspace
    from ..models.quarter import score_quarter

    opened = open_workspace(workspace)
    day = as_of or chosen_quarter(opened.settings, "last").closing
    found = score_quarter(opened.snapshot(today=day_of_exports(opened.settings)), day, seed)
    folder = write_scores(found, output or Path("reports") / f"scores-{day}")
    for line in _told(found, f"{opened.settings.company.name}, as known on {day}", folder):
        click.echo(line)
    return GOOD


def write_scores(found: QuarterScores, folder: Path) -> Path:
    """Every frame as CSV and Parquet, each file whole or not at all; files of frames that are no longer there go."""
    from ..models.frames import SCORE_FRAMES
    from .written import drop_stale, write_frames

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as beside:
        made = write_frames(found.frames, found.save(beside))
        for file in sorted(made.iterdir()):
            file.replace(folder / file.name)
    drop_stale(SCORE_FRAMES, found.frames, folder)
    return folder


def _told(found: QuarterScores, head: str, folder: Path) -> Iterator[str]:
    yield head
    if "scores" in found.frames:
        yield from _at_risk(found)
    for name, reason in found.absent.items():
        yield f"no {name}: {reason}"
    yield f"written to {folder}: {', '.join(sorted(found.frames)) or 'only scores.json, which says why'}"


def _at_risk(found: QuarterScores) -> Iterator[str]:
    from ..models.frames import empty
    from .written import as_text

    scores = found.frame("scores")
    reasons = found.frames.get("reasons", empty("reasons"))
    bands = ", ".join(f"{band} {n:,}" for band, n in scores["band"].value_counts().items())
    unknown = int(scores["p_churn_3"].isna().sum())
    leave = f"not estimable for {unknown:,}" if unknown else f"{scores['p_churn_3'].sum():,.1f}"
    yield f"{len(scores):,} accounts: {bands}; expected to leave within 3 months: {leave}"
    if unknown:
        return
    raises = (reasons["contribution"] > 0) | ((reasons["versus"] == "own_past") & (reasons["rise"] > 0))
    raising = reasons[(reasons["kind"] == "churn") & (reasons["rank"] <= 3) & raises]
    texts = raising.groupby("account_id")["code"].agg(", ".join)
    top = scores[scores["note"] == ""].nlargest(N_SHOWN, "money_at_risk")
    whole = {name: top[name].map("{:,.0f}".format) for name in ("mrr", "money_at_risk")}
    top = top.assign(reasons=top["account_id"].map(texts).astype("str"), **whole)
    yield f"\nmost money at risk\n{as_text(top[list(_COLUMNS)].rename(columns=_COLUMNS))}"

"""What lists of scored accounts share: the largest first, with segment, owner and reasons in words."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..language import Language, is_missing
from ..scene import Scene
from ..tables import Column
from .reason_words import reasons_of, said
from .wording import joined

N_KEPT = 50
NOTICE = "has said that it leaves"
BOTH = "segment_and_csm"


def ranked(scored: pd.DataFrame, money: str) -> pd.DataFrame:
    """The accounts with a known amount of that column, the largest first."""
    known = scored[scored[money].notna()]
    return known.sort_values([money, "account_id"], ascending=[False, True], ignore_index=True)


def described(scene: Scene, accounts: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The first fifty accounts with name, segment and owner as read, why (in words) and the features behind it."""
    kept = accounts.head(N_KEPT).copy()
    reasons = reasons_of(scene, kind, kept["account_id"])
    segments = [scene.name(None if is_missing(segment) else segment) for segment in kept["segment"]]
    both = [
        segment if is_missing(csm) else joined(scene.language, segment, str(csm))
        for segment, csm in zip(segments, kept["csm"], strict=True)
    ]
    told = [reasons.get(id, ()) for id in kept["account_id"]]
    kept["features"] = pd.Series([tuple(r[0] for r in known) for known in told], index=kept.index, dtype="object")
    return kept.assign(
        name=kept["name"].where(kept["name"].notna(), kept["account_id"]),
        segment=segments,
        why=[_why(scene, *words) for words in zip(kept["note"], told, strict=True)],
        **{BOTH: both},
    )


def has_left(accounts: pd.DataFrame) -> pd.Series:
    """Which accounts have said that they leave, and still pay."""
    return accounts["note"].eq(NOTICE).fillna(False).astype(bool)


def not_estimated(scene: Scene) -> bool:
    """Whether the scores are there without any probability to leave, for too few accounts have ever left."""
    scores = scene.frame("scores")
    stay = scores[~has_left(scores)]
    told = scene.scores is not None and "survival" in scene.scores.absent
    return told and bool(stay["p_churn_3"].isna().all())


def _why(scene: Scene, note: object, reasons: Sequence[tuple[str, str | None]]) -> str:
    if note == NOTICE:
        return scene.say("has said that it leaves")
    return scene.language.listed([said(scene, *reason) for reason in reasons])


def placed(scene: Scene) -> list[Column]:
    """To which segment and CSM an account belongs; in the pack of a segment only the CSM."""
    if scene.segment:
        return [Column("csm", scene.say("Owner"), "short")]
    return [Column(BOTH, scene.say("Segment, owner"), "short")]


def apart(scene: Scene) -> list[Column]:
    """Segment and owner as columns of their own, for the data of a pack over all segments."""
    return [] if scene.segment else [Column("segment", scene.say("Segment")), Column("csm", scene.say("Owner"))]


def held_by(language: Language, n: int, share: float) -> str:
    """How much of a sum the first n accounts hold."""
    if share >= 0.995:
        return language.count("{n} account holds nearly all of it", "{n} accounts hold nearly all of it", n)
    part = language.percent(share, 0)
    return language.count("{n} account holds {part} of it", "{n} accounts hold {part} of it", n, part=part)


def counted(scene: Scene, n: int) -> str:
    """How many accounts were scored, in which order they stand, and how many of them the download holds."""
    said_ = scene.language.count(
        "{n} paying account scored, the largest amounts first.",
        "{n} paying accounts scored, the largest amounts first.",
        n,
    )
    return scene.noted(said_, scene.say("The download holds the first {n}.", n=N_KEPT) if n > N_KEPT else "")


def model_line(scene: Scene) -> str:
    """Which version of the model made the scores; empty when there is none."""
    if not scene.has("scores"):
        return ""
    models = sorted(set(scene.frame("scores")["model"].dropna()))
    return scene.say("Model: {model}.", model=", ".join(models)) if models else ""

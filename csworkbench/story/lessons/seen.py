"""What a model was given of one account, month by month, and what came after."""

from __future__ import annotations

import pandas as pd

from ...models.panel import Panel
from ...models.panel.labels import label
from ..catalogue import marked
from ..exhibit import Exhibit
from ..exhibits.reason_words import feature_name
from ..scene import Scene
from ..tables import Column, table
from ..text import shown

N_MONTHS = 12
KINDS = {
    "mrr": "money",
    "seat_utilisation": "share0",
    "usage_trend_3m": "share_change",
    "days_silent": "count",
    "tickets_90d": "count",
    "nps_last": "count",
    "months_to_renewal": "one",
}
UNITS = {
    "usage_trend_3m": marked("use against three months before"),
    "tickets_90d": marked("tickets in 90 days"),
    "months_to_renewal": marked("months to renewal"),
}


def seen(scene: Scene, panel: Panel, account: str, name: str) -> Exhibit:
    """The last twelve rows of the account: some of its features, and whether it decided to leave afterwards."""
    kept = (panel.rows["account_id"] == account).to_numpy()
    rows = panel.rows[kept].tail(N_MONTHS)
    after = label(panel)[rows.index].map({1: scene.say("yes"), 0: scene.say("no")})
    rows = rows.assign(usage_trend_3m=rows["usage_trend_3m"] - 1) if "usage_trend_3m" in rows else rows
    data = rows.assign(after=after.astype("object").where(after.notna(), scene.say("not known yet")))
    features = [feature for feature in KINDS if feature in panel.features]
    title = scene.say("What was known of {name} at the end of each month", name=shown(name))
    columns = [
        Column("month_end", scene.say("Month-end"), "date"),
        *(Column(feature, _label(scene, feature), KINDS[feature]) for feature in features),
        Column("after", scene.say("Decided to leave within 3 months"), "short"),
    ]
    return Exhibit(
        "seen",
        title,
        scene.language,
        caption=_caption(scene, panel, len(features)),
        source=scene.source("subscriptions", "usage", "tickets", "surveys"),
        table_html=table(_dated(data), columns, scene.language, title),
        data=_dated(data),
        columns=columns,
    )


def _label(scene: Scene, feature: str) -> str:
    """The heading of a feature, with its unit where the value does not carry it."""
    return scene.say(UNITS[feature]) if feature in UNITS else feature_name(scene, feature)


def _dated(data: pd.DataFrame) -> pd.DataFrame:
    return data.sort_values("month_end", ascending=False, ignore_index=True)


def _caption(scene: Scene, panel: Panel, n_shown: int) -> str:
    return scene.say(
        "{n} of {of} features; a dash was not measured. Each row holds only what had happened and was recorded by that"
        " day; the last column came later and is what the model learns to foresee.",
        n=n_shown,
        of=len(panel.features),
    )

"""The end of every pack: what the measures mean, and how fresh and complete the data is."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ...metrics.definitions import DEFINITIONS, OF_BUSINESS, OF_SCORES
from ..exhibit import Exhibit
from ..scene import Scene
from ..tables import Column, table


def _meanings(scene: Scene) -> dict[str, tuple[str, str]]:
    """Definition id → name and meaning as read."""
    say = scene.say
    return {
        "mrr": (say("MRR"), say("Monthly recurring revenue at the end of the day: items that hold, net of discounts.")),
        "movements": (
            say("MRR movements"),
            say("Opening + new + expansion + reactivation − contraction − churn = closing, per account."),
        ),
        "grr": (
            say("Gross revenue retention (GRR)"),
            say("Share of opening MRR still there at the end, expansion not counted; churned accounts stay in."),
        ),
        "nrr": (
            say("Net revenue retention (NRR)"),
            say("Closing MRR of the opening accounts over their opening MRR; churned accounts stay in."),
        ),
        "nnmrr": (
            say("Net new MRR of the book (NNMRR)"),
            say("Expansion − contraction − churn, credited to the CSM in charge on the day of the decision."),
        ),
        "logo_churn": (
            say("Logo churn"),
            say("Lost opening accounts over opening accounts, with a 95% Wilson interval."),
        ),
        "quick_ratio": (
            say("Quick ratio"),
            say("(New + expansion) over (contraction + churn); undefined without a loss."),
        ),
        "renewal_rate": (say("Renewal rate"), say("Renewed over due, of what fell due and is decided.")),
        "cohort_retention": (
            say("Cohort retention"),
            say("Share of a cohort still there after k quarters, of the accounts old enough to have got there."),
        ),
        "adoption_index": (
            say("Adoption Index"),
            say("0–100: seats used, breadth, depth and regularity of use; a missing part lowers coverage only."),
        ),
        "step_conversion": (
            say("Step conversion"),
            say("Reached the next milestone in time, of the accounts whose time has passed."),
        ),
        "time_to_value": (
            say("Time to value"),
            say("Days from start to first value by Kaplan–Meier; accounts still waiting are kept."),
        ),
        "say_do": (say("Say–do gap"), say("High NPS with falling use, or low NPS with rising use.")),
        "attention": (say("Attention"), say("MRR times the number of signs that fired; fixed rules.")),
        "nps": (say("NPS"), say("Share of promoters (9–10) minus share of detractors (0–6), times 100.")),
        "csat": (say("CSAT"), say("Mean satisfaction of support tickets, 1 to 5.")),
        "churn_probability": (
            say("Probability of leaving"),
            say("Of a decision to leave within the months named, by a model of this book’s own past."),
        ),
        "health": (
            say("Health"),
            say("0–100: 100 × (1 − probability of a decision to leave within 3 months)."),
        ),
        "money_at_risk": (
            say("Money at risk"),
            say("Probability of a decision to leave within 12 months × MRR × 12: an expected loss."),
        ),
        "expected_months": (
            say("Expected months"),
            say("Mean months until the decision to leave, within the next 36."),
        ),
        "weighted_health": (
            say("Weighted health score"),
            say("0–100: weighted mean of fixed parts such as use, support, and payment; it learns nothing."),
        ),
        "hhi": (
            say("Concentration (HHI)"),
            say("Sum of squared shares of MRR × 10,000; an account counts under the parent of its group."),
        ),
        "commitments": (
            say("Promises"),
            say("Actions, reviews, criteria and risks that the quarter had to keep, and what became of them."),
        ),
        "profile": (
            say("Profile"),
            say("Paying accounts of a segment against all others, as medians and shares with 95% intervals."),
        ),
        "tenure_hazard": (
            say("Leaving by tenure"),
            say("Share of the accounts that leave in a month of their life as customers, last 24 months."),
        ),
        "loss_reasons": (
            say("Reasons for leaving"),
            say("Share of the accounts that left in four quarters for which a reason was named."),
        ),
        "ltv": (
            say("Lifetime value"),
            say("Mean MRR × months an account is expected to pay out of 60; revenue, without growth."),
        ),
        "prevention": (
            say("Preventable losses"),
            say("MRR of lost accounts of which a named cause is said to have been preventable, by department."),
        ),
        "themes": (
            say("Themes of feedback"),
            say("MRR of the paying accounts that named the theme in the last year."),
        ),
        "responses": (
            say("Signs acted on"),
            say("Accounts with a sign: share that left by the quarter’s end, acted on within 30 days or not."),
        ),
    }


def definitions(scene: Scene) -> Exhibit:
    """Name, meaning, version and source of every measure; those of scores only where there are scores."""
    meanings = _meanings(scene)
    told = [item for item in DEFINITIONS.values() if _is_told(scene, item.id)]
    rows = [(*meanings[item.id], item.label, item.source) for item in told]
    return definitions_table(scene, "definitions", scene.say("What the measures mean"), rows)


def definitions_table(scene: Scene, id: str, title: str, definitions: Sequence[tuple[str, str, str, str]]) -> Exhibit:
    """Definitions as a table. Of each: name, meaning, version, source."""
    shown = pd.DataFrame(definitions, columns=["name", "meaning", "version", "source"])
    columns = [
        Column("name", scene.say("Measure")),
        Column("meaning", scene.say("Meaning"), "long"),
        Column("version", scene.say("Version")),
        Column("source", scene.say("Definition by"), "long"),
    ]
    made = table(shown, columns, scene.language, title)
    return Exhibit(id, title, scene.language, table_html=made, data=shown, columns=columns)


def _is_told(scene: Scene, id: str) -> bool:
    if id in OF_SCORES:
        return scene.has("scores")
    return id not in OF_BUSINESS or scene.business is not None


def _rules(scene: Scene) -> dict[str, str]:
    """Rule of the check → the words for rows that were dropped or kept by it."""
    say = scene.say
    return {
        "internal": say("of internal accounts"),
        "orphan": say("without an account"),
        "duplicate_row": say("repeated rows"),
        "duplicate_key": say("repeated keys"),
        "future_date": say("dated after the export"),
        "reversed": say("ending before they start"),
        "before_start": say("before the account’s start"),
        "before_subscription": say("before the first subscription"),
        "after_end": say("after the account’s end"),
        "out_of_range": say("out of range"),
        "overlap": say("overlapping"),
        "where": say("filtered out"),
        "distinct": say("exact repeats"),
        "unpivot": say("blank cells"),
        "near_key": say("nearly equal keys"),
        "left_but_paying": say("marked as left but paying"),
        "stays_but_not_paying": say("marked as staying but not paying"),
        "churn_without_end": say("churn without an end of the subscription"),
        "negative_mrr": say("negative MRR as credit"),
    }


def counted(scene: Scene, text: str) -> str:
    """Rules with their counts in the words of the pack: "12 without an account, 3 repeated rows"."""
    words = _rules(scene)
    parts = [part.rpartition(" ") for part in text.split(", ") if part]
    return scene.language.listed(
        [scene.say("{n} {rule}", n=scene.language.number(int(n)), rule=words.get(rule, rule.replace("_", " ")))
         for rule, _, n in parts]
    )  # fmt: skip


def freshness(scene: Scene) -> Exhibit:
    """Per table: rows, the last day in it, what was dropped, and whether it is truly as of the day."""
    if not scene.has("freshness"):
        return scene.missing("freshness", "freshness")
    frame = scene.frame("freshness")
    shown = frame.assign(
        dropped_rules=[counted(scene, text) for text in frame["dropped_rules"]],
        tolerated=[counted(scene, text) for text in frame["tolerated"]],
        as_of=[scene.say("yes") if known else scene.say("not truly as of") for known in frame["truly_as_of"]],
    )
    columns = [
        Column("table", scene.say("Table")),
        Column("rows", scene.say("Rows"), "count"),
        Column("latest", scene.say("Latest"), "date"),
        *([Column("dropped_rules", scene.say("Left out"))] if frame["dropped_rules"].any() else []),
        *([Column("tolerated", scene.say("Kept though odd"))] if frame["tolerated"].any() else []),
        Column("as_of", scene.say("Truly as of")),
    ]
    title = _title(scene, frame)
    return Exhibit(
        "freshness",
        title,
        scene.language,
        caption=scene.say(
            "As of {day}: only what was known on that day. A table that does not say when a row was recorded is marked "
            "“not truly as of”: rows entered late may already be in it.",
            day=scene.language.date(scene.measures.as_of, "long"),
        ),
        table_html=table(shown, columns, scene.language, title),
        data=shown,
        columns=columns,
    )


def _title(scene: Scene, frame: pd.DataFrame) -> str:
    dropped = int(frame["dropped"].sum())
    if not dropped:
        return scene.say("Every row of the exports is in these numbers")
    return scene.language.count(
        "{n} row of the exports was left out, as declared",
        "{n} rows of the exports were left out, as declared",
        dropped,
    )

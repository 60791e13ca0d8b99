"""What could have been prevented, what customers ask for, what was tried, what an account is worth: rules and words."""

from __future__ import annotations

from typing import Any

import pytest
from reader import body
from small_business import ROWS, small_business
from small_quarter import small_measures
from small_scores import small_scores, with_scores
from small_team import scene as team_scene
from small_team import with_values

from csworkbench.story.exhibits.lifetime_value import lifetime_value
from csworkbench.story.exhibits.prevention import prevention
from csworkbench.story.exhibits.themes import themes
from csworkbench.story.scene import Scene, scene_of
from csworkbench.story.team.tried import tried

WORTH = [
    {"segment": "all", "n_accounts": 11, "n_left": 6, "mrr_per_account": 3000.0, "expected_months": 50.0,
     "ltv": 150000.0, "low": 120000.0, "high": 180000.0},
    {"segment": "mid", "n_accounts": 6, "n_left": 2, "mrr_per_account": 5000.0, "expected_months": 56.0,
     "ltv": 280000.0, "low": 250000.0, "high": 290000.0},
    {"segment": "smb", "n_accounts": 5, "n_left": 4, "mrr_per_account": 500.0, "expected_months": 40.0,
     "ltv": 20000.0, "low": 15000.0, "high": 25000.0},
]  # fmt: skip


def scene(lang: str = "en", segment: str | None = None, **frames: list[dict[str, Any]] | None) -> Scene:
    return scene_of(small_measures(), lang, segment, small_scores(), small_business(**frames))


def of_all(name: str, **changed: object) -> list[dict[str, Any]]:
    return [{**row, **changed} for row in ROWS[name] if row["segment"] == "all"]


def test_the_largest_preventable_cause_and_its_department_come_first() -> None:
    exhibit = prevention(scene())
    assert exhibit.title == "$5K of MRR lost in four quarters was preventable; largest cause: low adoption (CS)"
    assert exhibit.so_what == (
        "For 2 of 3 preventable losses the cause is still there: ask CS about low adoption first."
    )
    assert [row[0] for row in body(exhibit)] == ["low adoption", "price rise", "All accounts with a cause"]


def test_what_is_removed_or_was_not_preventable_is_said() -> None:
    assert prevention(scene(prevention=of_all("prevention", n_closed=3))).so_what == (
        "The causes of all of them have been removed since."
    )
    none = prevention(scene(prevention=of_all("prevention", n_preventable=0, mrr_preventable=0.0, n_closed=0)))
    assert none.title == "No loss of the last four quarters is said to have been preventable"
    assert none.so_what == ""


def test_a_department_that_nobody_named_is_told_as_such() -> None:
    rows = [
        {**row, "department": "" if row["department"] == "CS" else row["department"]} for row in of_all("prevention")
    ]
    assert body(prevention(scene(prevention=rows)))[0][1] == "not named"


def test_themes_go_by_the_money_behind_them_and_hide_what_nobody_says_any_more() -> None:
    exhibit = themes(scene())
    assert exhibit.title == "Asked for by most MRR: mobile (5 accounts, $9K)"
    assert exhibit.so_what == (
        "“mobile” rose most: 6 mentions after 2 the year before. Use case with most MRR: approvals."
    )
    assert [row[0] for row in body(exhibit)] == ["mobile", "approvals", "audit export"]
    uses = [row for row in of_all("themes") if row["kind"] == "use_case"]
    assert themes(scene(themes=uses)).title == "No request in the last year; customers told how they use the product"


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_hostile_themes_and_departments_stay_text(lang: str) -> None:
    bad = "<script>alert(1)</script>"
    for exhibit in (
        themes(scene(lang, themes=of_all("themes", theme=bad))),
        prevention(scene(lang, prevention=of_all("prevention", department=bad, reason=bad))),
        tried(team_scene(lang, tried=with_values("tried", what=bad, scope=bad, measure=""))),
    ):
        assert "<script>alert" not in str(exhibit.html)
        assert "&lt;script&gt;" in str(exhibit.html)


def worth(lang: str = "en", rows: list[dict[str, Any]] | None = None) -> Scene:
    scores = with_scores(small_scores(), "ltv", WORTH if rows is None else rows)
    return scene_of(small_measures(), lang, None, scores, small_business())


def test_the_segment_worth_most_stands_before_the_whole_book() -> None:
    exhibit = lifetime_value(worth())
    assert exhibit.title == "An account of Mid-market brings $280K in five years, one of the whole book $150K"
    assert exhibit.so_what == (
        "Of five years an account of Mid-market is expected to stay 56.0 months, one of SMB 40.0."
    )
    assert [row[-2] for row in body(exhibit)] == ["$250K to $290K", "$15K to $25K", "$120K to $180K"]


def test_too_few_accounts_have_no_worth() -> None:
    unknown = [{**row, "ltv": None, "low": None, "high": None, "expected_months": None} for row in WORTH]
    assert lifetime_value(worth(rows=unknown)).is_absent
    small = [*WORTH[:2], {**unknown[2], "n_accounts": 3}]
    assert body(lifetime_value(worth(rows=small)))[1][2:6] == ["–", "–", "–", "–"]


def test_a_change_is_called_better_or_worse_by_its_measure_and_only_beyond_chance() -> None:
    assert tried(team_scene()).so_what == "Better after early call (All accounts, leaving per month): 3.0% → 1.0%."
    worse = with_values("tried", scope="all", measure="logo_churn", difference=0.02, low=0.01, high=0.03)
    assert tried(team_scene(tried=worse)).so_what.endswith("Ask what else changed then.")
    by_chance = with_values("tried", low=-0.1, high=0.1)
    assert tried(team_scene(tried=by_chance)).so_what.startswith("Keep what costs little")


def test_a_change_without_a_measure_is_listed_and_not_judged() -> None:
    row = next(row for row in body(tried(team_scene())) if row[0] == "new tool")
    assert row[2:5] == ["moon", "–", "–"]
    assert row[-1] == "–"

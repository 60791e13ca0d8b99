"""The end of a pack: what the measures mean, and how fresh and complete the data is."""

from __future__ import annotations

from typing import Any

import pytest
from reader import body, csv_rows
from small_business import small_business
from small_quarter import frame_of, with_frame
from small_scores import small_scores

from csworkbench.errors import RULES
from csworkbench.metrics.definitions import DEFINITIONS, OF_BUSINESS, OF_SCORES
from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.story.exhibits import closing
from csworkbench.story.exhibits.closing import counted, definitions, freshness
from csworkbench.story.scene import scene_of


def fresh(measures: QuarterMeasures, *rows: dict[str, Any]) -> QuarterMeasures:
    blank = {"dropped_rules": "", "tolerated": "", "truly_as_of": True}
    return with_frame(measures, "freshness", frame_of("freshness", [{**blank, **row} for row in rows]))


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_definition_is_explained_with_its_version_and_source(lang: str, measures: QuarterMeasures) -> None:
    rows = body(definitions(scene_of(measures, lang, scores=small_scores(), business=small_business())))
    assert [row[2] for row in rows] == [item.label for item in DEFINITIONS.values()]
    assert [row[3] for row in rows] == [item.source for item in DEFINITIONS.values()]
    assert all(row[0] and row[1] for row in rows)


def test_measures_of_scores_and_business_are_explained_only_where_there_are_such(measures: QuarterMeasures) -> None:
    told = {row[2] for row in body(definitions(scene_of(measures)))}
    untold = {item.label for item in DEFINITIONS.values()} - told
    assert untold == {DEFINITIONS[name].label for name in OF_SCORES | OF_BUSINESS}


def test_every_cell_of_freshness_is_that_of_the_frame(measures: QuarterMeasures) -> None:
    known = fresh(
        measures,
        {
            "table": "usage",
            "rows": 110121,
            "latest": "2026-09-21",
            "dropped": 1012,
            "dropped_rules": "internal 12, orphan 1000",
        },
        {"table": "csms", "rows": 0, "truly_as_of": False, "tolerated": "overlap 3"},
    )
    exhibit = freshness(scene_of(known))
    assert body(exhibit) == [
        ["usage", "110,121", "Sep 21, 2026", "12 of internal accounts and 1,000 without an account", "", "yes"],
        ["csms", "0", "–", "", "3 overlapping", "not truly as of"],
    ]
    assert csv_rows(exhibit)[1][1:3] == ["110121", "2026-09-21"]
    assert body(freshness(scene_of(known, "ja")))[0][3] == "社内アカウント 12件、アカウント不明 1,000件"


@pytest.mark.parametrize(
    ("dropped", "en", "ja"),
    [
        (0, "Every row of the exports is in these numbers", "エクスポートの全行がこの数値に含まれています"),
        (1, "1 row of the exports was left out, as declared", "設定に従い、エクスポートの1行を除外"),
        (
            1200,
            "1,200 rows of the exports were left out, as declared",
            "設定に従い、エクスポートの1,200行を除外",
        ),
    ],
)
def test_the_title_counts_what_was_left_out(dropped: int, en: str, ja: str, measures: QuarterMeasures) -> None:
    known = fresh(measures, {"table": "usage", "rows": 5, "dropped": dropped})
    assert (freshness(scene_of(known)).title, freshness(scene_of(known, "ja")).title) == (en, ja)


def test_every_rule_that_can_be_tolerated_has_words(measures: QuarterMeasures) -> None:
    tolerable = {rule for rule, (_, remedy) in RULES.items() if "{policy}" in remedy or "on_" in remedy}
    ours = {"internal", "where", "distinct", "unpivot", "negative_mrr"}
    known, japanese = (closing._rules(scene_of(measures, lang)) for lang in ("en", "ja"))
    assert set(known) == tolerable | ours
    assert len(tolerable) >= 14
    assert {"future_date", "left_but_paying", "churn_without_end"} <= tolerable
    assert not {*known.values()} & {*japanese.values()}


def test_a_rule_without_words_is_shown_by_its_name(measures: QuarterMeasures) -> None:
    assert counted(scene_of(measures), "odd_thing 3") == "3 odd thing"


def test_an_empty_freshness_is_no_claim_of_dirt(measures: QuarterMeasures) -> None:
    assert body(freshness(scene_of(fresh(measures)))) == []


def test_nothing_odd_takes_no_column(measures: QuarterMeasures) -> None:
    clean = freshness(scene_of(fresh(measures, {"table": "usage", "rows": 5})))
    assert [column.label for column in clean.columns] == ["Table", "Rows", "Latest", "Truly as of"]
    kept = freshness(scene_of(fresh(measures, {"table": "usage", "rows": 5, "tolerated": "overlap 3"})))
    assert [column.label for column in kept.columns][3:] == ["Kept though odd", "Truly as of"]

"""The team's exhibits: titles by rules in both languages, numbers as in the frames, small groups, what is absent."""

from __future__ import annotations

import re
import warnings
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from reader import body, csv_rows, text_of_tiles
from small_quarter import SETTINGS
from small_team import NAMES, ROWS, scene, small_team, with_values, without

from csworkbench.metrics.team.frames import FRAMES
from csworkbench.story.team.pack import EXHIBITS, HEADINGS, TeamPack

CHARTS = (
    "csm_effects", "firefighting", "repeat_causes", "capacity", "growth_line", "ramp", "characters", "competencies",
)  # fmt: skip
TABLES = ("kpi_tree", "dependence", "step_matrix", "policy_hours", "development", "interviews", "trainings", "tried")
OF_TEAM = [id for id in EXHIBITS if id not in ("freshness", "definitions")]


def show(id: str, lang: str = "en", **changed: Any) -> Any:
    return EXHIBITS[id](scene(lang, **changed))


# exhibit, changed frames → title in English, in Japanese
TITLES: list[tuple[str, dict[str, Any], str, str]] = [
    ("kpi_tree", {}, "2 of 4 KPIs are behind plan; furthest is MRR, short by 19% of its plan",
     "KPI 4件のうち2件が計画未達。差が最大なのはMRR（計画に対して19%不足）"),
    ("kpi_tree", {"kpis": with_values("kpis", target=None)}, "KPIs from the goal down; none of them has a plan",
     "目標からのKPIツリー。計画のあるKPIはない"),
    ("csm_effects", {},
     "After adjusting for the book: Aoi K. is above in GRR (+3.0 pt) and Aoi K. is below in Steps in time (−10.0 pt)",
     "担当分を調整した結果：Aoi K.はGRRが高い（+3.0pt）、Aoi K.は期限内到達が低い（−10.0pt）"),
    ("csm_effects", {"effects": with_values("effects", low=-0.1, high=0.1)},
     "After adjusting for the book, no CSM stands apart by more than chance would explain",
     "担当分を調整すると、偶然を超えて差のあるCSMはいない"),
    ("dependence", {}, "Results depend on the individual CSM in GRR (spread 3.0 points)",
     "CSM個人に左右される指標：GRR（ばらつき3.0ポイント）"),
    ("dependence", {"spread": with_values("spread", low=0.0001)},
     "No measure shows that results depend on the individual CSM by more than chance",
     "偶然を超えてCSM個人に左右される指標はない"),
    ("step_matrix", {}, "Aoi K. is furthest below the team at Kick-off: 55% in time against 70%",
     "Aoi K.はキックオフでチームとの差が最大：期限内55%（チーム70%）"),
    ("step_matrix", {"steps": with_values("steps", high=1.0)},
     "At no step is a CSM below the team by more than chance would explain",
     "偶然を超えてチームを下回るCSMとステップの組はない"),
    ("firefighting", {}, "Firefighting takes 25% of the team’s hours, 15 points more than last quarter",
     "火消しはチームの時間の25%、前四半期より15ポイント増"),
    ("firefighting", {"work": without("work", quarter="2026Q2")}, "Firefighting takes 25% of the team’s hours",
     "火消しはチームの時間の25%"),
    ("repeat_causes", {}, "60% of tickets on “incident” are repeats: 12 of 20",
     "「incident」の問い合わせの60%は再発：20件中12件"),
    ("repeat_causes", {"fires": with_values("fires", n_repeated=0)}, "No ticket of the quarter was a repeat",
     "この四半期に再発した問い合わせはない"),
    ("tried", {}, "After 1 of 3 changes its measure differs beyond chance",
     "3件の変更のうち1件の後に、偶然を超える差"),
    ("tried", {"tried": with_values("tried", low=-0.1, high=0.1)},
     "3 changes were tried; no difference after any of them beyond chance",
     "3件の変更を実施。偶然を超える差はまだない"),
    ("policy_hours", {},
     "26% of hours went into work that policy does not foresee; largest part: support desk for high touch",
     "時間の26%は方針にない業務。最多はハイタッチ向けのサポート窓口"),
    ("policy_hours", {"work": with_values("work", touch_tier="low", function="community")},
     "Every hour went into work that policy foresees", "すべての時間が方針に沿った業務に使われた"),
    ("capacity", {}, "2 of 3 CSMs are above the policy of 20 accounts; Aoi K. is at 30 per full-time CSM",
     "CSM3名のうち2名が方針の20件を超過。Aoi K.はフルタイム換算1名あたり30件"),
    ("capacity", {"csms": with_values("csms", n_accounts=10, fte=1.0)},
     "No CSM looks after more than the 20 accounts of the policy", "方針の20件を超えて担当するCSMはいない"),
    ("growth_line", {}, "At +5.0 accounts a quarter the book outgrows the team’s capacity of 50 in Q4 2026",
     "四半期+5.0件のペースでは、2026年Q4にチームの対応可能数50件を超える"),
    ("growth_line", {"growth": with_values("growth", capacity=49.0)},
     "The book has outgrown the team: 50 accounts against a capacity of 49",
     "担当アカウントがチームの対応可能数を超過：49件に対して50件"),
    ("growth_line", {"growth": with_values("growth", capacity=None)}, "The book changes by +5.0 accounts a quarter",
     "担当アカウントは四半期に+5.0件のペースで推移"),
    ("growth_line", {"growth": with_values("growth", n_accounts=30)},
     "At 0.0 accounts a quarter the team’s capacity of 50 lasts for years",
     "四半期0.0件のペースなら、チームの対応可能数50件は数年先まで足りる"),
    ("ramp", {}, "Chie M. holds 40% of a full book after 3 months", "Chie M.は入社3か月で標準担当数の40%"),
    ("ramp", {"ramp": without("ramp", csm_id="c3")}, "Ben L. had a full book after 3 months",
     "Ben L.は入社3か月で標準担当数に到達"),
    ("characters", {}, "Proactive seller: 40% of what accounts ask for, 10% of the hours given",
     "肉食（攻めの提案）：担当先の需要の40%に対し、供給は時間の10%"),
    ("characters", {"characters": with_values("characters", share=1 / 3)},
     "The team gives the three characters as the book asks for them",
     "3つの持ち味の供給は担当先の需要と釣り合っている"),
    ("competencies", {}, "The better half is rated higher in listening (by 1.1 standard deviations)",
     "上位半数はlisteningの評価が高い（標準偏差1.1分）"),
    ("competencies", {"competencies": with_values("competencies", n_rest=4)},
     "No claim yet what sets the best apart: 4 CSMs on the smaller side, 5 are needed",
     "上位者の違いはまだ判断できない：少ない側のCSMが4名（5名必要）"),
    ("competencies", {"competencies": with_values("competencies", low=-0.1, high=0.1)},
     "No rating sets the better half of the CSMs apart by more than chance would explain",
     "偶然を超えて上位半数を分ける評価項目はない"),
    ("development", {}, "Every CSM has another weakest step: develop one by one",
     "最も弱いステップはCSMごとに異なる：一人ずつ育成を"),
    ("interviews", {}, "Interviewers agree within 1 point in 75% of 8 pairs", "面接官の採点は8組のうち75%で1点差以内"),
    ("interviews", {"interviews": with_values("interviews", n_pairs=4)},
     "The interview scorecard; too few pairs of raters to say whether they agree",
     "面接の採点表。面接官の一致を判断するには組数が不足"),
    ("trainings", {}, "5 of 6 trainings were completed; most are open in journey walk",
     "研修6件のうち5件が修了。未修了が最も多いのはjourney walk"),
    ("trainings", {"trainings": with_values("trainings", n=2, n_completed=2)},
     "Every training that was begun was completed",
     "受講した研修はすべて修了"),
]  # fmt: skip


@pytest.mark.parametrize(("id", "changed", "en", "ja"), TITLES, ids=[f"{row[0]}-{at}" for at, row in enumerate(TITLES)])
def test_a_title_is_written_from_the_numbers(id: str, changed: dict[str, Any], en: str, ja: str) -> None:
    assert (show(id, **changed).title, show(id, "ja", **changed).title) == (en, ja)


def test_all_plans_met_are_said_to_be_met() -> None:
    met = [{**row, "actual": 1.0, "target": 1.0} for row in ROWS["kpis"]]
    assert show("kpi_tree", kpis=met).title == "All 5 KPIs with a plan are on it or ahead"
    assert show("kpi_tree", kpis=met).so_what == "Every CSM with an NNMRR plan reached it."


def test_the_tree_shows_each_kpi_below_the_one_it_serves_with_gap_and_who_is_behind() -> None:
    rows = body(show("kpi_tree"))
    assert [row[0] for row in rows] == [
        "MRR", "└ Net new MRR of the book", "└─ Gross revenue retention", "└── Logo churn", "└─── Time to value, days",
    ]  # fmt: skip
    assert rows[1][1:] == ["$1K", "$1.2K", "+$200", "$800", "Ben L.", "nnmrr v1"]
    assert rows[2][1:4] == ["97.0%", "92.0%", "−5.0 pt"]
    assert rows[3][1:4] == ["4.0%", "3.0%", "−1.0 pt"]
    assert rows[4][1:5] == ["–", "41.0", "–", "–"]
    html = str(show("kpi_tree").table_html)
    assert html.count("cs-bad") == 2
    assert html.count("cs-good") == 2


def test_of_a_lower_is_better_kpi_less_is_ahead() -> None:
    worse = [{**row, "actual": 0.05} if row["kpi"] == "logo_churn" else row for row in ROWS["kpis"]]
    title = show("kpi_tree", kpis=worse).title
    assert title == "3 of 4 KPIs are behind plan; furthest is Logo churn, short by 25% of its plan"


def test_every_csm_behind_the_own_plan_is_counted() -> None:
    assert show("kpi_tree").so_what == "Behind the own NNMRR plan: Ben L. (1 of 2 CSMs)."


def test_a_small_book_has_no_effect_in_figure_data_or_csv() -> None:
    exhibit = show("csm_effects")
    row = next(row for row in csv_rows(exhibit) if row[0] == "Chie M.")
    assert row[2:] == ["3", "8", "", "", "", "", "", ""]
    assert "Chie M." not in exhibit.alt
    assert "fewer than 5 accounts" in exhibit.caption


def test_the_steps_show_shrunk_shares_with_n_and_mark_the_weakest() -> None:
    exhibit = show("step_matrix")
    assert body(exhibit) == [
        ["Aoi K.", "55% (20)", "50% (18)", "Kick-off (−15 pt)"],
        ["Ben L.", "80% (10)", "46% (9)", "Live (−2 pt)"],
        ["Chie M.", "–", "–", "–"],
        ["Team", "70% (33)", "48% (27)", "–"],
    ]
    assert str(exhibit.table_html).count("cs-bad") == 2
    small = next(row for row in csv_rows(exhibit) if row[0] == "Chie M.")
    assert small[4:8] == ["", "", "", ""]


def test_reactive_shares_are_over_known_hours_and_five_activities() -> None:
    data = show("firefighting").data.set_index("name")
    assert data["share"].round(4).to_dict() == {"Team": 0.25, "Aoi K.": 0.25, "Ben L.": 0.25}
    assert data.loc["Aoi K.", "before"] == 0.1
    few = show("firefighting", work=[{**row, "n": 2} for row in ROWS["work"]]).data
    assert (list(few["name"]), list(few["n"])) == (["Team"], [10])


def test_tiles_compare_with_plan_policy_and_last_quarter() -> None:
    tiles = {tile[0]: tile[1:] for tile in text_of_tiles(show("team_tiles"))}
    assert tiles["Net new MRR of the book"] == ["+$1.2K", "+$400 on Q2 2026", "meets the plan of $1K"]
    assert tiles["Gross revenue retention"] == ["92.0%", "−3.0 pt on Q2 2026", "misses the plan of 97.0%"]
    assert tiles["Accounts per full-time CSM"] == ["20.0", "+2.4 on Q2 2026", "within the policy of 20.0"]
    assert tiles["Hours out of policy"] == ["26%", "+16.5 pt on Q2 2026", "no plan"]
    title = "3 CSMs look after 50 accounts with $5.5K of MRR; 2 of 3 plans and policies are met"
    assert show("team_tiles").title == title


def test_who_left_and_has_no_account_is_not_in_capacity_but_who_joined_lately_is() -> None:
    assert list(show("capacity").data["name"]) == ["Aoi K.", "Ben L.", "Chie M."]
    row = show("capacity").data.set_index("name").loc["Ben L."]
    assert (row["per"], row["fte"], round(row["hours"], 3)) == (24.0, 0.5, round(20 / 13, 3))


def test_the_so_what_of_capacity_adds_up() -> None:
    """c1 holds 10 too many, c2 (half time) 2; c3 has room for 12. 102 hours in 13 weeks of 25 foreseen."""
    assert show("capacity").so_what == (
        "Books above policy hold 12 accounts too many; the others have room for 12. "
        "Recorded with customers: 8 hours a week, 31% of what policy foresees."
    )


def test_without_policy_nothing_is_held_against_one() -> None:
    bare = scene(policy="")
    assert EXHIBITS["capacity"](bare).title == "Aoi K. looks after most accounts: 30 per full-time CSM"
    assert EXHIBITS["capacity"](bare).so_what == ""
    assert EXHIBITS["policy_hours"](bare).title.startswith("Hours out of policy are not shown: workspace.toml has no")
    tiles = {tile[0]: tile[1:] for tile in text_of_tiles(EXHIBITS["team_tiles"](bare))}
    assert tiles["Accounts per full-time CSM"][-1] == "no policy"
    assert "Hours out of policy" not in tiles


@pytest.mark.parametrize(
    ("rated", "said"),
    [(0.30, "Next hire: Proactive seller; about 0.8 full-time are short."), (0.34, "The strength is there (34% of ")],
)
def test_the_next_hire_is_what_is_short_unless_the_team_is_rated_for_it(rated: float, said: str) -> None:
    rows = [
        {**row, "share": rated} if (row["view"], row["character"]) == ("rated", "seller") else row
        for row in ROWS["characters"]
    ]
    assert show("characters", characters=rows).so_what.startswith(said)


def test_characters_are_shares_and_a_csm_of_few_touches_has_none() -> None:
    exhibit = show("characters")
    data = exhibit.data.set_index(["view", "owner"])
    assert data[["seller", "supporter", "analyst"]].sum(axis=1).round(9).eq(1).all()
    assert "Shares, never labels" in exhibit.caption


def test_trainings_show_steps_before_and_after_only_with_five_on_either_side() -> None:
    rows = {row[0]: row[-1] for row in body(show("trainings"))}
    assert rows == {"journey walk": "50% → 70%", "basics": "too few to say"}


def test_hires_foretell_nothing_until_there_are_ten() -> None:
    said = "Whether the scorecard foretells results cannot be said: 0 hires have results, 10 are needed."
    assert show("interviews").so_what == said
    many = [{"candidate_id": f"P{n}", "csm_id": "c1", "scorecard": n, "effect": float(n)} for n in range(10)]
    assert show("interviews", hires=many).so_what.endswith("over 10 hires: +1.00.")


# frame → the exhibits that look at it
USERS = {
    "csms": ("team_tiles", "kpi_tree", "capacity", "characters", "development"), "kpis": ("team_tiles", "kpi_tree"),
    "effects": ("csm_effects",), "spread": ("dependence",), "steps": ("step_matrix", "development"),
    "work": ("team_tiles", "firefighting", "policy_hours", "capacity"), "fires": ("repeat_causes",),
    "books": (), "growth": ("team_tiles", "growth_line"), "ramp": ("ramp",), "characters": ("characters",),
    "competencies": ("competencies",), "ratings": ("development",), "interviews": ("interviews",),
    "hires": ("interviews",), "trainings": ("trainings",), "tried": ("tried",),
}  # fmt: skip


def test_a_spread_of_shares_is_written_in_points() -> None:
    rows = body(show("dependence"))
    assert rows and all(row[2].endswith((" point", " points")) for row in rows)
    assert all(re.fullmatch(r"[\d.]+–[\d.]+ points?", row[3]) for row in rows)


@pytest.mark.parametrize("frame", FRAMES)
def test_without_one_frame_an_exhibit_shows_or_says_in_one_line_what_is_missing(frame: str) -> None:
    for id in USERS[frame]:
        exhibit = show(id, **{frame: None})
        if exhibit.is_absent:
            assert f"{frame}_table" in exhibit.title
            assert str(exhibit.html).count("<p") == 1
        assert "nan" not in re.sub(r'="[^"]*"', "", str(exhibit.html)).lower()


def test_the_code_looks_at_no_other_frames() -> None:
    """An exhibit without all frames but those said above is the same."""
    for id in OF_TEAM[:-1]:
        others = {frame: None for frame, ids in USERS.items() if id not in ids and frame != "csms"}
        assert show(id, **others).title == show(id).title


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_team_of_nobody_gets_a_pack_that_says_so(lang: str) -> None:
    for id in OF_TEAM:
        exhibit = show(id, lang, **{name: [] for name in FRAMES})
        assert exhibit.title
        assert "nan" not in re.sub(r'="[^"]*"', "", str(exhibit.html)).lower()
        assert "None" not in str(exhibit.html)


@pytest.mark.parametrize("id", EXHIBITS)
def test_both_languages_show_the_same_numbers(id: str) -> None:
    en, ja = (show(id, lang) for lang in ("en", "ja"))
    pd.testing.assert_frame_equal(*(exhibit.data.select_dtypes("number") for exhibit in (en, ja)))
    assert [column.name for column in en.columns] == [column.name for column in ja.columns]
    numbers = [sorted(re.findall(r"\d+(?:\.\d+)?%", f"{e.title} {e.so_what}")) for e in (en, ja)]
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize("id", CHARTS)
def test_a_chart_is_complete_and_draws_without_a_warning(id: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        exhibit = show(id, "ja")
    assert exhibit.id == id
    assert min(map(len, (exhibit.title, exhibit.alt, exhibit.caption, exhibit.source))) > 5
    assert {column.name for column in exhibit.columns} <= set(exhibit.data.columns)
    assert show(id, "ja").figure_svg == exhibit.figure_svg
    ElementTree.fromstring(exhibit.figure_svg)
    assert len(exhibit.figure_svg) < 40_000


@pytest.mark.parametrize("id", TABLES)
def test_a_table_has_a_caption_and_scoped_headings(id: str) -> None:
    html = str(show(id).html)
    assert "<caption>" in html
    assert html.count("<th ") == html.count("<th scope=")


HOSTILE = "<img src=x onerror=alert(1)> {EU} $1,200 </svg>"


@pytest.mark.parametrize("id", EXHIBITS)
def test_hostile_names_are_inert(id: str) -> None:
    csms = [{**row, "name": f"{HOSTILE} {row['csm_id']}"} for row in ROWS["csms"]]
    changed = {
        "csms": csms,
        "fires": with_values("fires", category=HOSTILE),
        "competencies": with_values("competencies", competency=HOSTILE),
        "interviews": with_values("interviews", question=HOSTILE, competency=HOSTILE),
        "trainings": with_values("trainings", training=HOSTILE, stuck_at=HOSTILE),
        "work": with_values("work", function=HOSTILE, touch_tier="high"),
    }
    exhibit = show(id, **changed)
    assert "<img src=x" not in str(exhibit.html)
    if exhibit.figure_svg:
        ElementTree.fromstring(exhibit.figure_svg)


def test_the_pack_says_for_whom_it_is_and_has_every_section() -> None:
    pack = TeamPack(scene())
    assert str(pack.cover().html).startswith("<h1>Kagami: the CS team</h1>")
    assert "For the manager of the team only: it names people." in str(pack.cover().html)
    assert len({pack.section(name)._repr_html_() for name in HEADINGS}) == len(HEADINGS)
    assert set(NAMES.values()) >= {pack.scene.person(csm_id) for csm_id in NAMES}  # type: ignore[attr-defined]
    assert "team_definitions" in str(pack.closing().html)
    assert small_team().absent == {}
    assert SETTINGS

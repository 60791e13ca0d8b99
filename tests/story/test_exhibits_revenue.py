"""The MRR bridge: its title, who explains the loss, and that every number is in its data."""

from __future__ import annotations

import re

import pytest
from small_quarter import BOOK, with_book, with_frame

from csworkbench.metrics.frames import empty
from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.story.exhibits.bridge_words import Loss, Movement, bridge_title, loss_sentence
from csworkbench.story.exhibits.revenue import mrr_bridge
from csworkbench.story.exhibits.wording import amount_against_plan, fewest_that_explain
from csworkbench.story.language import Language
from csworkbench.story.scene import scene_of

EN, JA = Language("en"), Language("ja", "JPY")
KINDS = ("new", "expansion", "reactivation", "contraction", "churn")


def movement(opening: float, by_kind: dict[str, float], **how: object) -> Movement:
    """A movement whose closing follows from its parts; losses by name."""
    kinds = {kind: by_kind.get(kind, 0.0) for kind in KINDS}
    closing = opening + sum(v if k in KINDS[:3] else -v for k, v in kinds.items())
    return Movement("", opening, closing, 50, kinds, (), **how)  # type: ignore[arg-type]


TITLES = [
    (1000, {"expansion": 62}, None, "MRR grew 6.2% to $1.06K; expansion brought most of it"),
    (1000, {"expansion": 40, "new": 35, "reactivation": 30}, None,
     "MRR grew 10.5% to $1.1K; expansion brought the largest part"),
    (1000, {"new": 50}, 1050.0, "MRR grew 5.0% to $1.05K, on plan; new business brought most of it"),
    (1000, {"new": 50}, 1000.0, "MRR grew 5.0% to $1.05K, 5.0% above plan; new business brought most of it"),
    (1000, {"new": 50}, 525.0, "MRR grew 5.0% to $1.05K, twice the plan; new business brought most of it"),
    (1000, {"new": 50}, 0.0, "MRR grew 5.0% to $1.05K; new business brought most of it"),
    (1000, {}, None, "MRR held at $1K"),
    (100_000, {"new": 40}, None, "MRR held at $100K"),
    (0, {"new": 500}, None, "MRR started from zero and reached $500"),
]  # fmt: skip


@pytest.mark.parametrize(("opening", "kinds", "plan", "title"), TITLES)
def test_titles_of_growth(opening: float, kinds: dict[str, float], plan: float | None, title: str) -> None:
    assert bridge_title(EN, movement(opening, kinds, plan=plan)) == title


def lost(*amounts: float, n_open: int = 50, subject: str = "", churn_plan: float | None = None) -> Movement:
    """A book of 1,000 that lost these amounts, one per account, by churn."""
    kinds = dict.fromkeys(KINDS, 0.0) | {"churn": float(sum(amounts))}
    losses = [Loss(chr(65 + at), amount) for at, amount in enumerate(amounts)]
    return Movement(subject, 1000, 1000 - sum(amounts), n_open, kinds, losses, churn_plan=churn_plan)


@pytest.mark.parametrize(
    ("book", "title"),
    [
        (lost(41), "MRR fell 4.1% to $959; 1 account explains all of the loss"),
        (lost(20, 10, 10, 5, 5), "MRR fell 5.0% to $950; 3 accounts explain 80% of the loss"),
        (lost(*[5.0] * 10), "MRR fell 5.0% to $950; 3 accounts explain 30% of the loss"),
        (lost(90, 10), "MRR fell 10.0% to $900; 1 account explains 90% of the loss"),
        (lost(41, subject="SMB"), "SMB lost 4.1% of MRR, now $959; 1 account explains all of the loss"),
        (lost(41, n_open=4), "MRR went from $1K to $959; 1 account explains all of the loss"),
    ],
)
def test_titles_of_loss(book: Movement, title: str) -> None:
    assert bridge_title(EN, book) == title


@pytest.mark.parametrize(
    ("book", "words"),
    [
        (lost(), "No account left or shrank in the quarter."),
        (lost(40), "Churn took $40. From A came all of it."),
        (lost(40, churn_plan=20), "Churn took $40, twice the plan. From A came all of it."),
        (lost(40, churn_plan=50), "Churn took $40, 20.0% below plan. From A came all of it."),
        (lost(40, churn_plan=10), "Churn took $40, 4.0 times the plan. From A came all of it."),
        (lost(20, 10, 10, 5, 5),
         "Churn took $50. From A, B, and C came 80% of the $50 that 5 accounts lost."),
    ],
)  # fmt: skip
def test_the_loss_is_named(book: Movement, words: str) -> None:
    assert loss_sentence(EN, book) == words


def test_contraction_alone_is_not_called_churn() -> None:
    kinds = dict.fromkeys(KINDS, 0.0) | {"contraction": 30.0}
    shrunk = Movement("", 1000, 970, 50, kinds, [Loss("A", 30)])
    assert loss_sentence(EN, shrunk) == "No account left. Contraction took $30. From A came all of it."


def test_the_same_in_japanese() -> None:
    assert bridge_title(JA, lost(20, 10, 10, 5, 5)) == "MRRは5.0%減の950円。減少の80%は3アカウントによる"
    assert loss_sentence(JA, lost(40, churn_plan=20)) == "解約は40円、計画の2倍。内訳はAのみ。"


@pytest.mark.parametrize(
    ("sizes", "n"), [((), 0), ((5,), 1), ((80, 20), 1), ((79, 21), 2), ((1, 1, 1, 1, 1), 3), ((50, 29, 21), 3)]
)
def test_as_few_accounts_as_explain_four_fifths_but_never_more_than_three(sizes: tuple[float, ...], n: int) -> None:
    assert fewest_that_explain(sizes) == n


@pytest.mark.parametrize(("amount", "words"), [(99.96, "on plan"), (194, "94.0% above plan"), (195, "twice the plan")])
def test_words_against_plan(amount: float, words: str) -> None:
    assert amount_against_plan(EN, amount, 100) == words


def test_the_small_company_lost_a_twelfth(measures: QuarterMeasures) -> None:
    exhibit = mrr_bridge(scene_of(measures))
    assert exhibit.title == "MRR fell 8.0% to $40.5K, 10.0% below plan; 1 account explains 80% of the loss"
    assert exhibit.so_what == (
        "Churn took $6.5K, 3.2 times the plan. Contraction took $1K."
        " From Cedar came 80% of the $7.5K that 3 accounts lost."
    )
    assert "11 accounts at the start, 11 at the end" in exhibit.caption
    assert "mrr v1, movements v1" in exhibit.caption


def test_a_segment_without_a_plan_says_nothing_about_one(measures: QuarterMeasures) -> None:
    exhibit = mrr_bridge(scene_of(measures, segment="smb"))
    assert exhibit.title == "SMB MRR grew 37.5% to $5.5K; new business brought the largest part"
    assert "plan" not in exhibit.title + exhibit.so_what + exhibit.alt
    assert "targets" not in exhibit.source


@pytest.mark.parametrize("segment", [None, "mid", "smb"])
def test_the_data_adds_up_and_holds_every_amount_that_is_said(measures: QuarterMeasures, segment: str | None) -> None:
    scene = scene_of(measures, segment=segment)
    exhibit = mrr_bridge(scene)
    rows = exhibit.data.set_index("what")["mrr"]
    ends = ("MRR at the start", "MRR at the end", "Lost ")
    bars = [what for what in rows.index if not what.startswith(ends)]
    assert rows["MRR at the start"] + rows[bars].sum() == pytest.approx(rows["MRR at the end"], abs=0.005)
    total = abs(rows.reindex(["Contraction", "Churn"]).sum())
    amounts = [*exhibit.data["mrr"].abs(), *exhibit.data["plan"].abs().dropna(), total]
    known = {scene.language.money(amount) for amount in amounts}
    assert set(re.findall(r"\$[\d.,]+[KMB]?(?<![.,])", exhibit.title + exhibit.so_what)) <= known


def test_bars_carry_their_amounts_and_the_plan_is_drawn(measures: QuarterMeasures, written: list[str]) -> None:
    mrr_bridge(scene_of(measures))
    assert {"$44K", "+$1K", "+$2.5K", "+$500", "−$1K", "−$6.5K", "$40.5K", "Plan $45K"} <= set(written)
    assert {"Q2 2026", "New", "Expansion", "Won back", "Contraction", "Churn", "Q3 2026"} <= set(written)


@pytest.mark.parametrize(
    ("book", "title"),
    [
        ([("m1", "A", "mid", 0, 0, 500)], "MRR started from zero and reached $500"),
        ([("m1", "A", "mid", 0, 500, 500)], "MRR held at $500"),
        ([("m1", "A", "mid", 0, 500, 0)], "MRR went from $500 to $0; 1 account explains all of the loss"),
        ([("m1", "A", "mid", 500, 0, 0)], "All accounts: no MRR in Q3 2026."),
    ],
)
def test_one_account_is_enough(measures: QuarterMeasures, book: list[tuple], title: str) -> None:  # type: ignore[type-arg]
    measures = with_frame(with_book(measures, book), "targets", None)
    assert mrr_bridge(scene_of(measures)).title == title


@pytest.mark.parametrize("frame", ["mrr_trend", "movements"])
def test_without_its_frames_there_is_one_line(measures: QuarterMeasures, frame: str) -> None:
    exhibit = mrr_bridge(scene_of(with_frame(measures, frame, None)))
    assert exhibit.is_absent
    assert exhibit.title == f"Not shown: the workspace has no {frame}_table."


def test_with_empty_frames_nothing_is_invented(measures: QuarterMeasures) -> None:
    nobody = mrr_bridge(scene_of(with_frame(measures, "movements", empty("movements"))))
    assert nobody.so_what == "Churn took $6.5K, 3.2 times the plan. Contraction took $1K."
    assert mrr_bridge(scene_of(with_frame(measures, "mrr_trend", empty("mrr_trend")))).is_absent


def test_a_hostile_account_name_stays_text(measures: QuarterMeasures) -> None:
    book = [(i, "<script>{EU} $1,200 $</script>" if i == "m3" else n, *rest) for i, n, *rest in BOOK]
    exhibit = mrr_bridge(scene_of(with_book(measures, book)))  # type: ignore[arg-type]
    assert "From <script>{EU} $1,200 $</script> came 80%" in exhibit.so_what
    assert "<script" not in exhibit.html
    assert "&lt;script&gt;{EU} $1,200 $&lt;/script&gt;" in exhibit.html

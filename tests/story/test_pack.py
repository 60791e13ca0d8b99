"""A pack: its cover, its sections, what is refused, and what is left when frames are missing."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from small_business import small_before, small_business
from small_quarter import small_measures, with_frame
from small_scores import ROWS, small_scores, with_scores

from csworkbench.errors import UnknownName
from csworkbench.metrics.frames import FRAMES, empty
from csworkbench.metrics.measures import QuarterMeasures
from csworkbench.story.exhibit import Exhibit
from csworkbench.story.pack import EXHIBITS, HEADINGS, Fragment, Pack, open_pack
from csworkbench.story.scene import Scene, scene_of

# One worker notes once which exhibit asks for which frames.
pytestmark = pytest.mark.xdist_group("pack")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("measures")
    small_measures().save(folder)
    return folder


def everything(pack: Pack) -> str:
    parts = [pack.cover(), *(pack.section("data", name) for name in EXHIBITS), pack.closing()]
    return "".join(part._repr_html_() for part in parts)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"segment": "mdi"}, 'there is no segment "mdi". Did you mean "mid"?'),
        ({"segment": "enterprise"}, 'there is no segment "enterprise". There is: mid, smb.'),
        ({"segment": "all"}, 'there is no segment "all"'),
        ({"lang": "jp"}, 'there is no language "jp"'),
        ({"lang": "de"}, 'there is no language "de"'),
        ({"quarter": "2026Q2"}, 'there is no quarter in these measures "2026Q2". Did you mean "2026Q3"?'),
    ],
)
def test_what_is_not_there_is_refused_with_the_near_name(asked: dict[str, str], said: str, saved: Path) -> None:
    with pytest.raises(UnknownName, match=f"^{re.escape(said)}"):
        open_pack(saved, **asked)


def test_an_exhibit_or_section_that_is_not_there_is_refused_with_the_near_name(saved: Path) -> None:
    pack = open_pack(saved, "2026Q3")
    with pytest.raises(UnknownName, match='Did you mean "mrr_bridge"'):
        pack.exhibit("mrr_brigde")
    with pytest.raises(UnknownName, match='Did you mean "revenue"'):
        pack.section("revenues", "mrr_bridge")
    with pytest.raises(UnknownName, match='Did you mean "say_do"'):
        pack.section("service", "saydo")


def test_a_pack_from_a_folder_is_that_of_the_measures(saved: Path, measures: QuarterMeasures) -> None:
    opened = open_pack(saved, "2026Q3", "mid", "ja")
    assert everything(opened) == everything(Pack(scene_of(measures, "ja", "mid")))


def test_the_cover_names_whom_it_is_about_and_when(saved: Path) -> None:
    cover = open_pack(saved).cover()._repr_html_()
    assert cover.startswith("<h1>Kagami: business review</h1>")
    assert re.search(r'<p class="cs-lead">Q3 2026 \(Jul\s–\sSep 2026\)</p>', cover)
    assert open_pack(saved, segment="mid").cover()._repr_html_().startswith("<h1>Mid-market: business review</h1>")
    japanese = open_pack(saved, lang="ja", segment="smb").cover()._repr_html_()
    assert japanese.startswith('<h1>中小企業 ビジネスレビュー</h1><p class="cs-lead">2026年Q3（2026年7月～9月）</p>')


def test_a_section_is_a_heading_that_can_be_linked_to_and_its_exhibits(saved: Path) -> None:
    pack = open_pack(saved)
    html = pack.section("service", "service", "say_do")._repr_html_()
    assert html.startswith('<h2 id="section-service">Service and voice</h2><figure')
    assert re.findall(r'<(?:figure|p)[^>]* id="(\w+)"', html) == ["service", "say_do"]
    assert len({pack.section(name)._repr_html_() for name in HEADINGS}) == len(HEADINGS)


def test_a_fragment_shows_html_and_nothing_of_it_as_text() -> None:
    fragment = Fragment(Pack(scene_of(small_measures())).cover().html)
    assert fragment._repr_html_() == str(fragment.html)
    assert re.fullmatch(r"<[\d,]+ characters of a pack>", repr(fragment))
    assert [name for name in dir(fragment) if name.startswith("_repr_")] == ["_repr_html_"]


class Noting(Mapping[str, pd.DataFrame]):
    """Frames that note for which of them somebody asked."""

    def __init__(self, frames: Mapping[str, pd.DataFrame], asked: set[str]) -> None:
        self.frames, self.asked = frames, asked

    def __getitem__(self, name: str) -> pd.DataFrame:
        self.asked.add(name)
        return self.frames[name]

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return name in self.frames

    def __iter__(self) -> Iterator[str]:
        self.asked.update(self.frames)
        return iter(self.frames)

    def __len__(self) -> int:
        return len(self.frames)


@cache
def asked_by(id: str, segment: str | None) -> frozenset[str]:
    """The frames that an exhibit asks for; without another one it does just the same. None where nothing is shown."""
    asked: set[str] = set()
    measures, scores = small_measures(), small_scores()
    noting = replace(measures, frames=Noting(measures.frames, asked))
    scores = replace(scores, frames=Noting(scores.frames, asked))
    shown = EXHIBITS[id](scene_of(noting, "en", segment, scores, small_business(), small_before()))
    assert shown.html
    return frozenset() if shown.is_absent else frozenset(asked)


def that_ask_for(frame: str, segment: str | None = None) -> list[Callable[[Scene], Exhibit]]:
    return [show for id, show in EXHIBITS.items() if frame in asked_by(id, segment)]


@pytest.mark.parametrize("frame", FRAMES)
def test_without_one_frame_every_exhibit_still_shows_or_says_what_is_missing(
    frame: str, measures: QuarterMeasures
) -> None:
    less = scene_of(with_frame(measures, frame, None), "en", None, small_scores(), small_business(), small_before())
    gone = [exhibit for exhibit in (show(less) for show in that_ask_for(frame)) if exhibit.is_absent]
    assert all(f"{frame}_table" in exhibit.title for exhibit in gone)
    assert all(str(exhibit.html).count("<p") == 1 for exhibit in gone)


# the frame that an exhibit cannot do without
NEEDED = {
    "tiles": "mrr_trend", "segments": "mrr_trend", "retention_trend": "mrr_trend", "logo_cohorts": "cohorts",
    "revenue_cohorts": "cohorts", "adoption_bands": "adoption_bands", "journey_funnel": "journey_steps",
    "time_to_value": "time_to_value", "renewal_rates": "renewal_rates", "renewals_due": "renewals",
    "attention": "attention", "service": "service", "say_do": "say_do", "freshness": "freshness",
}  # fmt: skip


@pytest.mark.parametrize("id", NEEDED)
def test_an_exhibit_without_its_frame_is_one_line_that_names_the_tables(id: str, measures: QuarterMeasures) -> None:
    less = with_frame(measures, NEEDED[id], None)
    line = EXHIBITS[id](scene_of(less))
    assert line.is_absent
    assert line.title == f"Not shown: the workspace has no {NEEDED[id]}_table."
    japanese = EXHIBITS[id](scene_of(less, "ja"))
    assert japanese.title == f"表示できません：ワークスペースに {NEEDED[id]}_table がありません。"


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_an_empty_company_gets_a_pack_that_says_so(lang: str, measures: QuarterMeasures) -> None:
    for name in FRAMES:
        measures = with_frame(measures, name, empty(name))
    html = everything(Pack(scene_of(measures, lang)))
    assert "nan" not in html.lower()
    assert "None" not in html
    assert (
        "No account had MRR this quarter" if lang == "en" else "この四半期にMRRのあるアカウントはありません"
    ) in html


# the frame of scores that an exhibit cannot do without
SCORED = {
    "at_risk": "scores", "expansion": "scores", "whitespace": "whitespace", "forecast": "forecast",
    "forecast_segments": "forecast", "forecast_error": "forecast_errors", "post_mortem": "post_mortem",
    "scorecard": "scorecard", "calibration": "calibration", "signals": "signals", "factors": "factors",
}  # fmt: skip


@pytest.mark.parametrize("id", SCORED)
def test_without_scores_an_exhibit_is_one_line_that_says_so(id: str, measures: QuarterMeasures) -> None:
    en, ja = (EXHIBITS[id](scene_of(measures, lang)) for lang in ("en", "ja"))
    assert en.is_absent
    assert en.title == "Not shown: no scores were made for this quarter."
    assert ja.title == "表示できません：この四半期のスコアは作成されていません。"


@pytest.mark.parametrize("id", SCORED)
def test_a_frame_of_scores_that_could_not_be_made_says_why_in_the_language_of_the_pack(
    id: str, measures: QuarterMeasures
) -> None:
    less = with_scores(small_scores(), SCORED[id], None, "only 3 accounts ever left; 5 are needed")
    en, ja = (EXHIBITS[id](scene_of(measures, lang, scores=less)) for lang in ("en", "ja"))
    assert en.title == "Not shown: only 3 accounts ever left; 5 are needed."
    assert ja.title == "表示できません：解約したアカウントが3件のみです（5件必要）。"


@pytest.mark.parametrize("frame", ROWS)
@pytest.mark.parametrize("rows", [None, []])
def test_without_one_frame_of_scores_every_exhibit_still_shows(
    frame: str, rows: list[dict[str, object]] | None, measures: QuarterMeasures
) -> None:
    less = with_scores(small_scores(), frame, rows)
    for segment in (None, "mid"):
        html = "".join(str(show(scene_of(measures, "en", segment, less)).html) for show in that_ask_for(frame, segment))
        assert "nan" not in re.sub(r'="[^"]*"', "", html).lower()


def test_a_pack_finds_the_scores_beside_its_measures(tmp_path: Path, measures: QuarterMeasures) -> None:
    small_measures().save(tmp_path)
    assert open_pack(tmp_path).scene.scores is None
    small_scores().save(tmp_path / "scores")
    assert everything(open_pack(tmp_path)) == everything(Pack(scene_of(measures, scores=small_scores())))


def test_story_never_loads_the_library_that_learns() -> None:
    code = "import sys, csworkbench.story.pack; sys.exit('sklearn' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("segment", ["", "mid", "smb"])
@pytest.mark.parametrize("id", EXHIBITS)
def test_both_languages_show_the_same_numbers(id: str, segment: str, measures: QuarterMeasures) -> None:
    known = (small_scores(), small_business(), small_before())
    en, ja = (EXHIBITS[id](scene_of(measures, lang, segment, *known)) for lang in ("en", "ja"))
    numbers = [exhibit.data.select_dtypes("number") for exhibit in (en, ja)]
    pd.testing.assert_frame_equal(*numbers)
    assert [c.name for c in en.columns] == [c.name for c in ja.columns]
    assert bool(en.figure_svg) is bool(ja.figure_svg)
    assert len(re.findall(r"\d+(?:\.\d+)?%", en.title)) == len(re.findall(r"\d+(?:\.\d+)?%", ja.title))
    shares = [sorted(re.findall(r"\d+(?:\.\d+)?%", f"{e.title} {e.so_what}")) for e in (en, ja)]
    assert shares[0] == shares[1]


def test_no_sentence_of_a_japanese_pack_is_left_in_english(measures: QuarterMeasures) -> None:
    scene = scene_of(measures, "ja", None, small_scores(), small_business(), small_before())
    for show in EXHIBITS.values():
        exhibit = show(scene)
        for text in (exhibit.title, *filter(None, (exhibit.so_what, exhibit.caption, exhibit.alt))):
            assert re.search(r"[ぁ-んァ-ヶ一-龠]", text), text


@pytest.mark.xdist_group("sample")
def test_the_sample_company_is_shown_when_no_measures_are_given() -> None:
    pack = open_pack(quarter="2026Q3", lang="ja")
    assert pack.scene.quarter.label == "2026Q3"
    assert not pack.exhibit("tiles").is_absent

"""Drawings: safe whatever the words, the same bytes every time, every letter there."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csworkbench.story.charts.bars import Bar, Stack, bars, stacks
from csworkbench.story.charts.bridge import Step, bridge
from csworkbench.story.charts.lettering import Lettering, width
from csworkbench.story.charts.lines import Line, lines
from csworkbench.story.charts.style import DARK, WIDTH
from csworkbench.story.charts.triangle import Cohort, Heads, triangle

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = (
    "<script>alert(1)</script>",
    '"><image href="https://example.com/x"/>',
    "Acme {EU} {0.__class__}",
    "$1,200 now, $1,400 $",
    "\x1b[31mred\u202egnp.exe\u0000",
    "株式会社髙﨑😀",
    "x" * 10_000,
)


def _bridge(word: str, lang: str) -> str:
    steps = [Step(word, 100, word, True), Step(word, 20, word), Step(word, -5, word), Step(word, 115, word, True)]
    return bridge(steps, lang, 120, word)


def _lines(word: str, lang: str) -> str:
    return lines([Line(word, (0.9, 0.95, 1.0), word, word, 0.97, word)], (word, "Q2", f"Q3\n{word}"), lang, 1.0, word)


def _stacks(word: str, lang: str) -> str:
    rows = [Stack(word, (0.5, 0.5), (word, word), (0.4, 0.6), 0.45), Stack(word, (), (), remark=word)]
    return stacks(rows, (word, word), lang, word, word)


def _bars(word: str, lang: str) -> str:
    return bars([Bar(word, 0.6, word, 0.5, 0.7, True, word, 0.65), Bar(word, 0, word)], lang, reference_words=word)


def _triangle(word: str, lang: str) -> str:
    rows = [Cohort(word, "9", (1.0, 0.5), ("100", "50")), Cohort(word, "3", (1.0, None), ("100", ""), note=word)]
    total = Cohort(word, "9", (1.0, None), ("100", ""), is_total=True)
    return triangle(
        [*rows, Cohort(word, "7", (None, None), ("", "")), total], Heads(("1", "2"), word, word, word, 0), lang
    )


CHARTS = (_bridge, _lines, _stacks, _bars, _triangle)
Chart = Callable[[str, str], str]


@pytest.mark.parametrize("word", HOSTILE)
@pytest.mark.parametrize("chart", CHARTS)
def test_hostile_words_are_only_outlines(chart: Chart, word: str) -> None:
    svg = chart(word, "ja")
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in {
            "svg",
            "style",
            "defs",
            "g",
            "path",
            "use",
            "clipPath",
            "rect",
            "pattern",
        }
        assert not [name for name in element.attrib if name.lower().startswith("on")]
        assert all(value.startswith("#") for name, value in element.attrib.items() if name.endswith("href"))
        assert element.tag == f"{SVG}style" or not (element.text or "").strip()
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("chart", CHARTS)
def test_the_same_drawing_has_the_same_bytes(chart: Chart, lang: str) -> None:
    first = chart("解約 A", lang)
    _bars("something between", lang)
    assert chart("解約 A", lang) == first


@pytest.mark.parametrize("chart", CHARTS)
def test_every_reference_has_its_outline_and_every_colour_its_dark_one(chart: Chart) -> None:
    svg = chart("継続率 90%", "ja")
    ids = set(re.findall(r' id="([^"]+)"', svg))
    assert set(re.findall(r'href="#([^"]+)"', svg)) <= ids
    assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= ids
    assert not re.findall(r"#[0-9a-f]{6}", re.sub(r"<style>.*?</style>", "", svg))
    assert all(svg.count(dark) == 1 for dark in DARK.values())


def _letters(words: str, lang: str) -> int:
    lettering = Lettering(lang)
    lettering.write(0, 0, words, 12, "#000", "left", "normal")
    return lettering.svg().count("<use ")


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_no_letter_of_the_packs_is_missing(lang: str) -> None:
    words = "解約縮小拡大再契約継続率定着度未到来¥1,234万−–…%ポイント（n = 5）{EU}$é"
    lettering = Lettering(lang)
    lettering.write(0, 0, words, 12, "#000", "left", "normal")
    empty = re.findall(r'<path id="\w+" d=""/>', lettering.svg())
    assert not empty
    assert _letters(words, lang) == len(words.replace(" ", ""))


def test_a_letter_that_no_font_has_is_a_square() -> None:
    assert width("𓀀", 12) == width("□", 12) > 0


@given(st.text(max_size=30), st.sampled_from(["en", "ja"]), st.sampled_from(["normal", "bold"]))
def test_any_text_has_a_width_and_more_letters_are_never_narrower(words: str, lang: str, weight: str) -> None:
    assert width(words, 12, lang, weight) >= 0
    assert width(words, 24, lang, weight) == pytest.approx(2 * width(words, 12, lang, weight))


def test_repeated_words_are_kept_once() -> None:
    once = len(_triangle("A", "en"))
    lettering = Lettering("en")
    for at in range(50):
        lettering.write(at, 0, "100", 12, "#000", "left", "normal")
    assert lettering.svg().count('id="w0"') == 1
    assert len(lettering.svg()) < 4000 < once


def test_a_bridge_starts_at_zero_unless_the_movements_would_be_too_small_to_see() -> None:
    small = bridge([Step("a", 100, "", True), Step("b", 2, ""), Step("c", 102, "", True)], "en")
    large = bridge([Step("a", 100, "", True), Step("b", 90, ""), Step("c", 190, "", True)], "en")
    assert small.count("stroke-width:4") == 2
    assert "stroke-width:4" not in large


def test_losses_are_hatched_so_that_colour_is_not_alone() -> None:
    gain = bridge([Step("a", 100, "", True), Step("b", 20, ""), Step("c", 120, "", True)], "en")
    loss = bridge([Step("a", 120, "", True), Step("b", -20, ""), Step("c", 100, "", True)], "en")
    assert "<pattern" in loss
    assert "<pattern" not in gain


def test_a_bridge_of_nothing_is_drawn() -> None:
    ElementTree.fromstring(bridge([Step("a", 0, "0", True), Step("b", 0, "0", True)], "en"))


def test_open_cells_of_a_triangle_are_hatched_and_carry_no_number(written: list[str]) -> None:
    rows = [Cohort("old", "9", (0.9, 0.8), ("90", "80")), Cohort("young", "9", (0.7, None), ("70", ""))]
    svg = triangle(rows, Heads(("1", "2"), "n", "share", "not over yet"), "en")
    assert [word for word in written if word in {"90", "80", "70", "0"}] == ["90", "80", "70"]
    assert svg.count("url(#h") == 1
    assert "not over yet" in written


def test_labels_at_the_end_of_lines_never_cover_each_other() -> None:
    from csworkbench.story.charts.spread import apart

    placed = apart([1.0, 1.0, 1.01, 3.0], 0.5)
    gaps = [high - low for low, high in pairwise(placed)]
    assert min(gaps) >= 0.5 - 1e-6
    assert placed[3] == pytest.approx(3.0, abs=0.3)


def test_drawings_are_as_wide_as_each_other() -> None:
    widths = {ElementTree.fromstring(chart("A", "en")).attrib["viewBox"].split()[2] for chart in CHARTS}
    assert widths == {str(WIDTH)}


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("words", ["+9.9万円", "−1,234万円", "−CHF 123.4K"])
def test_the_words_of_neighbours_on_a_bridge_never_touch(
    words: str, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[tuple[float, float]] = []
    write = Lettering.write

    def noted(self: Lettering, x: float, y: float, text: str, size: float, color: str, ha: str, weight: str) -> None:
        if text == words:
            half = width(text, size, lang, weight) / 2
            written.append((x - half, x + half))
        write(self, x, y, text, size, color, ha, weight)

    monkeypatch.setattr(Lettering, "write", noted)
    ends = [Step(name, 100.0, words, is_level=True) for name in ("before", "after")]
    bridge([ends[0], *(Step(str(at), 0.0, words) for at in range(5)), ends[1]], lang)
    assert len(written) == 7
    assert all(first[1] < second[0] for first, second in pairwise(sorted(written)))

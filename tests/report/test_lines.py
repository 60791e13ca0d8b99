"""Where a line of a page may end."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csworkbench.report.lines import kept_whole

KEPT = re.compile(r'<span class="cs-kept">(.*?)</span>')


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("見込みは+135万円（−11.6万円〜258万円）", ["+135万円", "−11.6万円", "258万円"]),
        ("+¥1.35M of net new MRR, −$148K before", ["+¥1.35M", "−$148K"]),
        ("2026年Q3の実績、2026年10月8日、12か月以内", ["2026年Q3", "2026年10月8日", "12か月"]),
        ("3.0ポイント上昇、20件、4四半期以上前、+1.5 pt", ["3.0ポイント", "20件", "4四半期", "+1.5 pt"]),
        ("ROC-AUC 0.83 in Q2–Q3 2025", ["ROC-AUC", "Q2–Q3"]),
        ("12 months, 5.2%, A0196, &#39;日", []),
    ],
)
def test_a_figure_stays_whole_and_what_no_browser_breaks_is_left_alone(text: str, whole: list[str]) -> None:
    assert KEPT.findall(kept_whole(f"<p>{text}</p>")) == whole


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("苔之瀬建設株式会社", ["苔之瀬建設", "株式会社"]),
        ("鈴ヶ谷システムズ株式会社", ["鈴ヶ谷", "システムズ", "株式会社"]),
        ("株式会社椿見台保険サービス", ["株式会社", "椿見台保険", "サービス"]),
        ("加重ヘルススコア", ["加重", "ヘルススコア"]),
        ("アカウント数", ["アカウント数"]),
        ("Pellmoor Logistics Ltd", ["Pellmoor Logistics Ltd"]),
    ],
)
def test_a_name_in_a_cell_may_break_between_its_parts(name: str, parts: list[str]) -> None:
    assert kept_whole(f'<td class="cs-short"><bdi>{name}</bdi></td>') == (
        f'<td class="cs-short"><bdi>{"<wbr>".join(parts)}</bdi></td>'
    )
    assert kept_whole(f"<p>{name}</p>") == f"<p>{name}</p>"
    assert kept_whole(f'<td class="cs-long">{name}</td>') == f'<td class="cs-long">{name}</td>'


def test_attributes_code_and_pictures_stay_as_they_are() -> None:
    body = '<img alt="+¥135万 > 12か月"><pre>+¥135万</pre><svg><text>+¥135万</text></svg><code>12か月</code>'
    assert kept_whole(body) == body


@given(st.text("+−¥$0123.,%万か月件社株式会Q年–AUCRO-& ヘルス<>pt"))
def test_nothing_that_is_said_changes(text: str) -> None:
    from html import escape, unescape

    shown = kept_whole(f"<td>{escape(text)}</td>")
    assert unescape(re.sub(r"</?(?:td|span|wbr)[^<>]*>", "", shown)) == text

"""Every text from data is inert in every sink of a published page, and what is honest in it can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hostile import HONEST, HOSTILE, PNG, inspected, published, shown, sinks, text_of
from hypothesis import given
from hypothesis import strategies as st
from workbench import code, markdown

from csworkbench.report.index import About, render_index, search_script
from csworkbench.report.ledger import PackStatus
from csworkbench.report.sanitise import sanitise

SINKS = list(sinks(""))
BARE = published([])


def faults(page: str) -> list[str]:
    found = inspected(page)
    frame = inspected(BARE)
    spoofs = [] if (found.n_meta, found.n_style) == (frame.n_meta, frame.n_style) else ["another <meta> or <style>"]
    return found.faults + spoofs + re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]", page)


@pytest.mark.parametrize("sink", SINKS)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_inert_in_an_output(name: str, sink: str) -> None:
    page = published(sinks(text_of(name))[sink])
    assert faults(page) == []
    body = page[page.index("<main") :]
    assert HONEST in (body if sink == "careless attribute" else "".join(inspected(body).text))
    assert body.count("<main") == body.count("</main>") == 1


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_segment_name_is_inert_and_readable(name: str) -> None:
    page = published([markdown("## Revenue")], text_of(name))
    assert faults(page) == []
    assert HONEST in "".join(inspected(page[page.index("<body") :]).text)
    visible = re.sub(r"\s+", " ", "".join(inspected(page).text))
    if "<" in HOSTILE[name] and name not in ("ansi", "controls", "right to left"):
        assert " ".join(text_of(name).split())[:200] in visible


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_or_reason_is_inert_in_the_index(name: str, tmp_path: Path) -> None:
    text = text_of(name)
    status = PackStatus("segment-x", "segment", text, "2026Q3", "en", "cell_error", text, "2026-11-22T09:00:00+00:00")
    page = render_index([status], tmp_path, About(text, "en", "0.1.0"))
    ours = (
        f"<script>{search_script()}</script>",
        '<input id="find" type="search" autocomplete="off" spellcheck="false">',
    )
    assert [page.count(part) for part in (*ours, "<script", "<input")] == [1, 1, 1, 1]
    assert faults(page.replace(ours[0], "").replace(ours[1], "")) == []
    assert "".join(inspected(page).text).count(HONEST) >= 3


PIECES = sorted({piece for text in map(text_of, HOSTILE) for piece in re.findall(r"<[^>]*>|[^<>]+|[<>]", text)[:20]})


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.sampled_from(["text/html", "text/markdown"]))
def test_any_mixture_of_hostile_pieces_is_inert(soup: str, mime: str) -> None:
    page = published([shown(mime, soup), markdown("after")])
    assert faults(page) == []
    assert "after" in "".join(inspected(page).text)


def test_the_index_is_in_the_language_of_the_company(tmp_path: Path) -> None:
    status = PackStatus("executive", "executive", None, "2026Q3", "ja", "timeout", "", "2026-11-22T09:00:00+00:00")
    page = render_index([status], tmp_path, About("Acme", "ja", "0.1.0"))
    assert '<html lang="ja">' in page
    assert "失敗: 時間切れ" in page


def test_code_streams_errors_and_parameters_are_not_in_a_page() -> None:
    secret = "hunter2"
    cell = {
        **code(f"password = '{secret}'", "injected-parameters"),
        "outputs": [
            {"output_type": "stream", "name": "stdout", "text": secret},
            {"output_type": "stream", "name": "stderr", "text": secret},
            {"output_type": "error", "ename": secret, "evalue": secret, "traceback": [secret]},
        ],
    }
    page = published([cell, {"cell_type": "raw", "metadata": {}, "source": secret}])
    assert secret not in page


def test_a_page_has_the_policy_that_allows_nothing_from_outside() -> None:
    assert "default-src &#39;none&#39;" in BARE
    assert "script-src" not in BARE
    assert BARE.index("Content-Security-Policy") < BARE.index("<style>")


def test_the_richest_allowed_form_of_an_output_is_shown_once() -> None:
    cell = shown("text/plain", "PLAIN")
    cell["outputs"][0]["data"]["text/html"] = "<p>RICH</p>"
    cell["outputs"][0]["data"]["application/javascript"] = "SCRIPT"
    page = published([cell])
    assert "RICH" in page
    assert "PLAIN" not in page
    assert "SCRIPT" not in page


def test_honest_exhibits_come_through_whole() -> None:
    exhibit = (
        '<figure class="cs-exhibit" id="bridge"><svg viewBox="0 0 10 10" role="img" aria-label="MRR">'
        '<defs><clipPath id="c"><rect width="1" height="1"></rect></clipPath></defs>'
        '<path d="M0 0" style="fill:#1f77b4" clip-path="url(#c)"></path><use xlink:href="#m"></use></svg>'
        "<figcaption>MRR fell by 4.1%</figcaption>"
        '<details open=""><summary>Data</summary><table><caption>MRR</caption><thead><tr><th scope="col">a</th></tr>'
        '</thead><tbody><tr><td colspan="2" style="text-align:right">1,200</td></tr></tbody></table></details>'
        '<a download="x.csv" href="data:text/csv;charset=utf-8;base64,77u/YQ==">CSV</a></figure>'
    )
    assert sanitise(exhibit) == exhibit


def test_a_real_picture_stays_and_a_false_one_goes() -> None:
    assert f'src="data:image/png;base64,{PNG}"' in published([shown("image/png", PNG)])
    assert "<img" not in published([shown("image/png", "bm90IGEgcGljdHVyZQ==")])


def test_dollars_are_money_and_not_mathematics() -> None:
    assert "<p>$1,200 now, $1,400 later</p>" in published([markdown("$1,200 now, $1,400 later")])


def test_sections_get_anchors_and_the_contents_list_them() -> None:
    page = published([markdown("# Acme"), markdown("## One & two"), shown("text/html", '<h2 id="own">Three</h2>')])
    assert '<li><a href="#section-1">One &amp; two</a></li>' in page
    assert '<h2 id="section-1">One &amp; two</h2>' in page
    assert '<li><a href="#own">Three</a></li>' in page
    assert "<title>Acme · Q3 2026</title>" in page
    assert page.count("<h1") == 1

"""A team's own section: the page that explains it works as written, and what it shows is as inert as all else."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import nbformat
import pandas as pd
import pytest
from hostile import HONEST, HOSTILE, inspected, text_of
from matplotlib.figure import Figure
from places import ROOT
from small_quarter import small_measures
from workbench import code, notebook

from csworkbench.data.png import bare_png
from csworkbench.data.workspace import Workspace
from csworkbench.errors import CsworkbenchError
from csworkbench.report.leash import Leashes
from csworkbench.report.ledger import FOLDER
from csworkbench.report.limits import Limits
from csworkbench.report.make import make
from csworkbench.report.marts import read_marts
from csworkbench.report.plan import Scope, plan_packs
from csworkbench.report.publish import Page, render_pack
from csworkbench.report.tasks import PackTask, page_of
from csworkbench.report.templates import chosen_templates
from csworkbench.story.language import Language
from csworkbench.story.own import own_exhibit
from csworkbench.story.pack import Pack
from csworkbench.story.scene import scene_of

PAGES = [ROOT / "docs" / "your-own-section.md", ROOT / "docs" / "your-own-section.ja.md"]
ENGLISH = Language("en", "USD")


def cells_of(page: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S)


def own_template(folder: Path) -> Path:
    """The notebook of the page in the `packs` folder of a workspace."""
    first, *others = cells_of(PAGES[0])
    path = folder / "packs" / "countries.ipynb"
    path.parent.mkdir()
    nbformat.write(nbformat.from_dict(notebook(code(first, "parameters"), *map(code, others))), path)
    return path.parent


def test_both_languages_show_the_same_three_cells() -> None:
    english, japanese = map(cells_of, PAGES)
    assert english == japanese
    assert len(english) == 3


@pytest.fixture(scope="module")
def snapshot(opened: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of the sample as a run saves them."""
    return opened.save(tmp_path_factory.mktemp("sample") / "snapshot")


@pytest.mark.xdist_group("quarter")
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_cells_of_the_page_make_a_pack_of_their_own_kind(
    quarter_folder: Path, snapshot: Path, tmp_path: Path, lang: str
) -> None:
    templates, unasked = chosen_templates((), own_template(tmp_path))
    assert unasked == {"countries"}
    own = [template for template in templates if template.kind == "countries"]
    marts = read_marts(quarter_folder / FOLDER)
    assert marts is not None
    offered = {"measures": str(marts.folders["measures"]), "snapshot": str(snapshot), "as_of": marts.facts.as_of}
    (pack,) = plan_packs(own, Scope("2026Q3", [lang], {"lang": ("en", "ja")}, offered)).packs
    made = make(PackTask(pack, page_of(pack, marts.facts), Limits()), Leashes())
    assert (made.outcome, made.reason) == ("succeeded", "")
    page = made.html.decode()
    assert inspected(page).faults == []
    assert '<li><a href="#section-1">Countries</a></li>' in page
    assert re.search(r'<h3 class="cs-title">JP has \d+ accounts</h3>', page)
    assert page.count("<img ") == page.count('alt="Bars: accounts per country, most first."') == 1
    assert "<caption>Accounts per country</caption>" in page


def test_an_own_copy_takes_the_place_of_the_pack_of_that_name(tmp_path: Path) -> None:
    own = own_template(tmp_path)
    (own / "countries.ipynb").rename(own / "segment.ipynb")
    templates, unasked = chosen_templates((), own)
    segments = [template for template in templates if template.kind == "segment"]
    assert len(segments) == 1
    assert "Countries" in str(segments[0].notebook)
    assert unasked == {"segment"}


def published(*shown: Any) -> str:
    outputs = [nbformat.v4.new_output("display_data", {"text/html": each._repr_html_()}) for each in shown]
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=outputs)])
    return render_pack(made, Page("t", "en", "Acme", "2026Q3", "2026-09-30"))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_in_an_own_section_are_inert_and_readable(name: str) -> None:
    text = text_of(name)
    pack = Pack(scene_of(small_measures()))
    frame = pd.DataFrame({text: [text, "b"], "n": [1, 2]})
    figure = Figure(figsize=(3, 2))
    figure.subplots().set_title("plain")
    said = {"so_what": text, "caption": text, "source": text}
    shown = [pack.own(f"1 {text}", frame, **said), pack.own(f"2 {text}", figure, alt=text, **said)]
    page = published(pack.own_section(text, *shown))
    assert inspected(page).faults == []
    assert not re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]", page)
    assert "".join(inspected(page).text).count(HONEST) > 10
    assert len(page) < 60_000


def png(**texts: str) -> bytes:
    file, figure = BytesIO(), Figure(figsize=(1, 1))
    figure.savefig(file, format="png", metadata=texts)
    return file.getvalue()


def test_a_png_is_shown_without_what_is_written_in_it(tmp_path: Path) -> None:
    content = png(Comment="the secret")
    assert b"the secret" in content
    assert b"the secret" not in bare_png(content + b"the secret")
    path = tmp_path / "x.png"
    path.write_bytes(content)
    for what in (content, path):
        page = published(own_exhibit(ENGLISH, "A picture", what, alt="A square, grey."))
        assert re.search(r'<img class="cs-figure" src="data:image/png;base64,[^"]+" alt="A square, grey.">', page)


def test_a_figure_with_japanese_words_is_drawn_with_a_font_of_the_package() -> None:
    figure = Figure(figsize=(3, 2))
    figure.subplots().set_title("東京の売上")
    mpl.rcParams["font.family"] = ["sans-serif"]
    drawn = own_exhibit(Language("ja", "JPY"), "東京が最多", figure, alt="東京の売上のグラフ")
    assert "IPAexGothic" in drawn.figure_svg
    assert drawn.figure_svg == own_exhibit(Language("ja", "JPY"), "東京が最多", figure, alt="x" * 9).figure_svg


@pytest.mark.parametrize(
    ("what", "said", "message"),
    [
        (png(), {}, 'the picture "T" has no description'),
        (b"GIF89a", {"alt": "x"}, "is no frame, figure or PNG"),
        (png()[:-20], {"alt": "x"}, "is no frame, figure or PNG"),
        (None, {"alt": "x"}, "is no frame, figure or PNG"),
        (pd.DataFrame({"mrr": [1]}), {"columns": {"mr": "x"}}, 'no column in the frame "mr". Did you mean "mrr"'),
        (pd.DataFrame({"mrr": [1]}), {"columns": {"mrr": ("x", "mony")}}, 'Did you mean "money"'),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), {}, "two columns of the frame have the same name"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_the_remedy(what: object, said: dict[str, object], message: str) -> None:
    with pytest.raises(CsworkbenchError, match=re.escape(message)):
        own_exhibit(ENGLISH, "T", what, **said)  # type: ignore[arg-type]


def test_numbers_are_written_as_the_language_writes_them() -> None:
    frame = pd.DataFrame({"team": ["a"], "mrr": [1_230_000.0], "share": [0.125], "n": [1200]}).set_index("team")
    columns = {"team": "Team", "mrr": ("MRR", "money"), "share": ("Share", "share"), "n": "Accounts"}
    texts = re.findall(r"<t[dh](?: [^>]*)?>([^<]*)<", str(own_exhibit(ENGLISH, "T", frame, columns=columns).table_html))
    assert texts == ["Team", "MRR", "Share", "Accounts", "a", "$1.23M", "12.5%", "1,200"]
    japanese = own_exhibit(Language("ja", "JPY"), "T", frame, columns=columns)
    assert "123万円" in str(japanese.table_html)

"""The brand of a workspace: what may be a colour or a logo, and where it shows."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_quarter import small_measures
from test_own_section import png, published

from csworkbench.data.colour import (
    DARK_PAPER,
    DARK_WASH,
    MARKS,
    PAPER,
    TEXT,
    WASH,
    contrast,
    dark_shades,
    light_shades,
    readable,
)
from csworkbench.data.settings import parse_settings, read_settings
from csworkbench.data.source_files import source_files
from csworkbench.errors import Refusal, SettingsError
from csworkbench.report.brand import Brand, brand_of
from csworkbench.report.publish import Page, render_pack
from csworkbench.story.brand import branded
from csworkbench.story.charts.style import BLUE
from csworkbench.story.exhibits.revenue import mrr_bridge
from csworkbench.story.pack import Pack
from csworkbench.story.scene import scene_of

HEAD = '[company]\nname = "Acme"\n[brand]\n'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z" fill="#0a0"/>{}</svg>'
COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    # the ratios that WebAIM's contrast checker gives
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#0000ff", "#ffffff", 8.59)],
)
def test_contrast_is_that_of_the_guidelines(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01) == contrast(other, one)


@given(COLOURS)
def test_whatever_the_accent_it_can_be_read_on_both_papers(accent: str) -> None:
    nearest = readable(accent, PAPER, MARKS)
    assert contrast(nearest, PAPER) >= MARKS
    assert nearest == accent or contrast(accent, PAPER) < MARKS
    light, dark = light_shades(nearest), dark_shades(nearest)
    assert contrast(light.strong, PAPER) >= MARKS
    assert contrast(dark.strong, DARK_PAPER) >= MARKS
    assert min(contrast(light.link, paper) for paper in (PAPER, WASH)) >= TEXT
    assert min(contrast(dark.link, paper) for paper in (DARK_PAPER, DARK_WASH)) >= TEXT


@pytest.mark.parametrize(
    ("accent", "said"),
    [
        ("#ffd400", 'whose contrast with white is 1.43, below 4.5. The nearest colour that can be read is "#'),
        ("blue", 'is "blue", which is no colour. Write six hexadecimal digits'),
        ("#12345", "which is no colour"),
        ("#1b5a98; } body { display: none", "which is no colour"),
    ],
)
def test_a_colour_that_cannot_be_read_is_refused_with_the_nearest(accent: str, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse_settings(f'{HEAD}accent = "{accent}"')
    assert said in str(refused.value)
    for nearest in re.findall(r'read is "(#\w{6})"', str(refused.value)):
        assert parse_settings(f'{HEAD}accent = "{nearest}"').brand.accent == nearest


def test_capitals_in_a_colour_do_not_matter() -> None:
    assert parse_settings(f'{HEAD}accent = "#1B5A98"').brand.accent == "#1b5a98"


def workspace(folder: Path, logo: bytes | None, name: str = "logo.png") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "workspace.toml").write_text(f'{HEAD}logo = "{name}"\n', encoding="utf-8")
    if logo is not None:
        (folder / name).write_bytes(logo)
    return folder


@pytest.mark.parametrize(
    ("logo", "name", "said"),
    [
        (None, "logo.png", "is no file that can be read"),
        (b"x" * 100_001, "logo.png", "has 100,001 bytes"),
        (b"GIF89a", "logo.gif", "is neither a PNG nor an SVG"),
        (png()[:-9], "logo.png", "is not a whole PNG"),
        (None, "../workspace.toml", "is outside the workspace's folder"),
        (None, "/etc/passwd", "is outside the workspace's folder"),
    ],
)
def test_a_file_that_is_no_logo_is_refused(logo: bytes | None, name: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings(workspace(tmp_path / "w", logo, name))
    assert said in str(refused.value)
    assert 'key "brand.logo"' in str(refused.value)
    assert "at most 100 kB" in str(refused.value)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<image href="http://127.0.0.1:9/x.png"/>',
        "<style>@import 'http://127.0.0.1:9/x.css';</style>",
        '<a href="javascript:alert(1)"><path d="M0 0"/></a>',
        '<path onload="alert(1)" d="M0 0"/>',
        "<foreignObject/>",
    ],
)
def test_an_svg_that_can_do_more_than_be_looked_at_is_refused(inside: str, tmp_path: Path) -> None:
    folder = workspace(tmp_path, SVG.format(inside).encode(), "logo.svg")
    with pytest.raises(Refusal, match="holds more than a picture"):
        brand_of(read_settings(folder), folder)


@pytest.mark.parametrize(("logo", "name"), [(png(Comment="secret"), "a.png"), (SVG.format("").encode(), "a.svg")])
def test_a_logo_is_embedded_in_the_head_of_the_pack(logo: bytes, name: str, tmp_path: Path) -> None:
    folder = workspace(tmp_path, logo, name)
    settings = read_settings(folder)
    brand = brand_of(settings, folder)
    assert folder / name in source_files(settings, folder)
    page = render_pack(_empty(), Page("t", "en", "Acme", "2026Q3", "2026-09-30", brand=brand))
    (address,) = re.findall(r'<img class="cs-logo" src="([^"]*)" alt="">', page)
    content = base64.b64decode(address.partition(",")[2])
    assert content == logo if name.endswith("svg") else content.startswith(b"\x89PNG") and b"secret" not in content


def _empty() -> object:
    import nbformat

    return nbformat.v4.new_notebook()


def test_the_accent_is_in_the_page_and_in_the_charts_on_both_papers() -> None:
    accent = "#7a1fa2"
    measures = small_measures()
    settings = measures.settings.model_copy(update={"brand": parse_settings(f'{HEAD}accent = "{accent}"').brand})
    from dataclasses import replace

    scene = scene_of(replace(measures, settings=settings))
    plain, own = mrr_bridge(scene).figure_svg, Pack(scene).exhibit("mrr_bridge").figure_svg
    assert f":{BLUE};" in plain and f":{BLUE};" not in own
    assert f":{accent};" in own and f":{dark_shades(accent).strong};" in own
    assert len(own) == len(plain)
    assert branded(mrr_bridge(scene_of(measures)), scene_of(measures)).figure_svg == plain
    page = render_pack(_empty(), Page("t", "en", "Acme", "2026Q3", "2026-09-30", brand=Brand("", accent)))
    assert f"--accent: {accent};" in page and f"--accent: {dark_shades(accent).strong};" in page
    assert "--accent: #7a1fa2" not in published()


def test_the_brand_names_the_company_in_the_pack() -> None:
    assert parse_settings(f'{HEAD}name = "Shown"').shown_name == "Shown"
    assert parse_settings(HEAD).shown_name == "Acme"

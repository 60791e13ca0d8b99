"""The Japanese catalogue holds exactly what the code says, and a further language is one file."""

from __future__ import annotations

import ast
import re
import string
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from small_quarter import small_measures

import csworkbench
from csworkbench.errors import UnknownName
from csworkbench.report.index import _KIND_WORDS, _OUTCOME_WORDS
from csworkbench.report.templates import pack_templates
from csworkbench.story import catalogue
from csworkbench.story.catalogue import catalogue_path, languages, translations
from csworkbench.story.pack import EXHIBITS, Pack
from csworkbench.story.scene import scene_of

ROOT = Path(csworkbench.__file__).parent
SPOKEN = {"say": 1, "marked": 1, "count": 2}  # function → how many of its first arguments are texts
Key = str | tuple[str, str]


def spoken(path: Path) -> Iterator[Key]:
    """The messages of one file of code, or of one page template."""
    if path.suffix == ".py":
        calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
        yield from (message for call in calls for message in _of_call(call) if message)
    else:
        with path.open("rb") as file:
            yield from (found[1] for found in extract("jinja2.ext:babel_extract", file, keywords={"say": None}))


def _of_call(call: ast.Call) -> Iterator[Key]:
    n = SPOKEN.get(getattr(call.func, "attr", getattr(call.func, "id", "")), 0)
    texts = [list(_texts(argument)) for argument in call.args[:n]]
    if n == 1 and texts:
        yield from texts[0]
    elif n == 2 and len(texts) == 2:
        yield from zip(*texts, strict=True)


def _texts(node: ast.expr) -> Iterator[str]:
    """The texts that an argument can be: itself, or either side of a condition."""
    if isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


@pytest.fixture(scope="module")
def messages() -> set[Key]:
    code = [path for room in ("story", "report", "explore") for path in (ROOT / room).rglob("*.py")]
    files = [*code, *(ROOT / "report").rglob("*.j2")]
    found = {message for path in files for message in spoken(path)}
    kinds = {_KIND_WORDS.get(kind, kind.capitalize()) for kind in pack_templates()}
    return found | set(_OUTCOME_WORDS.values()) | kinds


@pytest.fixture(scope="module")
def entries() -> list[Message]:
    with catalogue_path("ja").open("rb") as file:
        return [message for message in read_po(file, locale="ja", abort_invalid=True) if message.id]


def singular(key: Key) -> str:
    return key if isinstance(key, str) else key[0]


def test_the_extractor_finds_what_the_code_says(messages: set[Key]) -> None:
    assert len(messages) > 200
    assert {"Revenue", "Skip to the content", "ready", "{n} of {total} packs ready", "Executive"} <= messages
    assert ("{n} more account shows a sign.", "{n} more accounts show a sign.") in messages


def test_every_message_has_a_japanese_entry_of_the_same_kind(messages: set[Key], entries: list[Message]) -> None:
    known = {entry.id for entry in entries if entry.string and all(entry.string)}
    single = {singular(key) for key in known}
    missing = {key for key in messages if key not in known and not (isinstance(key, str) and key in single)}
    assert missing == set()


def test_the_catalogue_holds_nothing_that_is_not_said(messages: set[Key], entries: list[Message]) -> None:
    assert {entry.id for entry in entries} - messages == set()


def test_no_message_stands_twice_in_the_file() -> None:
    text = catalogue_path("ja").read_text(encoding="utf-8")
    ids = Counter(re.findall(r'^msgid "(.+)"$', text, flags=re.MULTILINE))
    assert [name for name, n in ids.items() if n > 1] == []
    assert "#~" not in text
    assert "fuzzy" not in text


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_translations_fill_the_same_places(entries: list[Message]) -> None:
    for entry in entries:
        sources = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        texts = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        for text in texts:
            assert places(text) == set().union(*map(places, sources)), entry.id


def test_japanese_has_one_form_for_any_number(entries: list[Message]) -> None:
    text = catalogue_path("ja").read_text(encoding="utf-8")
    assert "Plural-Forms: nplurals=1; plural=0;" in text
    assert "msgstr[1]" not in text
    plurals = [entry for entry in entries if entry.pluralizable]
    assert plurals
    for entry in plurals:
        one, many = entry.id
        assert places(one) == places(many)
        assert "{n}" in many


@pytest.mark.parametrize(("n", "en"), [(0, "0 more accounts show a sign."), (1, "1 more account shows a sign.")])
def test_english_has_two_forms(n: int, en: str) -> None:
    scene = scene_of(small_measures())
    assert scene.language.count("{n} more account shows a sign.", "{n} more accounts show a sign.", n) == en


def test_a_language_that_is_not_there_is_refused_with_those_that_are() -> None:
    assert languages() == ("en", "ja")
    with pytest.raises(UnknownName, match="There is: en, ja"):
        translations("xx")


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A catalogue folder with a third language of a few messages."""
    path = tmp_path / "de" / "LC_MESSAGES" / "csworkbench.po"
    path.parent.mkdir(parents=True)
    path.write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        'msgid "Revenue"\nmsgstr "Umsatz"\n\n'
        'msgid "The book"\nmsgstr "Der Bestand"\n\n'
        'msgid "{who} shrank {size} to {amount} MRR."\nmsgstr "{who} fiel um {size} auf {amount} MRR."\n\n'
        'msgid "{n} quarter"\nmsgid_plural "{n} quarters"\nmsgstr[0] "{n} Quartal"\nmsgstr[1] "{n} Quartale"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(catalogue, "LOCALE", tmp_path)
    translations.cache_clear()
    yield
    translations.cache_clear()


@pytest.mark.usefixtures("german")
def test_a_third_language_is_one_file() -> None:
    assert languages() == ("en", "de")
    pack = Pack(scene_of(small_measures(), "de"))
    assert "Umsatz</h2>" in pack.section("revenue")._repr_html_()
    language = pack.scene.language
    assert [language.count("{n} quarter", "{n} quarters", n) for n in (1, 1200)] == ["1 Quartal", "1.200 Quartale"]
    assert pack.exhibit("tiles").title.startswith("Der Bestand fiel um 8,0% auf 40.500")
    for name in EXHIBITS:
        assert pack.exhibit(name).title


@pytest.mark.usefixtures("german")
def test_names_without_the_language_of_the_pack_are_shown_in_english() -> None:
    scene = scene_of(small_measures(), "de")
    assert (scene.name("mid"), scene.milestone("live"), scene.name("new")) == ("Mid-market", "Live", "new")

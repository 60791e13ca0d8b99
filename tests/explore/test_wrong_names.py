"""What an analyst mistypes is answered with the culprit and what to write instead; nothing is taken in silence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import csworkbench as cs
from csworkbench.errors import CsworkbenchError
from csworkbench.explore import Desk, open_desk

pytestmark = pytest.mark.xdist_group("explore")


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (lambda desk: desk.ask(by="segmnt"), 'no column to make cohorts of "segmnt". Did you mean "segment"'),
        (lambda desk: desk.ask(measure="feature:nope"), 'no feature in use "nope"'),
        (lambda desk: desk.ask(where="__import__('os').system('ls')"), "has no function"),
        (lambda desk: desk.ask(where="segment.__class__ == 3"), "is not part of this language"),
        (lambda desk: desk.ask(where='employees > "many"'), 'holds the number employees against the text "many"'),
        (lambda desk: desk.ask(where='"50" < employees'), "Write it without quotes"),
        (lambda desk: desk.ask(where="segment > 5"), 'meets "SMB" in segment'),
        (lambda desk: desk.ask(periods="eight"), "periods is 'eight'. It is a whole number"),
        (lambda desk: desk.compare(where="employees > 100000000"), "no account is left by this question"),
        (lambda desk: desk.journey("wrong").ask("", "foo > 3"), 'the condition foo > 3 has no source column "foo"'),
        (lambda desk: desk.what_if().move("nps"), 'no measure to project "nps". There is: grr, nnmrr, nrr'),
        (lambda desk: desk.what_if().move(prise=0.1), 'no driver "prise". Did you mean "price"'),
        (lambda desk: desk.what_if().move(usage="ten"), "usage is 'ten'. It is a number"),
        (lambda desk: open_desk(desk.folder, "soon"), '"soon" is not a day'),
        (lambda desk: open_desk(desk.folder, lang="xx"), 'no language "xx". There is: en, ja'),
        (lambda desk: open_desk(desk.folder, output="nowhere"), "nowhere is no folder"),
        (lambda desk: desk.population.view.sql("SELECT * FROM nope"), "cannot be answered: Catalog Error"),
        (lambda desk: desk.population.view.sql("DROP TABLE accounts"), "cannot be answered: Parser Error"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_write(desk: Desk, ask: Callable[[Desk], object], answer: str) -> None:
    with pytest.raises(CsworkbenchError) as refused:
        ask(desk)
    assert answer in str(refused.value)


def test_a_number_in_quotes_is_refused_only_where_the_column_holds_numbers(desk: Desk) -> None:
    few = desk.ask(where="employees > 50").whole["n"].iloc[0]
    assert 0 < few < desk.ask().whole["n"].iloc[0]
    assert desk.ask(where='segment == "SMB"').whole["n"].iloc[0] > 0


def test_a_cohort_of_nobody_is_one_line(desk: Desk) -> None:
    assert "no accounts" in str(desk.ask(where="employees > 100000000").title)


@pytest.mark.parametrize("name", ["workspace", "snapshot", "view", "desk", "answered", "book", "metric", "journey"])
def test_an_object_that_is_printed_says_what_it_is_in_one_line(desk: Desk, name: str) -> None:
    shown = {
        "workspace": desk.workspace,
        "snapshot": desk.workspace.snapshot(),
        "view": desk.population.view,
        "desk": desk,
        "answered": desk.ask(by="segment"),
        "book": desk.book(),
        "metric": desk.metric("grr"),
        "journey": desk.journey("shown"),
    }[name]
    assert len(repr(shown)) < 120 and "\n" not in repr(shown)


def test_the_front_door_offers_its_own_names_only() -> None:
    assert set(dir(cs.metrics)) == set(cs.metrics.__all__)


def test_a_workspace_says_how_many_accounts_each_table_covers(desk: Desk) -> None:
    covered, view = desk.workspace.snapshot().coverage, desk.workspace.as_of("2026-12-31")
    n = view.table("accounts")["account_id"].nunique()
    for name in ("tickets", "usage", "assets"):
        assert covered[name] == pytest.approx(view.table(name)["account_id"].nunique() / n)
    assert "csms" not in covered and covered["accounts"] == 1
    assert f"<td>{covered['assets']:.0%}</td>" in desk.workspace._repr_html_()
    assert f">{covered['assets']:.0%}</td>" in desk._repr_html_()
    assert "rows known" in view._repr_html_() and f"<td>{len(view.table('usage')):,}</td>" in view._repr_html_()

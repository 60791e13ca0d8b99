"""The explorers without a browser: what they are set to is kept, refused or shown without widgets."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from places import ROOT

from csworkbench.cli import main
from csworkbench.data.workspace import open_workspace
from csworkbench.errors import CsworkbenchError, UnknownName
from csworkbench.explore import Desk, open_desk
from csworkbench.explore.cohort_widget import CohortWidget
from csworkbench.explore.notebooks import adopt, copy_notebooks
from csworkbench.metrics import revenue
from csworkbench.metrics.definitions import DEFINITIONS
from csworkbench.metrics.questions import Question
from csworkbench.metrics.questions.pins import Pin, load_pins, save_pin

PUBLISHED = "7846 1157 964 810 679 736 720 582 559 594 673 634 528 511 664 472 497 498"


pytestmark = pytest.mark.xdist_group("explore")


def test_what_an_explorer_is_set_to_outlives_it(desk: Desk) -> None:
    first = desk.cohorts("kept")
    first.ask(by="segment", measure="revenue")
    first.compare("SMB", "Enterprise")
    again = desk.cohorts("kept")
    assert (again.question, again.looks) == (first.question, 1)


def test_a_broken_state_file_opens_the_first_question(desk: Desk) -> None:
    path = desk.folder / ".csworkbench" / "explore" / "broken.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    for text in ("{", "[]", '{"question": {"by": 3}, "looks": -4}', '{"question": {"measure": "gone"}}'):
        path.write_text(text, "utf-8")
        explorer = desk.cohorts("broken")
        assert explorer.question.by == "start" and explorer.looks == 0


def test_a_wrong_condition_is_told_and_changes_nothing(desk: Desk) -> None:
    shown = CohortWidget(desk.cohorts("wrong"))
    before = shown.explorer.question
    shown.asked["where"].value = 'segmnt == "SMB"'
    assert "Did you mean" in shown.alert.value and 'role="alert"' in shown.alert.value
    assert shown.explorer.question == before
    shown.asked["where"].value = 'segment == "SMB"'
    assert shown.alert.value == "" and shown.explorer.question.where == 'segment == "SMB"'


def test_a_chosen_cell_lists_its_accounts_and_every_cell_says_what_it_is(desk: Desk) -> None:
    shown = CohortWidget(desk.cohorts("cell"))
    rows = shown.grid.table["rows"]
    assert all(cell["title"] for row in rows for cell in row["cells"] if cell["text"])
    shown.grid.chosen = [rows[0]["key"], 4]
    n = int((shown.explorer.answer.group == rows[0]["key"]).sum())
    assert shown.accounts.value.count("<tr>") == n + 1


def test_what_is_counted_for_the_first_time_says_that_it_works_and_later_answers_do_not(workspace: Path) -> None:
    shown, said = CohortWidget(open_desk(workspace).cohorts("busy")), []
    shown.grid.observe(lambda change: said.append(change["new"]), "busy")
    shown.asked["by"].value = "segment"
    assert said == []
    shown.asked["measure"].value = "adoption_index"
    assert said == ["Counting this for the first time; with many accounts it takes a while.", ""]
    shown.asked["measure"].value = "logo"
    shown.asked["measure"].value = "adoption_index"
    shown.asked["where"].value = "no such column"
    assert len(said) == 2 and shown.alert.value


def test_every_control_has_a_label(desk: Desk) -> None:
    shown = CohortWidget(desk.cohorts("labels"))
    controls = [*shown.asked.values(), shown.first, shown.second, shown.pin_name, *shown.kinds.values()]
    assert all(control.description for control in controls)
    assert shown.look.description and shown.pin_it.description


def test_a_pin_is_a_question_and_a_damaged_one_is_refused_with_the_rest(desk: Desk, tmp_path: Path) -> None:
    asked = Question(by="segment")
    save_pin(tmp_path, Pin("good", "Good", asked))
    assert [pin.question for pin in load_pins(tmp_path)] == [asked]
    (tmp_path / "pins" / "bad.json").write_text('{"format": 1, "name": "x"}', "utf-8")
    (tmp_path / "pins" / "worse.json").write_text(
        '{"format": 1, "name": "x", "packs": ["team"], "question": {}}', "utf-8"
    )
    with pytest.raises(CsworkbenchError) as refused:
        load_pins(tmp_path)
    assert "pins/bad.json" in str(refused.value) and "pins/worse.json" in str(refused.value)


def test_pinning_again_under_a_name_replaces_and_another_name_never_does(desk: Desk) -> None:
    explorer = desk.cohorts("pins")
    first, other = explorer.pin("顧客の継続"), explorer.pin("Kept?")
    explorer.ask(by="segment")
    again, third = explorer.pin("顧客の継続"), explorer.pin("kept")
    assert again.id == first.id and len({first.id, other.id, third.id}) == 3
    assert {pin.name: pin.question.by for pin in explorer.pins}["顧客の継続"] == "segment"
    for pin in explorer.pins:
        explorer.unpin(pin.id)
    assert explorer.pins == ()


def test_the_journey_is_split_by_what_is_there_only(desk: Desk) -> None:
    journey = desk.journey()
    journey.ask("csm_id")
    assert "shrunk" in journey.conversion.data
    with pytest.raises(UnknownName):
        journey.ask("csm")
    assert journey.by == "csm_id"
    assert desk.journey().by == "csm_id"


def test_a_book_holds_the_accounts_of_its_csm_only(desk: Desk) -> None:
    book = desk.book()
    accounts = book.measures.frame("accounts")
    mine = set(accounts[accounts["csm_id"] == book.owner]["account_id"])
    assert set(book.accounts.data["account_id"]) == set(accounts[(accounts["mrr"] > 0)]["account_id"]) & mine
    assert set(book.exhibit("attention").data["account_id"]) <= mine
    with pytest.raises(UnknownName):
        desk.book("nobody").accounts.html  # noqa: B018


def test_the_copies_open_their_workspace_and_edits_are_left_alone(tmp_path: Path) -> None:
    shutil.copy(ROOT / "data" / "sample" / "workspace.toml", tmp_path)
    first = copy_notebooks(tmp_path)
    edited = tmp_path / "notebooks" / "explore" / "01_cohorts.ipynb"
    assert 'workspace: str = \\"../..\\"' in edited.read_text("utf-8")
    edited.write_text("mine", "utf-8")
    again = copy_notebooks(tmp_path)
    assert edited.read_text("utf-8") == "mine" and again.added == () and again.kept == first.added
    installed = {path.name: path.read_bytes() for path in (ROOT / "notebooks" / "explore").glob("*.ipynb")}
    assert installed["01_cohorts.ipynb"] != b"mine"


def test_an_edited_template_goes_to_the_runs_stripped_and_a_wrong_one_does_not(tmp_path: Path) -> None:
    shutil.copy(ROOT / "data" / "sample" / "workspace.toml", tmp_path)
    assert main(["explore", str(tmp_path), "--no-lab"]) == 0
    path = tmp_path / "notebooks" / "packs" / "segment.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["secret"]}]
    path.write_text(json.dumps(notebook), "utf-8")
    assert main(["explore", str(tmp_path), "--adopt", "segment"]) == 0
    assert "secret" not in (tmp_path / "packs" / "segment.ipynb").read_text("utf-8")
    kept = (tmp_path / "packs" / "segment.ipynb").read_bytes()
    notebook["cells"][0]["metadata"] = {}
    path.write_text(json.dumps(notebook), "utf-8")
    with pytest.raises(CsworkbenchError, match="parameters"):
        adopt(tmp_path, "segment")
    assert (tmp_path / "packs" / "segment.ipynb").read_bytes() == kept


def test_a_folder_without_workspace_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explore", str(tmp_path), "--no-lab"]) == 2
    assert "no workspace.toml" in capsys.readouterr().err
    assert not (tmp_path / "notebooks").exists()


def test_without_anybody_there_the_widgets_are_pictures_and_tables(workspace: Path) -> None:
    cells = [
        "from csworkbench.explore import open_desk",
        f"desk = open_desk({str(workspace)!r}, lang='ja')",
        "desk.cohorts('static')",
        "desk.journey('static')",
    ]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("\n".join(cells[:2])), *map(nbformat.v4.new_code_cell, cells[2:])]
    )
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert page.count("<figure") >= 3 and "data:image/svg+xml" in page and "cs-table" in page
    assert "widget-view" not in page and "widget-state" not in page


def test_cdnow_opens_and_its_first_cohort_is_the_published_one(real_data: Path, tmp_path: Path) -> None:
    explorer = _real("cdnow", real_data, tmp_path).cohorts()
    assert explorer.question.measure.startswith("event:")
    first = explorer.answer.cells[explorer.answer.cells["cohort"] == "1997-01"]
    assert " ".join(first["value"].astype(int).astype(str)) == PUBLISHED
    spent = explorer.ask(measure=explorer.question.measure.replace("event:", "amount:")).cells
    assert spent[(spent["cohort"] == "1997-01") & (spent["period"] == 0)]["value"].round(2).to_list() == [299060.17]
    assert explorer.answered.exhibit("x").html


@pytest.mark.slow
def test_churnsim_opens_in_the_explorer(real_data: Path, tmp_path: Path) -> None:
    explorer = _real("churnsim_crm", real_data, tmp_path).cohorts()
    assert len(explorer.answer.cohorts) > 4
    for by in explorer.desk.population.columns.columns:
        explorer.ask(by=str(by))
        assert explorer.answered.exhibit("x").html


def _real(name: str, real_data: Path, tmp_path: Path) -> Desk:
    folder = tmp_path / name
    folder.mkdir()
    shutil.copy(ROOT / "tests" / "real" / name / "workspace.toml", folder)
    for file in (real_data / name).iterdir():
        (folder / file.name).symlink_to(file)
    opened = open_workspace(folder)
    latest = max(fact.latest for fact in opened.check().facts.values() if fact.latest)
    return open_desk(folder, latest)


def test_a_metric_shows_its_definition_value_n_and_interval(desk: Desk) -> None:
    view = desk.population.view
    moves = revenue.movements(view, "2026-06-30", "2026-09-30")
    held = moves[moves["mrr_open"] > 0]
    for id, expected in (
        ("mrr", moves["mrr_close"].sum()),
        ("grr", held[["mrr_open", "mrr_close"]].min(axis=1).sum() / held["mrr_open"].sum()),
        ("nrr", held["mrr_close"].sum() / held["mrr_open"].sum()),
        ("logo_churn", (held["mrr_close"] <= 0).mean()),
    ):
        shown = desk.metric(id)
        row = shown.frame[(shown.frame["segment"] == "all") & (shown.frame["quarter"] == "2026Q3")].iloc[0]
        assert row["value"] == pytest.approx(expected)
        assert id == "mrr" or (row["n"] == len(held) and row["low"] <= row["value"] <= row["high"])
        assert DEFINITIONS[id].label in shown._repr_html_()
    with pytest.raises(UnknownName):
        desk.metric("profit")

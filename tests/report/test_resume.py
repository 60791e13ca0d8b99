"""Runs that follow a run: what is unchanged is kept, what is not is made again, and nothing is taken on trust."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from workbench import Clock, code, drawn, notebook, order, packs_in, run, write_template

from csworkbench.report.leash import Leashes
from csworkbench.report.ledger import FOLDER, pack_statuses, read_ledger
from csworkbench.report.make import Made
from csworkbench.report.quarter import Options, make_quarter
from csworkbench.report.tasks import PackTask

UNITS = ["a", "b", "c"]


@pytest.fixture
def template(tmp_path: Path) -> Path:
    return write_template(tmp_path / "segment.ipynb", "1 + 1")


@pytest.fixture
def output(tmp_path: Path, template: Path) -> Path:
    assert run(template, tmp_path / "out", UNITS, how=drawn).counts == {"succeeded": 3}
    return tmp_path / "out"


def test_an_unchanged_quarter_is_kept_to_the_byte_and_nothing_is_measured(template: Path, output: Path) -> None:
    before = packs_in(output)

    def must_not(*_: object) -> Made:
        raise AssertionError("nothing is to be made")

    wanted = replace(order(template, output, UNITS), measure=must_not)  # type: ignore[arg-type]
    assert make_quarter(wanted, Options(), Clock(), how=must_not).counts == {"skipped": 3}
    assert packs_in(output) == before
    assert {status.outcome for status in pack_statuses(output)} == {"skipped"}


def test_a_skipped_pack_keeps_the_day_on_which_it_was_made(template: Path, output: Path) -> None:
    made = [status.published_at for status in pack_statuses(output)]
    run(template, output, UNITS, how=drawn)
    assert [status.published_at for status in pack_statuses(output)] == made


def test_fresh_makes_everything_again(template: Path, output: Path) -> None:
    assert run(template, output, UNITS, Options(fresh=True), how=drawn).counts == {"succeeded": 3}


@pytest.mark.parametrize("damage", [b"", b"<p>other</p>", None])
def test_a_pack_whose_file_is_not_what_was_written_is_made_again(
    template: Path, output: Path, damage: bytes | None
) -> None:
    before = packs_in(output)
    target = output / "segment-b-2026Q3-en.html"
    target.unlink() if damage is None else target.write_bytes(damage)
    summary = run(template, output, UNITS, how=drawn)
    assert {r.pack.unit: r.outcome for r in summary.results} == {"a": "skipped", "b": "succeeded", "c": "skipped"}
    assert packs_in(output) == before


def test_measures_whose_files_are_not_what_was_written_are_made_again(template: Path, output: Path) -> None:
    measures = output / FOLDER / "measures" / "measures.json"
    measures.write_text('{"planted": true}', encoding="utf-8")
    assert run(template, output, UNITS, how=drawn).counts == {"skipped": 3}
    assert measures.read_text("utf-8") == "{}"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 1}', "\0"])
def test_a_damaged_list_of_marts_is_as_good_as_none(template: Path, output: Path, text: str) -> None:
    (output / FOLDER / "marts.json").write_text(text, encoding="utf-8")
    assert run(template, output, UNITS, how=drawn).counts == {"skipped": 3}
    assert json.loads((output / FOLDER / "marts.json").read_text("utf-8"))["key"]


def test_a_list_of_marts_that_somebody_edited_is_not_believed(template: Path, output: Path) -> None:
    path = output / FOLDER / "marts.json"
    path.write_text(path.read_text("utf-8").replace("Acme", "Evil"), encoding="utf-8")
    run(template, output, UNITS, Options(fresh=False), how=drawn)
    assert "Evil" not in path.read_text("utf-8")


def test_a_pack_whose_unit_is_gone_stays_where_it_is_and_the_index_no_longer_calls_it_ready(
    template: Path, output: Path
) -> None:
    assert "no longer planned" not in (output / "index.html").read_text("utf-8")
    before = packs_in(output)
    run(template, output, UNITS[1:], how=drawn)
    after = packs_in(output)
    assert {name: after[name] for name in before if name != "index.html"} == {
        name: html for name, html in before.items() if name != "index.html"
    }
    index = after["index.html"].decode()
    assert index.count("no longer planned: the data has no such unit") >= 1
    assert f"{len(UNITS) - 1} of {len(UNITS)} packs ready" in index
    run(template, output, UNITS, how=drawn)
    assert "no longer planned" not in (output / "index.html").read_text("utf-8")


def test_new_data_makes_every_pack_anew_and_the_same_data_none(template: Path, output: Path) -> None:
    assert run(template, output, UNITS, content="new", how=drawn).counts == {"succeeded": 3}
    assert run(template, output, UNITS, content="new", how=drawn).counts == {"skipped": 3}


def test_new_exports_that_come_to_the_same_measures_make_no_pack_anew(template: Path, output: Path) -> None:
    wanted = order(template, output, UNITS)
    changed = replace(wanted, inputs=lambda known: replace(wanted.inputs(known), key="other"))
    assert make_quarter(changed, Options(), Clock(), how=drawn).counts == {"skipped": 3}


def test_a_source_of_which_nothing_is_known_is_measured_every_time(template: Path, output: Path) -> None:
    wanted = order(template, output, UNITS)
    measured: list[int] = []
    unknown = replace(
        wanted,
        inputs=lambda known: replace(wanted.inputs(known), key=""),
        measure=lambda: measured.append(1) or wanted.measure(),
    )
    for _ in range(2):
        assert make_quarter(unknown, Options(), Clock(), how=drawn).counts == {"skipped": 3}
    assert measured == [1, 1]


def test_a_changed_cell_or_parameter_makes_the_pack_anew_and_a_saved_output_does_not(
    template: Path, output: Path
) -> None:
    saved = json.loads(template.read_text("utf-8"))
    saved["cells"][1] |= {"execution_count": 7, "id": "other", "outputs": [{"output_type": "stream", "text": "x"}]}
    saved["metadata"]["language_info"] = {"version": "3.99"}
    template.write_text(json.dumps(saved), encoding="utf-8")
    assert run(template, output, UNITS, how=drawn).counts == {"skipped": 3}
    write_template(template, "1 + 2")
    assert run(template, output, UNITS, how=drawn).counts == {"succeeded": 3}


def test_a_typed_parameter_is_part_of_the_key_and_text_is_not_a_number(tmp_path: Path) -> None:
    parameters = 'measures: str\nsegment: str\ntop: int | str = 3\nlang: str = "en"\n'
    template = write_template(tmp_path / "segment.ipynb", "1", parameters=parameters)
    output = tmp_path / "out"
    for value, expected in (("5", "succeeded"), ("5", "skipped"), ("05x", "succeeded")):
        chosen = Options(parameters={"top": value})
        assert run(template, output, ["a"], chosen, how=drawn).counts == {expected: 1}


def test_a_moved_output_folder_keeps_its_packs(template: Path, output: Path, tmp_path: Path) -> None:
    moved = output.rename(tmp_path / "elsewhere")
    assert run(template, moved, UNITS, how=drawn).counts == {"skipped": 3}


def test_a_new_unit_is_made_beside_the_others(template: Path, output: Path) -> None:
    summary = run(template, output, [*UNITS, "d"], how=drawn)
    assert summary.counts == {"succeeded": 1, "skipped": 3}


def test_a_run_resumes_where_the_last_one_was_cancelled(template: Path, tmp_path: Path) -> None:
    def stopping(task: PackTask, leashes: Leashes) -> Made:
        if task.pack.unit == "b":
            leashes.cancel_requested = True
            return Made("cancelled", "the run was cancelled")
        return drawn(task, leashes)

    summary = run(template, tmp_path / "out", UNITS, Options(jobs=1), how=stopping)
    assert summary.interrupted
    assert [result.outcome for result in summary.results] == ["succeeded", "cancelled", "cancelled"]
    assert run(template, tmp_path / "out", UNITS, how=drawn).counts == {"skipped": 1, "succeeded": 2}
    run(template, tmp_path / "undisturbed", UNITS, how=drawn)
    assert packs_in(tmp_path / "out") == packs_in(tmp_path / "undisturbed")


def test_a_pack_that_failed_is_made_again_although_nothing_changed(template: Path, tmp_path: Path) -> None:
    failing = run(template, tmp_path / "out", ["a"], how=lambda task, leashes: Made("cell_error", "no", 2, 0.1))
    assert failing.counts == {"cell_error": 1}
    assert run(template, tmp_path / "out", ["a"], how=drawn).counts == {"succeeded": 1}


BROKEN = [
    (lambda path: path.write_text("{", encoding="utf-8"), "not a readable notebook"),
    (lambda path: write_template(path, parameters="mesures: str\n"), "required and has no value"),
    (lambda path: write_template(path, parameters="quarter: int\n"), "is not int"),
    (lambda path: path.write_text(json.dumps(notebook(code("1"))), encoding="utf-8"), "tagged `parameters`"),
]


@pytest.mark.parametrize(("broken", "said"), BROKEN)
def test_a_broken_template_that_nobody_named_stops_no_other_and_is_told(
    tmp_path: Path, template: Path, broken: object, said: str
) -> None:
    from csworkbench.report.templates import read_template

    bad = tmp_path / "Board Pack.ipynb" if said == "is not int" else tmp_path / "board.ipynb"
    broken(bad)  # type: ignore[operator]
    if bad.stem != "board":
        bad = bad.rename(tmp_path / "board.ipynb")
    wanted = order(template, tmp_path / "out", UNITS)
    wanted = replace(wanted, templates=[*wanted.templates, read_template(bad)], unasked={"board"})
    summary = make_quarter(wanted, Options(), Clock(), how=drawn)
    assert summary.counts == {"succeeded": 3, "param_invalid": 1}
    assert not summary.is_good
    (told,) = (status for status in pack_statuses(tmp_path / "out") if status.outcome == "param_invalid")
    assert said in told.reason
    assert "failed: wrong parameter" in (tmp_path / "out" / "index.html").read_text("utf-8")


def test_a_template_that_was_mended_is_no_longer_told_as_broken(tmp_path: Path, template: Path) -> None:
    from csworkbench.report.templates import read_template

    (tmp_path / "board.ipynb").write_text("{", encoding="utf-8")
    wanted = order(template, tmp_path / "out", UNITS)
    for _ in range(2):
        both = [*wanted.templates, read_template(tmp_path / "board.ipynb")]
        make_quarter(replace(wanted, templates=both, unasked={"board"}), Options(), Clock(), how=drawn)
        write_template(tmp_path / "board.ipynb", "1")
    assert {status.outcome for status in pack_statuses(tmp_path / "out")} == {"succeeded", "skipped"}


def test_the_ledger_says_in_which_run_what_was_kept(template: Path, output: Path) -> None:
    run(template, output, UNITS, how=drawn)
    last = [event for event in read_ledger(output) if event["run"] == read_ledger(output)[-1]["run"]]
    assert [event["event"] for event in last] == ["run_started", *["finished"] * 3, "run_finished"]
    assert last[-1]["counts"] == {"skipped": 3}

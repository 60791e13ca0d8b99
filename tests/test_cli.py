"""The command line: what it says, what it writes, and its exit codes."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest

from csworkbench import cli
from csworkbench.cli import clock
from csworkbench.cli.days import chosen_quarter
from csworkbench.data.settings import read_settings

pytestmark = pytest.mark.xdist_group("cli")
ROOT = Path(__file__).resolve().parent.parent
TOML = """
[company]
name = "Acme & Söhne"
currency = "EUR"
exported_on = "2026-10-05"
languages = ["en", "ja"]
[tables.accounts]
path = "accounts.csv"
[tables.subscriptions]
path = "subscriptions.csv"
"""
ACCOUNTS = "account_id,name,started_on,segment\n001,Ada,2025-01-10,SMB\n002,Bo,2025-02-10,<b>Big</b> {x}\n"
ITEMS = "subscription_id,account_id,starts_on,ends_on,mrr\ns1,001,2025-01-10,,100\ns2,002,2025-02-10,,250\n"
PARAMETERS = 'measures: str\nquarter: str\nsegment: str\nlang: str = "en"\ntop: int = 3\n'
TOP = ("--param", "top=5")
SHOW = (
    "from html import escape\nfrom IPython.display import HTML, display\n"
    "from csworkbench.metrics.measures import load_measures\naccounts = load_measures(measures).frame('accounts')\n"
    "own = accounts[accounts['segment'] == segment]\n"
    "display(HTML(f'<h2>{escape(segment)}</h2><p>MRR {own[\"mrr\"].sum():.0f} top {top}</p>'))"
)


def write_company(folder: Path) -> Path:
    folder.mkdir()
    (folder / "workspace.toml").write_text(TOML, encoding="utf-8")
    (folder / "accounts.csv").write_text(ACCOUNTS, encoding="utf-8")
    (folder / "subscriptions.csv").write_text(ITEMS, encoding="utf-8")
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return write_company(tmp_path / "company")


@pytest.fixture
def template(tmp_path: Path) -> Path:
    return write_template(tmp_path / "segment.ipynb", SHOW)


def write_template(path: Path, *sources: str) -> Path:
    cells = [_cell(0, PARAMETERS, ["parameters"]), *(_cell(n, text, []) for n, text in enumerate(sources, 1))]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": cells}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def _cell(number: int, source: str, tags: list[str]) -> dict[str, object]:
    base = {"cell_type": "code", "id": f"c{number}", "execution_count": None, "outputs": []}
    return {**base, "metadata": {"tags": tags}, "source": source}


def qbr(workspace: Path, template: Path, output: Path, *options: str, quarter: str = "2026Q3") -> int:
    chosen = ["--quarter", quarter, "--packs", str(template), "--output", str(output), "--jobs", "2"]
    return cli.main(["qbr", str(workspace), *chosen, *options])


@dataclass(frozen=True)
class Made:
    """A company and the packs of its quarter: segment × language, with top=5. out, err: what the command said."""

    folder: Path
    out: str
    err: str

    def copied(self, place: Path) -> Path:
        """The same in a folder of one's own, where `workspace` and `template` are."""
        return Path(shutil.copytree(self.folder, place, dirs_exist_ok=True))


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("quarter")
    told, failed = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(failed):
        template = write_template(folder / "segment.ipynb", SHOW)
        assert qbr(write_company(folder / "company"), template, folder / "out", *TOP) == 0
    return Made(folder, told.getvalue(), failed.getvalue())


@pytest.fixture
def made(quarter: Made, tmp_path: Path) -> Path:
    """A copy of the quarter as `out`, beside its `workspace` and `template`."""
    return quarter.copied(tmp_path)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_good_workspace_is_called_so_with_exit_code_0(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(workspace)]) == 0
    assert "no problems" in capsys.readouterr().out


def test_problems_are_all_told_with_exit_code_2(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "subscriptions.csv").write_text(ITEMS.replace("100", "x").replace("002", "999"), encoding="utf-8")
    assert cli.main(["check", str(workspace)]) == 2
    told = capsys.readouterr().out
    assert 'subscriptions.csv row 2 column "mrr"' in told
    assert "999" in told
    assert cli.main(["check", str(workspace), "--json"]) == 2
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    assert {problem["row"] for problem in report["problems"]} >= {2, 3}


def test_a_quarter_gives_a_pack_per_segment_and_language_and_an_index(
    quarter: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    output = quarter.folder / "out"
    pages = {path.name: path.read_text("utf-8") for path in output.glob("*.html")}
    assert len(pages) == 5
    assert "MRR 100 top 5" in pages["segment-SMB-2026Q3-en.html"]
    (foreign,) = (page for name, page in pages.items() if "Big" in name and name.endswith("-ja.html"))
    assert '<html lang="ja">' in foreign
    assert "&lt;b&gt;Big&lt;/b&gt; {x}" in foreign
    assert "<b>Big" not in foreign + pages["index.html"]
    assert "2026-09-30" in pages["segment-SMB-2026Q3-en.html"]
    assert "4 of 4 packs ready" in quarter.out
    assert "[4/4]" in quarter.err
    assert cli.main(["status", str(output), "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["outcome"] for line in lines} == {"succeeded"}


def test_templates_of_the_workspace_are_made_with_those_that_come_along(made: Path) -> None:
    (made / "company" / "packs").mkdir()
    write_template(made / "company" / "packs" / "board.ipynb", SHOW)
    chosen = ["--quarter", "2026Q3", "--packs", "board", "--lang", "en", "--only", "SMB", "--output"]
    assert cli.main(["qbr", str(made / "company"), *chosen, str(made / "out")]) == 0
    assert (made / "out" / "board-SMB-2026Q3-en.html").is_file()


def test_a_failed_pack_gives_exit_code_1_and_a_reason(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    template = write_template(made / "share.ipynb", SHOW, "1 / (segment != 'SMB')")
    assert qbr(made / "company", template, made / "out", "--lang", "en") == 1
    told = capsys.readouterr()
    assert "cell_error in cell 3: ZeroDivisionError" in told.err
    assert "Traceback" not in told.err + told.out
    assert ["SMB" in path.name for path in (made / "out").glob("share-*")] == [False]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--param", "tpo=5"], 'Did you mean "top"?'),
        (["--param", "top=many"], "is not int"),
        (["--param", "segment=SMBB"], 'Did you mean "SMB"?'),
        (["--lang", "en,jp"], '"jp" is not a known lang. There is: en, ja.'),
        (["--only", "nothing", "--lang", "en"], "no pack matches"),
        (["--as-of", "2026-09-29"], "2026Q3 closes on 2026-09-30"),
        (["--as-of", "tomorrow"], "Write it as YYYY-MM-DD"),
        (["--param", "top"], "is not NAME=VALUE"),
        (["--jobs", "0"], "--jobs"),
        (["--retries", "-1"], "--retries"),
        (["--run-timeout", "0"], "--run-timeout"),
        (["--memory", "1"], "--memory"),
        (["--packs", "board"], 'there is no pack "board"'),
    ],
)
def test_a_wrong_choice_is_refused_and_nothing_is_written(
    workspace: Path, template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    assert qbr(workspace, template, tmp_path / "out", *options) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert "Traceback" not in told.err
    assert not (tmp_path / "out").exists()


def test_a_refused_workspace_leaves_an_earlier_output_untouched_but_for_a_word_in_its_ledger(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = ".csworkbench/ledger.jsonl"
    before = contents(made / "out")
    (made / "company" / "subscriptions.csv").write_text(ITEMS.replace("250", "1,00"), encoding="utf-8")
    assert qbr(made / "company", made / "segment.ipynb", made / "out", "--lang", "en") == 2
    after = contents(made / "out")
    assert after.pop(ledger).startswith(before.pop(ledger))
    assert after == before
    assert "row 3" in capsys.readouterr().err
    assert cli.main(["status", str(made / "out")]) == 0
    told = capsys.readouterr().out
    assert "was refused: 1 problem" in told
    assert told.count("succeeded") == 4


def test_an_unchanged_quarter_is_kept_without_opening_its_tables(made: Path) -> None:
    output = made / "out"
    assert qbr(made / "company", made / "segment.ipynb", output, *TOP) == 0
    before = contents(output)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    heavy = (
        "pandas",
        "numpy",
        "pyarrow",
        "duckdb",
        "papermill",
        "nbclient",
        "nbconvert",
        "jupyter_client",
        "matplotlib",
    )
    chosen = ["--quarter", "2026Q3", "--packs", str(made / "segment.ipynb"), "--output", str(output), "--jobs", "2"]
    run = f"cli.main({['qbr', str(made / 'company'), *chosen, *TOP]!r})"
    script = f"import sys; from csworkbench import cli; print({run}, [m for m in {heavy!r} if m in sys.modules])"
    started = os.times()
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    ended = os.times()
    assert done.stdout.splitlines()[-1] == "0 []"
    assert "4 of 4 packs ready, 4 of them unchanged" in done.stdout
    assert ended.children_user + ended.children_system - started.children_user - started.children_system < 2
    after = contents(output)
    assert {name for name in after if after[name] != before[name]} == {".csworkbench/ledger.jsonl"}


def test_a_changed_export_makes_the_packs_that_it_can_change(made: Path) -> None:
    (made / "company" / "subscriptions.csv").write_text(ITEMS.replace("100", "300"), encoding="utf-8")
    assert qbr(made / "company", made / "segment.ipynb", made / "out", "--lang", "en", *TOP) == 0
    assert "MRR 300" in (made / "out" / "segment-SMB-2026Q3-en.html").read_text("utf-8")


def test_only_makes_the_packs_that_match_and_keeps_the_others_in_the_index(made: Path) -> None:
    assert qbr(made / "company", made / "segment.ipynb", made / "out", "--only", "smb", "--param", "top=7") == 0
    pages = {path.name: path.read_text("utf-8") for path in (made / "out").glob("*.html")}
    assert "4 of 4 packs ready" in pages["index.html"]
    assert {name: page.count("top 7") for name, page in pages.items() if name != "index.html"} == {
        name: int("SMB" in name) for name in pages if name != "index.html"
    }


def test_the_last_quarter_is_the_last_one_that_was_over_when_the_exports_were_taken(made: Path) -> None:
    chosen = ("--lang", "en", "--only", "smb", "--param", "top=6")
    assert qbr(made / "company", made / "segment.ipynb", made / "out", *chosen, quarter="last") == 0
    assert "top 6" in (made / "out" / "segment-SMB-2026Q3-en.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("as_of", "label"),
    [
        ("2026-07-04", "2026Q2"),
        ("2026-09-29", "2026Q2"),
        # over when its last day has been seen
        ("2026-09-30", "2026Q3"),
        ("2026-10-05", "2026Q3"),
        # never later than the exports, which are of 2026-10-05
        ("2027-04-01", "2026Q3"),
    ],
)
def test_the_last_quarter_as_of_a_day_is_the_last_one_over_by_then(workspace: Path, as_of: str, label: str) -> None:
    assert chosen_quarter(read_settings(workspace), "last", date.fromisoformat(as_of)).label == label


def test_a_pack_of_the_last_quarter_as_of_a_day_holds_what_was_known_on_that_day(
    workspace: Path, template: Path, tmp_path: Path
) -> None:
    chosen = ("--lang", "en", "--only", "smb", "--as-of", "2026-07-04")
    assert qbr(workspace, template, tmp_path / "out", *chosen, quarter="last") == 0
    assert (tmp_path / "out" / "segment-SMB-2026Q2-en.html").is_file()
    ledger = (tmp_path / "out" / ".csworkbench" / "ledger.jsonl").read_text("utf-8").splitlines()
    assert json.loads(ledger[0])["as_of"] == "2026-07-04"


@pytest.mark.parametrize(
    ("quarter", "said"), [("2026Q4", "the exports are of 2026-10-05"), ("2026Q5", "not a quarter"), ("Q3", "2026Q3")]
)
def test_a_quarter_that_is_none_or_not_over_is_refused(
    workspace: Path, template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], quarter: str, said: str
) -> None:
    assert qbr(workspace, template, tmp_path / "out", quarter=quarter) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_clock_is_read_where_the_workspace_does_not_say_when_it_was_exported(
    workspace: Path, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace / "workspace.toml").write_text(TOML.replace('exported_on = "2026-10-05"', ""), encoding="utf-8")
    monkeypatch.setattr(clock, "today", lambda: date(2026, 7, 4))
    monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat("2026-07-04T08:00:00+09:00"))
    assert qbr(workspace, template, tmp_path / "out", "--lang", "en", "--only", "smb", quarter="last") == 0
    ledger = (tmp_path / "out" / ".csworkbench" / "ledger.jsonl").read_text("utf-8").splitlines()
    assert json.loads(ledger[0])["as_of"] == "2026-06-30"
    assert {json.loads(line)["at"] for line in ledger} == {"2026-07-04T08:00:00+09:00"}


def test_a_folder_without_a_workspace_or_ledger_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["check", str(tmp_path)]) == 2
    assert "csworkbench init" in capsys.readouterr().err
    assert cli.main(["status", str(tmp_path)]) == 2
    assert "there is no ledger" in capsys.readouterr().err


def test_an_output_that_cannot_be_written_is_said_without_a_traceback(
    workspace: Path, template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert qbr(workspace, template, tmp_path / "file" / "out", "--lang", "en") == 2
    told = capsys.readouterr().err
    assert str(tmp_path / "file") in told
    assert "Traceback" not in told


def test_ctrl_c_is_exit_code_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("csworkbench.report.ledger.pack_statuses", interrupted)
    assert cli.main(["status", "."]) == 130
    assert capsys.readouterr().err.strip() == "interrupted"


def test_help_names_every_command_and_costs_little(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    listed = capsys.readouterr().out
    assert all(f"\n  {name} " in listed for name in ("check", "init", "qbr", "simulate", "status"))
    code = "import sys, csworkbench.cli; print([m for m in ('pandas', 'duckdb', 'papermill') if m in sys.modules])"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == "[]\n"


def test_help_is_there_within_300_milliseconds_of_processor_time() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    before = os.times()
    subprocess.run([sys.executable, "-m", "csworkbench", "--help"], capture_output=True, check=True, env=environment)
    after = os.times()
    assert after.children_user + after.children_system - before.children_user - before.children_system < 0.3


def test_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    from csworkbench import __version__

    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"csworkbench {__version__}\n"


def test_a_first_workspace_is_written_once_and_then_can_be_checked(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace / "workspace.toml").unlink()
    assert cli.main(["init", str(workspace)]) == 0
    assert (workspace / "workspace.toml").is_file()
    capsys.readouterr()
    assert cli.main(["init", str(workspace)]) == 2
    assert "already there" in capsys.readouterr().err


def test_a_simulated_company_is_written_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["simulate", str(tmp_path / "co"), "--accounts", "12", "--months", "6"]
    started = time.monotonic()
    assert cli.main(command) == 0
    assert time.monotonic() - started < 60
    assert (tmp_path / "co" / "workspace.toml").is_file()
    assert cli.main(command) == 2
    assert "is not empty" in capsys.readouterr().err

"""A command that is told how a run ended, whatever the end was."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from places import ROOT
from workbench import GOOD, write_template

from csworkbench.cli import main
from csworkbench.errors import CsworkbenchError
from csworkbench.report.hook import hook_words, run_hook, told_of_end

pytestmark = pytest.mark.xdist_group("quarter")


def script(folder: Path, text: str) -> str:
    path = folder / "a hook"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return shlex.quote(str(path))


@pytest.fixture
def heard(tmp_path: Path) -> Path:
    return tmp_path / "heard.json"


@pytest.fixture
def measured(quarter_folder: Path, tmp_path: Path) -> Path:
    """A folder whose output has the measures of the sample's quarter, and no pack."""
    others = shutil.ignore_patterns("ledger.jsonl", "lock")
    shutil.copytree(quarter_folder / ".csworkbench", tmp_path / "out" / ".csworkbench", ignore=others)
    return tmp_path


def qbr(folder: Path, sample: Path, hook: str, source: str = GOOD, *more: str) -> int:
    template = write_template(folder / "hello.ipynb", source)
    chosen = ["--packs", str(template), "--only", "*Enterprise-*", "--lang", "en", "--retries", "0"]
    output = ["--output", str(folder / "out")]
    return main(["qbr", str(sample), "--quarter", "last", *chosen, *output, "--hook", hook, *more])


def told(heard: Path) -> dict[str, Any]:
    return dict(json.loads(heard.read_text("utf-8")))


def test_a_good_run_is_told_with_its_summary_and_stays_good(sample, measured, heard):
    assert qbr(measured, sample, script(measured, f"cat > {heard}")) == 0
    summary = told(heard)
    assert (summary["outcome"], summary["exit_code"], summary["quarter"]) == ("succeeded", 0, "2026Q3")
    assert summary["counts"] == {"succeeded": 1} and Path(summary["index"]).is_file()


def test_a_failed_pack_and_a_refused_run_are_told_too_and_keep_their_exit_codes(sample, measured, heard, capsys):
    hook = script(measured, f"cat > {heard}; exit 3")
    assert qbr(measured, sample, hook, "raise ValueError('no')") == 1
    assert (told(heard)["outcome"], told(heard)["failed"][0]["reason"]) == ("failed", "ValueError: no")
    assert qbr(measured, measured / "nothing", hook) == 2
    assert (told(heard)["outcome"], told(heard)["exit_code"]) == ("refused", 2)
    assert "is not a folder" in told(heard)["reason"]
    assert capsys.readouterr().err.count("a hook ended with exit code 3") == 2


def test_a_hook_that_fails_makes_a_good_run_a_failed_one_and_leaves_the_packs(sample, measured, capsys):
    assert qbr(measured, sample, script(measured, "echo no route to mail; exit 75")) == 1
    assert "a hook ended with exit code 75" in capsys.readouterr().err
    assert len(list((measured / "out").glob("hello-*.html"))) == 1


@pytest.mark.parametrize(
    ("command", "said"), [("", "names no command"), ("no-such-program-here -x", "there is no program"), ("'a", "quot")]
)
def test_a_hook_that_could_never_run_is_refused_before_the_run(sample, tmp_path, capsys, command, said):
    with pytest.raises(CsworkbenchError, match=said):
        hook_words(command)
    if command:
        assert qbr(tmp_path, sample, command) == 2
        assert said in capsys.readouterr().err and not (tmp_path / "out").exists()


def test_the_hook_has_no_shell_and_gets_its_words_as_they_are(tmp_path, heard):
    hook = script(tmp_path, f'printf "%s\\n" "$@" > {heard}')
    assert run_hook(hook_words(f"{hook} '$HOME' '; rm -rf x' \"a b\" 会社"), {}) == ""
    assert heard.read_text("utf-8").splitlines() == ["$HOME", "; rm -rf x", "a b", "会社"]


def test_a_hook_that_does_not_end_is_killed_with_what_it_started(tmp_path, heard):
    sleep = f"sleep {700_000_000 + os.getpid()}"
    began = time.monotonic()
    assert run_hook(hook_words(script(tmp_path, f"{sleep} & {sleep}")), {}, 1).endswith("took longer than 1 seconds")
    assert time.monotonic() - began < 10
    assert subprocess.run(["pgrep", "-f", f"^{sleep}"], capture_output=True).returncode == 1


def test_a_hook_that_reads_nothing_of_a_long_summary_is_no_failure(tmp_path):
    assert run_hook(hook_words(script(tmp_path, "exit 0")), {"long": "x" * 10**6}) == ""


def test_reasons_told_to_a_hook_hold_no_secret(monkeypatch):
    monkeypatch.setenv("CRM_PASSWORD", "hunter2-very-secret")
    said = told_of_end(2, None, CsworkbenchError("cannot log in with hunter2-very-secret"))
    assert said["reason"] == "cannot log in with ***"


def blocks(language: str) -> list[str]:
    text = (ROOT / "docs" / "scheduling.md").read_text("utf-8")
    return [part.split("```")[0] for part in text.split(f"```{language}\n")[1:]]


@pytest.mark.parametrize("program", ["sendmail", "curl"])
def test_the_hooks_of_the_documentation_work(tmp_path, monkeypatch, program):
    (text,) = [block for block in blocks("sh") if program in block and block.startswith("#!")]
    (tmp_path / "hook").write_text(text, encoding="utf-8")
    (tmp_path / "hook").chmod(0o755)
    (tmp_path / program).write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$HEARD.arguments"\ncat > "$HEARD"\n')
    (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path), str(Path(sys.executable).parent), os.environ["PATH"]]))
    monkeypatch.setenv("HEARD", str(tmp_path / "heard"))
    summary = {"outcome": "failed", "exit_code": 1, "quarter": "2026Q3", "reason": "", "index": "/srv/会社/index.html"}
    assert run_hook(hook_words(shlex.quote(str(tmp_path / "hook"))), summary) == ""
    text = (tmp_path / "heard").read_text("utf-8")
    if program == "curl":
        assert json.loads(text) == summary
    else:
        assert "Subject: csworkbench 2026Q3: failed" in text and "/srv/会社/index.html" in text

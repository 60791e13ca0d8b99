"""What a run does before its first pack: it warms the one template that its kernels use, and loads nothing needless."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from forked import soon
from packs_at_work import pack_of
from places import ROOT

from csworkbench.report import kernels
from csworkbench.report.execute import execute
from csworkbench.report.fork import templates
from csworkbench.report.leash import Leashes
from csworkbench.report.limits import Limits

pytestmark = pytest.mark.xdist_group("kernels")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kernels are forked on Linux only")
def test_a_template_that_was_warmed_early_is_the_one_that_packs_are_forked_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kernels, "PRELOAD", ("fractions",))
    kernels.warm_up()

    def warmed() -> list[templates.Owner]:
        return [owner for settings, owner in templates._owners.items() if settings.preload == ("fractions",)]

    assert soon(lambda: bool(warmed()), seconds=60)
    early = warmed()
    execute(pack_of("print(1)"), Limits(), Leashes())
    assert warmed() == early


def test_running_and_rendering_do_not_build_the_grammar_of_addresses_that_jupyterlab_brings() -> None:
    ran = "import sys; sys.path.insert(0, 'tests/report'); from packs_at_work import printed; from csworkbench.report"
    ran += " import kernels, publish; kernels.PRELOAD = (); word = printed('print(1)'); publish._exporter()"
    said = "print(word, sorted({'rfc3987_syntax', 'nbclient', 'nbconvert'} & set(sys.modules)))"
    command = [sys.executable, "-c", f"{ran}; {said}"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert shown.stdout.strip() == "1 ['nbclient', 'nbconvert']"


def test_a_run_that_makes_nothing_loads_no_library_that_computes_or_draws(tmp_path: Path, sample: Path) -> None:
    code = f"""
import sys
from datetime import date, datetime, UTC
from pathlib import Path
sys.path.insert(0, "tests/report")
from workbench import drawn, run, write_template
from csworkbench.data.settings import read_settings
from csworkbench.report.keys import Question, inputs
sample, folder = Path({str(sample)!r}), Path({str(tmp_path)!r})
assert inputs(Question(sample, read_settings(sample), "2026Q3", date(2026, 9, 30)), {{}}, datetime.now(UTC)).key
template = write_template(folder / "segment.ipynb")
run(template, folder / "out", ["smb"], how=drawn)
assert run(template, folder / "out", ["smb"], how=drawn).counts == {{"skipped": 1}}
print(sorted({{"pandas", "numpy", "duckdb", "pyarrow", "matplotlib", "papermill", "nbconvert"}} & set(sys.modules)))
"""
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert shown.stdout.strip() == "[]", shown.stderr

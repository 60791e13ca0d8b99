"""What a run does before its first pack: it warms the one template that its kernels use, and loads nothing needless."""

from __future__ import annotations

import subprocess
import sys

import pytest
from forked import soon
from packs_at_work import pack_of

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
    asked = "import csworkbench.report.engine as e, csworkbench.report.publish as p, sys; p._exporter()"
    said = "print(sorted({'rfc3987_syntax', 'nbclient', 'nbconvert'} & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", f"{asked}; {said}"], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "['nbclient', 'nbconvert']"

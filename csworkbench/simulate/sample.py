"""The small company that travels with csworkbench: `python -m csworkbench.simulate.sample FOLDER` writes it anew."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from ..errors import CsworkbenchError
from .run import simulate
from .settings_file import TITLE

ACCOUNTS, MONTHS, SEED, END = 240, 36, 78, "2026-09-30"
PACKS = """
# Every kind of pack; those of single accounts for one at risk, one that grows and one that is new.
[packs]
kinds = ["executive", "segment", "team", "account-customer", "account-internal"]
accounts = ["A0196", "A0187", "A0223"]
"""


def write_sample(folder: str | Path) -> Path:
    """Write the sample company into `folder`, in place of an earlier one.

    Raises CsworkbenchError when the folder holds anything else.
    """
    target = Path(folder)
    settings = target / "workspace.toml"
    old = settings.is_file() and settings.read_text(encoding="utf-8").startswith(TITLE)
    if target.exists() and any(target.iterdir()) and not old:
        raise CsworkbenchError(f"{target} holds something else than a simulated company. Give another folder.")
    with tempfile.TemporaryDirectory() as space:
        fresh = simulate(Path(space) / "sample", ACCOUNTS, MONTHS, SEED, END)
        with (fresh / settings.name).open("a", encoding="utf-8", newline="\n") as file:
            file.write(PACKS)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(fresh, target)
    return target


if __name__ == "__main__":
    print(write_sample(sys.argv[1]))

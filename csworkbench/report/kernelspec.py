"""python -m csworkbench.report.kernelspec: let JupyterLab and its like use the kernels that packs use."""

from __future__ import annotations

import sys
from pathlib import Path

from .fork.kernelspec import write_kernelspec
from .kernels import PRELOAD

NAME = "csworkbench"
# Notebooks of people often draw with it; packs do not, and it takes as long to load as the rest of what they need.
FOR_PEOPLE = ("seaborn",)

if __name__ == "__main__":
    print(write_kernelspec(Path(sys.prefix), NAME, (*PRELOAD, *FOR_PEOPLE)))

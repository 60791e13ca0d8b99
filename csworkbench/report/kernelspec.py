"""python -m csworkbench.report.kernelspec: let JupyterLab and its like use the kernels that packs use."""

from __future__ import annotations

import sys
from pathlib import Path

from .fork.kernelspec import write_kernelspec
from .kernels import PRELOAD

NAME = "csworkbench"

if __name__ == "__main__":
    print(write_kernelspec(Path(sys.prefix), NAME, PRELOAD))

"""Which kernels can share one template: same Python, same modules, same variables that are read only at a start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

READ_AT_START = (
    "HOME",
    "LANG",
    "LANGUAGE",
    "LC_*",
    "LD_*",
    "MALLOC_*",
    "MPL*",
    "PATH",
    "PYTHON*",
    "TZ",
    "VIRTUAL_ENV",
    "XDG_*_HOME",
)
THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
INLINE_FIGURES = "module://matplotlib_inline.backend_inline"


@dataclass(frozen=True)
class Settings:
    """A template: its Python with options, the modules or "module:function" to load, and its environment.

    The environment holds only what is read at a start, so that nothing private of one kernel reaches another.
    """

    python: tuple[str, ...]
    preload: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = field(repr=False)


def settings_for(python: tuple[str, ...], preload: tuple[str, ...], env: Mapping[str, str]) -> Settings:
    """The settings of the template that can fork a kernel with that environment."""
    kept = {name: value for name, value in env.items() if any(fnmatchcase(name, known) for known in READ_AT_START)}
    # What ipykernel would set itself, but matplotlib reads it when it is imported.
    kept.setdefault("MPLBACKEND", INLINE_FIGURES)
    if "PYTHONPATH" in kept:
        kept["PYTHONPATH"] = os.pathsep.join(
            str(Path(part).absolute()) for part in kept["PYTHONPATH"].split(os.pathsep)
        )
    # A pool of threads of OpenBLAS or OpenMP would not survive a fork.
    kept |= dict.fromkeys(THREAD_LIMITS, "1")
    return Settings(python, preload, tuple(sorted(kept.items())))

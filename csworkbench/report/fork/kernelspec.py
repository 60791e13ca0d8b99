"""The kernelspec by which JupyterLab, papermill, nbclient and nbval find forked kernels."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

PROVISIONER = "fork-provisioner"


def write_kernelspec(prefix: Path, name: str, preload: Sequence[str]) -> Path:
    """Write prefix/share/jupyter/kernels/NAME/kernel.json for this Python; the file.

    preload: modules, or "module:function", that the template loads.
    """
    file = prefix / "share" / "jupyter" / "kernels" / name / "kernel.json"
    spec = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": name,
        "language": "python",
        "metadata": {
            "debugger": True,
            "kernel_provisioner": {"provisioner_name": PROVISIONER, "config": {"preload": list(preload)}},
        },
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(spec, indent=1) + "\n", encoding="utf-8")
    return file

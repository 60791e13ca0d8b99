"""Stock tools over the kernelspec: papermill, nbclient, nbval and a JupyterLab server fork without knowing it."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from places import ROOT
from workbench import code, notebook

from csworkbench.report.fork.kernelspec import PROVISIONER, write_kernelspec
from csworkbench.report.kernels import PRELOAD
from csworkbench.report.kernelspec import NAME

pytestmark = [
    pytest.mark.xdist_group("kernels"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kernels are forked on Linux only"),
]
ASK = 'import os, sys; print(b"template" in open(f"/proc/{os.getppid()}/cmdline", "rb").read(), "wave" in sys.modules)'
FORKED = "True True\n"
GROUP = "jupyter_client.kernel_provisioners"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a shell in which the project and its kernelspec are installed."""
    prefix = tmp_path_factory.mktemp("p")
    write_kernelspec(prefix, NAME, ["wave"])
    entries = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"][GROUP]
    distribution = prefix / "csworkbench_of_test-0.dist-info"
    distribution.mkdir()
    (distribution / "METADATA").write_text("Metadata-Version: 2.1\nName: csworkbench_of_test\nVersion: 0\n")
    lines = [f"[{GROUP}]", *(f"{name} = {value}" for name, value in entries.items())]
    (distribution / "entry_points.txt").write_text("\n".join(lines) + "\n")
    own = {
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(prefix)]),
        "JUPYTER_PATH": str(prefix / "share" / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(prefix / "runtime"),
        "JUPYTER_CONFIG_DIR": str(prefix / "config"),
        "IPYTHONDIR": str(prefix / "ipython"),
    }
    return {**os.environ, **own}


@pytest.fixture
def asking(tmp_path: Path) -> Path:
    """A notebook that knows what a forked kernel answers."""
    content = notebook(code(ASK))
    content["metadata"]["kernelspec"]["name"] = NAME
    content["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": FORKED}]
    content["cells"][0]["execution_count"] = 1
    file = tmp_path / "ask.ipynb"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def run(installed: dict[str, str], folder: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command], env=installed, cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "not forked" not in done.stderr
    return done.stdout


def outputs(file: Path) -> list[str]:
    cells = json.loads(file.read_text("utf-8"))["cells"]
    return ["".join(output.get("text", "")) for cell in cells for output in cell["outputs"]]


def test_papermill_runs_a_notebook_in_a_forked_kernel(installed: dict[str, str], asking: Path) -> None:
    run(installed, asking.parent, "-m", "papermill", "ask.ipynb", "out.ipynb", "--no-progress-bar")
    assert outputs(asking.parent / "out.ipynb") == [FORKED]
    assert {path.name for path in asking.parent.iterdir()} == {"ask.ipynb", "out.ipynb"}


@pytest.mark.slow
def test_nbclient_runs_a_notebook_in_a_forked_kernel(installed: dict[str, str], asking: Path) -> None:
    run(installed, asking.parent, "-c", "from nbclient.cli import main; main()", "--output", "out.ipynb", "ask.ipynb")
    assert outputs(asking.parent / "out.ipynb") == [FORKED]


@pytest.mark.slow
def test_nbval_finds_the_outputs_of_a_forked_kernel(installed: dict[str, str], asking: Path) -> None:
    said = run(installed, asking.parent, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", "ask.ipynb")
    assert "1 passed" in said


def test_the_specification_names_an_entry_point_of_the_project_and_modules_that_exist() -> None:
    entries = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"][GROUP]
    assert list(entries) == [PROVISIONER]
    check = "; ".join(f"import {name.partition(':')[0]}" for name in PRELOAD)
    subprocess.run([sys.executable, "-c", check], check=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})


def request(url: str, body: dict[str, Any] | None = None, method: str = "GET") -> Any:
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(url, data, {"Authorization": "token t"}, method=method)
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return json.loads(answer.read() or b"null")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def ready(url: str, seconds: float = 60) -> None:
    give_up_at = time.monotonic() + seconds
    while True:
        try:
            request(f"{url}/api/status")
            return
        except OSError:
            assert time.monotonic() < give_up_at
            time.sleep(0.2)


@pytest.mark.slow
def test_a_jupyterlab_server_starts_forked_kernels_and_ends_them(installed: dict[str, str], tmp_path: Path) -> None:
    from jupyter_client.blocking import BlockingKernelClient

    port = free_port()
    options = [f"--ServerApp.port={port}", "--ServerApp.token=t", "--allow-root", "--no-browser"]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options], env=installed, cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    url = f"http://127.0.0.1:{port}"
    try:
        ready(url)
        kernel = request(f"{url}/api/kernels", {"name": NAME}, "POST")["id"]
        file = next(Path(installed["JUPYTER_RUNTIME_DIR"]).glob(f"kernel-{kernel}.json"))
        client = BlockingKernelClient(connection_file=str(file))
        client.load_connection_file()
        client.start_channels()
        said: list[str] = []
        client.execute_interactive(
            ASK, timeout=30, output_hook=lambda told: said.append(told["content"].get("text", ""))
        )
        client.stop_channels()
        assert "".join(said) == FORKED
        request(f"{url}/api/kernels/{kernel}/restart", {}, "POST")
        request(f"{url}/api/kernels/{kernel}", method="DELETE")
        assert not file.exists()
    finally:
        server.terminate()
        _, log = server.communicate(timeout=30)
    assert not re.search("not forked|Traceback", log), log

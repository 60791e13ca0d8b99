"""Packs made on a real Dask cluster over TCP: nothing is lost, nothing hangs, the bytes are the same."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from dask_cluster import Running, dask_cluster
from places import ROOT
from workbench import GOOD, SHOW, Clock, order, write_template

from csworkbench.errors import CsworkbenchError
from csworkbench.report import cluster as cluster_module
from csworkbench.report.cluster import cluster
from csworkbench.report.ledger import read_ledger
from csworkbench.report.limits import Limits
from csworkbench.report.quarter import Options, make_quarter
from csworkbench.report.results import Summary
from csworkbench.report.shipping import Held, packed

pytest.importorskip("distributed", reason="the extra cluster is not installed")
pytestmark = pytest.mark.xdist_group("cluster")

READS = (
    SHOW + "import pathlib\nfound = pathlib.Path(measures)\n"
    'text = (found / "measures.json").read_text()\ndisplay(HTML(f"<p>{text} of {segment}</p>"))\n'
)
SLEEP = str(800_000_000 + os.getpid())
SLEEPS = f'import subprocess, time\nsubprocess.Popen(["sleep", "{SLEEP}"])\ntime.sleep(987)'
KILLS = """
import os, pathlib, signal
def ancestor(pid):
    stat = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    return pid if b"spawn_main" in words else ancestor(int(stat[1]))
if segment == "killer":
    os.kill(ancestor(os.getppid()), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Two workers that do not see the owner's output folders, where this user may hide them."""
    folder = tmp_path_factory.mktemp("cluster")
    hidden = folder / "owner"
    hidden.mkdir()
    may_hide = subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode == 0
    with dask_cluster(folder / "dask") as started:
        started.add_worker(2, hidden=hidden if may_hide else None)
        wait_for_workers(started, 2)
        yield started


@pytest.fixture
def owner(running: Running, request: pytest.FixtureRequest) -> Path:
    """A folder that the workers do not see."""
    folder = running.folder.parent / "owner" / request.node.name
    folder.mkdir()
    return folder


def wait_for_workers(started: Running, n: int) -> None:
    from distributed import Client

    with Client(started.address, set_as_default=False) as client:
        client.wait_for_workers(n, timeout=60)


def remote_run(address: str, template: Path, output: Path, units: Sequence[str], **options: Any) -> Summary:
    with cluster(address) as found:
        chosen = Options(**{"jobs": found.slots, **options})
        return make_quarter(order(template, output, units), chosen, Clock(), how=found.make)


def outcomes(summary: Summary) -> dict[str | None, str]:
    return {result.pack.unit: result.outcome for result in summary.results}


def packs_in(output: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in output.glob("segment-*.html")}


def sleepers() -> list[int]:
    """Processes that a pack of this test has started and that are still there."""
    found = subprocess.run(["pgrep", "-f", f"^sleep {SLEEP}"], capture_output=True, text=True).stdout
    return [int(pid) for pid in found.split()]


def soon(true: Callable[[], object], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.1)
    return bool(true())


def worker_pids(address: str) -> dict[str, int]:
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        return dict(client.run(os.getpid))


def test_packs_of_a_cluster_have_the_same_bytes_as_those_made_here(running, owner, tmp_path):
    template = write_template(owner / "segment.ipynb", READS)
    units = ["smb", "会社", "c"]
    remote = remote_run(running.address, template, owner / "out", units)
    assert set(outcomes(remote).values()) == {"succeeded"}
    local = make_quarter(order(template, tmp_path / "out", units), Options(jobs=1), Clock())
    assert set(outcomes(local).values()) == {"succeeded"}
    assert packs_in(owner / "out") == packs_in(tmp_path / "out") and len(packs_in(owner / "out")) == 3
    assert [result.key for result in remote.results] == [result.key for result in local.results]


def test_an_error_in_a_cell_comes_back_as_its_own_outcome_and_the_others_are_made(running, owner):
    template = write_template(
        owner / "segment.ipynb", 'if segment == "raises": raise ValueError("no such thing")', GOOD
    )
    summary = remote_run(running.address, template, owner / "out", ["raises", "smb"])
    assert outcomes(summary) == {"raises": "cell_error", "smb": "succeeded"}
    assert [result.reason for result in summary.results if not result.is_good] == ["ValueError: no such thing"]


def test_a_worker_that_is_killed_loses_nothing(running, owner):
    template = write_template(owner / "segment.ipynb", "import time; time.sleep(2)", READS)
    killed: list[int] = []

    def kill() -> None:
        time.sleep(4)
        killed.append(sorted(worker_pids(running.address).values())[0])
        os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    summary = remote_run(running.address, template, owner / "out", list("abcdefg"), retries=0)
    killer.join()
    assert set(outcomes(summary).values()) == {"succeeded"}
    assert len(packs_in(owner / "out")) == 7
    wait_for_workers(running, 2)
    assert killed[0] not in worker_pids(running.address).values()


def test_a_cancelled_run_ends_its_kernels_on_the_workers(running, owner):
    template = write_template(owner / "segment.ipynb", SLEEPS)
    from workbench import packs_of

    from csworkbench.report.leash import Leashes
    from csworkbench.report.publish import Page
    from csworkbench.report.run import run_packs
    from csworkbench.report.tasks import PackTask

    (pack,) = packs_of(template)
    task = PackTask(pack, Page("t", "en", "Acme", "2026Q3", "2026-09-30"), Limits())
    leashes = Leashes()
    ended: list[str] = []
    with cluster(running.address) as found:
        thread = threading.Thread(
            target=lambda: ended.extend(made.outcome for _, made, _ in run_packs([task], leashes, how=found.make))
        )
        thread.start()
        assert soon(sleepers)
        leashes.cancel_requested = True
        thread.join(20)
        assert ended == ["cancelled"]
        assert soon(lambda: not sleepers(), 20)


@pytest.mark.slow
def test_kernels_on_workers_end_with_the_run_that_was_killed(running, owner):
    template = write_template(owner / "segment.ipynb", SLEEPS)
    script = (
        "import sys; from pathlib import Path; from test_cluster import remote_run\n"
        "remote_run(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), ['smb'])"
    )
    home = os.pathsep.join(map(str, (ROOT, ROOT / "tests", ROOT / "tests" / "report")))
    command = [sys.executable, "-c", script, running.address, str(template), str(owner / "out")]
    run = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": home})
    try:
        assert soon(sleepers)
    finally:
        run.kill()
        run.wait()
    assert soon(lambda: not sleepers(), 20)
    assert read_ledger(owner / "out")[-1]["event"] == "started"


def test_an_address_that_nobody_answers_is_refused_in_seconds(monkeypatch):
    monkeypatch.setattr(cluster_module, "CONNECT_SECONDS", 2)
    for address in ("tcp://127.0.0.1:1", "nonsense://x", "127.0.0.1"):
        began = time.monotonic()
        with pytest.raises(CsworkbenchError, match="no Dask scheduler answered at"), cluster(address):
            pass
        assert time.monotonic() - began < 15


def test_a_worker_with_another_version_and_a_cluster_without_workers_are_refused(tmp_path):
    other = tmp_path / "other"
    shutil.copytree(ROOT / "csworkbench", other / "csworkbench", ignore=shutil.ignore_patterns("__pycache__"))
    (other / "csworkbench" / "version.py").write_text('"""Its version."""\n\n__version__ = "0.0.1"\n')
    with dask_cluster(tmp_path / "dask") as started:
        with pytest.raises(CsworkbenchError, match="has no worker"), cluster(started.address):
            pass
        started.add_worker(1, package_home=other)
        wait_for_workers(started, 1)
        said = r"tcp://127.0.0.1:\d+: csworkbench 0.0.1 on Python"
        with pytest.raises(CsworkbenchError, match=said), cluster(started.address):
            pass


@pytest.mark.slow
def test_cross_validation_takes_the_same_cluster_through_joblib_with_the_same_scores(running):
    import joblib
    import numpy as np
    import pandas as pd
    from distributed import Client
    from sklearn.model_selection import GroupKFold, cross_validate

    from csworkbench.models import ChurnModel

    random = np.random.default_rng(7)
    frame = pd.DataFrame({"users": random.normal(size=600), "tickets": random.poisson(2, 600)})
    churned = random.random(600) < 1 / (1 + np.exp(frame["users"] + 1))
    chosen = {"groups": np.arange(600) // 3, "cv": GroupKFold(3), "scoring": "roc_auc", "return_estimator": True}
    with Client(running.address), joblib.parallel_config(backend="dask"):
        remote = cross_validate(ChurnModel(), frame, churned, **chosen)
    local = cross_validate(ChurnModel(), frame, churned, **chosen)
    assert remote["test_score"].tolist() == local["test_score"].tolist()
    assert min(local["test_score"]) > 0.6


@pytest.mark.slow
def test_a_pack_that_keeps_killing_workers_is_reported_and_the_others_are_made(tmp_path):
    template = write_template(tmp_path / "segment.ipynb", KILLS, GOOD)
    with dask_cluster(tmp_path / "dask", allowed_failures=1) as started:
        started.add_worker(2, threads=2)
        wait_for_workers(started, 2)
        summary = remote_run(started.address, template, tmp_path / "out", ["killer", *"abcde"])
    assert outcomes(summary) == {"killer": "kernel_died", **dict.fromkeys("abcde", "succeeded")}
    (failed,) = [result for result in summary.results if not result.is_good]
    assert failed.reason == "2 workers died, one after the other, while making this pack"
    assert failed.attempt == 2


@pytest.mark.slow
def test_a_cluster_whose_workers_are_all_gone_does_not_hang_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster_module, "ALONE_SECONDS", 3)
    template = write_template(tmp_path / "segment.ipynb", SLEEPS)
    with dask_cluster(tmp_path / "dask") as started:
        started.add_worker()
        wait_for_workers(started, 1)

        def end() -> None:
            assert soon(sleepers)
            os.killpg(started.processes[-1].pid, signal.SIGKILL)

        ender = threading.Thread(target=end)
        ender.start()
        summary = remote_run(started.address, template, tmp_path / "out", ["smb"], retries=0)
        ender.join()
    assert [(r.outcome, r.reason) for r in summary.results] == [
        ("kernel_died", "the cluster had no worker for 3 seconds")
    ]


def test_a_folder_is_packed_to_the_same_bytes_and_unpacked_once(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name / "inner").mkdir(parents=True)
        (tmp_path / name / "b").write_bytes(b"2")
        (tmp_path / name / "inner" / "a").write_bytes(b"1")
    held = Held(packed(tmp_path / "one"))
    assert held.sha256 == Held(packed(tmp_path / "two")).sha256
    first = held.unpacked(tmp_path / "there")
    (first / "mark").write_bytes(b"")
    assert held.unpacked(tmp_path / "there") == first and (first / "mark").exists()
    assert (first / "inner" / "a").read_bytes() == b"1" and (first / "b").read_bytes() == b"2"
    assert first.stat().st_mode & 0o077 == 0
    (tmp_path / "two" / "b").write_bytes(b"3")
    assert Held(packed(tmp_path / "two")).unpacked(tmp_path / "there") != first

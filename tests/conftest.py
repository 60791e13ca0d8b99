"""What all tests share: where real data lies, and a quiet, repeatable hypothesis."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from places import ROOT, absent

if TYPE_CHECKING:
    from postgres import Server
    from spark import SparkServer

    from csworkbench.data.workspace import Workspace

# Workers share the cores: libraries that take all of them would wait for one another.
for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

settings.register_profile(
    "quick", deadline=None, max_examples=40, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("quick")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share what their module makes run in one worker, so that it is made once."""
    for item in items:
        found = item._fixtureinfo.name2fixturedefs.values() if isinstance(item, pytest.Function) else ()
        shared = any(definitions[-1].scope == "module" for definitions in found if definitions)
        if shared and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
        _say_group(item)


def _say_group(item: pytest.Item) -> None:
    """Have the group in the test's id, where xdist looks for it.

    xdist 3.8 writes it into an attribute that pytest 9.2 no longer reads, so that groups would be scattered in silence
    (pytest-xdist issue 1386).
    """
    group = item.get_closest_marker("xdist_group")
    if group is not None and hasattr(item, "id") and item.config.getoption("loadgroup", default=False):
        item._id = item.id.parse(f"{item.nodeid}@{group.args[0]}")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of data sets that nobody here wrote."""
    folder = Path(os.environ.get("CSWORKBENCH_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        absent(f"real data at {folder}")
    return folder


@pytest.fixture(scope="session")
def sample() -> Path:
    """The committed sample workspace."""
    return ROOT / "data" / "sample"


@pytest.fixture(scope="session")
def opened(sample: Path) -> Workspace:
    """The committed sample, loaded once. Nobody changes its tables."""
    from csworkbench.data.workspace import open_workspace

    return open_workspace(sample)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of our own; see tests/postgres.py."""
    from postgres import binaries, running_server

    folder = binaries()
    if folder is None:
        absent("a PostgreSQL server")
    with running_server(folder) as server:
        yield server


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkServer]:
    """A Spark Connect server of our own; see tests/spark.py."""
    from spark import lacks, running_server

    if missing := lacks():
        absent(missing)
    with running_server() as server:
        yield server

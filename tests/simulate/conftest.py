"""Simulated companies that several tests read."""

from __future__ import annotations

from pathlib import Path

import pytest

from csworkbench.simulate import simulate


@pytest.fixture(scope="session")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """9,000 accounts in two chunks, Parquet, monthly usage."""
    folder = tmp_path_factory.mktemp("simulate") / "big"
    return simulate(folder, accounts=9_000, months=36, seed=5, file_format="parquet", usage="monthly")


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample company, simulated now."""
    from csworkbench.simulate.sample import write_sample

    return write_sample(tmp_path_factory.mktemp("simulate") / "sample")

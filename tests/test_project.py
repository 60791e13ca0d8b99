"""The project's own files agree with each other."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from places import ROOT

ROOMS = ("csworkbench", "tests", "bench")
CONDA_NAMES = {
    "duckdb": "python-duckdb",
    "matplotlib": "matplotlib-base",
    "tzdata": "python-tzdata",
    "build": "python-build",
}


def pyproject() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def lines() -> list[str]:
    project = pyproject()["project"]
    extras = project["optional-dependencies"]
    return [*project["dependencies"], *extras["cluster"], *extras["spark"], *extras["dev"]]


def declared() -> dict[str, str]:
    project = pyproject()["project"]
    ranges = {(r := Requirement(line)).name: str(r.specifier) for line in lines()}
    return ranges | {"python": project["requires-python"]}


def same(specifier: str) -> frozenset[str]:
    return frozenset(part.strip() for part in specifier.split(","))


def test_environment_yml_has_the_same_names_and_ranges_as_pyproject():
    packages = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    pip = next(item["pip"] for item in packages if isinstance(item, dict))
    lines = [item for item in packages if isinstance(item, str) and item != "pip"] + pip
    conda = {name: same(spec) for name, _, spec in (line.partition(" ") for line in lines)}
    ours = {CONDA_NAMES.get(name, name): same(spec) for name, spec in declared().items()}
    assert conda == ours


def test_every_dependency_is_pinned_within_its_range_and_no_registry_is_named():
    text = (ROOT / "constraints.txt").read_text()
    assert "://" not in text
    pins = dict(re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)$", text, re.M))
    normal = {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in pins.items()}
    for line in lines():
        requirement = Requirement(line)
        version = normal[re.sub(r"[-_.]+", "-", requirement.name).lower()]
        assert requirement.specifier.contains(version), line


def test_every_make_target_that_a_person_calls_is_in_the_help():
    text = (ROOT / "Makefile").read_text()
    phony = set(re.search(r"^\.PHONY: (.*)$", text, re.M)[1].split())
    assert set(re.findall(r"^([a-z-]+):.*## ", text, re.M)) == phony
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert all(f"make {name}" in shown for name in phony)


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
def test_every_command_of_the_readme_exists(readme):
    from csworkbench.cli import cli

    text = (ROOT / readme).read_text()
    named = set(re.findall(r"^csworkbench ([a-z]+) ", text, re.M))
    assert named and named <= set(cli.commands)
    targets = set(re.findall(r"make ([a-z-]+)", text))
    assert targets <= set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))


def test_the_linter_sees_every_file_of_python():
    told = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--show-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    seen = {line.rpartition(f"{ROOT}/")[2] for line in told.stdout.splitlines()}
    written = {path.relative_to(ROOT).as_posix() for room in ROOMS for path in (ROOT / room).rglob("*.py")}
    assert len(written) > 500
    assert written - seen == set()

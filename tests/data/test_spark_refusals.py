"""Before a server of Spark is reached: each refusal says what to do, and never the address."""

from __future__ import annotations

import sys

import pytest
from test_warehouse import TOML

from csworkbench.data.engine import Spark
from csworkbench.data.settings import parse_settings
from csworkbench.data.warehouse import open_warehouse
from csworkbench.errors import CsworkbenchError

SECRET = "hunter2-very-secret"
SETTINGS = parse_settings(TOML.replace('"postgres"', '"spark"').replace("TEST_POSTGRES", "TEST_SPARK"))


@pytest.mark.parametrize(
    "url",
    [
        f"sc://127.0.0.1:1/;token={SECRET}",
        f"sc://{SECRET}.invalid:15002",
        f"sc://127.0.0.1:1/{SECRET}",
        f"sc://127.0.0.1:{SECRET}",
        f"sc://127.0.0.1:1/;{SECRET}",
        f"sc:///;token={SECRET}",
        f"postgresql://u:{SECRET}@h/db",
        SECRET,
    ],
)
def test_an_address_that_leads_nowhere_is_refused_and_not_shown(monkeypatch, capfd, url):
    monkeypatch.setenv("TEST_SPARK", url)
    with pytest.raises(CsworkbenchError, match="TEST_SPARK") as caught:
        open_warehouse(SETTINGS)
    said = str(caught.value) + repr(caught.value.__cause__) + "".join(capfd.readouterr())
    assert SECRET not in said
    assert "127.0.0.1" not in said


def test_a_variable_that_is_not_set_is_named_with_what_belongs_there(monkeypatch):
    monkeypatch.delenv("TEST_SPARK", raising=False)
    with pytest.raises(CsworkbenchError, match=r"TEST_SPARK is not set.*sc://HOST:15002"):
        open_warehouse(SETTINGS)


def test_without_the_client_the_refusal_names_the_extra_that_brings_it(monkeypatch):
    monkeypatch.setenv("TEST_SPARK", "sc://127.0.0.1:1")
    for name in [name for name in sys.modules if name.partition(".")[0] == "pyspark"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(CsworkbenchError, match=r'pip install "csworkbench\[spark\]"'):
        open_warehouse(SETTINGS)


@pytest.mark.parametrize("schema", ["a.b.c", "a.", ".b"])
def test_a_schema_has_one_name_or_two(schema):
    with pytest.raises(CsworkbenchError, match=r"catalog\.schema"):
        Spark("TEST_SPARK").namespace(schema)


def test_the_engine_is_chosen_without_the_client_being_loaded():
    import subprocess

    code = "import sys, csworkbench.data.warehouse; sys.exit('pyspark' in sys.modules or 'grpc' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

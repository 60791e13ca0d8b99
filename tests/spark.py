"""A Spark Connect server of our own: on a free port of this machine, with its tables in a temporary folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from places import ROOT

from csworkbench.data.snapshot import Snapshot
from csworkbench.schema import SQL_TYPES, TABLES

LONGEST_START_SECONDS = 180
_JAVA = "-Duser.timezone=America/New_York -XX:+UseSerialGC"
_STARTED = re.compile(r"Spark Connect server started at: \S*:(\d+)")
# Set against what our queries need, so that a session that forgets to ask for it shows.
_CONFIGURED = {
    "spark.master": "local[2]",
    "spark.ui.enabled": "false",
    "spark.connect.grpc.binding.address": "127.0.0.1",
    "spark.connect.grpc.binding.port": "0",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.ansi.enabled": "false",
    "spark.sql.session.timeZone": "America/New_York",
    "spark.sql.parser.escapedStringLiterals": "true",
}


@dataclass
class SparkServer:
    """Where the server listens, its process, and the folder of its tables."""

    port: int
    process: subprocess.Popen[bytes]
    folder: Path

    @property
    def url(self) -> str:
        return f"sc://127.0.0.1:{self.port}"

    def run(self, *statements: str) -> None:
        """Run them one after the other."""
        from pyspark.sql.connect.session import SparkSession

        session = SparkSession(connection=self.url)
        try:
            for statement in statements:
                session.sql(statement)
        finally:
            session.stop()

    def upload(self, snapshot: Snapshot, schema: str, names: Collection[str] = tuple(TABLES)) -> None:
        """Those tables of the snapshot into a fresh schema, by Parquet files."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        made = [f"DROP SCHEMA IF EXISTS {schema} CASCADE", f"CREATE SCHEMA {schema}"]
        for name, relation in snapshot.relations.items():
            if name not in names:
                continue
            (folder / name).mkdir()
            copied = f"COPY (SELECT * FROM {relation}) TO '{folder / name / 'rows.parquet'}' (FORMAT parquet)"
            snapshot.engine.connection.execute(copied)
            kinds = ", ".join(f"{column.name} {_SPARK_TYPES[column.type]}" for column in TABLES[name].columns)
            made.append(f"CREATE TABLE {schema}.{name} ({kinds}) USING parquet LOCATION '{folder / name}'")
        self.run(*made)

    def stop(self) -> None:
        """End the server and wait until it is gone."""
        self.process.kill()
        self.process.wait()


_NAMES = {"VARCHAR": "STRING", "TIMESTAMP": "TIMESTAMP_NTZ"}
_SPARK_TYPES = {kind: _NAMES.get(sql, sql) for kind, sql in SQL_TYPES.items()}


def home() -> Path | None:
    """Where Spark is: as make test-slow installs it, or SPARK_HOME."""
    for folder in (ROOT / ".venv" / "spark" / "pyspark", Path(os.environ.get("SPARK_HOME", "/nowhere"))):
        if (folder / "bin" / "spark-submit").is_file():
            return folder
    return None


def lacks() -> str | None:
    """What is not on this machine, if anything."""
    if shutil.which("java") is None:
        return "Java"
    return None if home() else "Spark"


@contextmanager
def running_server() -> Iterator[SparkServer]:
    """A server whose own settings differ from what our queries ask for."""
    spark, folder = home(), Path(tempfile.mkdtemp(prefix="spark-"))
    assert spark is not None
    configured = {**_CONFIGURED, "spark.sql.warehouse.dir": str(folder / "warehouse"), "spark.local.dir": str(folder)}
    options = [part for name, value in configured.items() for part in ("--conf", f"{name}={value}")]
    command = [str(spark / "bin" / "spark-submit"), *options, "--driver-memory", "1g"]
    command += ["--driver-java-options", f"{_JAVA} -Djava.io.tmpdir={folder}"]
    command += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"]
    environment = os.environ | {"SPARK_HOME": str(spark), "SPARK_LOCAL_IP": "127.0.0.1"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        yield SparkServer(_port(process, folder / "log"), process, folder)
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    """Where it listens, once it says so."""
    give_up = time.monotonic() + LONGEST_START_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        if found := _STARTED.search(log.read_text(errors="replace")):
            return int(found[1])
        time.sleep(0.2)
    raise RuntimeError(f"Spark did not start: {log.read_text(errors='replace')[-2000:]}")

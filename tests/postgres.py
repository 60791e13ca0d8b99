"""A PostgreSQL server of our own: started in a temporary folder, on a socket only, stopped at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from csworkbench.data.snapshot import Snapshot
from csworkbench.schema import SQL_TYPES, TABLES

READER = "reader"


@dataclass(frozen=True)
class Server:
    """Where the server listens; `owner` may do all, `reader` may only read."""

    socket: Path

    def url(self, user: str) -> str:
        return f"postgresql://{user}@/postgres?host={self.socket}"

    def run(self, sql: str) -> None:
        """Run it as owner."""
        with psycopg.connect(self.url("owner"), autocommit=True) as connection:
            connection.execute(sql)

    def end_readers(self) -> None:
        """End what earlier tests left open: their snapshot of the database would lock the tables."""
        others = "pid <> pg_backend_pid() AND usename IS NOT NULL"
        self.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")

    def upload(self, snapshot: Snapshot, schema: str) -> None:
        """All tables of the snapshot into a fresh schema that `reader` may read."""
        self.end_readers()
        self.run(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE; CREATE SCHEMA "{schema}"')
        with psycopg.connect(self.url("owner")) as connection:
            for name, relation in snapshot.relations.items():
                kinds = ", ".join(
                    f"{column.name} {SQL_TYPES[column.type].replace('DOUBLE', 'DOUBLE PRECISION')}"
                    for column in TABLES[name].columns
                )
                connection.execute(f'CREATE TABLE "{schema}"."{name}" ({kinds})')
                rows = snapshot.engine.connection.execute(f"SELECT * FROM {relation}").fetchall()
                with connection.cursor().copy(f'COPY "{schema}"."{name}" FROM STDIN') as copy:
                    for row in rows:
                        copy.write_row(row)
        self.run(f'GRANT USAGE ON SCHEMA "{schema}" TO {READER}')
        self.run(f'GRANT SELECT ON ALL TABLES IN SCHEMA "{schema}" TO {READER}')
        self.run("ANALYZE")


def binaries() -> Path | None:
    """The folder of the newest installed server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def running_server(bin_folder: Path) -> Iterator[Server]:
    """A server with a linguistic default collation, so that a forgotten COLLATE shows."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data = folder / "data"

    def call(*command: str) -> None:
        subprocess.run([bin_folder / command[0], *command[1:]], check=True, capture_output=True, user=user, cwd=folder)

    try:
        locale = ("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US", "--encoding=UTF8")
        call("initdb", "-D", str(data), "-U", "owner", "-A", "trust", "--no-sync", *locale)
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c max_connections=20"
        call("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        server = Server(folder)
        server.run(f"CREATE ROLE {READER} LOGIN; REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC")
        yield server
    finally:
        if (data / "postmaster.pid").exists():
            call("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)

"""Damaged exports: what the check promises.

No checker can know that a legal value was swapped for another legal one, so the honest promise has three parts:

1. Damage never ends in a traceback.
2. When the check finds nothing in a damaged file, its canonical table is exactly what a strict reader of plain CSV
   makes of it, whatever became of the other files: each line has all its cells, each cell is a legal value of its own
   column, keys are unique, nothing is shifted, swallowed, merged, dropped or emptied. So the only change that passes
   is a legal value in its own cell.
3. Where the export declares control totals (`rows`, `totals`), no change of a number passes; where it declares a
   seal (`sha256`), no change at all passes.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from random import Random
from types import MappingProxyType

import duckdb
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from workspaces import COMPANY

from csworkbench import CsworkbenchError, open_workspace
from csworkbench.data.engine import DuckDB
from csworkbench.data.load import load
from csworkbench.data.settings import parse_settings
from csworkbench.schema import TABLES

WHOLE = "accounts", "subscriptions", "usage", "tickets"
SUMS = {
    "subscriptions": ("mrr", "seats"),
    "usage": ("users", "count"),
    "tickets": ("csat",),
    "accounts": ("employees",),
}


def healthy() -> dict[str, str]:
    """Four tables of 24 accounts."""
    n = range(1, 25)
    accounts = ["account_id,name,started_on,segment,employees"]
    accounts += [f"A{i:03},Company {i},2025-01-{i:02},{'SMB' if i % 2 else 'Mid'},{i * 7}" for i in n]
    subscriptions = ["subscription_id,account_id,starts_on,ends_on,mrr,seats"]
    subscriptions += [
        f"S{i:03},A{i:03},2025-01-{i:02},{'2026-03-31' if i % 5 == 0 else ''},{i * 10}.{i:02},{i}" for i in n
    ]
    usage = ["account_id,day,feature,users,count"]
    usage += [f"A{i:03},2025-{m:02}-28,{f},{i},{i * m}" for i in n for m in (2, 3) for f in ("export", "reports")]
    tickets = ["ticket_id,account_id,opened_at,escalated,csat"]
    tickets += [f"{i},A{i:03},2025-04-{i:02} 10:00:00,{'yes' if i % 3 else 'no'},{1 + i % 5}" for i in n]
    lines = {"accounts": accounts, "subscriptions": subscriptions, "usage": usage, "tickets": tickets}
    return {name: "\n".join(found) + "\n" for name, found in lines.items()}


HEALTHY = healthy()
TEXTS = (
    "",
    "x",
    "#REF!",
    "NaN",
    "null",
    "1,5",
    "１２",
    "12E4",
    "2025-02-30",
    "31/12/2025",
    "-1",
    "0",
    '"',
    " A001",
    "a001",
    "999999999999999999999",
)


KINDS = ("text", "cut cell", "digit", "shift", "lose", "quote", "cut line", "double", "swap", "blank")


def damaged_line(line: str, random: Random, kind: str) -> str:
    """One line with one damage of that kind."""
    cells = line.split(",")
    at = random.randrange(len(cells))
    cell = cells[at]
    if kind == "text":
        cells[at] = random.choice(TEXTS)
    elif kind == "cut cell":
        cells[at] = cell[: random.randrange(len(cell) + 1)]
    elif kind == "digit" and cell:
        where = random.randrange(len(cell))
        cells[at] = cell[:where] + random.choice("0123456789") + cell[where + 1 :]
    elif kind == "shift":
        cells.insert(at, "")
    elif kind == "lose":
        del cells[at]
    elif kind == "quote":
        cells[at] = random.choice([f'"{cell}', f'{cell}"', f'"{cell}"'])
    elif kind == "cut line":
        return line[: random.randrange(len(line) + 1)]
    elif kind == "double":
        return f"{line}\n{line}"
    elif kind == "swap" and len(cells) > 1:
        other = (at + 1) % len(cells)
        cells[at], cells[other] = cells[other], cells[at]
    elif kind == "blank":
        cells[at] = f" {cell}" if random.random() < 0.5 else f"{cell}\u3000"
    return ",".join(cells)


def flipped(content: bytes, random: Random) -> bytes:
    """The bytes with one bit turned."""
    raw = bytearray(content)
    if raw:
        raw[random.randrange(len(raw))] ^= 1 << random.randrange(8)
    return bytes(raw)


def damaged_once(random: Random) -> dict[str, bytes]:
    """Three of the healthy files, each with one damage; kinds that can leave a legal value come more often."""
    contents = {}
    names = ("accounts", "subscriptions", random.choice(("usage", "tickets")))
    kinds = random.sample([*KINDS, "bit", *("digit", "cut cell", "text", "swap", "bit") * 2], len(names))
    for name, kind in zip(names, kinds, strict=True):
        lines = HEALTHY[name].split("\n")
        at = random.randrange(len(lines) - 1)
        if kind != "bit":
            lines[at] = damaged_line(lines[at], random, kind)
        content = "\n".join(lines).encode()
        contents[name] = flipped(content, random) if kind == "bit" else content
    return contents


def damaged(random: Random, n: int) -> dict[str, bytes]:
    """The healthy files with n damages: in lines, and in raw bytes."""
    files = {name: text.split("\n") for name, text in HEALTHY.items()}
    flips = []
    for _ in range(n):
        name = random.choice(WHOLE)
        if random.random() < 0.15:
            flips.append(name)
            continue
        at = random.randrange(len(files[name]) - 1)
        files[name][at] = damaged_line(files[name][at], random, random.choice(KINDS))
    contents = {name: "\n".join(lines).encode() for name, lines in files.items()}
    for name in flips:
        contents[name] = flipped(contents[name], random)
    return contents


def strict(name: str, content: bytes, encodings: tuple[str, ...]) -> list[tuple[object, ...]]:
    """The table as the slow, strict reader sees it; ValueError for anything but plain, legal CSV and blank lines."""
    for encoding in encodings:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    header, *lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    kinds = {column.name: column.type for column in TABLES[name].columns}
    rows = []
    for line in lines:
        if not line:
            continue
        if len(line) != len(header):
            raise ValueError(f"{len(line)} cells")
        cells = dict(zip(header, line, strict=True))
        rows.append(tuple(plain(kinds[c], cells[c]) if c in cells else None for c in TABLES[name].names))
    return sorted(rows, key=repr)


def plain(kind: str, text: str) -> object:
    if text == "":
        return None
    if kind in ("key", "text"):
        return text
    if kind == "date":
        return date.fromisoformat(text)
    if kind == "timestamp":
        return datetime.fromisoformat(text)
    if kind == "flag":
        return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[text.lower()]
    return Decimal(text)


def table(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[object, ...]]:
    """The canonical table as it was loaded, whatever the day."""
    names = ", ".join(f'"{column}"' for column in TABLES[name].names)
    found = connection.execute(f"SELECT {names} FROM {name}").fetchall()
    kinds = [column.type for column in TABLES[name].columns]
    numbers = ("int", "number", "money", "share")
    exact = [
        tuple(Decimal(str(v)) if k in numbers and v is not None else v for k, v in zip(kinds, row, strict=True))
        for row in found
    ]
    return sorted(exact, key=repr)


def same(one: list[tuple[object, ...]], other: list[tuple[object, ...]]) -> bool:
    return sorted(map(hashable, one), key=repr) == sorted(map(hashable, other), key=repr)


def hashable(row: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(cell.normalize() if isinstance(cell, Decimal) else cell for cell in row)


def toml_of(names: Iterable[str], declared: Mapping[str, str] = MappingProxyType({})) -> str:
    """workspace.toml of the files. declared: table → more lines."""
    return COMPANY + "".join(f"[tables.{n}]\npath = '{n}.csv'\n{declared.get(n, '')}" for n in names)


def sound(
    folder: Path, contents: Mapping[str, bytes], declared: Mapping[str, str] = MappingProxyType({})
) -> tuple[duckdb.DuckDBPyConnection, list[str]]:
    """The loaded tables, and those of them in whose file and mapping the check found nothing wrong."""
    for name, content in contents.items():
        (folder / f"{name}.csv").write_bytes(content)
    connection = DuckDB(threads=1).connection
    problems = load(connection, parse_settings(toml_of(contents, declared)), folder).report.problems
    wrong = {name for p in problems for name in WHOLE if p.file == f"{name}.csv" or f".{name}." in f".{p.column}."}
    return connection, [name for name in contents if name not in wrong]


def totals() -> dict[str, str]:
    """Declared rows and sums of every number of the healthy files."""
    parts = {}
    for name in WHOLE:
        rows = strict(name, HEALTHY[name].encode(), ("utf-8",))
        names = TABLES[name].names
        sums = ", ".join(f"{c} = {sum(row[names.index(c)] or 0 for row in rows)}" for c in SUMS[name])
        parts[name] = f"rows = {len(rows)}\ntotals = {{ {sums} }}\n"
    return parts


def seals() -> dict[str, str]:
    return {name: f'sha256 = "{sha256(HEALTHY[name].encode()).hexdigest()}"\n' for name in WHOLE}


ENCODINGS = ("utf-8", "cp932")
SEEDS = st.integers(0, 10**9)
QUICK = settings(max_examples=10, phases=(Phase.explicit, Phase.generate))


def test_the_healthy_files_pass_with_their_totals_and_seals(tmp_path):
    contents = {name: text.encode() for name, text in HEALTHY.items()}
    for declared in ({}, totals(), seals()):
        connection, passed = sound(tmp_path, contents, declared)
        assert tuple(passed) == WHOLE
        assert all(same(table(connection, name), strict(name, contents[name], ENCODINGS)) for name in WHOLE)


def test_a_damaged_file_that_passes_is_what_a_strict_reader_reads(tmp_path):
    n_passed = Counter()

    @QUICK
    @given(SEEDS)
    def holds(seed):
        contents = damaged_once(Random(seed))
        connection, passed = sound(tmp_path, contents)
        for name in passed:
            n_passed[contents[name] != HEALTHY[name].encode()] += 1
            assert same(table(connection, name), strict(name, contents[name], ENCODINGS)), (seed, name)

    holds()
    assert n_passed[True] >= 5


def test_twenty_damages_end_in_no_traceback_and_what_passes_is_read_exactly(tmp_path):
    (tmp_path / "workspace.toml").write_text(toml_of(WHOLE), encoding="utf-8")

    @settings(QUICK, max_examples=4)
    @given(SEEDS)
    def holds(seed):
        contents = damaged(Random(seed), 20)
        connection, passed = sound(tmp_path, contents)
        for name in passed:
            assert same(table(connection, name), strict(name, contents[name], ENCODINGS)), (seed, name)
        if len(passed) < len(WHOLE):
            with pytest.raises(CsworkbenchError):
                open_workspace(tmp_path).snapshot()

    holds()


def test_no_change_of_a_number_passes_declared_totals(tmp_path):
    declared = totals()

    @QUICK
    @given(SEEDS)
    def holds(seed):
        contents = damaged_once(Random(seed))
        for name in sound(tmp_path, contents, declared)[1]:
            places = [TABLES[name].names.index(column) for column in SUMS[name]]
            before, after = strict(name, HEALTHY[name].encode(), ENCODINGS), strict(name, contents[name], ENCODINGS)
            for at in places:
                assert sorted(str(row[at]) for row in after) == sorted(str(row[at]) for row in before), (seed, name)

    holds()


def test_nothing_passes_a_seal(tmp_path):
    declared = seals()

    @settings(QUICK, max_examples=4)
    @given(SEEDS)
    def holds(seed):
        contents = damaged_once(Random(seed))
        for name in sound(tmp_path, contents, declared)[1]:
            assert contents[name] == HEALTHY[name].encode(), (seed, name)

    holds()


CELLS = {
    ("accounts", "started_on"): "2025-13-01",
    ("subscriptions", "mrr"): "12,50",
    ("subscriptions", "starts_on"): "2025-02-30",
    ("invoices", "amount"): "n/a",
    ("tickets", "opened_at"): "yesterday",
    ("surveys", "score"): "eleven",
    ("milestones", "reached_on"): "30.09.2026",
    ("vendor_health", "day"): "2026-9-30",
}


def test_every_damaged_cell_of_the_sample_is_named(tmp_path, sample):
    files = {name: (sample / f"{name}.csv").read_text(encoding="utf-8").split("\n") for name, _ in CELLS}
    damaged_cells = set()
    for (name, column), text in CELLS.items():
        lines = files[name]
        row = Random(f"{name}.{column}").randrange(1, len(lines) - 1)
        cells = next(csv.reader([lines[row]]))
        cells[lines[0].split(",").index(column)] = text
        out = io.StringIO()
        csv.writer(out, lineterminator="").writerow(cells)
        lines[row] = out.getvalue()
        damaged_cells.add((f"{name}.csv", row + 1, column))
    for name, lines in files.items():
        (tmp_path / f"{name}.csv").write_text("\n".join(lines), encoding="utf-8")
    company = (sample / "workspace.toml").read_text(encoding="utf-8").split("[tables.")[0]
    tables = "".join(f"[tables.{name}]\npath = '{name}.csv'\n" for name in files)
    (tmp_path / "workspace.toml").write_text(company + tables, encoding="utf-8")
    problems = open_workspace(tmp_path).check().problems
    assert sorted((p.file, p.row, p.column) for p in problems) == sorted(damaged_cells)

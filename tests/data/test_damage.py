"""Damaged exports: what the check promises.

No checker can know that a legal value was swapped for another legal one, so the honest promise has three parts:

1. Damage never ends in a traceback.
2. When a damaged workspace passes, every canonical table is exactly what a strict reader of plain CSV makes of the
   damaged file: each line has all its cells, each cell is a legal value of its own column, keys are unique, nothing
   is shifted, swallowed, merged, dropped or emptied. So the only change that passes is a legal value in its own cell.
3. Where the export declares control totals (`rows`, `totals`), no change of a number passes; where it declares a
   seal (`sha256`), no change at all passes.
"""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from random import Random
from types import MappingProxyType

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from workspaces import COMPANY

from csworkbench import CsworkbenchError, open_workspace
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


def damaged_line(line: str, random: Random) -> str:
    """One line with one damage of a random class."""
    cells = line.split(",")
    at = random.randrange(len(cells))
    kind = random.choice(["text", "cut cell", "digit", "shift", "lose", "quote", "cut line", "double", "swap", "blank"])
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


def damaged(random: Random, n: int) -> dict[str, bytes]:
    """The healthy files with n damages: in lines, and in raw bytes."""
    files = {name: text.split("\n") for name, text in HEALTHY.items()}
    raw: dict[str, int] = {}
    for _ in range(n):
        name = random.choice(WHOLE)
        if random.random() < 0.15:
            raw[name] = raw.get(name, 0) + 1
            continue
        at = random.randrange(len(files[name]) - 1)
        files[name][at] = damaged_line(files[name][at], random)
    contents = {name: bytearray("\n".join(lines).encode()) for name, lines in files.items()}
    for name, flips in raw.items():
        for _ in range(flips):
            if contents[name]:
                contents[name][random.randrange(len(contents[name]))] ^= 1 << random.randrange(8)
    return {name: bytes(content) for name, content in contents.items()}


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


def table(workspace, name: str) -> list[tuple[object, ...]]:
    """The canonical table as it was loaded, whatever the day."""
    snapshot = workspace.snapshot()
    names = ", ".join(f'"{column}"' for column in TABLES[name].names)
    found = snapshot.engine.connection.execute(f"SELECT {names} FROM {snapshot.relations[name]}").fetchall()
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


def opened(folder, contents, toml=MappingProxyType({})):
    """The workspace, or None when it is refused; any other error fails the test."""
    only = COMPANY
    for name in contents:
        only += f"[tables.{name}]\npath = '{name}.csv'\n"
        only += toml.get(name, "")
        (folder / f"{name}.csv").write_bytes(contents[name])
    (folder / "workspace.toml").write_text(only, encoding="utf-8")
    workspace = open_workspace(folder)
    try:
        workspace.snapshot()
    except CsworkbenchError:
        return None
    return workspace


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
QUICK = settings(max_examples=25, phases=(Phase.explicit, Phase.generate))


def test_the_healthy_files_pass_with_their_totals_and_seals(tmp_path):
    contents = {name: text.encode() for name, text in HEALTHY.items()}
    for declared in ({}, totals(), seals()):
        workspace = opened(tmp_path, contents, declared)
        assert workspace is not None
        assert all(same(table(workspace, name), strict(name, contents[name], ENCODINGS)) for name in WHOLE)


@pytest.mark.parametrize("n_damages", [1, 20])
def test_what_passes_is_what_a_strict_reader_reads(tmp_path_factory, n_damages):
    @QUICK
    @given(st.integers(0, 10**9))
    def holds(seed):
        contents = damaged(Random(seed), n_damages)
        workspace = opened(tmp_path_factory.mktemp("damaged"), contents)
        if workspace is not None:
            for name in WHOLE:
                assert same(table(workspace, name), strict(name, contents[name], ENCODINGS)), (seed, name)

    holds()


def test_no_change_of_a_number_passes_declared_totals(tmp_path_factory):
    declared = totals()

    @QUICK
    @given(st.integers(0, 10**9))
    def holds(seed):
        contents = damaged(Random(seed), 1)
        workspace = opened(tmp_path_factory.mktemp("damaged"), contents, declared)
        if workspace is not None:
            for name in WHOLE:
                places = [TABLES[name].names.index(column) for column in SUMS[name]]
                before = strict(name, HEALTHY[name].encode(), ENCODINGS)
                numbers = [sorted(str(row[at]) for row in before) for at in places]
                after = strict(name, contents[name], ENCODINGS)
                assert [sorted(str(row[at]) for row in after) for at in places] == numbers, (seed, name)

    holds()


def test_nothing_passes_a_seal(tmp_path_factory):
    declared = seals()
    healthy = {name: text.encode() for name, text in HEALTHY.items()}

    @settings(QUICK, max_examples=10)
    @given(st.integers(0, 10**9))
    def holds(seed):
        contents = damaged(Random(seed), 1)
        workspace = opened(tmp_path_factory.mktemp("damaged"), contents, declared)
        assert workspace is None or contents == healthy, seed

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


@pytest.mark.parametrize(("name", "column"), CELLS, ids=[".".join(cell) for cell in CELLS])
def test_one_damaged_cell_of_the_sample_is_named(tmp_path, sample, name, column):
    if not (sample / "workspace.toml").is_file():
        pytest.skip("the sample has not been made yet")
    keep = {"accounts", "subscriptions", name}
    lines = (sample / f"{name}.csv").read_text(encoding="utf-8").split("\n")
    header = lines[0].split(",")
    row = Random(f"{name}.{column}").randrange(1, len(lines) - 1)
    cells = next(csv.reader([lines[row]]))
    cells[header.index(column)] = CELLS[name, column]
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    lines[row] = out.getvalue()
    for table_name in keep:
        (tmp_path / f"{table_name}.csv").write_bytes((sample / f"{table_name}.csv").read_bytes())
    (tmp_path / f"{name}.csv").write_text("\n".join(lines), encoding="utf-8")
    toml = (sample / "workspace.toml").read_text(encoding="utf-8")
    company = toml.split("[tables.")[0]
    tables = "".join(f"[tables.{kept}]\npath = '{kept}.csv'\n" for kept in keep)
    (tmp_path / "workspace.toml").write_text(company + tables, encoding="utf-8")
    problems = open_workspace(tmp_path).check().problems
    assert [(p.file, p.row, p.column) for p in problems] == [(f"{name}.csv", row + 1, column)]

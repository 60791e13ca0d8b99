"""Small workspaces for the tests: a healthy one, and ways to write another."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

ACCOUNTS = """\
account_id,name,started_on,segment,employees,is_internal
A1,Acme,2025-01-01,SMB,12,no
A2,Beta,2025-02-01,SMB,8,no
A3,Gamma,2025-03-01,Mid,200,no
"""
SUBSCRIPTIONS = """\
subscription_id,account_id,starts_on,ends_on,mrr,currency,decided_on
S1,A1,2025-01-01,,100.50,EUR,
S2,A2,2025-02-01,2026-02-01,200.00,EUR,2025-12-01
S3,A3,2025-03-01,,300.25,EUR,
"""
USAGE = """\
account_id,day,feature,users,count
A1,2025-03-01,export,3,10
A2,2025-03-01,export,1,4
A3,2025-03-01,export,2,7.5
A3,2025-03-02,reports,2,1
"""
TICKETS = """\
ticket_id,account_id,opened_at,resolved_at,escalated,csat
1,A1,2025-05-01 10:00:00,2025-05-02 09:30:00,no,4
2,A2,2025-06-01 10:00:00,,yes,
"""
CONTACTS = """\
contact_id,account_id,role,influence,stance,joined_on,departed_on
hanako@acme.example,A1,buyer,5,champion,2025-01-10,
"""
CSMS = """\
csm_id,name,joined_on,fte
C1,Sato,2024-01-01,1
"""
ACTIVITIES = """\
activity_id,account_id,csm_id,at,direction,hours
1,A1,C1,2025-04-01 09:00:00,proactive,0.5
"""
FILES = {
    "accounts": ACCOUNTS, "subscriptions": SUBSCRIPTIONS, "usage": USAGE, "tickets": TICKETS,
    "contacts": CONTACTS, "csms": CSMS, "activities": ACTIVITIES,
}  # fmt: skip
COMPANY = """\
[company]
name = "Test"
currency = "EUR"
exported_on = "2026-06-30"
"""


def write(
    folder: Path,
    files: dict[str, str | bytes] | None = None,
    toml: str = "",
    company: str = COMPANY,
    tables: Collection[str] = tuple(FILES),
) -> Path:
    """A workspace of the healthy files with some replaced; toml: lines per table as `[tables.usage] key = …`.

    A table is declared with its path when `toml` does not open it. tables: the healthy files that are wanted.
    """
    contents: dict[str, str | bytes] = {**{name: FILES[name] for name in tables}, **(files or {})}
    lines = [company]
    for name, content in contents.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / f"{name}.csv").write_bytes(data)
        declared = f"[tables.{name}]\npath = '{name}.csv'"
        if f"[tables.{name}]" in toml:
            toml = toml.replace(f"[tables.{name}]", declared)
        else:
            lines.append(declared)
    (folder / "workspace.toml").write_text("\n".join([*lines, toml]) + "\n", encoding="utf-8")
    return folder


def concerned(files: dict[str, str | bytes], toml: str = "") -> Collection[str]:
    """The healthy tables that a case may change: all, where accounts are replaced, else its own and what those rest on.

    toml: a table that it declares is one of the case's own.
    """
    if "accounts" in files:
        return tuple(FILES)
    rests_on = ["accounts", "subscriptions"]
    rests_on += [other for name, other in (("activities", "csms"), ("subscriptions", "usage")) if name in files]
    return [name for name in FILES if name in rests_on or name in files or f"[tables.{name}]" in toml]


def replaced(table: str, old: str, new: str) -> dict[str, str | bytes]:
    """The healthy file of a table with one text replaced, which must be there exactly once."""
    content = FILES[table]
    assert content.count(old) == 1, (table, old)
    return {table: content.replace(old, new)}

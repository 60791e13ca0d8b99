"""Writes a workspace of a simulated company, a bounded number of accounts at a time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import add
from pathlib import Path

from ..errors import CsworkbenchError
from ..schema import TABLES
from .calendar import Period, calendar
from .chunk import Chunk
from .dynamics import live
from .files import FileFormat, Writer
from .population import Arrivals, arrivals, population
from .settings_file import workspace_toml
from .tables import contract, money, people, service, success, team, truth
from .tables.targets import Books, books, targets
from .tables.usage import usage as usage_rows
from .world import World, make_world

ACCOUNTS_AT_ONCE = 8_000
_OF_ACCOUNTS = (
    contract.accounts,
    contract.account_history,
    contract.subscriptions,
    contract.entitlements,
    service.tickets,
    service.surveys,
    service.feedback,
    service.vendor_health,
    people.contacts,
    people.assignments,
    people.activities,
    success.milestones,
    success.assets,
    success.success_plans,
    success.reviews,
    success.risks,
    money.opportunities,
    money.factors,
    money.invoices,
)
_OF_TEAM = (team.csms, team.competencies, team.interviews, team.trainings, team.changes)
TRUTH = "truth/account_months"


def simulate(
    folder: str | Path,
    accounts: int = 240,
    months: int = 36,
    seed: int = 1,
    end: str = "2026-09-30",
    file_format: FileFormat = "csv",
    usage: Period = "weekly",
) -> Path:
    """Write the workspace of a simulated company into `folder` and return that folder.

    accounts: customers ever, 1 or more, a part of them there before the first month. months: how many, up to `end`,
    the last day of a month (ISO). seed: any whole number from 0; the same arguments give the same bytes.
    file_format: "csv" or "parquet". usage: what one row of usage covers. Money is yen per month.
    truth/account_months holds the true monthly probabilities; it is not part of the workspace.
    Raises CsworkbenchError when an argument is out of range or the folder already holds files.
    """
    target = Path(folder)
    _check(target, accounts, seed)
    world = make_world(seed, accounts, calendar(months, end))
    target.mkdir(parents=True, exist_ok=True)
    with Writer(target, file_format) as writer:
        parts = [_write_chunk(writer, chunk, usage) for chunk in _chunks(world, arrivals(world, accounts))]
        for table in _OF_TEAM:
            writer.write(table.__name__, table(world))
        writer.write("targets", targets(world, reduce(add, parts)))
    files = {name: writer.path(name) for name in TABLES if name in writer.rows}
    toml = workspace_toml(world, files, writer.rows)
    (target / "workspace.toml").write_text(toml, encoding="utf-8", newline="\n")
    return target


def _check(target: Path, accounts: int, seed: int) -> None:
    if accounts < 1 or seed < 0:
        raise CsworkbenchError(f"accounts is {accounts} and seed is {seed}; give 1 or more accounts and a seed from 0")
    if target.exists() and any(target.iterdir()):
        raise CsworkbenchError(f"{target} is not empty. Give a new folder, so that nothing of yours is overwritten.")


def _chunks(world: World, everyone: Arrivals) -> Iterator[Chunk]:
    n = len(everyone.started)
    for number, first in enumerate(range(0, n, ACCOUNTS_AT_ONCE)):
        part = population(world, everyone, number, first, min(first + ACCOUNTS_AT_ONCE, n))
        yield Chunk(world, part, *live(world, part))


def _write_chunk(writer: Writer, chunk: Chunk, unit: Period) -> Books:
    for table in _OF_ACCOUNTS:
        writer.write(table.__name__, table(chunk))
    for rows in usage_rows(chunk, unit):
        writer.write("usage", rows)
    writer.write(TRUTH, truth.account_months(chunk))
    return books(chunk)

"""Support, surveys, contacts, invoices, milestones and touches of an account."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...data.settings import Milestone
from .grid import Arrays, Floats, Grid, ratio
from .known import Reader

URGENT = ("urgent", "critical", "highest", "blocker", "emergency", "p0", "p1", "sev0", "sev1", "緊急", "至急")


def read_service(reader: Reader, grid: Grid, tenure_months: Floats) -> Arrays:
    """Features of the tables that are there among tickets, surveys, contacts, invoices, milestones and activities."""
    readers = {
        "tickets": _tickets,
        "surveys": _surveys,
        "contacts": _contacts,
        "invoices": _invoices,
        "activities": _activities,
    }
    found: dict[str, Floats] = {}
    for table, read in readers.items():
        if reader.has(table):
            found.update(read(reader, grid))
    if reader.has("milestones"):
        found.update(_milestones(reader, grid, tenure_months))
    return found


def _tickets(reader: Reader, grid: Grid) -> dict[str, Floats]:
    rows = reader.rows("panel_tickets", urgent=URGENT)
    names = ["tickets_30d", "tickets_90d", "urgent_30d", "urgent_90d", "escalated_90d", "open_tickets"]
    counted = grid.spread(rows, names, fill=0)
    return {**counted, **grid.spread(rows, ["csat_90d"])}


def _surveys(reader: Reader, grid: Grid) -> dict[str, Floats]:
    columns = ["nps_last", "nps_365d", "nps_age_days", "survey_csat_180d"]
    return grid.spread(reader.rows("panel_surveys"), columns)


def _contacts(reader: Reader, grid: Grid) -> dict[str, Floats]:
    found = grid.spread(reader.rows("panel_contacts"), ["champions", "champions_left_180d", "days_since_champion_left"])
    left = (found["champions_left_180d"] > 0) & (found["champions"] == 0)
    return {
        "champions": found["champions"],
        "champion_left_180d": np.where(np.isnan(found["champions"]), np.nan, left).astype(np.float32),
        "days_since_champion_left": found["days_since_champion_left"],
    }


def _invoices(reader: Reader, grid: Grid) -> dict[str, Floats]:
    return grid.spread(reader.rows("panel_invoices"), ["failed_payments_90d", "overdue_invoices"], fill=0)


def _activities(reader: Reader, grid: Grid) -> dict[str, Floats]:
    found = grid.spread(reader.rows("panel_activities"), ["touches_90d", "n_proactive", "n_directed"], fill=0)
    return {
        "touches_90d": found["touches_90d"],
        "proactive_share_90d": ratio(found["n_proactive"], found["n_directed"]),
    }


def _milestones(reader: Reader, grid: Grid, tenure_months: Floats) -> dict[str, Floats]:
    journey = reader.snapshot.settings.journey
    if not journey:
        return {}
    rows = reader.rows("panel_milestones", {"steps": _steps(journey)})
    counted = grid.spread(rows, ["milestones_reached", "first_value_reached", "furthest"], fill=0)
    since = grid.spread(rows, ["reached_on"])["reached_on"]
    waited = np.where(np.isnan(since), tenure_months * np.float32(365.25 / 12), grid.days_since(since))
    due = np.array([*(step.days for step in journey), np.inf])[counted["furthest"].astype(int)]
    return {
        "milestones_reached": counted["milestones_reached"],
        "first_value_reached": counted["first_value_reached"],
        "days_since_milestone": waited.astype(np.float32),
        "stuck": (waited > due).astype(np.float32),
    }


def _steps(journey: Sequence[Milestone]) -> list[dict[str, str | int]]:
    return [
        {"milestone": step.id, "step": place, "first_value": int(step.first_value)}
        for place, step in enumerate(journey, 1)
    ]

"""The team of the small company: four CSMs, small enough to check by eye."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

import pandas as pd
from small_quarter import SETTINGS, small_measures

from csworkbench.metrics.team.frames import FRAMES, shaped
from csworkbench.metrics.team.measures import TeamMeasures
from csworkbench.story.team.scene import TeamScene, team_scene

NAMES = {"c1": "Aoi K.", "c2": "Ben L.", "c3": "Chie M.", "c4": "Dai N."}
POLICY = """
[team]
accounts_per_csm = 20
hours_per_week = 10
[team.work]
high = ["onboarding", "adoption"]
low = ["community"]
"""
ROWS: dict[str, list[dict[str, Any]]] = {
    "csms": [
        {"csm_id": "c1", "name": "Aoi K.", "joined_on": "2020-01-01", "fte": 1.0, "n_accounts": 30, "mrr": 3000.0},
        {"csm_id": "c2", "name": "Ben L.", "joined_on": "2020-01-01", "fte": 0.5, "n_accounts": 12, "mrr": 2000.0},
        {"csm_id": "c3", "name": "Chie M.", "joined_on": "2026-06-10", "fte": 1.0, "n_accounts": 8, "mrr": 500.0},
        {"csm_id": "c4", "name": "Dai N.", "joined_on": "2019-01-01", "fte": 1.0, "n_accounts": 0, "mrr": 0.0},
    ],
    "kpis": [
        {"kpi": kpi, "parent": parent, "level": level, "owner_kind": kind, "owner": owner}
        | {"target": target, "actual": actual, "before": before}
        for kpi, parent, level, kind, owner, target, actual, before in [
            ("mrr_close", "", 0, "company", "company", 50_000, 40_500, 44_000),
            ("nnmrr", "mrr_close", 1, "company", "company", 1000, 1200, 800),
            ("nnmrr", "mrr_close", 1, "segment", "mid", 800, 400, 300),
            ("nnmrr", "mrr_close", 1, "csm", "c1", 500, 600, 100),
            ("nnmrr", "mrr_close", 1, "csm", "c2", 500, 100, 100),
            ("grr", "nnmrr", 2, "company", "company", 0.97, 0.92, 0.95),
            ("logo_churn", "grr", 3, "company", "company", 0.04, 0.03, 0.05),
            ("time_to_value", "adoption_high_share", 4, "company", "company", None, 41.0, None),
        ]
    ],
    "effects": [
        {"measure": measure, "csm_id": csm_id, "n": n, "n_book": n + 2, "weight": 100.0, "observed": 0.9 + effect}
        | {"expected": 0.9, "effect": effect, "error": 0.01, "shrunk": effect / 2, "low": low, "high": high}
        for measure, csm_id, n, effect, low, high in [
            ("grr", "c1", 30, 0.06, 0.01, 0.05),
            ("grr", "c2", 12, -0.04, -0.06, 0.02),
            ("nnmrr", "c1", 30, 0.01, -0.02, 0.03),
            ("nnmrr", "c2", 12, -0.02, -0.04, 0.02),
            ("steps", "c1", 9, -0.2, -0.18, -0.02),
        ]
    ]
    + [{"measure": "grr", "csm_id": "c3", "n": 3, "n_book": 8, "weight": 3.0}],
    "spread": [
        {"measure": "grr", "n_csms": 2, "spread": 0.03, "low": 0.01, "high": 0.06, "gain": 400.0},
        {"measure": "nnmrr", "n_csms": 2, "spread": 0.01, "low": 0.0005, "high": 0.04, "gain": 40.0},
        {"measure": "adoption", "n_csms": 2, "spread": 0.08, "low": 0.002, "high": 0.2, "gain": 1.2},
    ],
    "steps": [
        {"csm_id": csm_id, "step": step, "milestone": milestone, "n_eligible": n, "n_reached": hits, "share": hits / n}
        | {"shrunk": shrunk, "low": shrunk - 0.1, "high": shrunk + 0.1, "team": team}
        for csm_id, step, milestone, n, hits, shrunk, team in [
            ("c1", 1, "kickoff", 20, 10, 0.55, 0.7),
            ("c1", 2, "live", 18, 9, 0.5, 0.48),
            ("c2", 1, "kickoff", 10, 9, 0.8, 0.7),
            ("c2", 2, "live", 9, 4, 0.46, 0.48),
            ("c3", 1, "kickoff", 3, 0, 0.4, 0.7),
        ]
    ],
    "work": [
        {"quarter": quarter, "csm_id": csm_id, "touch_tier": tier, "function": function, "direction": direction}
        | {"n": n, "n_timed": n, "hours": hours}
        for quarter, csm_id, tier, function, direction, n, hours in [
            ("2026Q3", "c1", "high", "onboarding", "proactive", 30, 60.0),
            ("2026Q3", "c1", "high", "support_desk", "reactive", 10, 20.0),
            ("2026Q3", "c2", "low", "community", "proactive", 6, 15.0),
            ("2026Q3", "c2", "low", "support_desk", "reactive", 4, 5.0),
            ("2026Q3", "c3", "low", "golf_lessons", None, 2, 2.0),
            ("2026Q2", "c1", "high", "onboarding", "proactive", 30, 90.0),
            ("2026Q2", "c1", "high", "support_desk", "reactive", 10, 10.0),
        ]
    ],
    "fires": [
        {"category": "incident", "n_tickets": 20, "n_repeated": 12, "n_accounts": 9},
        {"category": "how_to", "n_tickets": 10, "n_repeated": 1, "n_accounts": 8},
        {"category": "billing", "n_tickets": 4, "n_repeated": 4, "n_accounts": 1},
    ],
    "books": [{"day": "2026-09-30", "csm_id": "c1", "n_accounts": 30, "mrr": 3000.0}],
    "growth": [
        {"quarter": quarter, "n_accounts": n, "fte": fte, "capacity": 20 * fte}
        for quarter, n, fte in [
            ("2025Q3", 30, 1.5), ("2025Q4", 34, 1.5), ("2026Q1", 40, 1.5), ("2026Q2", 44, 2.5), ("2026Q3", 50, 2.5)
        ]
    ],
    "ramp": [
        {"csm_id": "c3", "joined_on": "2026-06-10", "month": month, "n_accounts": n, "full": 20.0, "share": n / 20}
        for month, n in enumerate((0, 2, 5, 8))
    ]
    + [
        {"csm_id": "c2", "joined_on": "2024-01-10", "month": month, "n_accounts": n, "full": 10.0, "share": n / 10}
        for month, n in enumerate((0, 4, 6, 8, 9))
    ],
    "characters": [
        {"view": view, "owner": owner, "character": character, "share": share, "n": n}
        for view, owner, n, shares in [
            ("asked", "team", 12, (0.4, 0.4, 0.2)),
            ("gives", "team", 50, (0.1, 0.8, 0.1)),
            ("gives", "c1", 40, (0.12, 0.8, 0.08)),
            ("gives", "c3", 2, (0.0, 1.0, 0.0)),
            ("rated", "team", 9, (0.3, 0.4, 0.3)),
        ]
        for character, share in zip(("seller", "supporter", "analyst"), shares, strict=True)
    ],
    "competencies": [
        {"competency": "listening", "n_top": 6, "n_rest": 5, "top": 4.0, "rest": 3.0, "effect": 1.1}
        | {"low": 0.2, "high": 2.0},
        {"competency": "analysis", "n_top": 6, "n_rest": 5, "top": 3.0, "rest": 3.2, "effect": -0.3}
        | {"low": -1.0, "high": 0.4},
    ],
    "ratings": [
        {"csm_id": "c1", "competency": "listening", "score": 3.5, "n_ratings": 4, "n_raters": 2},
        {"csm_id": "c1", "competency": "analysis", "score": 2.25, "n_ratings": 4, "n_raters": 2},
        {"csm_id": "c3", "competency": "analysis", "score": 4.0, "n_ratings": 2, "n_raters": 1},
    ],
    "interviews": [
        {"question": "hard_customer", "competency": "listening", "weight": 0.6, "n_hired": 2, "n_others": 4}
        | {"hired": 4.0, "others": 2.5, "n_pairs": 8, "agreement": 0.75}
    ],
    "hires": [{"candidate_id": "P1", "csm_id": "c3", "scorecard": 4.1, "n_answers": 4, "effect": None}],
    "trainings": [
        {"training": "journey_walk", "n": 4, "n_completed": 3, "share": 0.75, "low": 0.3, "high": 0.95}
        | {"stuck_at": "live", "n_before": 8, "before": 0.5, "n_after": 10, "after": 0.7},
        {"training": "basics", "n": 2, "n_completed": 2, "share": 1.0, "low": 0.34, "high": 1.0, "n_before": 3}
        | {"before": 1.0, "n_after": 0},
    ],
    "tried": [
        {"changed_on": day, "what": what, "scope": scope, "measure": measure, "n_before": 400, "before": before}
        | {"n_after": 500, "after": after, "difference": after - before, "low": low, "high": high}
        for day, what, scope, measure, before, after, low, high in [
            ("2025-04-01", "early_call", "all", "logo_churn", 0.03, 0.01, -0.035, -0.005),
            ("2025-10-01", "checklist", "kickoff", "steps_in_time", 0.7, 0.75, -0.05, 0.15),
        ]
    ]
    + [{"changed_on": "2026-01-01", "what": "new_tool", "scope": "moon", "measure": ""}],
}  # fmt: skip


def frame_of(name: str, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """The frame of the team of that name; columns that the rows leave out are null, or 0."""
    table = pd.DataFrame(list(rows), columns=list(FRAMES[name]))
    for column, type_ in FRAMES[name].items():
        if type_ == "int64":
            table[column] = table[column].astype("object").where(table[column].notna(), 0)
    return shaped(name, table)


@cache
def _frames() -> dict[str, pd.DataFrame]:
    return {name: frame_of(name, rows) for name, rows in ROWS.items()}


def small_team(**changed: Sequence[dict[str, Any]] | None) -> TeamMeasures:
    """The measures of the team; frames of that name with other rows, or None to take them away."""
    rows = {**ROWS, **changed}
    own = {name: frame_of(name, found) for name, found in changed.items() if found is not None}
    frames = {**{name: frame.copy() for name, frame in _frames().items() if name not in changed}, **own}
    absent = {name: (f"{name}_table",) for name, found in rows.items() if found is None}
    return TeamMeasures(MappingProxyType(frames), MappingProxyType(absent))


def scene(lang: str = "en", policy: str = POLICY, **changed: Sequence[dict[str, Any]] | None) -> TeamScene:
    """The scene of the team's pack, with policy."""
    return team_scene(small_measures(SETTINGS + policy), small_team(**changed), lang)


def without(name: str, **unwanted: Any) -> list[dict[str, Any]]:
    """The rows of a frame but those with these values."""
    return [row for row in ROWS[name] if any(row.get(key) != value for key, value in unwanted.items())]


def with_values(name: str, **values: Any) -> list[dict[str, Any]]:
    """The rows of a frame with these values in every row."""
    return [{**row, **values} for row in ROWS[name]]

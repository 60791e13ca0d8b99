"""tickets, surveys, feedback: what customers say and ask."""

from __future__ import annotations

import numpy as np

from .. import parameters as p
from ..arrays import Coded, Floats, Ints, Rows, constant, expand, moment, pick, serials
from ..chunk import Chunk
from .people import contact_ids

_CATEGORIES = ("how_to", "bug", "incident", "billing", "integration")
_CHANNELS = ("email", "chat", "phone", "portal")
_PRIORITIES = ("low", "normal", "high", "urgent")
_GOOD, _BAD = ("time_saved", "service", "ease_of_use"), ("support", "price", "usability", "missing_feature")
_WISHES = {
    "ja": (
        "承認経路を部署ごとに変えたい",
        "月次レポートを自動で送りたい",
        "スマートフォンから承認しやすくしてほしい",
        "監査用に履歴を一括で出力したい",
    ),
    "en": (
        "Approval routes should differ by department",
        "Please send the monthly report automatically",
        "Approving on a phone should be easier",
        "We need one export of the history for auditors",
    ),
}
_THEMES = ("routing", "report_delivery", "mobile", "audit_export")


def tickets(chunk: Chunk) -> Rows:
    """Support tickets: a steady trickle by size and age, bursts in incidents."""
    rng, h, a, months = chunk.rng("tickets"), chunk.history, chunk.accounts, chunk.world.months
    young = h.reached[:, p.FIRST_VALUE][:, None] > months.starts
    rate = 0.2 * (np.maximum(h.seats, 1) / 40.0) ** 0.35 * (1 + 0.8 * young) * np.exp(-0.1 * h.mood)
    storm = a.incident & h.active
    row, month = expand(np.where(h.active, rng.poisson(rate) + rng.poisson(3.0 * storm), 0))
    day = chunk.day_in(rng, row, month)
    order = np.lexsort((day, row))
    row, month, day = row[order], month[order], day[order]
    burst = storm[row, month] & (rng.random(len(row)) < 0.85)
    category = np.where(burst, 2, pick(rng, np.array([0.45, 0.25, 0.0, 0.15, 0.15]), n=len(row)))
    opened = moment(rng, day)
    channel = pick(rng, np.array([0.4, 0.3, 0.1, 0.2]), n=len(row))
    bot = (channel == 1) & (category == 0) & (rng.random(len(row)) < 0.5)
    answered = opened + _minutes(rng, np.where(bot, 0.02, np.where(burst, 7.0, 2.5)), 0.9)
    resolved = answered + _minutes(rng, np.where(bot, 0.05, np.where(burst, 40.0, 16.0)), 1.0)
    limit = (months.end + 1).astype("datetime64[s]")
    mark = np.clip(4.1 + 0.45 * h.mood[row, month] - 0.9 * burst + rng.normal(0, 0.8, len(row)), 1, 5).round()
    answers = (rng.random(len(row)) < 0.35) & (resolved < limit)
    return {
        "ticket_id": serials("T", row, a.first, a.digits),
        "account_id": chunk.ids(row),
        "opened_at": opened,
        "first_response_at": np.where(answered < limit, answered, np.datetime64("NaT", "s")),
        "resolved_at": np.where(resolved < limit, resolved, np.datetime64("NaT", "s")),
        "channel": Coded(channel, _CHANNELS),
        "category": Coded(category, _CATEGORIES),
        "priority": Coded(np.where(burst, 3, pick(rng, np.array([0.3, 0.5, 0.2]), n=len(row))), _PRIORITIES),
        "escalated": rng.random(len(row)) < np.where(burst, 0.3, 0.04),
        "reopened": ~bot & (rng.random(len(row)) < 0.06),
        "bot_resolved": bot,
        "csat": np.where(answers, mark, np.nan),
        "recorded_at": day,
    }


def _minutes(rng: np.random.Generator, median_hours: Floats, spread: float) -> np.ndarray:
    hours = median_hours * np.exp(rng.normal(0, spread, len(median_hours)))
    minutes = np.clip(hours * 60, 1, 60 * 24 * 20).astype(int)
    return np.asarray(minutes * np.timedelta64(60, "s"))


def surveys(chunk: Chunk) -> Rows:
    """NPS twice a year, CSAT each quarter, effort after the start; answers flatter more or less by account."""
    rng, h, a = chunk.rng("surveys"), chunk.history, chunk.accounts
    n, now = a.n, np.arange(chunk.world.months.n)
    turn = (now + np.arange(a.first, a.first + n)[:, None]) % 6
    parts = []
    for kind, asked, answers, middle, slope, least, most in (
        (0, turn == 0, 0.55, 7.7, 1.6, 0, 10),
        (1, turn % 3 == 1, 0.3, 3.95, 0.65, 1, 5),
        (2, turn == 2, 0.12, 5.0, 0.9, 1, 7),
    ):
        row, month = np.nonzero(asked & h.active & (rng.random((n, len(now))) < answers))
        said = middle + slope * (h.mood[row, month] + 0.55 * a.polite[row] + rng.normal(0, 0.55, len(row)))
        parts.append((row, month, np.full(len(row), kind), np.clip(said.round(), least, most)))
    row, month, kinds, score = (np.concatenate(column) for column in zip(*parts, strict=True))
    day = chunk.day_in(rng, row, month)
    order = np.lexsort((kinds, day, row))
    row, day, kinds, score = row[order], day[order], kinds[order], score[order]
    top = np.array([10, 5, 7])[kinds]
    bad = score <= 0.65 * top
    theme = np.where(bad, 3 + rng.integers(0, 4, len(row)), rng.integers(0, 3, len(row)))
    return {
        "account_id": chunk.ids(row),
        "contact_id": contact_ids(chunk, row, 1 + rng.integers(0, 3, len(row))),
        "answered_on": day,
        "kind": Coded(kinds, ("nps", "csat", "ces")),
        "score": score,
        "theme": Coded(np.where(rng.random(len(row)) < 0.7, theme, -1), (*_GOOD, *_BAD)),
        "recorded_at": chunk.recorded(rng, day),
    }


def feedback(chunk: Chunk) -> Rows:
    """Wishes and use cases, in the language of the account."""
    rng, h, a = chunk.rng("feedback"), chunk.history, chunk.accounts
    row, month = np.nonzero(h.active & (rng.random(h.active.shape) < 0.035))
    day = chunk.day_in(rng, row, month)
    theme: Ints = rng.integers(0, 4, len(row))
    texts = (*_WISHES["ja"], *_WISHES["en"])
    return {
        "feedback_id": serials("F", row, a.first, a.digits),
        "account_id": chunk.ids(row),
        "given_on": day,
        "kind": Coded((rng.random(len(row)) < 0.3).astype(np.int64), ("product", "use_case")),
        "theme": Coded(theme, _THEMES),
        "text": Coded(np.where(a.japanese[row], theme, theme + 4), texts),
        "distance": rng.integers(0, 4, len(row)).astype(float),
        "recorded_at": chunk.recorded(rng, day),
    }


def vendor_health(chunk: Chunk) -> Rows:
    """Another vendor's monthly score: weakly right, and zero wherever it saw no use (its mistake, kept as it is)."""
    rng, h, a = chunk.rng("vendor_health"), chunk.history, chunk.accounts
    row, month = np.nonzero(h.active & (h.high == chunk.world.months.ends))
    shown = 62 + 7 * h.mood[row, month] + 5 * h.use[row, month] + rng.normal(0, 13, len(row))
    score = np.where(a.telemetry[row, month], np.clip(shown.round(), 1, 100), 0.0)
    return {
        "account_id": chunk.ids(row),
        "day": chunk.world.months.ends[month],
        "score": score,
        "band": Coded(np.digitize(score, [40, 65]), ("red", "yellow", "green")),
        "source": constant("vendor_a", len(row)),
        "recorded_at": chunk.world.months.ends[month],
    }

"""Subscriptions that hold twice at the same time."""

from __future__ import annotations

from .rows import RowRule
from .subject import Subject

_CHOICES = '"sum" (both count) or "latest" (the later one ends the earlier)'


def mark_overlaps(subject: Subject) -> bool:
    """Make `overlapping`: `rid`, `other` (row of the earlier item), `cut_on`; whether there are any.

    Only the last recorded version of each item counts, and items that hold for no day overlap nothing.
    """
    if subject.name != "subscriptions" or not subject.has("subscription_id", "starts_on"):
        return False
    never = "DATE '9999-12-31'"
    ranked = (
        "SELECT rowid AS rid, _row, subscription_id, starts_on, ends_on, row_number() OVER (PARTITION BY"
        " subscription_id, starts_on ORDER BY recorded_at DESC NULLS LAST, _file, _row) AS version"
        f" FROM {subject.relation} WHERE subscription_id IN (SELECT subscription_id FROM {subject.relation}"
        " WHERE starts_on IS NOT NULL GROUP BY 1 HAVING count(DISTINCT starts_on) > 1)"
    )
    window = "WINDOW w AS (PARTITION BY subscription_id ORDER BY starts_on, rid)"
    before = "w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    spans = (
        f"SELECT *, max(coalesce(ends_on, {never})) OVER ({before}) AS before_until, lag(_row) OVER w AS other,"
        f" lead(starts_on) OVER w AS next_on FROM ({ranked}) WHERE version = 1"
        f" AND coalesce(ends_on, {never}) > starts_on {window}"
    )
    subject.connection.execute(
        "CREATE OR REPLACE TEMP TABLE overlapping AS SELECT rid, 'row ' || other AS other,"
        " coalesce(before_until > starts_on, FALSE) AS late,"
        f" CASE WHEN next_on < coalesce(ends_on, {never}) THEN next_on END AS cut_on FROM ({spans})"
        f" WHERE before_until > starts_on OR next_on < coalesce(ends_on, {never})"
    )
    row = subject.connection.execute("SELECT count(*) FROM overlapping").fetchone()
    return bool(row and row[0])


def overlap_rule() -> RowRule:
    """The rule over the source that joins `overlapping` as `o`."""
    return RowRule("overlap", "subscription_id", "o.late", "on_overlap", words={"other": "o.other"}, choices=_CHOICES)

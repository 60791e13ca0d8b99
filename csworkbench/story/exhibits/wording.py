"""Phrases that several exhibits share: against plan, against last quarter, and which groups are too small."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import pandas as pd

from ...metrics.intervals import SMALLEST_GROUP
from ..language import Language, is_missing

NAMED = 3
EXPLAINS = 0.8
_POINT = 0.0005


def too_few(language: Language, n: int) -> str:
    """Why no rate is given: the number of accounts is too small."""
    if n == 0:
        return language.say("no accounts")
    return language.count("{n} account, too few for a rate", "{n} accounts, too few for a rate", n)


def is_small(n: float) -> bool:
    """Whether a group has accounts, but too few for a rate."""
    return n < SMALLEST_GROUP


def without_small(frame: pd.DataFrame, n: str, rates: Sequence[str]) -> pd.DataFrame:
    """The frame with its rates null where a row has fewer than five accounts. n: the column that counts them."""
    return frame.assign(**{rate: frame[rate].where(frame[n] >= SMALLEST_GROUP) for rate in rates})


def amount_against_plan(language: Language, amount: float, plan: float | None) -> str:
    """An amount beside its plan: "twice the plan", "4.1% below plan"; empty without a plan."""
    if is_missing(plan) or plan is None or plan <= 0:
        return ""
    ratio = amount / plan
    if abs(ratio - 1) < _POINT:
        return language.say("on plan")
    if 1.95 <= ratio < 2.05:
        return language.say("twice the plan")
    if ratio >= 2.05:
        return language.say("{ratio} times the plan", ratio=language.number(ratio, 1))
    gap = language.percent(abs(ratio - 1))
    return language.say("{gap} above plan", gap=gap) if ratio > 1 else language.say("{gap} below plan", gap=gap)


def share_against_plan(language: Language, share: float, plan: float | None, digits: int = 1) -> str:
    """A share beside its plan in percentage points; empty without a plan."""
    if is_missing(plan) or plan is None:
        return ""
    gap = share - plan
    if is_flat(gap, digits):
        return language.say("on plan")
    size = language.points_size(gap, digits)
    return language.say("{gap} above plan", gap=size) if gap > 0 else language.say("{gap} below plan", gap=size)


def is_flat(difference: float, digits: int = 1) -> bool:
    """Whether a difference of shares is under half of what is shown."""
    return abs(difference) < 0.5 * 10.0 ** (-2 - digits)


def moved(language: Language, name: str, now: float, before: float | None, digits: int = 1) -> str:
    """A share beside its last value: "NRR rose 3.0 points to 103.9%"."""
    value = language.percent(now, digits)
    if is_missing(before) or before is None:
        return language.say("{name} is {value}", name=name, value=value)
    size = language.points_size(now - before, digits)
    if is_flat(now - before, digits):
        return language.say("{name} held at {value}", name=name, value=value)
    if now > before:
        return language.say("{name} rose {size} to {value}", name=name, size=size, value=value)
    return language.say("{name} fell {size} to {value}", name=name, size=size, value=value)


def joined(language: Language, first: str, second: str) -> str:
    """Two parts of a title; the second may be empty."""
    return language.say("{first}, {second}", first=first, second=second) if second else first


def with_cause(language: Language, first: str, second: str) -> str:
    """Two statements in one title; the second may be empty."""
    return language.say("{first}; {second}", first=first, second=second) if second else first


def series(language: Language, items: Sequence[str]) -> str:
    """Items in a row: a, b, c."""
    return reduce(lambda first, second: joined(language, first, second), items) if items else ""


def sentences(*parts: str) -> str:
    """Whole sentences one after another; empty ones are left out; no space after a Japanese full stop."""
    return reduce(_followed, (part for part in parts if part), "")


def _followed(text: str, part: str) -> str:
    return f"{text}{part}" if not text or text.endswith("。") else f"{text} {part}"


def fewest_that_explain(sizes: Sequence[float]) -> int:
    """How many of the sizes, largest first, make up most of their sum: at most three."""
    total, reached = sum(sizes), 0.0
    for n, size in enumerate(sizes[:NAMED], start=1):
        reached += size
        if reached >= EXPLAINS * total:
            return n
    return min(NAMED, len(sizes))

"""What a pack says about cohorts, written from their numbers."""

from __future__ import annotations

import numpy as np

from ...metrics.intervals import wilson
from ..language import Language
from .cohort_groups import Group, Together
from .wording import is_flat, joined, sentences, with_cause


def quarters(language: Language, n: int) -> str:
    """A number of quarters in words."""
    return language.count("{n} quarter", "{n} quarters", n)


def logo_title(language: Language, together: Together) -> str:
    """How many of the customers old enough were still paying, beside the rest of the book."""
    values = {"after": quarters(language, together.period), "share": language.percent(together.share, 0)}
    if together.group.kept[together.period] == together.group.base:
        title = language.say(
            "All {n} customers who started at least {after} ago were still paying after {after}",
            n=language.number(together.group.n),
            **values,
        )
    else:
        title = language.say(
            "Of {n} customers who started at least {after} ago, {share} were still paying after {after}",
            n=language.number(together.group.n),
            **values,
        )
    return joined(language, title, _rest_words(language, together))


def _rest_words(language: Language, together: Together) -> str:
    if together.rest_share is None:
        return ""
    return language.say("against {share} in the rest of the book", share=language.percent(together.rest_share, 0))


def revenue_title(language: Language, together: Together) -> str:
    """How much more or less the customers old enough paid than in the quarter of their start."""
    values = {"n": language.number(together.group.n), "after": quarters(language, together.period)}
    values["change"] = language.percent(abs(together.share - 1), 0)
    if is_flat(together.share - 1, 0):
        title = language.say("After {after}, {n} customers paid as much MRR as in the quarter they started", **values)
    elif together.share > 1:
        title = language.say(
            "After {after}, {n} customers paid {change} more MRR than in the quarter they started", **values
        )
    else:
        title = language.say(
            "After {after}, {n} customers paid {change} less MRR than in the quarter they started", **values
        )
    return with_cause(language, title, _rest_change(language, together))


def _rest_change(language: Language, together: Together) -> str:
    share = together.rest_share
    if share is None:
        return ""
    change = language.percent(abs(share - 1), 0)
    if is_flat(share - 1, 0):
        return language.say("the rest of the book as much")
    return (
        language.say("the rest of the book {change} more", change=change)
        if share > 1
        else language.say("the rest of the book {change} less", change=change)
    )


def logo_sentence(language: Language, together: Together) -> str:
    """Where most customers leave, and whether the difference to the rest may be chance."""
    drops = -np.diff(np.concatenate([[1.0], together.group.shares[1 : together.period + 1]]))
    at = int(np.argmax(drops)) + 1
    where = (
        ""
        if is_flat(float(drops.max()), 0)
        else language.say("The largest loss came in quarter {k} after the start.", k=language.number(at))
    )
    return sentences(where, _chance(language, together))


def _chance(language: Language, together: Together) -> str:
    if together.rest is None or together.rest_share is None or is_flat(together.share - together.rest_share, 0):
        return ""
    low, high = _interval(together.group, together.period)
    other_low, other_high = _interval(together.rest, together.period)
    if low <= other_high and other_low <= high:
        return language.say("The difference to the rest of the book may be chance.")
    return language.say("The difference to the rest of the book is more than chance.")


def _interval(group: Group, period: int) -> tuple[float, float]:
    low, high = wilson(group.kept[period], group.n)
    return float(low), float(high)


def revenue_sentence(language: Language, together: Together) -> str:
    """Whether expansion outweighs what was lost."""
    if is_flat(together.share - 1, 0):
        return language.say("Expansion just makes up for what left.")
    if together.share > 1:
        return language.say("Expansion outweighs what left: together they pay more than when they started.")
    return language.say("Expansion does not make up for what left.")

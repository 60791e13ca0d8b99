"""What the team's measures mean, with their versions."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..definition import Definition
from ..definitions import DEFINITIONS

_ALL = (
    Definition(
        "csm_effect",
        1,
        "rate",
        "observed - expected per unit of the book; expected: each account at the rate of all accounts of its segment, "
        "tenure and plan (at least 20 rows of 2 CSMs, else a coarser cell); drawn together by a normal-normal model, "
        "90% interval; NNMRR and GRR over four quarters per opening MRR, by the CSM on the day of the decision",
        "indirect standardisation; Rubin (1981); Gelman (2006)",
    ),
    Definition(
        "csm_spread",
        1,
        "rate",
        "standard deviation between the CSMs' true effects, median and 90% interval of its posterior",
        "Gelman (2006), flat prior on the standard deviation between groups",
    ),
    Definition(
        "proactive_share",
        1,
        "share",
        "hours of proactive activities / hours of activities whose direction is known",
        "csworkbench rules, metrics/team/work.py",
    ),
    Definition(
        "repeat_ticket",
        1,
        "share",
        "tickets whose account had another one of the same category in the 90 days before / tickets opened",
        "csworkbench rules, metrics/team/repeat_tickets.sql",
    ),
    Definition(
        "full_book",
        1,
        "share",
        "accounts / (full-time share x median accounts per full-time CSM of those who joined a year or more ago); full "
        "from 80%",
        "csworkbench rules, metrics/team/books.py",
    ),
    Definition(
        "characters",
        1,
        "share",
        "given: hours by function; rated: mean score above 1 by competency; asked: accounts with a renewal or open "
        "sale (seller), on the way, stuck or in trouble (supporter), not measured or not explained (analyst)",
        "csworkbench rules, metrics/team/characters.py",
    ),
    Definition(
        "competency_effect",
        1,
        "standard deviations",
        "Hedges' g of the better half by adjusted NNMRR against the rest, 90% interval; no claim under 5 a side",
        "Hedges and Olkin (1985)",
    ),
)

TEAM_DEFINITIONS: Mapping[str, Definition] = MappingProxyType({one.id: one for one in _ALL})
KNOWN: Mapping[str, Definition] = MappingProxyType({**DEFINITIONS, **TEAM_DEFINITIONS})

"""What the business measures mean, with their versions."""

from __future__ import annotations

from ..definition import Definition

BUSINESS_DEFINITIONS = (
    Definition(
        "hhi",
        1,
        "0-10,000",
        "sum of the squared shares of MRR x 10,000, over customers; an account counts under the parent at the top of"
        " its group",
        "Herfindahl-Hirschman index, US Department of Justice",
    ),
    Definition(
        "commitments",
        2,
        "promise",
        "actions promised in reviews held in the quarter before, where it is known how many were closed; reviews "
        "planned, success criteria due in the quarter; risks open at its start; kept: closed, held, met, "
        "closed by its end",
        "csworkbench rules, metrics/business/commitments.py",
    ),
    Definition(
        "profile",
        1,
        "trait",
        "paying accounts of a segment against all others: medians with the interval of Bonett and Price, shares with "
        "that of Newcombe",
        "Bonett and Price (2002); Newcombe (1998)",
    ),
    Definition(
        "tenure_hazard",
        1,
        "share per month",
        "accounts whose MRR ended in a month of their tenure / accounts that paid at its start, months of the last 24; "
        "95% Wilson interval",
        "discrete-time hazard, Singer and Willett (1993)",
    ),
    Definition(
        "loss_reasons",
        1,
        "share",
        "accounts without MRR after a quarter of the last four for which the reason was named / all such accounts; 95% "
        "Wilson interval",
        "csworkbench rules, metrics/business/losses.py",
    ),
    Definition(
        "prevention",
        1,
        "currency per month",
        "MRR lost with accounts that left in the last four quarters and of which a named cause is said to have been "
        "preventable, by department and cause; each account once in the sum",
        "csworkbench rules, metrics/business/prevention.py",
    ),
    Definition(
        "themes",
        1,
        "currency per month",
        "MRR of the paying accounts whose feedback of the last 365 days has the theme",
        "csworkbench rules, metrics/business/themes.py",
    ),
    Definition(
        "responses",
        1,
        "share",
        "accounts with a sign at a quarter's start and MRR 30 days on: without MRR at its end, by whether a proactive "
        "activity came within the 30 days",
        "landmark comparison, Anderson, Cain and Gelber (1983)",
    ),
)

"""What each measure means: the text that packs print beside a number, with its version."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .business.definitions import BUSINESS_DEFINITIONS
from .definition import Definition

_ALL = (
    Definition(
        "mrr",
        1,
        "currency per month",
        "sum of the account's items that hold at the end of the day: starts_on <= day < ends_on; recurring, "
        "net of discounts",
        "ChartMogul, MRR",
    ),
    Definition(
        "movements",
        1,
        "currency per month",
        "opening + new + expansion + reactivation - contraction - churn = closing, per account; new: from "
        "zero for the first time; reactivation: from zero after earlier MRR; churn: to zero",
        "ChartMogul, MRR movements",
    ),
    Definition(
        "grr",
        1,
        "share",
        "sum of min(closing, opening) / sum of opening MRR, over accounts with opening MRR; churned accounts stay in",
        "1 - gross MRR churn rate of ChartMogul",
    ),
    Definition(
        "nrr",
        1,
        "share",
        "sum of closing / sum of opening MRR, over accounts with opening MRR; churned accounts stay in",
        "1 - net MRR churn rate of ChartMogul, reactivation left out",
    ),
    Definition(
        "nnmrr",
        1,
        "currency per month",
        "expansion - contraction - churn of a book's accounts with opening MRR; by CSM credited to the one in "
        "charge on the day of the decision (decided_on, else the day of the change), netted per account and "
        "CSM",
        "net new MRR of the existing book",
    ),
    Definition(
        "logo_churn",
        1,
        "share",
        "accounts with opening but no closing MRR / accounts with opening MRR; 95% Wilson interval",
        "ChartMogul, customer churn rate; Wilson (1927)",
    ),
    Definition(
        "quick_ratio",
        1,
        "ratio",
        "(new + expansion) / (contraction + churn); not defined when nothing was lost",
        "Mamoon Hamid, SaaS quick ratio",
    ),
    Definition(
        "renewal_rate",
        1,
        "share",
        "over what fell due: accounts renewed / due (logo), sum of min(renewed, due) / due MRR (gross), "
        "renewed / due MRR (net); due: MRR on the day before renews_on; renewed: it, or a successor of the "
        "same product, holds on renews_on",
        "Planhat, renewal rate: of the renewal base, what was renewed",
    ),
    Definition(
        "cohort_retention",
        1,
        "share",
        "of the accounts that started in one period: active in period k (on), in k or later (on or after), in "
        "every period through k (rolling); only over periods that are over; revenue: MRR of the retained / "
        "MRR at the end of period 0",
        "on, on or after: Mixpanel, retention criteria; rolling: in every period",
    ),
    Definition(
        "adoption_index",
        1,
        "0-100",
        "100 x weighted geometric mean of seat use, core breadth, depth against peers and regularity; a "
        "missing part lowers coverage and is not counted as zero",
        "geometric aggregation as in the Human Development Index",
    ),
    Definition(
        "step_conversion",
        1,
        "share",
        "reached the step within its due days / reached the step before with those days elapsed; 95% Wilson "
        "interval; per CSM shrunk by beta-binomial",
        "Wilson (1927); Kleinman (1973)",
    ),
    Definition(
        "time_to_value",
        1,
        "days",
        "Kaplan-Meier from start to the first value milestone; accounts that still wait or left are censored",
        "Kaplan and Meier (1958)",
    ),
    Definition(
        "say_do",
        1,
        "account",
        "last NPS of the year 9 or 10 with a quarter less use than the 90 days before, or 6 or less with a "
        "quarter more",
        "say-do gap",
    ),
    Definition(
        "attention",
        1,
        "currency per month",
        "MRR x number of reasons that hold; a renewal within 90 days counts only beside another reason",
        "csworkbench rules, metrics/attention.py",
    ),
    Definition(
        "nps",
        1,
        "-100 to 100",
        "100 x (answers of 9 or 10 - answers of 0 to 6) / answers in the quarter",
        "Reichheld (2003)",
    ),
    Definition(
        "csat",
        1,
        "1-5",
        "mean of the ratings of tickets opened and surveys answered in the quarter",
        "customer satisfaction score",
    ),
    Definition(
        "churn_probability",
        3,
        "probability",
        "1 - product of (1 - monthly hazard) over the months ahead, of a decision to leave as known on the day; "
        "hazard: additive logistic models of account x month x month ahead, one for the next 3 months, one for later",
        "Allison (1982); van Houwelingen and Putter (2012)",
    ),
    Definition(
        "health",
        3,
        "0-100",
        "100 x (1 - probability of a decision to leave within 3 months); the weighted health where that cannot be "
        "estimated",
        "csworkbench model of leaving, docs/models.md",
    ),
    Definition(
        "money_at_risk",
        3,
        "currency",
        "probability of a decision to leave within 12 months x MRR x 12",
        "expected loss: probability x exposure",
    ),
    Definition(
        "expected_months",
        3,
        "months",
        "restricted mean of the months until the decision to leave, within the next 36",
        "Royston and Parmar (2013)",
    ),
    Definition(
        "weighted_health",
        1,
        "0-100",
        "weighted mean of the parts of [health] that were measured, each 0-100; a missing part lowers coverage and is "
        "not counted as zero",
        "csworkbench rules, docs/evaluation.md",
    ),
    Definition(
        "ltv",
        1,
        "currency",
        "mean MRR of the paying accounts x sum of survival over 60 months; survival: period life table of the last 24 "
        "months by tenure; revenue, growth left out",
        "period life table, Preston, Heuveline and Guillot (2001)",
    ),
    *BUSINESS_DEFINITIONS,
)

OF_BUSINESS = frozenset(definition.id for definition in BUSINESS_DEFINITIONS)
OF_SCORES = frozenset({"churn_probability", "health", "money_at_risk", "expected_months", "weighted_health", "ltv"})

DEFINITIONS: Mapping[str, Definition] = MappingProxyType({definition.id: definition for definition in _ALL})

"""The numbers of the simulated company; docs/simulator.md explains the equations that use them.

Arrays are indexed by segment, plan, tier, step or feature in the order of the tuples of names.
Money is in yen per month. Effects are on log-odds unless the name says otherwise.
"""

from __future__ import annotations

import numpy as np

COMPANY = "Hibiori Cloud"
CURRENCY = "JPY"
EXPORT_LAG_DAYS = 5

SEGMENTS = ("Enterprise", "Mid-market", "SMB", "Public sector")
SEGMENT_SHARE = np.array([0.14, 0.28, 0.46, 0.12])
SEATS_MEDIAN = np.array([190.0, 60.0, 16.0, 80.0])
SEATS_SPREAD = np.array([0.45, 0.5, 0.5, 0.5])
SEATS_LEAST = np.array([60, 20, 5, 20])
ANNUAL_SHARE = np.array([0.96, 0.72, 0.35, 1.0])

TIERS = ("high", "mid", "low", "tech")
TIER_SHARE = np.array([[0.8, 0.2, 0.0, 0.0], [0.1, 0.72, 0.18, 0.0], [0.0, 0.06, 0.44, 0.5], [0.2, 0.68, 0.12, 0.0]])
TOUCHES_PER_MONTH = np.array([1.7, 0.8, 0.3, 0.08])

PLANS = ("Starter", "Growth", "Enterprise")
PLAN_SHARE = np.array([[0.0, 0.25, 0.75], [0.15, 0.7, 0.15], [0.7, 0.28, 0.02], [0.1, 0.6, 0.3]])
SEAT_PRICE = np.array([1_400, 2_300, 3_400])
ADDONS = ("Analytics", "Automation")
ADDON_SEAT_PRICE = np.array([450, 700])
ADDON_AT_START = np.array([0.12, 0.08])
DISCOUNTS = np.array([0.0, 0.05, 0.1, 0.15])
UPLIFTS = np.array([0.0, 0.03, 0.05, 0.08])
UPLIFT_SHARE = np.array([0.3, 0.3, 0.28, 0.12])

FEATURES = ("workflow", "approvals", "reports", "mobile", "api", "analytics", "automation")
CORE_FEATURES = FEATURES[:3]
FEATURE_EASE = np.array([-0.1, -0.7, -1.1, -1.3, -2.3, -1.0, -1.2])
FEATURE_DORMANT = np.array([-4.5, -1.6, -0.7, -0.8, 0.0, -1.5, -1.5])
FEATURE_DEPTH = np.array([9.0, 5.0, 3.0, 4.0, 30.0, 4.0, 12.0])
FEATURE_STEP = np.array([2, 3, 4, 2, 3, 0, 0])
FEATURE_ADDON = np.array([-1, -1, -1, -1, -1, 0, 1])

STEPS = ("kickoff", "data_connected", "first_workflow_live", "team_rollout", "value_review")
STEP_DAYS = np.array([14, 30, 30, 60, 60])
STEP_MEDIAN_DAYS = np.array([8.0, 15.0, 18.0, 32.0, 40.0])
STEP_STALL = np.array([-4.6, -3.4, -3.2, -2.4, -2.2])
FIRST_VALUE = 2

CHURN_BASE = np.array([-6.35, -5.6, -4.9, -6.0])
CHURN_DRIVERS = (
    "base",
    "tenure",
    "renewal",
    "onboarding",
    "adoption",
    "support",
    "champion",
    "price",
    "competitor",
    "satisfaction",
    "payment",
    "csm",
    "frailty",
)
EXPANSION_BASE = -3.5
EXPANSION_DRIVERS = ("base", "seats_full", "adoption", "satisfaction", "support", "csm", "recent")
CONTRACTION_BASE = -5.3

REASONS = ("onboarding", "adoption", "support", "champion", "price", "competitor", "satisfaction", "payment")
REASON_FACTOR = (
    "slow_onboarding",
    "low_adoption",
    "repeated_incidents",
    "champion_left",
    "price_increase",
    "competitor",
    "missing_capability",
    "payment_trouble",
)
REASON_DEPARTMENT = (
    "Customer Success",
    "Customer Success",
    "Engineering",
    "Sales",
    "Sales",
    "Product",
    "Product",
    "Finance",
)
REASON_PREVENTABLE = np.array([0.9, 0.8, 0.7, 0.4, 0.5, 0.25, 0.4, 0.6])

LATE_SHARE = 0.06
LATE_MEAN_DAYS = 9.0
NO_TELEMETRY_SHARE = 0.06
TELEMETRY_FROM_LATER_SHARE = 0.05
TELEMETRY_GAP_SHARE = 0.12
INTERNAL_EVERY = 250
ACCOUNTS_PER_CSM = 30
BASE_SHARE = 0.56

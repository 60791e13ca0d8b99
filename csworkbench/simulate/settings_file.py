"""The commented workspace.toml of a simulated company."""

from __future__ import annotations

from collections.abc import Mapping

from . import parameters as p
from .world import World

TITLE = "# A simulated company: every name and number in it is invented.\n"
_HEAD = """\
# Made by: csworkbench simulate (see docs/simulator.md); the true probabilities are in truth/, which no loader reads.

[company]
name = "{company}"
currency = "{currency}"            # of all reports; every amount is in whole yen
fiscal_year_start = 1       # 2026Q3 is July to September 2026
time_zone = "Asia/Tokyo"
languages = ["en", "ja"]
exported_on = "{exported_on}"  # day on which the files were taken; later facts are not in them

# What splits the book, and how its parts are called.
[segments]
column = "segment"
[segments.names]
"Enterprise" = {{ en = "Enterprise", ja = "エンタープライズ" }}
"Mid-market" = {{ en = "Mid-market", ja = "中堅企業" }}
"SMB" = {{ en = "SMB", ja = "中小企業" }}
"Public sector" = {{ en = "Public sector", ja = "公共" }}

# The Adoption Index: features that every customer should use, and the bands (lower bounds) of the year.
[adoption]
core_features = [{core}]
window_days = 90
peers = "segment"
weights = {{ seats = 0.3, breadth = 0.3, depth = 0.2, regularity = 0.2 }}
bands = {{ low = 0, medium = 60, high = 85 }}

# What one full-time CSM is meant to look after (hours: with customers), and which work belongs to which touch tier.
[team]
accounts_per_csm = 22
hours_per_week = 10
[team.work]
high = ["onboarding", "adoption", "csm_ae", "consulting", "training", "analysis", "community"]
mid = ["onboarding", "adoption", "csm_ae", "training", "marketing", "community"]
low = ["onboarding", "adoption", "training", "marketing", "community"]
tech = ["marketing", "community"]

# The success journey, in order. days: how long the step may take.
"""
_STEP_NAMES = {
    "kickoff": ("Kick-off", "キックオフ"),
    "data_connected": ("Data connected", "データ接続"),
    "first_workflow_live": ("First workflow live", "最初の業務が稼働"),
    "team_rollout": ("Team roll-out", "部門展開"),
    "value_review": ("Value review", "価値の確認"),
}


def workspace_toml(world: World, files: Mapping[str, str], rows: Mapping[str, int]) -> str:
    """The text of workspace.toml. files: table → file name; rows: table → number of rows."""
    head = _HEAD.format(
        company=p.COMPANY,
        currency=p.CURRENCY,
        exported_on=world.exported_on,
        core=", ".join(f'"{feature}"' for feature in p.CORE_FEATURES),
    )
    steps = "".join(_step(k, name) for k, name in enumerate(p.STEPS))
    tables = "".join(_table(name, file, rows[name]) for name, file in files.items())
    note = "# One file per table; the columns already have their canonical names.\n"
    note += "# `rows` would refuse a file that was cut: it is the number of rows below the header.\n"
    return f"{TITLE}{head}{steps}{note}{tables}".rstrip("\n") + "\n"


def _step(k: int, name: str) -> str:
    english, japanese = _STEP_NAMES[name]
    value = "first_value = true\n" if k == p.FIRST_VALUE else ""
    names = f'{{ en = "{english}", ja = "{japanese}" }}'
    return f'[[journey]]\nid = "{name}"\nname = {names}\ndays = {p.STEP_DAYS[k]}\n{value}\n'


def _table(name: str, file: str, rows: int) -> str:
    return f'[tables.{name}]\npath = "{file}"\n# rows = {rows}\n\n'

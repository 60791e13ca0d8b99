"""The sample company, measured here and now for a pack that is opened without folders of measures."""

from __future__ import annotations

from functools import cache

from ..data.sample import sample_folder
from ..data.snapshot import View
from ..data.workspace import open_workspace
from ..metrics.calendar import Quarter
from ..metrics.quarter import QuarterMeasures, measure_quarter

QUARTER = "2026Q3"


@cache
def sample_view(quarter: str) -> View:
    """The sample company as known at the end of the quarter; empty for its last one."""
    workspace = open_workspace(sample_folder())
    return workspace.as_of(Quarter.parse(quarter or QUARTER, workspace.settings.company.fiscal_year_start).closing)


@cache
def sample_measures(quarter: str) -> QuarterMeasures:
    """The measures of the sample company in the quarter; empty for its last one."""
    view = sample_view(quarter)
    return measure_quarter(view, Quarter.of(view.as_of, view.settings.company.fiscal_year_start))

"""Definitions for schedulers that a company already has: cron, systemd, Airflow, GitHub Actions.

`Timing` says when, `Job` what is run and where; `definition` writes both in the scheduler's own words.
"""

from .definition import SCHEDULERS, definition
from .job import Job
from .timing import Timing

__all__ = ["SCHEDULERS", "Job", "Timing", "definition"]

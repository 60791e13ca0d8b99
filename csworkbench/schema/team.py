"""The people who do it, their plan and their growth."""

from __future__ import annotations

from .table import ACCOUNT, CSM, declare, until

TABLES = (
    declare(
        "csms",
        "one customer success manager",
        "csm_id",
        """csm_id key required
        name text personal
        joined_on date
        fte number low=0 high=1
        background text""",
        occurred="joined_on",
    ),
    declare(
        "assignments",
        "a CSM in charge of an account, from a date on",
        "account_id csm_id role starts_on",
        """account_id key required
        csm_id key required
        role text
        starts_on date required
        ends_on date ahead""",
        occurred="starts_on",
        hidden_until=until("ends_on"),
        references={**ACCOUNT, **CSM},
        span=("starts_on", "ends_on"),
    ),
    declare(
        "targets",
        "the target of a KPI for an owner in a period",
        "kpi owner period",
        """kpi text required
        owner text required
        period text required
        target number required
        set_on date""",
        occurred="set_on",
    ),
    declare(
        "changes",
        "one change of practice",
        "changed_on what scope",
        """changed_on date required
        what text required
        scope text""",
        occurred="changed_on",
    ),
    declare(
        "competencies",
        "one rating of a CSM",
        "csm_id competency rated_on rater",
        """csm_id key required
        competency text required
        score number required low=1 high=5
        rated_on date required
        rater text personal""",
        occurred="rated_on",
        references=CSM,
    ),
    declare(
        "interviews",
        "one answer of a structured interview",
        "candidate_id question rater",
        """candidate_id key required personal
        question text required
        competency text
        weight number low=0
        score number required low=1 high=5
        rater text personal
        held_on date required
        csm_id key""",
        occurred="held_on",
    ),
    declare(
        "trainings",
        "one attendance of a training",
        "csm_id training attended_on",
        """csm_id key required
        training text required
        attended_on date required
        completed flag
        stuck_at text""",
        occurred="attended_on",
        references=CSM,
    ),
)

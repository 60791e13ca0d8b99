"""What was done with and for the customer, and what came of it."""

from __future__ import annotations

from .table import ACCOUNT, CSM, declare, until

TABLES = (
    declare(
        "tickets",
        "one support ticket",
        "ticket_id",
        """ticket_id key required
        account_id key required
        opened_at timestamp required
        first_response_at timestamp
        resolved_at timestamp
        channel text
        category text
        priority text
        escalated flag
        reopened flag
        bot_resolved flag
        csat number low=1 high=5""",
        occurred="opened_at",
        hidden_until={
            **until("first_response_at", "resolved_at"),
            **dict.fromkeys(("reopened", "bot_resolved", "csat"), ("resolved_at",)),
        },
        references=ACCOUNT,
        span=("opened_at", "resolved_at"),
    ),
    declare(
        "surveys",
        "one answer to a survey",
        "account_id contact_id answered_on kind",
        """account_id key required
        contact_id key personal
        answered_on date required
        kind text required in=nps|csat|ces
        score number required low=0 high=10
        theme text""",
        occurred="answered_on",
        references=ACCOUNT,
    ),
    declare(
        "activities",
        "one touch of an account",
        "activity_id",
        """activity_id key required
        account_id key
        csm_id key
        at timestamp required
        function text
        direction text in=proactive|reactive
        hours number low=0
        signal text
        outcome text""",
        occurred="at",
        references={**ACCOUNT, **CSM},
    ),
    declare(
        "milestones",
        "one milestone of the success journey reached by an account",
        "account_id milestone",
        """account_id key required
        milestone text required
        reached_on date required""",
        occurred="reached_on",
        references=ACCOUNT,
    ),
    declare(
        "assets",
        "one use of the content of a journey step",
        "account_id asset step used_on",
        """account_id key required
        csm_id key
        asset text required
        step text
        used_on date required""",
        occurred="used_on",
        references={**ACCOUNT, **CSM},
    ),
    declare(
        "success_plans",
        "one criterion of success agreed with an account",
        "account_id criterion",
        """account_id key required
        criterion text required
        agreed_on date required
        due_on date ahead
        target number
        actual number
        unit text
        status text in=open|met|partly|missed
        assessed_on date
        source text""",
        occurred="agreed_on",
        hidden_until=dict.fromkeys(("actual", "status", "assessed_on"), ("assessed_on",)),
        references=ACCOUNT,
    ),
    declare(
        "risks",
        "one risk of an account's success project",
        "risk_id",
        """risk_id key required
        account_id key required
        area text in=scope|schedule|cost|quality|resource|communication|risk|stakeholder|procurement
        opened_on date required
        closed_on date
        likelihood share
        impact_mrr money low=0
        description text
        shareable flag""",
        occurred="opened_on",
        hidden_until=until("closed_on"),
        references=ACCOUNT,
        span=("opened_on", "closed_on"),
    ),
    declare(
        "reviews",
        "one business review with an account",
        "account_id planned_on",
        """account_id key required
        planned_on date required ahead
        held_on date
        actions_promised int low=0
        actions_closed int low=0""",
        occurred="planned_on",
        hidden_until={"held_on": ("held_on",), "actions_promised": ("held_on",), "actions_closed": ("held_on",)},
        references=ACCOUNT,
    ),
    declare(
        "feedback",
        "one piece of product or use-case feedback",
        "feedback_id",
        """feedback_id key required
        account_id key required
        given_on date required
        kind text in=product|use_case
        theme text
        text text
        distance number low=0""",
        occurred="given_on",
        references=ACCOUNT,
    ),
    declare(
        "factors",
        "one reason for a success or a failure, named after the event",
        "account_id named_on event factor",
        """account_id key required
        named_on date required
        event text required in=churn|contraction|expansion|renewal|adoption|stall
        factor text required
        phase text
        department text
        preventable flag
        closed_on date""",
        occurred="named_on",
        hidden_until=until("closed_on"),
        references=ACCOUNT,
    ),
    declare(
        "vendor_health",
        "a health score given by another vendor on a day",
        "account_id day source",
        """account_id key required
        day date required
        score number
        band text
        source text required""",
        occurred="day",
        references=ACCOUNT,
    ),
)

"""Who pays, for what, and what they use."""

from __future__ import annotations

from .table import ACCOUNT, declare, until

TABLES = (
    declare(
        "accounts",
        "one account (a paying company or a part of one)",
        "account_id",
        """account_id key required
        name text
        started_on date
        industry text
        country text
        employees int low=0
        touch_tier text
        segment text
        parent_id key
        language text
        is_internal flag""",
        occurred="started_on",
        references={"parent_id": "accounts"},
    ),
    declare(
        "account_history",
        "the value of one attribute of an account from a date on",
        "account_id attribute valid_from",
        """account_id key required
        attribute text required in=industry|country|employees|touch_tier|segment
        value text
        valid_from date required""",
        occurred="valid_from",
        references=ACCOUNT,
    ),
    declare(
        "subscriptions",
        "one item of a subscription from a date on",
        "subscription_id starts_on",
        """subscription_id key required
        account_id key required
        product text
        plan text
        starts_on date required
        ends_on date ahead
        mrr money required
        currency text
        seats int low=0
        renews_on date ahead
        billing_months int low=1 high=120
        decided_on date""",
        occurred="starts_on",
        hidden_until={"ends_on": ("decided_on", "ends_on"), "decided_on": ("decided_on",)},
        references=ACCOUNT,
        span=("starts_on", "ends_on"),
    ),
    declare(
        "entitlements",
        "what an account has bought of a feature",
        "account_id feature",
        """account_id key required
        feature text required
        seats int low=0
        quota number low=0
        is_core flag
        list_price_mrr money low=0""",
        references=ACCOUNT,
    ),
    declare(
        "usage",
        "use of a feature by an account in a day (or the period that starts on that day)",
        "account_id day feature",
        """account_id key required
        day date required
        feature text required
        users int low=0
        count number low=0""",
        occurred="day",
        references=ACCOUNT,
    ),
    declare(
        "events",
        "one raw usage event of a user; rolled up to `usage` at load",
        "",
        """account_id key required
        user_id key required personal
        at timestamp required
        feature text required""",
        occurred="at",
        references=ACCOUNT,
    ),
    declare(
        "invoices",
        "one invoice",
        "invoice_id",
        """invoice_id key required
        account_id key required
        issued_on date required
        due_on date ahead
        paid_on date
        amount money
        currency text
        failures int low=0""",
        occurred="issued_on",
        hidden_until={"paid_on": ("paid_on",)},
        references=ACCOUNT,
    ),
    declare(
        "opportunities",
        "one renewal, upsell or cross-sell opportunity",
        "opportunity_id",
        """opportunity_id key required
        account_id key required
        kind text required in=renewal|upsell|cross_sell
        product text
        mrr money
        due_mrr money low=0
        created_on date required
        due_on date ahead
        closed_on date
        stage text in=open|won|lost
        csm_call text in=commit|likely|at_risk|lost""",
        occurred="created_on",
        hidden_until={"closed_on": ("closed_on",), "stage": ("closed_on",), "mrr": ("closed_on",)},
        references=ACCOUNT,
    ),
    declare(
        "contacts",
        "one person at an account, from a date on",
        "contact_id joined_on",
        """contact_id key required personal
        account_id key required
        role text
        influence int low=1 high=5
        stance text in=champion|supporter|neutral|sceptic|opponent
        joined_on date
        departed_on date""",
        occurred="joined_on",
        hidden_until=until("departed_on"),
        references=ACCOUNT,
        span=("joined_on", "departed_on"),
    ),
)

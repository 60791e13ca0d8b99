from __future__ import annotations

from datetime import date

import pandas as pd
from small_company import company, view_of

from csworkbench.metrics.book import paid_spans
from csworkbench.metrics.journey import journey
from csworkbench.metrics.late_steps import after_late_steps

END = date(2026, 6, 30)


def _row(account: str, reached: str | None, previous: str = "2024-01-01") -> dict[str, object]:
    return {
        "account_id": account,
        "step": 1,
        "milestone": "kickoff",
        "previous_on": previous,
        "reached_on": reached,
        "due_days": 14,
    }


def _journey(*rows: dict[str, object]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows))
    return frame.astype({"previous_on": "datetime64[us]", "reached_on": "datetime64[us]"})


def test_late_and_punctual_accounts_by_eye() -> None:
    punctual = [_row(f"p{k}", "2024-01-10") for k in range(6)]
    late = [_row(f"l{k}", "2024-03-01") for k in range(4)] + [_row("never", None)]
    left = {"p0": "2024-12-01", "l0": "2024-06-01", "l1": "2024-07-01", "never": "2024-08-01"}
    found = after_late_steps(_journey(*punctual, *late), pd.Series(left), END).set_index("late")
    assert found[["n", "n_left"]].to_numpy().tolist() == [[6, 1], [5, 3]]
    assert found["share"].round(4).to_list() == [round(1 / 6, 4), 0.6]


def test_who_left_before_the_step_was_due_or_is_too_young_counts_for_neither() -> None:
    rows = [
        _row("early", None),
        _row("young", "2025-12-20", "2025-12-15"),
        *(_row(f"p{k}", "2024-01-02") for k in range(5)),
    ]
    found = after_late_steps(_journey(*rows), pd.Series({"early": "2024-01-10"}), END)
    assert found[["late", "n"]].to_numpy().tolist() == [[False, 5]]


def test_four_accounts_show_no_rate() -> None:
    found = after_late_steps(_journey(*(_row(f"p{k}", "2024-01-02") for k in range(4))), pd.Series(dtype="str"), END)
    assert found["n"].to_list() == [4] and found[["share", "low", "high"]].isna().all(axis=None)


def test_counts_equal_those_of_a_slow_loop_in_any_order() -> None:
    view = view_of(END, company(60, seed=5))
    rows, until = journey(view), paid_spans(view)["paid_until"]
    fast = after_late_steps(rows, until, END)
    slow: dict[tuple[str, bool], list[int]] = {}
    for row in rows.to_dict("records"):
        if pd.isna(row["previous_on"]):
            continue
        due, gone = row["previous_on"] + pd.Timedelta(days=row["due_days"]), until.get(row["account_id"])
        if (pd.notna(gone) and gone <= due) or due + pd.Timedelta(days=365) > pd.Timestamp(END):
            continue
        late = pd.isna(row["reached_on"]) or row["reached_on"] > due
        cell = slow.setdefault((row["milestone"], late), [0, 0])
        cell[0] += 1
        cell[1] += bool(pd.notna(gone) and gone <= due + pd.Timedelta(days=365))
    assert {(r["milestone"], r["late"]): [r["n"], r["n_left"]] for r in fast.to_dict("records")} == slow
    pd.testing.assert_frame_equal(fast, after_late_steps(rows.sample(frac=1, random_state=1), until, END))

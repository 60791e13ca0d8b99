"""What an estimator refuses, with the columns and the remedy."""

from __future__ import annotations

from collections.abc import Iterable

from ...errors import CsworkbenchError, Problem, Refusal
from .rates import Rate


class FrameRefusal(Refusal, ValueError):
    """A frame that a model cannot read without guessing; every column at fault is named."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__(problems, "the frame")


class LeakRefusal(Refusal, ValueError):
    """Columns that know the outcome; every one is named with its reason."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__(problems, "the training frame")


class NotEstimable(CsworkbenchError, ValueError):
    """Too few outcomes of one kind to tell accounts apart; `rate` holds what can be said of all of them together.

    rate: observed share with its exact interval; with no event at all `rate.high` is the upper bound.
    """

    def __init__(self, event: str, rate: Rate, wanted: int) -> None:
        self.rate = rate
        super().__init__(
            f"{event} is not estimable per account: {rate.n_events:,} of {rate.n:,} had it, and one class alone or"
            f" fewer than {wanted:,} of either kind tell nothing. The share over all of them lies"
            f" between {rate.low:.1%} and {rate.high:.1%} (95%). Wait for more history, or widen the horizon."
        )


class BrokenModel(CsworkbenchError, ValueError):
    """A file that is not a whole, unchanged model of this package."""


def frame_problem(column: object, rule: str, said: str, remedy: str, value: object = None) -> Problem:
    """A fault of one column of a frame."""
    return Problem("frame", 0, str(column), rule, said, remedy, None if value is None else str(value))

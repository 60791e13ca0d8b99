"""Probability that an account decides to leave."""

from __future__ import annotations

from typing import ClassVar

from .estimator.classifier import EventClassifier


class ChurnModel(EventClassifier):
    """Calibrated probability of churn with additive reasons; parameters and promises as in EventClassifier."""

    event: ClassVar[str] = "churn"
    event_words: ClassVar[tuple[str, ...]] = (
        *("attrit", "cancel", "churn", "closed", "gone", "inactive", "leav", "left", "lost", "not ", "terminat"),
        *("解約", "離脱", "退会"),
    )

"""Probability that an account buys more."""

from __future__ import annotations

from typing import ClassVar

from .estimator.classifier import EventClassifier


class UpsellModel(EventClassifier):
    """Calibrated probability of an expansion with additive reasons; parameters and promises as in EventClassifier."""

    event: ClassVar[str] = "expansion"
    event_words: ClassVar[tuple[str, ...]] = ("bought", "expan", "grew", "grow", "upgrad", "upsell", "拡大", "増額")

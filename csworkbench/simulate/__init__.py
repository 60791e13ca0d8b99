"""A company of any size whose true monthly churn and upsell probabilities are known."""

from .run import simulate

__all__ = ["simulate"]

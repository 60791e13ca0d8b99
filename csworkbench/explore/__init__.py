"""The analyst's workbench in a notebook: explorers of cohorts and of the journey, what-if, and their pins."""

from .desk import Desk, open_desk

__all__ = ["Desk", "open_desk"]

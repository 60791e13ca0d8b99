"""Typed tables against their rules: every problem at once, each with file, row, column and remedy."""

from .report import CheckReport

__all__ = ["CheckReport"]

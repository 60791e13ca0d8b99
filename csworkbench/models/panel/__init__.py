"""Account × month: what was known at each month-end, what came after it, and splits that do not leak."""

from .panel import Panel, build_panel

__all__ = ["Panel", "build_panel"]

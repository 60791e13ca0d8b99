"""The team's `.sql` files over a view."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...data.snapshot import View
from ...data.sql import Value, sql_file
from ..rollup import Relation, text_with


def rolled_up(
    view: View, name: str, relations: Mapping[str, Relation] | None = None, **parameters: Value
) -> pd.DataFrame:
    """The result of `name`.sql of this folder over the view; see `metrics.rollup.rolled_up`."""
    return view.sql(text_with(sql_file(__package__ or "", name), relations or {}), **parameters)

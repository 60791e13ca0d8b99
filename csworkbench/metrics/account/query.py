"""The queries that are kept beside the measures of accounts."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...data.snapshot import View
from ...data.sql import Value, sql_file
from ..rollup import Relation, text_with


def queried(
    view: View, name: str, relations: Mapping[str, Relation] | None = None, **parameters: Value
) -> pd.DataFrame:
    """The result of `name`.sql of this folder over the view, with further relations; account_id is text."""
    found = view.sql(text_with(sql_file(__package__ or "", name), relations or {}), **parameters)
    return found.astype({"account_id": "str"})

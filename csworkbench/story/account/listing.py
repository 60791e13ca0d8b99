"""What tables of an account share: one exhibit from a frame, its columns and its words."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..exhibit import Exhibit
from ..scene import Scene
from ..tables import Column, table
from ..text import shown


def listing(
    scene: Scene,
    id: str,
    title: str,
    rows: pd.DataFrame,
    columns: Sequence[Column],
    tables: Sequence[str],
    so_what: str = "",
    caption: str = "",
) -> Exhibit:
    """An exhibit that is a table with its message, note, source and download."""
    return Exhibit(
        id,
        title,
        scene.language,
        so_what=so_what,
        caption=caption,
        source=scene.source(*tables),
        table_html=table(rows, columns, scene.language, title),
        data=rows,
        columns=columns,
    )


def account_name(scene: Scene) -> str:
    """The name of the account that the pack is about."""
    return shown(scene.frame("profile")["name"].iloc[0])

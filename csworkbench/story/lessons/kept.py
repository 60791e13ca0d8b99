"""What a saved model says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ...models import describe_model
from ..exhibit import Exhibit
from ..scene import Scene
from ..tables import Column, table

SHORT = 16


def kept(scene: Scene, path: str | Path) -> Exhibit:
    """The description in a model file, read without running anything from it."""
    said = describe_model(path)
    data = pd.DataFrame(_lines(scene, said), columns=["what", "said"])
    title = scene.say("The file says what it was made of, and holds nothing that runs")
    columns = (Column("what", scene.say("Entry")), Column("said", scene.say("Said"), "long"))
    return Exhibit(
        "kept",
        title,
        scene.language,
        caption=scene.say(
            "A zip of one JSON file and plain arrays, without pickle. The checksum finds damage; it is no"
            " signature."),
        table_html=table(data, columns, scene.language, title),
        data=data,
        columns=columns,
    )  # fmt: skip


def _lines(scene: Scene, said: Mapping[str, Any]) -> list[tuple[str, str]]:
    names = [str(feature["name"]) for feature in said["features"]]
    versions = ", ".join(f"{name} {version}" for name, version in sorted(said["versions"].items()))
    return [
        (scene.say("Model"), str(said["kind"])),
        (scene.say("Data hash"), f"{str(said['data_hash'])[:SHORT]}…"),
        (scene.say("Features"), f"{len(names)}: {', '.join(names[:5])} …"),
        (scene.say("Versions"), versions),
        (scene.say("Checksum"), f"{str(said['checksum'])[:SHORT]}…"),
    ]

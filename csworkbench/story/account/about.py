"""What the words of the customer edition mean, and where its numbers come from."""

from __future__ import annotations

import pandas as pd

from ..exhibit import Exhibit
from ..scene import Scene
from ..tables import Column
from .listing import listing


def about(scene: Scene) -> Exhibit:
    """Every word that needs one with its meaning."""
    say = scene.say
    rows = [
        (say("Goal"), say("A criterion of success that both sides agreed on; its value carries its source and day.")),
        (
            say("Adoption Index"),
            say("0–100: seats used, breadth, depth and regularity of use; a missing part lowers coverage only."),
        ),
        (
            say("Comparable customers"),
            say("Other customers of the same segment; only quartiles over five or more of them, never a name."),
        ),
        (say("Milestone"), say("A step of the success journey; it is due so many days after the step before.")),
        (say("CSAT"), say("Mean satisfaction of support tickets, 1 to 5.")),
        (say("Open point"), say("An open ticket, an action promised in a review, or a risk that both sides follow.")),
    ]
    shown = pd.DataFrame(rows, columns=["word", "meaning"])
    columns = [Column("word", say("Word")), Column("meaning", say("Meaning"), "long")]
    return listing(
        scene, "about", say("What the words mean"), shown, columns, scene.measures.tables,
        caption=say("All numbers are of this customer alone, except the quartiles of comparable customers."),
    )  # fmt: skip

"""What a cell of a pack's notebook shows: a title, or a heading with exhibits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from ..errors import UnknownName
from .exhibit import Exhibit
from .scene import Scene


@dataclass(frozen=True)
class Fragment:
    """A piece of a pack that displays as HTML and nothing else."""

    html: Markup

    def _repr_html_(self) -> str:
        return str(self.html)

    def __repr__(self) -> str:
        return f"<{len(self.html):,} characters of a pack>"


def title(scene: Scene, said: str, lead: str, *leads: str) -> Markup:
    """The title of a pack and what stands below it. lead: a message with the blanks {quarter} and {months}."""
    quarter = scene.quarter
    months = scene.language.months(quarter.starts_on, quarter.closing)
    first = scene.say(lead, quarter=scene.language.quarter(quarter.label), months=months)
    below = Markup("").join(Markup('<p class="cs-lead">{}</p>').format(text) for text in (first, *leads))
    return Markup("<h1>{}</h1>").format(said) + below


def section(scene: Scene, headings: Mapping[str, str], id: str, exhibits: Iterable[Exhibit]) -> Fragment:
    """A heading by its id and the exhibits; UnknownName with the near id otherwise.

    Exhibits that are absent for the same reason share one line.
    """
    if id not in headings:
        raise UnknownName("section", id, tuple(headings))
    head = Markup('<h2 id="section-{}">{}</h2>').format(id, scene.say(headings[id]))
    once: dict[str, Exhibit] = {}
    for made in exhibits:
        once.setdefault(made.title if made.is_absent else made.id, made)
    return Fragment(Markup("").join([head, *(made.html for made in once.values())]))

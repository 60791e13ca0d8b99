"""An exhibit: one figure or table with its message, description, caption, source and data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup

from .language import Language
from .tables import Column, csv_uri, table

LARGEST_DATA_ROWS = 200
_PLAIN = " '=/:;,.()-+*!$@[]{}|^~?"


@dataclass(frozen=True)
class Exhibit:
    """What a pack shows at one place; displays as one complete, escaped HTML fragment.

    title: the message, written from the numbers. so_what: what follows from it, may be empty.
    caption: what is shown, n and definitions. alt: the figure in words. source: tables and as-of date.
    One of figure_svg, picture_uri (a picture as data: address) and table_html is filled, or none when the exhibit is
    absent and the title says why.
    data: the numbers behind it; columns: how they are written; an exhibit that is a table needs no second one.
    """

    id: str
    title: str
    language: Language = field(repr=False)
    so_what: str = ""
    caption: str = ""
    alt: str = ""
    source: str = ""
    figure_svg: str = field(default="", repr=False)
    table_html: Markup = field(default=Markup(""), repr=False)
    picture_uri: str = field(default="", repr=False)
    data: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    columns: Sequence[Column] = field(default=(), repr=False)

    @property
    def is_absent(self) -> bool:
        """Whether there is nothing to show but the reason."""
        return not (self.is_picture or self.table_html)

    @property
    def is_picture(self) -> bool:
        """Whether it shows a picture."""
        return bool(self.figure_svg or self.picture_uri)

    @property
    def html(self) -> Markup:
        """The fragment: `<figure>`, or one line when the exhibit is absent."""
        if self.is_absent:
            line = Markup('<p class="cs-absent mathjax_ignore tex2jax_ignore" id="{}" lang="{}">{}</p>')
            return line.format(self.id, self.language.lang, self.title)
        return Markup(
            '<figure class="cs-exhibit {kind} mathjax_ignore tex2jax_ignore" id="{id}" lang="{lang}">'
            '<h3 class="cs-title">{title}</h3><div class="cs-picture">{picture}</div>'
            '<figcaption class="cs-beside">{words}</figcaption></figure>'
        ).format(
            kind="cs-chart" if self.is_picture else "cs-listing",
            id=self.id,
            lang=self.language.lang,
            title=self.title,
            picture=self._picture() if self.is_picture else self.table_html,
            words=self._so_what() + self._note() + self._data(),
        )

    def _repr_html_(self) -> str:
        return str(self.html)

    def _picture(self) -> Markup:
        return Markup('<img class="cs-figure" src="{}" alt="{}">').format(
            self.picture_uri or svg_uri(self.figure_svg), self.alt
        )

    def _so_what(self) -> Markup:
        return Markup('<p class="cs-so-what">{}</p>').format(self.so_what) if self.so_what else Markup("")

    def _note(self) -> Markup:
        texts = [Markup("<p>{}</p>").format(text) for text in (self.caption, self.source) if text]
        return Markup('<div class="cs-note">{}</div>').format(Markup("").join(texts)) if texts else Markup("")

    def _data(self) -> Markup:
        if self.data.empty or not self.columns:
            return Markup("")
        download = Markup('<a class="cs-download" download="{}.csv" href="{}">{}</a>').format(
            self.id, csv_uri(self.data, self.columns), self.language.say("Download as CSV")
        )
        if self.table_html:
            return Markup('<p class="cs-data">{}</p>').format(download)
        few = self.data.head(LARGEST_DATA_ROWS)
        listing = table(few, self.columns, self.language, self.language.say("Data: {title}", title=self.title))
        return Markup('<details class="cs-data"><summary>{}</summary>{}{}</details>').format(
            self.language.say("Data"), listing, download
        )


def svg_uri(svg: str) -> str:
    """The picture as a data: address, as plain text where it can be: a fifth shorter than base64."""
    quoted = svg if "'" in svg else svg.replace('"', "'")
    return "data:image/svg+xml," + quote(quoted, safe=_PLAIN)


def absent(id: str, title: str, language: Language) -> Exhibit:
    """An exhibit that cannot be shown; the title is the one line that says why."""
    return Exhibit(id, title, language)

"""A team's own exhibits: a frame or a picture that csworkbench knows nothing of, shown like all others."""

from __future__ import annotations

import hashlib
import sys
import warnings
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd
from markupsafe import Markup

from ..data.png import NotAPng, bare_png
from ..errors import CsworkbenchError, UnknownName
from .exhibit import Exhibit
from .fragment import Fragment
from .language import Language
from .tables import FORMATS, Column, table
from .text import shown

if TYPE_CHECKING:
    from .scene import Scene

LONGEST = 300
LARGEST_ROWS = 200

Heading = str | tuple[str, str]


class Figure(Protocol):
    """A figure of matplotlib, as `ax.figure` gives it."""

    def savefig(self, file: Any, **how: Any) -> None:
        """Write it to a file."""

    def findobj(self, kind: Any) -> list[Any]:
        """What of that kind is drawn in it."""


def own_exhibit(
    language: Language,
    title: str,
    what: pd.DataFrame | Figure | bytes | Path,
    *,
    columns: Mapping[str, Heading] | None = None,
    so_what: str = "",
    caption: str = "",
    source: str = "",
    alt: str = "",
) -> Exhibit:
    """One exhibit of a frame (at most 200 rows are shown, all can be downloaded), a matplotlib figure, or a PNG.

    title: the message, one sentence. so_what: what follows from it. caption: n and definitions. source: where it is
    from. alt: a picture in words; a picture without is refused. columns: column → heading, or heading and kind (a key
    of tables.FORMATS), in the order in which they are shown; all columns by default. Every text is shown as it is:
    markup in it is escaped, control and direction characters are taken away.
    """
    message = shown(title, LONGEST)
    id = "own-" + hashlib.sha256(message.encode()).hexdigest()[:10]
    so_what, caption, alt, source = (shown(text, LONGEST) for text in (so_what, caption, alt, source))
    told = Exhibit(id, message, language, so_what, caption, alt, source)
    if isinstance(what, pd.DataFrame):
        frame, listed = _flat(what), _columns(_flat(what), columns)
        listing = table(frame.head(LARGEST_ROWS), listed, language, message)
        return replace(told, table_html=listing, data=frame, columns=listed)
    if not alt:
        raise CsworkbenchError(f'the picture "{message}" has no description. Say in alt= what it shows, in words')
    if not isinstance(what, bytes | Path):
        return replace(told, figure_svg=_drawn(what, message))
    return replace(told, picture_uri=_png(what, message))


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with a named index as its first columns."""
    named = any(name is not None for name in frame.index.names)
    flat = frame.reset_index(drop=not named)
    return flat.set_axis([str(name) for name in flat.columns], axis=1)


def _columns(frame: pd.DataFrame, columns: Mapping[str, Heading] | None) -> list[Column]:
    if len(set(frame.columns)) < len(frame.columns):
        raise CsworkbenchError("two columns of the frame have the same name. Rename one of them")
    return [_column(frame, name, heading) for name, heading in (columns or dict.fromkeys(frame.columns, "")).items()]


def _column(frame: pd.DataFrame, name: str, heading: Heading) -> Column:
    if name not in frame:
        raise UnknownName("column in the frame", name, list(frame.columns))
    label, kind = (heading, _kind(frame[name])) if isinstance(heading, str) else heading
    if kind not in FORMATS:
        raise UnknownName("kind of column", kind, list(FORMATS))
    return Column(name, shown(label or name), kind)


def _kind(values: pd.Series) -> str:
    """How values are written when nobody says it."""
    if pd.api.types.is_bool_dtype(values):
        return "text"
    if pd.api.types.is_integer_dtype(values):
        return "count"
    if pd.api.types.is_numeric_dtype(values):
        return "number"
    return "date" if pd.api.types.is_datetime64_any_dtype(values) else "long"


def _png(what: bytes | Path, title: str) -> str:
    """The address of a PNG without what is written in it."""
    content = what.read_bytes() if isinstance(what, Path) else what
    try:
        return "data:image/png;base64," + b64encode(bare_png(content)).decode()
    except NotAPng:
        raise _nothing_to_show(title) from None


def _nothing_to_show(title: str) -> CsworkbenchError:
    said = f'what "{title}" shows is no frame, figure or PNG'
    return CsworkbenchError(f"{said}. Give a pandas DataFrame, a matplotlib figure or a PNG")


def _drawn(figure: Figure, title: str) -> str:
    """The figure as SVG, letters as outlines, Japanese ones from the font that comes with the package."""
    import matplotlib as mpl
    from matplotlib.text import Text

    from .charts.lettering import japanese_family
    from .charts.small import small

    if not hasattr(figure, "savefig"):
        raise _nothing_to_show(title)
    for words in figure.findobj(Text):
        words.set_fontfamily([*dict.fromkeys([*words.get_fontfamily(), japanese_family()])])
    rules: Any = {"svg.hashsalt": "csworkbench", "svg.fonttype": "path"}
    file, nothing = BytesIO(), dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with mpl.rc_context(rules), warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        figure.savefig(file, format="svg", metadata=nothing)
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        # Else a notebook shows it a second time, below the cell.
        pyplot.close(figure)
    if any("missing from" in str(warning.message) for warning in said):
        raise CsworkbenchError(f'the figure "{title}" holds signs that no font of it has. Leave them out')
    return small(file.getvalue().decode())


class Own:
    """What a pack offers for sections of a team's own."""

    scene: Scene

    def own(self, title: str, what: pd.DataFrame | Figure | bytes | Path, **said: Any) -> Exhibit:
        """An exhibit of a frame, a matplotlib figure or a PNG; see own_exhibit for what can be said of it."""
        return own_exhibit(self.scene.language, title, what, **said)

    def own_section(self, heading: str, *exhibits: Exhibit) -> Fragment:
        """A heading in words of its own, which the contents list, and the exhibits below it."""
        head = Markup("<h2>{}</h2>").format(shown(heading, LONGEST))
        return Fragment(Markup("").join([head, *(exhibit.html for exhibit in exhibits)]))

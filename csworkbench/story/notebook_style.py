"""The look of exhibits in a notebook, in the colours of the program that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

_COLOURS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "quiet": ("jp-ui-font-color2", "vscode-descriptionForeground", "#55606e"),
        "line": ("jp-border-color2", "vscode-widget-border", "#d5dae1"),
        "wash": ("jp-layout-color2", "vscode-editorWidget-background", "#f4f6f8"),
        "accent": ("jp-brand-color1", "vscode-focusBorder", "#0b5cad"),
        "link": ("jp-content-link-color", "vscode-textLink-foreground", "#0b5cad"),
        "bad": ("jp-error-color0", "vscode-errorForeground", "#a3211b"),
        "good": ("jp-success-color0", "vscode-charts-green", "#1d6b3a"),
    }
)
_OWN = """
.cs-exhibit img.cs-figure { width: 100%; max-width: 38rem; background: #fff; color-scheme: light; }
.cs-exhibit .cs-title { font-weight: 600; line-height: 1.35; }
.cs-scroll table.cs-table { min-width: 0; }
.cs-scroll table.cs-table :is(th, td):not(.cs-num) { text-align: start; }
.cs-scroll table.cs-table :is(th, td) { vertical-align: baseline; line-height: 1.4; }
.cs-exhibit .cs-note p { line-height: 1.5; margin-block: 0 0.3em; }
.cs-exhibit .cs-so-what { line-height: 1.5; margin-block: 0.4em 0.8em; }
.cs-exhibit a.cs-download { color: var(--link); text-decoration: underline; }
.widget-html .cs-exhibit { margin-block: 0 0.8em; }
.cs-scroll table.cs-table td.cs-num, .cs-scroll table.cs-table .cs-date { white-space: nowrap; }
"""


def notebook_style() -> str:
    """A style element for exhibits, tables and lists; pictures stay light, on white, whatever the theme."""
    named = "".join(f"--{name}:var(--{lab}, var(--{code}, {plain}));" for name, (lab, code, plain) in _COLOURS.items())
    rules = (Path(__file__).parent / "style.css").read_text("utf-8")
    return f"<style>.cs-exhibit,.cs-absent,.cs-scroll{{{named}}}{rules}{_OWN}</style>"

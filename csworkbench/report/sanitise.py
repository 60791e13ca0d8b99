"""What may stand in a published pack: an allow-list for HTML, SVG, addresses and styles."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import nh3

from .allowed import ATTRIBUTES, DROPPED_WITH_CONTENT, HTML_TAGS, STYLE_PROPERTIES, SVG_TAGS
from .redact import without_controls

_LOCAL = re.compile(r"#[^\s\"'<>()]{1,200}")
_CSV = re.compile(r"data:text/csv(;charset=utf-8)?(;base64)?,[^\"<>#&\\\x00-\x1f\x7f]*")
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,([A-Za-z0-9+/]+=*)")
_PLAIN_SVG = re.compile(r"data:image/svg\+xml,([^\"<>#&\\\x00-\x1f\x7f]+)")
_IDENTIFIER = re.compile(r"[A-Za-z_][\w.:-]{0,199}")
_CLASS = re.compile(r"(cs|language)-[\w-]{1,60}|dataframe|mathjax_ignore|tex2jax_ignore")
_OUTSIDE = re.compile(r"url\s*\(\s*(?!#[\w.:-]+\s*\))|\\|@|expression|image-set|/\*|-moz-|javascript", re.IGNORECASE)
_XML_OUTSIDE = re.compile(r"url\s*\(\s*(?![\"']?#)|@import|\\", re.IGNORECASE)


def sanitise(html: str) -> str:
    """A balanced fragment in which nothing can run, load, navigate away or restyle the page; honest text stays."""
    return nh3.clean(
        without_controls(html),
        tags=set(HTML_TAGS | SVG_TAGS),
        clean_content_tags=set(DROPPED_WITH_CONTENT),
        attributes=ATTRIBUTES,
        attribute_filter=_kept,
        filter_style_properties=set(STYLE_PROPERTIES),
        url_schemes={"data"},
        link_rel=None,
    )


def _kept(tag: str, name: str, value: str) -> str | None:
    """The attribute's value as it may stay, or None."""
    if name in _JUDGED:
        return _JUDGED[name](tag, value)
    return None if _OUTSIDE.search(value) else value


def _identifiers(tag: str, value: str) -> str | None:
    return value if all(map(_IDENTIFIER.fullmatch, value.split())) and value.strip() else None


def _text(tag: str, value: str) -> str:
    return value


def _address(tag: str, value: str) -> str | None:
    if _LOCAL.fullmatch(value):
        return value
    return value if tag == "a" and _CSV.fullmatch(value) else None


def _source(tag: str, value: str) -> str | None:
    return value if is_picture(value) else None


_JUDGED: Mapping[str, Callable[[str, str], str | None]] = {
    "href": _address,
    "src": _source,
    "class": lambda tag, value: " ".join(filter(_CLASS.fullmatch, value.split())) or None,
    **dict.fromkeys(("id", "aria-labelledby", "aria-describedby", "headers"), _identifiers),
    **dict.fromkeys(("title", "alt", "aria-label", "abbr", "download"), _text),
    "tabindex": lambda tag, value: value if value in ("0", "-1") else None,
}


@lru_cache(maxsize=64)
def is_picture(address: str) -> bool:
    """Whether an address holds a picture: PNG, JPEG, GIF, WebP, or an SVG that neither runs nor loads anything."""
    if plain := _PLAIN_SVG.fullmatch(address):
        return _is_inert_svg(unquote_to_bytes(plain[1]))
    found = _PICTURE.fullmatch(address)
    if not found:
        return False
    try:
        content = base64.b64decode(found[2], validate=True)
    except binascii.Error:
        return False
    return _is_inert_svg(content) if found[1] == "svg+xml" else _SIGNATURES[found[1]](content)


_SIGNATURES = {
    "png": lambda content: content.startswith(b"\x89PNG\r\n\x1a\n"),
    "jpeg": lambda content: content.startswith(b"\xff\xd8\xff"),
    "gif": lambda content: content.startswith((b"GIF87a", b"GIF89a")),
    "webp": lambda content: content.startswith(b"RIFF") and content[8:12] == b"WEBP",
}
_SVG_NAMES = SVG_TAGS | {"style", "metadata"}
_SVG_NAMESPACE = "{http://www.w3.org/2000/svg}"
_METADATA = (
    "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}",
    "{http://purl.org/dc/",
    "{http://creativecommons.org/ns#}",
)


def _is_inert_svg(content: bytes) -> bool:
    if b"<!ENTITY" in content or b"<?xml-stylesheet" in content:
        return False
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError):
        return False
    return all(map(_is_inert_element, root.iter()))


def _is_inert_element(element: ElementTree.Element) -> bool:
    tag = str(element.tag)
    if tag.startswith(_METADATA):
        return True
    name = tag.removeprefix(_SVG_NAMESPACE)
    if not tag.startswith(_SVG_NAMESPACE) or name not in _SVG_NAMES:
        return False
    if name == "style" and _XML_OUTSIDE.search(element.text or ""):
        return False
    return all(_is_inert_attribute(*item) for item in element.attrib.items())


def _is_inert_attribute(name: str, value: str) -> bool:
    local = name.rpartition("}")[2].lower()
    if local == "href":
        return value.startswith("#")
    return not local.startswith("on") and not _XML_OUTSIDE.search(value)

"""The names that may stand in a published pack: HTML and SVG tags, their attributes, style properties."""

from __future__ import annotations


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


HTML_TAGS = _names("""
    a abbr b bdi blockquote br caption code col colgroup dd del details dfn div dl dt em figcaption figure
    h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp section small span strong sub summary sup
    table tbody td tfoot th thead time tr u ul var wbr
""")
SVG_TAGS = _names("""
    svg g path rect circle ellipse line polyline polygon text tspan title desc defs clipPath use symbol marker mask
    linearGradient radialGradient stop pattern
""")
DROPPED_WITH_CONTENT = _names("script style iframe object embed template noscript noembed noframes xmp plaintext")

_ANYWHERE = _names("""
    aria-label aria-labelledby aria-describedby aria-hidden role lang dir id class style title tabindex
""")
_SVG_ATTRIBUTES = _names("""
    viewBox width height x y x1 y1 x2 y2 cx cy r rx ry d points dx dy transform fill fill-opacity fill-rule stroke
    stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-dasharray stroke-dashoffset stroke-miterlimit
    opacity clip-path clip-rule mask marker-start marker-mid marker-end markerWidth markerHeight refX refY orient
    gradientUnits gradientTransform spreadMethod offset stop-color stop-opacity patternUnits patternTransform
    clipPathUnits maskUnits font-family font-size font-weight font-style text-anchor dominant-baseline
    preserveAspectRatio xmlns version
""")
_OF_HTML = {
    "a": _names("href download"),
    "img": _names("src alt width height loading"),
    "td": _names("colspan rowspan headers"),
    "th": _names("colspan rowspan headers scope abbr"),
    "col": _names("span"),
    "colgroup": _names("span"),
    "ol": _names("start reversed type"),
    "li": _names("value"),
    "time": _names("datetime"),
    "details": _names("open"),
}
_OF_SVG = {tag: _SVG_ATTRIBUTES | (_names("href") if tag == "use" else frozenset()) for tag in SVG_TAGS}
ATTRIBUTES = {name: set(attributes) for name, attributes in {"*": _ANYWHERE, **_OF_HTML, **_OF_SVG}.items()}

STYLE_PROPERTIES = _names("""
    background background-color border border-bottom border-color border-left border-right border-top color fill
    fill-opacity fill-rule flex flex-basis font font-family font-size font-style font-weight gap grid-column grid-row
    grid-template-columns height inset-inline-start letter-spacing line-height margin margin-left max-width min-width
    opacity padding stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin
    stroke-miterlimit stroke-opacity stroke-width text-align text-anchor text-decoration vertical-align white-space
    width
""")

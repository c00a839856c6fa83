"""Which elements of HTML do what."""

from __future__ import annotations

from bot.model import Style

HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
LOOKS = {
    **dict.fromkeys(("b", "strong", "th", "summary", *HEADINGS), Style.BOLD),
    **dict.fromkeys(("i", "em"), Style.ITALIC),
    **dict.fromkeys(("u", "ins"), Style.UNDERLINE),
    **dict.fromkeys(("s", "del", "strike"), Style.STRIKE),
}
_LISTS = frozenset({"ul", "ol", "li", "dt", "dd"})
_TABLES = frozenset({"table", "caption", "thead", "tbody", "tr"})
CODES = ("code", "tt", "kbd", "samp")
LINES = _LISTS | _TABLES | {"div", "details", "summary", "section", "article"}
VOID = frozenset({"br", "hr", "img", "wbr", "input", "meta", "link", "area", "col", "source"})
STYLED = frozenset({*LOOKS, "a", "span", *CODES, "pre", "blockquote"})
HIDDEN = frozenset({"mx-reply", "head", "title", "template", "select", "textarea", "object", "iframe", "svg"})
ENDS = {
    **{tag: frozenset({tag}) for tag in ("li", "p")},
    **dict.fromkeys(("td", "th"), frozenset({"td", "th"})),
    **dict.fromkeys(("dt", "dd"), frozenset({"dt", "dd"})),
    "tr": frozenset({"td", "th", "tr"}),
}
"""Open elements that are implicitly closed by the start of one with this name."""

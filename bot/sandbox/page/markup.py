"""HTML of messages → the tree that text.js draws: what the Matrix specification allows, and nothing else."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import unquote

from bot.sandbox.page.views import Json

_KINDS = {
    **{name: name for name in ("u", "code", "ul", "ol", "li", "table", "tr", "th", "td", "p", "sub", "sup")},
    **{f"h{level}": "heading" for level in range(1, 7)},
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "del": "strike",
    "s": "strike",
    "blockquote": "quote",
    "pre": "block",
    "details": "details",
    "summary": "summary",
}
_EMPTY: dict[str, str | Json] = {"br": "\n", "hr": {"kind": "hr", "children": []}}
_BLOCKS = frozenset({"ul", "ol", "li", "table", "tr", "th", "td", "p", "heading", "quote", "block", "hr", "details"})
_PERSON = "https://matrix.to/#/@"
_DEEPEST = 100


def parse(source: str, bot: str) -> list[str | Json]:
    """Return the tree; a link to somebody is a mention, but one to `bot` stays a link."""
    reader = MarkupReader(bot)
    reader.feed(source)
    reader.close()
    return _tidied(reader.root)


class MarkupReader(HTMLParser):
    """A reader that keeps the open elements; what is unknown counts for its content."""

    def __init__(self, bot: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root: list[str | Json] = []
        self._bot = bot
        self._open: list[tuple[str, list[str | Json]]] = [("", self.root)]
        self._dropped = 0
        """How deep in what clients do not show: the quotation that older clients put before a reply."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        if tag in {"mx-reply", "script", "style"}:
            self._dropped += 1
        elif tag in _EMPTY and not self._dropped:
            self._inner.append(_EMPTY[tag])
        elif (made := self._made(tag, dict(attrs))) and not self._dropped and len(self._open) < _DEEPEST:
            self._inner.append(made)
            self._open.append((tag, made["children"]))

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and what was left open within it."""
        if tag in {"mx-reply", "script", "style"}:
            self._dropped = max(0, self._dropped - 1)
        elif any(tag == name for name, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Take characters; outside `pre` a line break is a blank."""
        preformatted = any(name == "pre" for name, _ in self._open)
        if not self._dropped:
            self._inner.append(data if preformatted else data.replace("\n", " "))

    @property
    def _inner(self) -> list[str | Json]:
        return self._open[-1][1]

    def _made(self, tag: str, attributes: dict[str, str | None]) -> Json | None:
        if tag == "a":
            url = attributes.get("href") or ""
            somebody = url.startswith(_PERSON) and unquote(url) != f"https://matrix.to/#/{self._bot}"
            return {"kind": "mention", "children": []} if somebody else {"kind": "link", "url": url, "children": []}
        if tag == "span":
            return {"kind": "spoiler" if "data-mx-spoiler" in attributes else "span", "children": []}
        kind = _KINDS.get(tag)
        return {"kind": kind, "children": []} if kind else None


def _tidied(nodes: list[str | Json]) -> list[str | Json]:
    """Leave out the blanks between blocks."""
    kept: list[str | Json] = []
    for number, node in enumerate(nodes):
        beside = [*nodes[max(0, number - 1) : number], *nodes[number + 1 : number + 2]]
        if isinstance(node, dict):
            kept.append(node | {"children": _tidied(node["children"])})
        elif node.strip(" ") or not any(isinstance(other, dict) and other["kind"] in _BLOCKS for other in beside):
            kept.append(node)
    return kept

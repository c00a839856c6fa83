"""The markup that people type in the page's composers.

It is `**bold**`, `_italic_`, `~~strike~~`, `||spoiler||`, `` `code` `` and `[text](https://…)`.
A client turns such markup into entities or HTML before it sends; here that happens between
the page and the messenger, so both sides understand the same markup.
"""

from __future__ import annotations

import re

from bot.model import Code, Link, Node, RichText, Span, Style, Text, rich
from bot.model.richtext import plain

_SIGNS = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|\*\*(?P<bold>[^\s*](?:.*?\S)?)\*\*"
    r"|(?<!\w)_(?P<italic>[^\s_](?:.*?\S)?)_(?!\w)"
    r"|~~(?P<strike>[^\s~](?:.*?\S)?)~~"
    r"|\|\|(?P<spoiler>[^\s|](?:.*?\S)?)\|\|"
    r"|\[(?P<text>[^\[\]\n]+)\]\((?P<url>(?:https?://|mailto:|tel:)[^\s()]+)\)",
    re.DOTALL,
)
_WRITTEN = {Style.BOLD: "**", Style.ITALIC: "_", Style.STRIKE: "~~", Style.SPOILER: "||"}
_STYLES = {"bold": Style.BOLD, "italic": Style.ITALIC, "strike": Style.STRIKE, "spoiler": Style.SPOILER}


def parse(typed: str) -> RichText:
    """Parse the markup; unpaired signs are plain characters."""
    nodes: list[str | Node] = []
    end = 0
    for match in _SIGNS.finditer(typed):
        nodes += [typed[end : match.start()], _node(match)]
        end = match.end()
    return rich(*nodes, typed[end:])


def _node(match: re.Match[str]) -> Node:
    kind, inner = match.lastgroup, match[match.lastgroup or 0]
    if kind == "code":
        return Code(inner)
    if kind == "url":
        return Link(match["url"], parse(match["text"]))
    return Span(_STYLES[str(kind)], parse(inner))


def write(text: RichText) -> str:
    """Return the markup for `text`; formatting without markup is lost."""
    return "".join(_write(node) for node in text)


def _write(node: Node) -> str:
    match node:
        case Text(text):
            return text
        case Code(text):
            return f"`{text}`"
        case Span(style, children) if sign := _WRITTEN.get(style):
            return f"{sign}{write(children)}{sign}"
        case Link(url, children):
            return f"[{write(children)}]({url})"
        case _:
            return plain((node,))

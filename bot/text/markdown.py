"""Rich text as Markdown (CommonMark), for exports."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bot.model import Code, Link, Mention, Moment, Node, Pre, Quote, RichText, Span, Style, Text

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>()#+\-.!|~&=]")
_MARKS: Mapping[Style, str] = {Style.BOLD: "**", Style.ITALIC: "*", Style.STRIKE: "~~"}


def write(text: RichText) -> str:
    """Return the text as Markdown, in which nothing that people typed is a mark. Line breaks are kept."""
    return "".join(_written(node) for node in text)


def escape(text: str) -> str:
    """Return a text in which no character is a mark."""
    return _SPECIAL.sub(r"\\\g<0>", text).replace("\n", "\\\n")


def _written(node: Node) -> str:
    match node:
        case Text() | Moment():
            return escape(node.text)
        case Code():
            return _fenced(node.text, "`", lambda fence: f"{fence} {node.text} {fence}")
        case Pre():
            return _fenced(node.text, "```", lambda fence: f"\n\n{fence}\n{node.text}\n{fence}\n\n")
        case Span() | Mention():
            mark = _MARKS.get(node.style, "") if isinstance(node, Span) else ""
            return f"{mark}{write(node.children)}{mark}"
        case Link():
            url = re.sub(r"[<>\s\\]", lambda found: f"%{ord(found[0]):02X}", node.url)
            return f"[{write(node.children)}](<{url}>)"
        case Quote():
            return "\n\n" + "".join(f"> {line}\n" for line in write(node.children).split("\n")) + "\n"


def _fenced(text: str, fence: str, around: Callable[[str], str]) -> str:
    """Return a text between fences longer than any in it."""
    while fence in text:
        fence += "`"
    return around(fence)

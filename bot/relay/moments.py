"""Times that people mark in their texts, for readers whose messenger cannot show them in their own zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.model import Link, Mention, Moment, Node, Quote, RichText, Span
from bot.text.catalogue import LazyText, LocaleContext
from bot.voice import words


def in_words(text: RichText, locale_context: LocaleContext) -> RichText:
    """Return a text in which each moment is written in the reader's language and zone.

    It stands in brackets after words that clients show unchanged, and instead of those that they replace.
    """
    return tuple(_in_words(node, locale_context) for node in text)


def _in_words(node: Node, locale_context: LocaleContext) -> Node:
    match node:
        case Moment():
            at = _written(node.unix, locale_context)
            shown = at if node.format else f"{node.text} [{at}]"
            return replace(node, text=shown) if at and at not in node.text else node
        case Span() | Link() | Mention() | Quote():
            return replace(node, children=in_words(node.children, locale_context))
        case _:
            return node


def _written(unix: int, locale_context: LocaleContext) -> str:
    """Return a time in words, or an empty string if no calendar has it."""
    try:
        at = datetime.fromtimestamp(unix, UTC)
        return words(LazyText("{at}", params={"at": at}), locale_context)
    except (ValueError, OverflowError, OSError):
        return ""

"""What the attributes of Matrix HTML mean."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import unquote, urljoin

from bot.model import Account
from bot.text.addresses import clean_url
from bot.text.html.tokens import Tag

Marks: TypeAlias = Callable[[str], Account | tuple[int, str] | None]
"""Returns the account, or the time and format of a `Moment`, that an address stands for; None: it is an address."""

_USER = re.compile(r"(?:https?://matrix\.to/#/(?:@|%40)|matrix:u/)([^/?#]+)", re.IGNORECASE)
_LANGUAGE = re.compile(r"(?:^|\s)language-(\S+)")


def address(tag: Tag) -> str:
    """Return the address of a link as it is written."""
    return tag.attributes().get("href", "")


def target(tag: Tag, base: str) -> str | Account:
    """Return the account that a link mentions, otherwise its address, or "" if its scheme is not supported.

    `base`: as in `parse`.
    """
    href = address(tag)
    if match := _USER.match(href):
        try:
            return Account.parse("matrix:@" + unquote(match[1]))
        except ValueError:
            pass  # not a valid account, but it may still be a usable link
    try:
        return clean_url(urljoin(base, href.strip()) if base else href)
    except ValueError:
        return ""


def language(tag: Tag) -> str:
    """Return the language of a code block, or an empty string."""
    match = _LANGUAGE.search(tag.attributes().get("class", ""))
    return match[1] if match else ""


def start_number(tag: Tag) -> int:
    """Return the number of the first item of a list."""
    start = tag.attributes().get("start", "").strip()
    return int(start) if re.fullmatch(r"-?[0-9]{1,9}", start) else 1


def shown_instead(tag: Tag) -> str:
    """Return what an image shows where it cannot be seen."""
    attributes = tag.attributes()
    return attributes.get("alt") or attributes.get("title", "")

"""The texts and addresses of feeds, made short and safe (trust: cases 22, 26, 28 and 52)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit

from bot.model import Account, RichText, Text, plain, rich
from bot.text.addresses import clean_url
from bot.text.characters import utf8_safe
from bot.text.codec import dump
from bot.text.flat import Run, changed
from bot.text.html import parse as parse_html
from bot.text.names import clean_line, guard
from bot.text.pings import JOINER
from bot.text.split import split
from bot.text.tree import flatten, nest, normalise

TITLE = 200
SUMMARY = 500
"""Characters of a title and of a summary, at most."""
LONGEST_ID = 300
LONGEST_LINE = 2000
LONGEST_HTML = 32_000
"""Characters of a title and of a text that are looked at."""
_LONGEST_URL = 2000
_LARGEST = 6000
"""Size of a summary with its links; of one with more only the words are kept."""
_YEARS = range(1971, 2200)

_IMAGE = re.compile(r"<img\b[^>]*+>?", re.IGNORECASE)
_PING = re.compile(r"(?<!\w)@(?=\w)")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")
_TRACKING = re.compile(
    r"(?:utm|pk|mtm|piwik|matomo|hsa|at|wt|ns)_\w+|\w*clid|igshid|mc_[ce]id|_ga|_gl|yclid|ref_src|cmpid|wt\.\w+",
    re.IGNORECASE,
)
"""Parameters of addresses that only count readers."""


def title_of(text: str, *, html: bool = False) -> str:
    """Return a title as one line of literal text; of HTML, only its text."""
    return clean_line(plain(parse_html(text[:LONGEST_HTML])) if html else text[:LONGEST_LINE], TITLE)


def summary_of(source: str, base: str, *, html: bool = True) -> RichText:
    """Return the beginning of a text, up to the end of a word. Links are resolved against `base`; nobody is pinged."""
    source = source[:LONGEST_HTML]
    whole = parse_html(_IMAGE.sub(" ", source), base) if html else normalise((Text(source),))
    first, *more = split(whole, SUMMARY)
    text = guard(nest(changed(flatten((*first, Text(" …")) if more else first), _pinging_nobody)))
    return text if len(str(dump(text))) <= _LARGEST else rich(plain(text))


def _pinging_nobody(runs: Sequence[Run]) -> Iterator[Run]:
    for text, look in runs:
        target = None if isinstance(look.target, Account) else look.target
        yield Run(_PING.sub(f"@{JOINER}", text), look._replace(target=target))


def address(url: object, base: str) -> str:
    """Return an address on the web, resolved against `base`; empty if it is none."""
    try:
        joined = clean_url(urljoin(base, url.strip())) if isinstance(url, str) and url.strip() else ""
    except ValueError:
        return ""
    return joined if joined.startswith(("http://", "https://")) and len(joined) <= _LONGEST_URL else ""


def canonical(url: str) -> str:
    """Return what the addresses of one article have in common; empty if it cannot be told."""
    try:
        parts = urlsplit(url)
        host, query = (parts.hostname or "").removeprefix("www."), parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return ""
    kept = urlencode([(key, value) for key, value in query if not _TRACKING.fullmatch(key)])
    return SplitResult("", host, parts.path.rstrip("/"), kept, "").geturl() if host else ""


def identity(*candidates: str) -> str:
    """Return the first that is not empty; a hash of it if it is too long."""
    found = utf8_safe(next(filter(None, candidates)))
    return found if len(found) <= LONGEST_ID else hashed(found)


def hashed(*texts: str) -> str:
    """Return the SHA-256 of texts, in hexadecimal."""
    return hashlib.sha256("\0".join(texts).encode(errors="replace")).hexdigest()


def language_of(text: object) -> str:
    """Return a language tag (RFC 5646), or an empty string."""
    return text.replace("_", "-") if isinstance(text, str) and _LANGUAGE.fullmatch(text) else ""


def moment(text: str) -> datetime | None:
    """Return a moment in the format of RFC 3339; without an offset it is UTC."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return in_range(parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC))


def in_range(at: datetime) -> datetime | None:
    """Return a moment in UTC, None if it is none at which anybody publishes."""
    try:
        return at.astimezone(UTC) if at.year in _YEARS else None
    except OverflowError:
        return None

"""What the headers of an answer say about the next request (RFC 9110, RFC 9111)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.fetching.base import Fetched

LONGEST = 7 * 86400.0
"""Seconds of a wait, at most, whatever a server says."""
_LONGEST_VALIDATOR = 500


def completed(fetched: Fetched, moved: str) -> Fetched:
    """Return an answer with what its headers say."""
    return replace(
        fetched,
        moved=moved,
        not_modified=fetched.status == 304,
        etag=_validator(fetched.headers, "ETag"),
        modified=_validator(fetched.headers, "Last-Modified"),
        max_age=max_age(fetched.headers),
    )


def _validator(headers: Mapping[str, str], name: str) -> str:
    """Return a header that is sent back verbatim; empty if it is too long to be stored."""
    value = headers.get(name, "")
    return value if len(value) <= _LONGEST_VALIDATOR and value.isprintable() else ""


def max_age(headers: Mapping[str, str]) -> float | None:
    """Return for how many seconds an answer stays fresh, or None."""
    match = re.search(r"(?:^|[\s,])max-age=\"?([0-9]{1,10})", headers.get("Cache-Control", ""))
    return min(float(match[1]), LONGEST) if match else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return after how many seconds a server wants to be asked again, or None.

    A date is taken relative to the server's own clock.
    """
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,10}", value):
        return min(float(value), LONGEST)
    then, now = _date(value), _date(headers.get("Date", ""))
    return min(max((then - now).total_seconds(), 0.0), LONGEST) if then and now else None


def _date(value: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(value)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)

"""The entries of a history, and the digests that chain them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from canonicaljson import encode_canonical_json


class Step(StrEnum):
    """What happens to an agreement."""

    PROPOSED = "proposed"
    EDITED = "edited"
    """A new version of the content: confirmations and objections are void."""
    CONFIRMED = "confirmed"
    """A city confirms the present version; it takes back its objection."""
    OBJECTED = "objected"
    """A city objects to the present version; it takes back its confirmation."""
    AGREED = "agreed"
    """The present version comes into force: every city has confirmed it."""
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    DONE = "done"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One step of a history.

    `position`: from 1. `version`: of the content, from 1. `city`: on whose behalf, by name, or empty. `actor`: a keyed
    digest of who did it (`bot.signer.Signer.pseudonym`), or empty. `content`: JSON; PROPOSED and EDITED: all that is to
    be agreed on; OBJECTED and WITHDRAWN: `reason`; AGREED: `cities`, by name; SUPERSEDED: `by`, a number. `previous`:
    the digest of the entry before; of the first one: what the history is about, or empty.
    """

    position: int
    step: Step
    at: datetime
    version: int
    city: str
    actor: str
    content: Mapping[str, Any]
    previous: str
    digest: str

    @property
    def check_number(self) -> str:
        """Eight characters by which people compare the histories that they see."""
        return self.digest[:8]


def digest_of(entry: Entry) -> str:
    """Return the digest that an entry should have.

    It is the SHA-256, in hexadecimal, of the canonical JSON (Matrix specification, appendix "Canonical JSON") of what
    is `hashed`. Raises ValueError or TypeError for what is no JSON.
    """
    return sha256(encode_canonical_json(hashed(entry))).hexdigest()


def hashed(entry: Entry) -> dict[str, Any]:
    """Return the object of which the digest is made: all fields but `digest`.

    `at` is in UTC with microseconds, `2026-11-26T08:00:00.000000+00:00`.
    """
    fields = {name: getattr(entry, name) for name in ("position", "version", "city", "actor", "content", "previous")}
    return fields | {"step": str(entry.step), "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds")}

"""The record of a job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""The due time of work to be done as soon as possible."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work of one `kind` that is due at a time; `key` is unique within the kind, `payload` is JSON, and names nobody.

    `version` grows with each schedule. `attempts`: how often it was begun since then; `failures`: how many of these
    ended in a bug or a crash, the present one included. `lease`: the token of whoever is working on it until
    `leased_until` (None: nobody). `error`: why the last attempt failed. `put_aside_at`: since when it is not tried
    any more.
    """

    id: int
    kind: str
    key: str
    due_at: datetime
    payload: Mapping[str, Any]
    version: int
    attempts: int
    failures: int
    lease: str | None
    leased_until: datetime | None
    error: str
    put_aside_at: datetime | None

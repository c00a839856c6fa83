"""The interface of a fetcher, and what can go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.text.catalogue import LazyText, _

LARGEST = 5_000_000
"""Bytes of a body after decompression, at most, where the caller names no other limit."""


class FetchProblem(StrEnum):
    """Why nothing was fetched."""

    BAD_ADDRESS = "bad_address"
    """Not http or https, with a user name, or not an address at all."""
    NOT_PUBLIC = "not_public"
    """Leads to an address that is not public, or to a port other than 80 and 443."""
    UNKNOWN_HOST = "unknown_host"
    UNREACHABLE = "unreachable"
    """No connection, or it broke."""
    INSECURE = "insecure"
    """The certificate is not valid, or https leads to http."""
    TOO_SLOW = "too_slow"
    TOO_LARGE = "too_large"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    BUSY = "busy"
    """The server asks to come back later (429 or 503)."""
    GONE = "gone"
    """The server says that it will not come back (410)."""
    REFUSED = "refused"
    """Any other answer that is not a success."""
    BROKEN = "broken"
    """Not HTTP, or compressed wrongly."""
    NOT_A_FEED = "not_a_feed"
    """It was fetched, but is no feed, or none that can be read within the limits."""


_TEXTS: Mapping[FetchProblem, LazyText] = {
    FetchProblem.BAD_ADDRESS: _("This is not a web address. It starts with `https://` or `http://`."),
    FetchProblem.NOT_PUBLIC: _(
        "The address is not fetched: it is not on the public internet, or not on port 80 or 443. "
        "Whoever runs the bot can allow it."
    ),
    FetchProblem.UNKNOWN_HOST: _("There is no server with this name."),
    FetchProblem.UNREACHABLE: _("The server cannot be reached."),
    FetchProblem.INSECURE: _("The server has no valid certificate, or leads to an insecure address."),
    FetchProblem.TOO_SLOW: _("The server takes too long to answer."),
    FetchProblem.TOO_LARGE: _("The server’s answer is too large."),
    FetchProblem.TOO_MANY_REDIRECTS: _("The address redirects too many times."),
    FetchProblem.BUSY: _("The server asks us to try again later."),
    FetchProblem.GONE: _("The server says that this page no longer exists."),
    FetchProblem.REFUSED: _("The server answers with an error."),
    FetchProblem.BROKEN: _("The server’s answer cannot be read."),
    FetchProblem.NOT_A_FEED: _("There is no feed at this address that can be read."),
}


class FetchError(Exception):
    """Nothing was fetched. `text` tells people why.

    `status`: the HTTP status, 0 if there was none. `after`: seconds after which the server wants to be asked again.
    """

    def __init__(self, problem: FetchProblem, detail: str = "", *, status: int = 0, after: float | None = None) -> None:
        """Store the details; `detail` is for the log."""
        super().__init__(f"{problem}: {detail}" if detail else problem)
        self.problem = problem
        self.status = status
        self.after = after

    @property
    def text(self) -> LazyText:
        """The reason, for people."""
        if self.problem is FetchProblem.REFUSED and self.status:
            return _("The server answers with an error ({status}).", status=str(self.status))
        return _TEXTS[self.problem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer of a server.

    `url`: where it was found, after redirects; `moved`: the same if all of them were permanent, otherwise empty.
    `not_modified`: it is as it was when `etag` or `modified` were given (304); then there is no body.
    `etag`, `modified`: to be given with the next request, verbatim. `max_age`: seconds for which it stays fresh.
    """

    url: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    etag: str = ""
    modified: str = ""
    not_modified: bool = False
    max_age: float | None = None
    moved: str = ""

    @property
    def content_type(self) -> str:
        """The header of this name; empty if there is none."""
        return self.headers.get("Content-Type", "")


class Fetcher(Protocol):
    """Something that fetches from addresses that people give."""

    async def fetch(
        self, url: str, *, etag: str = "", modified: str = "", limit: int = LARGEST, accept: str = "*/*"
    ) -> Fetched:
        """Fetch an address with GET. `limit`: bytes of the body after decompression.

        Raises FetchError, also for any status other than 200 and 304.
        """

    async def close(self) -> None:
        """End all connections."""

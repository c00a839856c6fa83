"""Which addresses may be fetched (trust: cases 46 to 49)."""

from __future__ import annotations

import errno
import socket
from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

from yarl import URL

from bot.fetching.base import FetchError, FetchProblem

Network: TypeAlias = IPv4Network | IPv6Network
AddressInfo: TypeAlias = tuple[
    int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[str, int] | tuple[str, int, int, int]
]
"""As `socket.getaddrinfo` returns them."""

LONGEST_URL = 2000
PORTS = frozenset({80, 443})
_GLOBAL = IPv6Network("2000::/3")
"""All of IPv6 that is assigned to hosts. Outside are, for instance, translated addresses (64:ff9b::/96, RFC 6052)."""
_EXCEPT = (
    IPv6Network("2002::/16"),  # 6to4 (RFC 3056): contains any IPv4 address
    IPv6Network("3fff::/20"),  # documentation (RFC 9637)
)


class Guard:
    """Refuses to connect to addresses that are not public, unless they are allowed by the settings."""

    def __init__(self, allow: Collection[Network] = ()) -> None:
        """Allow public addresses on ports 80 and 443, and those in `allow` on any port."""
        self._allow = allow

    def socket(self, address: AddressInfo) -> socket.socket:
        """Create the socket for a connection. Raises OSError (EACCES) if it must not be made.

        Here the address is known that is really connected to: after the resolution of names, whatever they
        resolve to this time, for every redirect, and for every notation of an address.
        """
        family, kind, protocol, _name, where = address
        if not self._allowed(where[0], where[1]):
            raise OSError(errno.EACCES, "not a public address")
        return socket.socket(family, kind, protocol)

    def _allowed(self, host: str, port: int) -> bool:
        address = ip_address(host.partition("%")[0])
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self._allow) or (port in PORTS and is_public(address))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of a single host on the public internet."""
    if address.is_multicast or not address.is_global:
        return False
    return isinstance(address, IPv4Address) or (
        address in _GLOBAL and not any(address in network for network in _EXCEPT)
    )


def checked(url: str) -> URL:
    """Return an address without its fragment. Raises FetchError if it is not one that may be fetched."""
    try:
        parsed = URL(url) if len(url) <= LONGEST_URL else URL()
        port = parsed.port  # raises ValueError if it is out of range
    except ValueError:
        parsed, port = URL(), None
    if parsed.scheme not in {"http", "https"} or not parsed.host or not port:
        raise FetchError(FetchProblem.BAD_ADDRESS)
    if parsed.user is not None or parsed.password is not None:
        raise FetchError(FetchProblem.BAD_ADDRESS, "with a user name")
    return parsed.with_fragment(None)

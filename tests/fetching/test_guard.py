"""Which addresses are public: a table, as nothing here may ever be connected to."""

from __future__ import annotations

import socket
from ipaddress import ip_network
from itertools import chain

import pytest

from bot.fetching.base import FetchError
from bot.fetching.guard import Guard, checked

NOT_PUBLIC = {
    "this host": ["0.0.0.0", "0.1.2.3", "::"],  # noqa: S104 - nothing is bound to it
    "loopback": ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1", "::7f00:1"],
    "private": [
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "::ffff:10.0.0.1",
        "fc00::1",
        "fd12:3456::1",
    ],
    "shared": ["100.64.0.1", "100.127.255.255"],
    "link-local": ["169.254.169.254", "fe80::1", "fe80::1%1", "fec0::1"],
    "multicast": ["224.0.0.1", "224.0.1.1", "239.255.255.250", "255.255.255.255", "ff02::1", "ff0e::1"],
    "reserved": ["192.0.0.1", "240.0.0.1", "198.18.0.1", "100::1", "5f00::1"],
    "documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    "with another inside": ["64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "2001::1", "2002:7f00:1::1"],
}
PUBLIC = [
    *("1.1.1.1", "8.8.8.8", "100.63.255.255", "172.32.0.1", "192.169.0.1"),
    *("2001:4860:4860::8888", "2a00:1450::1", "::ffff:8.8.8.8"),
]


def _made(guard: Guard, host: str, port: int = 443) -> bool:
    """Whether a socket is made; it is closed unconnected."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        guard.socket((family, socket.SOCK_STREAM, 0, "", (host, port))).close()
    except PermissionError:
        return False
    return True


@pytest.mark.parametrize("host", [*chain(*NOT_PUBLIC.values())])
def test_addresses_that_are_not_public(host: str) -> None:
    assert not _made(Guard(), host)
    assert not _made(Guard([ip_network("10.99.0.0/16"), ip_network("fd99::/16")]), host)


@pytest.mark.parametrize("host", PUBLIC)
def test_public_addresses_and_their_ports(host: str) -> None:
    made = [_made(Guard(), host, port) for port in (80, 443, 22, 25, 8080, 0, 65535)]
    assert made == [True, True, False, False, False, False, False]


def test_what_the_settings_allow_is_allowed_on_every_port() -> None:
    guard = Guard([ip_network("10.20.0.0/16"), ip_network("::1")])
    hosts = ["10.20.1.1", "::ffff:10.20.1.1", "::1", "10.21.0.1", "127.0.0.1"]
    assert [_made(guard, host, 8080) for host in hosts] == [True, True, True, False, False]
    assert _made(guard, "1.1.1.1")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://köln.de/a b?q=ä#x", "https://xn--kln-sna.de/a%20b?q=%C3%A4"),
        ("HTTP://Example.ORG:80", "http://example.org"),
        ("http://example.org:8080/", "http://example.org:8080/"),
        ("http://example.org/@user", "http://example.org/@user"),
    ],
)
def test_addresses_in_their_usual_form(url: str, expected: str) -> None:
    assert str(checked(url)) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "http://",
        "http:///x",
        "http://[::1",
        "http://a:99999/",
        "http://a:b/",
        "https:x",
        "//a/",
        "/a",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(FetchError):
        checked(url)
    with pytest.raises(FetchError):
        checked(f"http://example.org/{'x' * 2000}")

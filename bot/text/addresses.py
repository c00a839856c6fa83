"""Link addresses: which are supported, and which link texts show a different address from their target."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

from bot.text.characters import INVISIBLE, utf8_safe
from bot.text.lookalikes import skeleton

SCHEMES = frozenset(
    {"http", "https", "mailto", "tel", "tg", "matrix", "ftp", "magnet", "ton", "geo", "sms", "xmpp", "sip"}
)

_LONGEST = 2000

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(//)?([^\s\x00-\x1f\x7f]+)")
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_BETWEEN = re.compile(r"[\s<>()\[\]{}\"'«»‹›„“”‚‘’,;|`]+")
_HOST_END = re.compile(r"[/?#\\]")
_PREFIX = re.compile(r"\A(?:[A-Za-z]+://|mailto:)")
_LABEL = re.compile(r"[^\W_][\w-]*+")
_WEB = frozenset({"http", "https", "ftp"})
_LATIN = frozenset("ßæøœłđþðÆØŒŁĐÞÐ")
_LONGEST_HOST = 253
_FEWEST_DIGITS = 5
"""Digits from which a number may be taken for that of a telephone."""


def scheme(url: str) -> str:
    """Return the scheme of an address in lower case, or "" if it has none."""
    match = _URL.fullmatch(url)
    return match[1].lower() if match else ""


def clean_url(url: str) -> str:
    """Return the address in a form fit for a link, or "" if its scheme is not supported.

    Addresses that would ping a Telegram account are not supported.
    """
    url = utf8_safe(url.strip().replace(" ", "%20"))
    match = _URL.fullmatch(url)
    if not match or match[1].lower() not in SCHEMES:
        return ""
    kind = match[1].lower()
    if kind in {"http", "https"} and not match[2]:
        return ""
    if kind == "tg" and match[3].lower().startswith("user"):
        return ""
    return kind + url[len(kind) :]


def same_address(shown: str, url: str) -> bool:
    """Whether a text is just the address itself, with or without its scheme."""
    if scheme(url) == "tel":
        return re.sub(r"[\s()/.-]", "", shown.removeprefix("tel:")) == url[4:]
    return _reduced(shown.strip()) in {_reduced(url), _reduced(spelled(url))}


def spelled(url: str) -> str:
    """Return an address as people can see where it leads: without a user name, and with no letters of another script.

    `https://good.org@evil.org` leads to evil.org, and `https://pаypal.com`, with a Cyrillic а, to xn--pypal-4ve.com.
    """
    if scheme(url) not in _WEB:
        return url
    start, (host, rest) = _PREFIX.match(url), _parts(url)
    name = host.rpartition("@")[2]
    return f"{start[0] if start else ''}{_punycode(name) if _deceives(name) else name}{rest}"


def _reduced(address: str) -> str:
    host, rest = _parts(address)
    return host.lower().removeprefix("www.") + rest.removesuffix("/")


def misleads(shown: str, url: str) -> bool:
    """Whether a link's text shows an address other than its target, or is too long to tell."""
    if same_address(shown, url):
        return scheme(url) in _WEB and spelled(url) != url and not same_address(shown, spelled(url))
    if len(shown) > _LONGEST:
        return True
    if scheme(url) == "tel":
        return not _dials(shown, url)
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", shown)).replace("。", ".")
    return any(not _leads_to(token, url) for token in _addresses(text))


def looks_like_address(text: str) -> bool:
    """Whether clients may turn a text without white space into a link."""
    return (
        "://" in text or text.lower().startswith(("www.", "mailto:", "tg:")) or any(_addresses(text.replace("@", " ")))
    )


def _addresses(text: str) -> Iterator[str]:
    for token in (part.strip(".:!?…") for part in _BETWEEN.split(text)):
        if "://" in token or ("." in token and _is_host(_host(token))):
            yield token


def _is_host(host: str) -> bool:
    labels = host.split(".")
    if len(labels) < 2 or len(host) > _LONGEST_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        return False
    numbers = len(labels) == 4 and all(label.isdecimal() for label in labels)
    return numbers or (len(labels[-1]) > 1 and not labels[-1][0].isdecimal())


def _parts(address: str) -> tuple[str, str]:
    """Split an address, with or without scheme, into user and host, and the rest."""
    rest = _PREFIX.sub("", address, count=1)
    host = _HOST_END.split(rest, maxsplit=1)[0]
    return host, rest[len(host) :]


def _host(address: str) -> str:
    host = _parts(address)[0].rpartition("@")[2]
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).lower().removeprefix("www.").removesuffix(".")


def _punycode(host: str) -> str:
    if host.isascii() or len(host) > _LONGEST_HOST:
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _leads_to(shown: str, url: str) -> bool:
    return (
        _punycode(_host(shown)) == _punycode(_host(url)) and _user(shown, url) and _path(url).startswith(_path(shown))
    )


def _user(shown: str, url: str) -> bool:
    """Whether `shown` is not an e-mail address, or is the one in `url`."""
    user = _parts(shown)[0].rpartition("@")[0]
    return not user or (scheme(url) == "mailto" and _parts(url)[0].lower() == _parts(shown)[0].lower())


def _path(address: str) -> str:
    return unquote(_parts(address)[1]).rstrip("/")


def _dials(shown: str, url: str) -> bool:
    """Whether a text has no telephone number but that of its target, which may be without the code of its country."""
    digits, target = (re.sub(r"\D", "", each).lstrip("0") for each in (shown, url))
    return len(digits) < _FEWEST_DIGITS or target.endswith(digits)


def _deceives(host: str) -> bool:
    """Whether a host has letters that look like Latin ones but are of another script, or of several scripts."""
    return any(map(_label_deceives, host.split("."))) if not host.isascii() and len(host) <= _LONGEST_HOST else False


def _label_deceives(label: str) -> bool:
    base = "".join(char for char in unicodedata.normalize("NFD", label) if not unicodedata.combining(char))
    foreign = [char for char in base if char.isalpha() and not (char.isascii() or char in _LATIN)]
    mixed = any("a" <= char <= "z" for char in base.lower())
    return bool(foreign) and (mixed or skeleton(label).isascii())

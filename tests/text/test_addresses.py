from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.addresses import clean_url, misleads, same_address, spelled


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        (" https://example.org/ä ", "https://example.org/ä"),
        ("HTTPS://Example.org", "https://Example.org"),
        ("mailto:a@b.org", "mailto:a@b.org"),
        ("tel:+49", "tel:+49"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("matrix:r/a:b", "matrix:r/a:b"),
        ("https://a.org/b c", "https://a.org/b%20c"),
        ("tg://user?id=1", ""),
        ("TG:User?id=1", ""),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("file:///etc/passwd", ""),
        ("https:example.org", ""),
        ("//example.org", ""),
        ("example.org", ""),
        ("https://a.org/\x00", "https://a.org/\ufffd"),
        ("https://a.org/\x1b", ""),
        ("", ""),
    ],
)
def test_addresses_that_we_follow(url: str, clean: str) -> None:
    assert clean_url(url) == clean


@pytest.mark.parametrize(
    ("shown", "url"),
    [
        ("https://example.org", "https://example.org/"),
        ("www.Example.org", "http://example.org"),
        ("a@b.org", "mailto:a@b.org"),
        ("+49 (221) 22-1", "tel:+49221221"),
        ("matrix:r/a:b", "matrix:r/a:b"),
    ],
)
def test_texts_that_are_the_address(shown: str, url: str) -> None:
    assert same_address(shown, url)


@pytest.mark.parametrize(
    ("shown", "url"),
    [
        ("here", "https://evil.org"),
        ("example.org", "https://example.org/long/path?x=1"),
        ("www.example.org/long", "https://example.org/long/path"),
        ("example.org/long…", "https://example.org/long/path"),
        ("See https://example.org, please.", "https://example.org/"),
        ("köln.de", "https://xn--kln-sna.de"),
        ("ｅｘａｍｐｌｅ．org", "https://example.org"),
        ("word " * 400, "https://example.org"),
        ("EXAMPLE.org:443", "https://example.org"),
        ("Write to anna@example.org", "mailto:Anna@example.org?subject=x"),
        ("#room:example.org", "https://matrix.to/#/#room:example.org"),
        ("z.B. 3.11.7 at 10.30", "https://example.org"),
        ("e. g. this", "https://example.org"),
        ("https://köln.de/", "https://köln.de"),
        ("москва.рф", "https://москва.рф"),
        ("evil.org", "https://good.org@evil.org/"),
        ("xn--pypal-4ve.com", "https://pаypal.com"),
        ("0221 221-0", "tel:+492212210"),
        ("Call us, 24/7", "tel:+492212210"),
    ],
)
def test_honest_texts(shown: str, url: str) -> None:
    assert not misleads(shown, url)


@pytest.mark.parametrize(
    ("shown", "url"),
    [
        ("https://good.org", "https://evil.org"),
        ("good.org", "https://evil.org/good.org"),
        ("good.org", "https://good.org.evil.org"),
        ("good.org", "https://good.org@evil.org"),
        ("good.org", "https://evil.org\\@good.org/"),
        ("Go to GOOD.ORG!", "https://evil.org"),
        ("(good.org)", "https://evil.org"),
        ("good\u200b.org", "https://evil.org"),
        ("good。org", "https://evil.org"),
        ("ｇｏｏｄ.ｏｒｇ", "https://evil.org"),
        ("good．org", "https://evil.org"),
        ("word " * 401, "https://example.org"),
        ("good.org/agreement", "https://good.org/other"),
        ("192.0.2.1", "https://evil.org"),
        ("anna@good.org", "mailto:ben@good.org"),
        ("anna@good.org", "https://good.org"),
        ("good.org", "tg://resolve?domain=x"),
        ("ftp://good.org", "https://evil.org"),
        ("good.org evil.org", "https://evil.org"),
        ("https://good.org@evil.org/", "https://good.org@evil.org/"),
        ("https://pаypal.com", "https://pаypal.com"),
        ("аррӏе.com", "https://аррӏе.com"),
        ("paypal.com", "https://pаypal.com"),
        ("0221 221-0", "tel:+4990012345"),
    ],
)
def test_texts_that_show_another_address(shown: str, url: str) -> None:
    assert misleads(shown, url)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://good.org@evil.org/a?b@c", "https://evil.org/a?b@c"),
        ("https://pаypal.com:443/ä", "https://xn--pypal-4ve.com:443/ä"),
        ("http://аррӏе.com", "http://xn--80ak6aa92e.com"),
        ("https://köln.de/", "https://köln.de/"),
        ("https://москва.рф", "https://москва.рф"),
        ("mailto:anna@example.org", "mailto:anna@example.org"),
    ],
)
def test_where_an_address_leads(url: str, shown: str) -> None:
    assert spelled(url) == shown
    assert same_address(shown, url)
    assert not misleads(shown, url)


@given(st.text(), st.text())
def test_no_text_raises(shown: str, url: str) -> None:
    misleads(shown, "https://" + (clean_url("https://" + url) or url))
    same_address(shown, url)


@pytest.mark.parametrize("piece", ["a", ".", "a.", "-", "a-", "a@", "://", "a://", "/", "\u200b", "ä.", "(", "ﷺ"])
def test_time_grows_with_the_length_only(piece: str) -> None:
    shown = piece * (100_000 // len(piece))
    before = process_time()
    misleads(shown, "https://example.org/" + shown)
    assert process_time() - before < 1

"""The guards of fetching, each taken away as in `guards`. Even then nothing but the loopback interface is reached."""

from __future__ import annotations

import re
import socket
from ipaddress import ip_address
from typing import Any

import aiohttp
from yarl import URL

from bot.fetching import guard, http, parsing, pictures, reader, syndication, texts
from bot.fetching.base import FetchError, FetchProblem
from bot.fetching.guard import Guard
from bot.fetching.pictures import Picture
from bot.fetching.process import ParserProcess
from tests.fake_web import LocalParser
from tests.fetching.servers import LOOPBACK
from tests.trust import test_fetching as fetching
from tests.trust.guards import both, instead, yes


def _checked_beforehand(url: str) -> URL:
    found = URL(url)
    where = socket.getaddrinfo(found.host, found.port)[0][4][0]
    if ip_address(where) not in LOOPBACK[0]:
        raise FetchError(FetchProblem.NOT_PUBLIC)
    return found


async def _whole(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    body = await answer.read()
    if len(body) > limit:
        raise FetchError(FetchProblem.TOO_LARGE)
    return body


async def _all(answer: aiohttp.ClientResponse, _limit: int) -> bytes:
    return await answer.read()


def _timeout(**_limits: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(None, sock_read=10)


async def _parsed_here(_self: ParserProcess, *document: Any) -> Any:
    return await LocalParser().parse(*document)


def _by_its_type(data: bytes) -> Picture:
    return Picture(data, "image/png", 9, 9)


titles_as_html = instead(syndication, "title_of", lambda text, **_html: texts.title_of(text, html=True))
any_address = instead(http, "checked", URL)
any_port = instead(guard, "PORTS", range(65536))
everything_public = instead(guard, "is_public", yes)
every_hop_allowed = instead(Guard, "_allowed", yes)
every_scheme = instead(http, "next_hop", lambda here, location: here.join(URL(location)))
hops_without_end = instead(http, "REDIRECTS", 50)
names_looked_up_first = both(every_hop_allowed, instead(http, "checked", _checked_beforehand))
entities_allowed = instead(parsing, "_SUBSET", re.compile(b"(?!)"))
unpacked_as_a_whole = instead(http, "_body", _whole)
bodies_without_end = instead(http, "_body", _all)
titles_without_end = instead(texts, "TITLE", 10**6)
items_without_end = instead(parsing, "ITEMS", 10**6)
time_without_end = instead(http, "ClientTimeout", _timeout)
parsed_in_the_loop = instead(ParserProcess, "parse", _parsed_here)
any_date = instead(syndication, "in_range", lambda at: at)
pictures_by_their_type = instead(reader, "picture_of", _by_its_type)
pictures_of_any_size = instead(pictures, "LARGEST_SUM", 10**9)

GUARDS: list[Any] = [
    (fetching.test_case_28_markup_in_a_title_is_literal, titles_as_html, {"text": "<b>Neu</b>"}),
    (fetching.test_case_46_only_plain_web_addresses_are_fetched, any_address, {"form": "http://user@{}/"}),
    (fetching.test_case_46_odd_ports_are_refused, any_port),
    (
        fetching.test_case_47_no_notation_leads_to_an_address_that_is_not_public,
        everything_public,
        {"host": "0x7f.1"},
    ),
    (fetching.test_case_48_each_redirect_is_checked, every_hop_allowed, {"target": "http://127.0.0.2:{}/"}),
    (
        fetching.test_case_48_a_redirect_leads_to_plain_web_addresses_only,
        any_address,
        {"target": "http://user@127.0.0.1/"},
    ),
    (fetching.test_case_48_https_never_leads_to_http, every_scheme),
    (fetching.test_case_48_redirects_end, hops_without_end),
    (fetching.test_case_49_the_address_connected_to_counts, names_looked_up_first),
    (
        fetching.test_case_50_a_feed_that_declares_entities_is_rejected,
        entities_allowed,
        {"entity": '<!ENTITY x "y">', "encoding": "utf-8"},
    ),
    (fetching.test_case_51_what_is_unpacked_ends_at_the_limit, unpacked_as_a_whole),
    (fetching.test_case_52_texts_are_cut, titles_without_end),
    (fetching.test_case_52_a_hundred_thousand_items_are_a_few, items_without_end, {"count": 1000}),
    (fetching.test_case_52_a_byte_now_and_then_is_too_slow, time_without_end),
    (fetching.test_case_52_a_document_that_takes_long_is_given_up, parsed_in_the_loop),
    (fetching.test_case_55_impossible_dates_are_none, any_date, {"date": "Thu, 01 Jan 1970 00:00:00 GMT"}),
    (fetching.test_case_57_a_picture_of_a_feed_is_one_by_its_bytes, pictures_by_their_type, {"body": fetching.SVG}),
    (fetching.test_case_58_a_picture_is_measured_before_anybody_unpacks_it, pictures_of_any_size),
    (
        fetching.test_case_59_a_body_ends_at_the_limit_whatever_was_said_of_its_size,
        bodies_without_end,
        {"claimed": b"Transfer-Encoding: chunked"},
    ),
]

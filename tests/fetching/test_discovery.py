"""A feed is found from the address of a page."""

from __future__ import annotations

import pytest

from bot.fetching.base import Fetched, FetchError, FetchProblem
from bot.fetching.documents import FeedLink, ParsedPage
from bot.fetching.markup import parse_page
from bot.fetching.reader import FeedAnswer, FeedReader
from tests.fake_web import FakeFetcher, LocalParser

RSS = '<rss version="2.0"><channel><title>{}</title></channel></rss>'
HOME = "https://koeln.de/"


def link(url: str, title: str = "", kind: str = "application/rss+xml", rel: str = "alternate") -> str:
    return f'<link rel="{rel}" type="{kind}" href="{url}" title="{title}">'


def page(head: str = "", body: str = "") -> str:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"


def web_of(html: str, **feeds: str) -> tuple[FakeFetcher, FeedReader]:
    web = FakeFetcher()
    web.serve(HOME, html, "text/html; charset=utf-8")
    for path, title in feeds.items():
        web.serve(f"{HOME}{path}", RSS.format(title))
    return web, FeedReader(web, LocalParser())


async def test_the_feed_itself() -> None:
    web, reader = web_of("", feed="Köln")
    found = await reader.find(f"{HOME}feed")
    assert isinstance(found, FeedAnswer)
    assert found.feed
    assert (found.feed.title, web.asked) == ("Köln", [f"{HOME}feed"])


@pytest.mark.parametrize(
    "head",
    [
        link("/news"),
        link("news", kind="application/atom+xml"),
        link("https://koeln.de/news", kind="application/feed+json"),
        link("/news", kind="Application/RSS+XML; charset=utf-8", rel="Alternate home"),
        '<base href="/a/b/">' + link("../../news"),
        link("/news") + link("/comments/feed", "Kommentare"),
        link("/news") + link("/news"),
        link("javascript:x()") + link("file:///etc/passwd") + link("/style", kind="text/css") + link("/news"),
    ],
)
async def test_the_only_feed_of_a_page_is_taken(head: str) -> None:
    web, reader = web_of(page(head), news="Nachrichten")
    found = await reader.find(HOME)
    assert isinstance(found, FeedAnswer)
    assert found.feed
    assert (found.fetched.url, found.feed.title) == (f"{HOME}news", "Nachrichten")
    assert web.asked == [HOME, f"{HOME}news"]


async def test_several_feeds_are_a_list_to_choose_from() -> None:
    web, reader = web_of(page(link("/a", "Presse &amp; <b>mehr</b>") + link("/b")))
    assert await reader.find(HOME) == (FeedLink(f"{HOME}a", "Presse & <b>mehr</b>"), FeedLink(f"{HOME}b"))
    assert web.asked == [HOME]


@pytest.mark.parametrize("body", ['<a href="/service/news.rss">RSS</a>', '<a href="/rss.xml">x</a>', ""])
async def test_a_feed_that_the_page_does_not_name_is_looked_for(body: str) -> None:
    path = "service/news.rss" if "service" in body else "rss.xml"
    _web, reader = web_of(page(body=body), **{path: "Nachrichten"})
    found = await reader.find(HOME)
    assert isinstance(found, FeedAnswer)
    assert found.fetched.url == f"{HOME}{path}"


async def test_it_is_looked_for_in_a_few_places_only() -> None:
    links = "".join(f'<a href="/rss/{number}">x</a>' for number in range(1000))
    web, reader = web_of(page(body=links))
    with pytest.raises(FetchError) as caught:
        await reader.find(HOME)
    assert caught.value.problem is FetchProblem.NOT_A_FEED
    assert len(web.asked) == 6


async def test_the_only_feed_of_a_page_fails_with_its_own_reason() -> None:
    _web, reader = web_of(page(link("/gone")))
    with pytest.raises(FetchError) as caught:
        await reader.find(HOME)
    assert caught.value.status == 404


async def test_a_page_is_no_feed() -> None:
    _web, reader = web_of(page(link("/news")))
    with pytest.raises(FetchError) as caught:
        await reader.read(HOME)
    assert caught.value.problem is FetchProblem.NOT_A_FEED


async def test_nothing_is_parsed_that_is_not_modified() -> None:
    web = FakeFetcher({HOME: Fetched(url=HOME, etag='"1"', body=b"not parsed")})
    answer = await FeedReader(web, LocalParser()).read(HOME, etag='"1"')
    assert answer.feed is None
    assert answer.fetched.not_modified


@pytest.mark.parametrize("charset", ["iso-8859-1", "klingon", "punycode", "hex", "utf-8"])
def test_titles_in_the_charset_of_the_page(charset: str) -> None:
    html = page(f'<meta charset="{charset}">' + link("/a", "Köln"))
    body = html.encode(charset if charset.startswith("iso") else "utf-8")
    found = parse_page(body, "text/html", HOME)
    assert found.feeds[0].title == ("Köln" if charset != "punycode" else found.feeds[0].title)


def test_a_page_of_nothing_but_links_is_bounded() -> None:
    found = parse_page(page("".join(link(f"/{number}") for number in range(9999))).encode(), "text/html", HOME)
    assert isinstance(found, ParsedPage)
    assert len(found.feeds) == 20

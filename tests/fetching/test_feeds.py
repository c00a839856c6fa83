"""Feeds as they are found: every format, and what is wrong with many."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.fetching.documents import FeedItem, ParsedFeed
from bot.fetching.parsing import ITEMS, parse_document
from bot.model import Link, plain, rich

URL = "https://koeln.de/news/feed.xml"
MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'


def parsed(body: str | bytes, content_type: str = "application/xml") -> ParsedFeed:
    found = parse_document(body.encode() if isinstance(body, str) else body, content_type, URL)
    assert isinstance(found, ParsedFeed)
    return found


def rss(*items: str, about: str = "") -> str:
    inner = "".join(f"<item>{each}</item>" for each in items)
    return f'<?xml version="1.0"?><rss version="2.0" {MEDIA}><channel>{about}{inner}</channel></rss>'


def atom(entry: str) -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry>{entry}</entry></feed>'


def json_feed(*items: object, **about: object) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items, **about})


def only(feed: ParsedFeed) -> FeedItem:
    (item,) = feed.items
    return item


NEWS = {
    "rss20": rss(
        "<title>Markt</title><link>https://koeln.de/1</link><guid>a1</guid><description>Am &lt;b&gt;Dom&lt;/b&gt;"
        "</description><pubDate>Wed, 22 Feb 2023 11:00:00 +0100</pubDate>",
        about="<title>Köln</title><link>https://koeln.de/</link><language>de-de</language>",
    ),
    "rss092": '<rss version="0.92"><channel><title>Köln</title><link>https://koeln.de/</link><language>de-de</language>'
    "<item><title>Markt</title><link>https://koeln.de/1</link><guid>a1</guid><description>Am &lt;b&gt;Dom&lt;/b&gt;"
    "</description><pubDate>Wed, 22 Feb 2023 10:00:00 GMT</pubDate></item></channel></rss>",
    "rss10": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>Köln</title>'
    "<link>https://koeln.de/</link><dc:language>de-de</dc:language></channel>"
    '<item rdf:about="a1"><title>Markt</title><link>https://koeln.de/1</link><description>Am &lt;b&gt;Dom&lt;/b&gt;'
    "</description><dc:date>2023-02-22T11:00:00+01:00</dc:date></item></rdf:RDF>",
    "atom10": '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de-de"><title>Köln</title>'
    '<link href="https://koeln.de/"/><entry><id>a1</id><title>Markt</title><link href="https://koeln.de/1"/>'
    '<summary type="html">Am &lt;b&gt;Dom&lt;/b&gt;</summary><published>2023-02-22T10:00:00Z</published></entry>'
    "</feed>",
    "json11": json_feed(
        {
            "id": "a1",
            "title": "Markt",
            "url": "https://koeln.de/1",
            "content_html": "Am <b>Dom</b>",
            "date_published": "2023-02-22T11:00:00+01:00",
        },
        title="Köln",
        home_page_url="https://koeln.de/",
        language="de-de",
    ),
}


@pytest.mark.parametrize("name", NEWS)
def test_every_format_says_the_same(name: str) -> None:
    feed = parsed(NEWS[name])
    item = only(feed)
    assert (feed.title, feed.link) == ("Köln", "https://koeln.de/")
    assert feed.language in {"de-de", ""}  # feedparser keeps none of an Atom feed
    assert (item.title, item.link) == ("Markt", "https://koeln.de/1")
    assert item.id == "a1"
    assert plain(item.summary) == "Am Dom"
    assert len(item.summary) == 2
    assert item.published == datetime(2023, 2, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1", "utf-16", "klingon", ""])
@pytest.mark.parametrize("real", ["utf-8", "iso-8859-1", "utf-16"])
def test_encodings_that_are_declared_wrongly_are_found_out(declared: str, real: str) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = f'{head}<rss version="2.0"><channel><title>Köln</title></channel></rss>'
    feed = parsed(body.encode(real))
    wrong_but_possible = (declared, real) == ("iso-8859-1", "utf-8")
    assert feed.title == ("KÃ¶ln" if wrong_but_possible and feed.title != "Köln" else "Köln")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_is_unicode_whatever_precedes_it(encoding: str) -> None:
    assert parsed(json_feed(title="Köln").encode(encoding)).title in {"Köln", "K\\u00f6ln"}
    assert parsed(b'{"version": "https://jsonfeed.org/version/1", "title": "K\xf6ln"}').title == "Kln"


def test_broken_xml_is_read_as_far_as_it_goes() -> None:
    feed = parsed(
        '<rss version="2.0"><channel><title>A & B</title><item><title>One &nbsp; two</title></item><item><title>3'
    )
    assert feed.title == "A & B"
    assert [item.title for item in feed.items] == ["One two"]


def test_what_breaks_one_item_breaks_no_other() -> None:
    odd = "<title>a&#xD83D;&#xDE00;&#55357;&#56832;b</title><link>http://[</link>"
    based = '<title>c</title><description xml:base="http://[">d</description>'
    items = parsed(rss(odd, based, "<title>&#55295;</title>")).items
    assert [(item.title, item.link) for item in items] == [("ab", ""), ("c", ""), ("\ud7ff", "")]


def test_an_empty_feed_is_a_feed() -> None:
    assert parsed('<rss version="2.0"><channel/></rss>') == ParsedFeed()


@pytest.mark.parametrize(
    "body", ['{"version": 1}', "[]", '{"items": []}', "{", '{"version": "https://x.org/version/1"}']
)
def test_other_json_is_no_feed(body: str) -> None:
    with pytest.raises(ValueError, match=r"JSON|delimiter|property name"):
        parsed(body if body.startswith("{") else '{"version": []}')


@pytest.mark.parametrize("odd", [None, 7, "x", [], {"a": 1}, [1, None], True])
def test_odd_values_in_a_json_feed_are_ignored(odd: Any) -> None:
    keys = ("title", "url", "summary", "content_html", "content_text", "image", "attachments", "date_published")
    feed = parsed(json_feed({"id": "a", "title": "x", **dict.fromkeys(keys, odd)}, {"id": 2, "title": "y"}, odd))
    assert [item.id for item in feed.items if item.title == "y"] == ["2"]


# Texts


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("AT&amp;amp;T", "AT&T"),
        ("<![CDATA[It&#8217;s]]>", "It’s"),
        ("1 &lt; 2", "1 < 2"),
        ("two\n lines", "two lines"),
        ("Köln\u202e\u200b", "Köln"),
        ("x" * 300, "x" * 199 + "…"),
    ],
)
def test_titles_are_one_line_of_text(title: str, shown: str) -> None:
    assert only(parsed(rss(f"<title>{title}</title>"))).title == shown


def test_only_atom_declares_that_a_title_is_html() -> None:
    title = "&lt;em&gt;Neu&lt;/em&gt;: R&amp;amp;D"
    assert only(parsed(atom(f'<id>a</id><title type="html">{title}</title>'))).title == "Neu: R&D"
    assert only(parsed(atom(f'<id>a</id><title type="text">{title}</title>'))).title == "<em>Neu</em>: R&amp;D"


def test_a_summary_ends_with_a_word() -> None:
    summary = plain(only(parsed(rss(f"<title>t</title><description>{'Wort ' * 500}</description>"))).summary)
    assert len(summary) <= 502
    assert summary.endswith("Wort …")


def test_a_summary_of_links_alone_is_words() -> None:
    links = "".join(f'&lt;a href="https://x.de/{"y" * 1500}"&gt;a{number}&lt;/a&gt; ' for number in range(30))
    item = only(parsed(rss(f"<title>t</title><description>{links}</description>")))
    assert plain(item.summary).startswith("a0 a1")
    assert not any(isinstance(node, Link) for node in item.summary)


def test_links_are_resolved_and_lead_to_the_web() -> None:
    text = '&lt;a href="/a"&gt;a&lt;/a&gt; &lt;a href="javascript:x()"&gt;b&lt;/a&gt; &lt;a href="b?c"&gt;c&lt;/a&gt;'
    item = only(parsed(rss(f"<title>t</title><link>../1</link><description>{text}</description>")))
    assert item.link == "https://koeln.de/1"
    links = {plain(each.children): each.url for each in item.summary if isinstance(each, Link)}
    assert links == {"a": "https://koeln.de/a", "c": "https://koeln.de/b?c"}
    assert only(parsed(rss("<title>t</title><link>javascript:alert(1)</link>"))).link == ""


def test_atom_resolves_against_its_own_base() -> None:
    item = only(parsed(atom('<id>i</id><title>t</title><link href="x" xml:base="https://a.de/b/"/>')))
    assert item.link == "https://a.de/b/x"


# Identity


def test_an_item_without_an_id_has_its_link_or_its_content() -> None:
    by_link, by_content = parsed(rss("<title>a</title><link>https://x.de/1</link>", "<title>b</title>")).items
    assert by_link.id == "https://x.de/1"
    assert by_content.id == by_content.digest


def test_an_item_that_is_listed_twice_is_one() -> None:
    item = "<title>a</title><guid>1</guid><link>https://x.de/1</link>"
    assert only(parsed(rss(item, item))).id == "1"


def test_an_id_that_all_items_share_identifies_none() -> None:
    same = "<guid>1</guid><link>https://koeln.de/</link>"
    feed = parsed(
        rss(f"{same}<title>a</title>", f"{same}<title>b</title>", "<guid>1</guid><title>a</title><link>/c</link>")
    )
    assert [item.id for item in feed.items] == [feed.items[0].digest, feed.items[1].digest, "https://koeln.de/c"]
    assert [item.canonical for item in feed.items] == ["", "", "//koeln.de/c"]


@pytest.mark.parametrize(
    "link",
    [
        "https://www.koeln.de/a?utm_source=rss&amp;utm_medium=x&amp;id=7",
        "http://koeln.de/a/?id=7&amp;fbclid=IwAR0",
        "https://KOELN.de/a?id=7&amp;at_campaign=x&amp;mtm_kwd=y&amp;gclid=z",
    ],
)
def test_links_to_one_article_have_one_canonical_form(link: str) -> None:
    assert only(parsed(rss(f"<title>a</title><link>{link}</link>"))).canonical == "//koeln.de/a?id=7"


def test_the_digest_changes_with_title_and_summary_only() -> None:
    first = only(parsed(rss("<title>a</title><description>b</description><guid>1</guid>")))
    moved = only(parsed(rss("<title>a</title><description>b</description><guid>2</guid><link>/x</link>")))
    changed = only(parsed(rss("<title>a</title><description>c</description><guid>1</guid>")))
    assert first.digest == moved.digest != changed.digest


@pytest.mark.parametrize("newest_first", [True, False, None])
def test_of_a_long_feed_the_newer_end_is_read(newest_first: bool | None) -> None:
    at = [datetime(2023, 2, 22, tzinfo=UTC) + timedelta(hours=number) for number in range(1000)]
    dates = ["" if newest_first is None else each.isoformat() for each in (at[::-1] if newest_first else at)]
    items = [f"<title>{n}</title><guid>{n}</guid><pubDate>{date}</pubDate>" for n, date in enumerate(dates)]
    as_json = json_feed(*({"id": n, "title": "x", "date_published": date} for n, date in enumerate(dates)))
    expected = range(1000)[-ITEMS:] if newest_first is False else range(ITEMS)
    for feed in (parsed(rss(*items)), parsed(as_json)):
        assert [item.id for item in feed.items] == [str(number) for number in expected]


# Pictures


@pytest.mark.parametrize(
    "item",
    [
        '<enclosure url="/p.jpg" type="image/jpeg" length="9"/>',
        '<media:content url="/p.jpg" medium="image"/>',
        '<media:group><media:content url="/p.jpg" type="image/png"/></media:group>',
        '<media:thumbnail url="/p.jpg"/>',
        '<description>&lt;img src="/p.jpg"&gt; x</description>',
        "<content:encoded>&lt;img src='/p.jpg' width=600&gt; x</content:encoded><description>y</description>",
        '<enclosure url="/a.mp3" type="audio/mpeg"/><media:thumbnail url="/p.jpg"/>',
        '<description>&lt;img src="/1.gif" width="1"&gt;&lt;img src="data:x"&gt;&lt;img src="/p.jpg"&gt;</description>',
    ],
)
def test_the_picture_of_an_item(item: str) -> None:
    assert only(parsed(rss(f"<title>t</title>{item}"))).picture == "https://koeln.de/p.jpg"


def test_pictures_of_json_feeds() -> None:
    attached = {
        "attachments": [{"url": "/a.mp3", "mime_type": "audio/mpeg"}, {"url": "/p.jpg", "mime_type": "image/x"}]
    }
    for fields in ({"image": "/p.jpg"}, {"banner_image": "/p.jpg"}, {"content_html": "<img src='/p.jpg'>"}, attached):
        item = only(parsed(json_feed({"id": "1", "title": "t", **fields})))
        assert item.picture == "https://koeln.de/p.jpg"


def test_the_description_of_a_picture_is_kept_apart_from_the_text() -> None:
    item = only(parsed(rss('<title>t</title><description>&lt;img src="/p.jpg" alt="Der Dom"&gt;Text</description>')))
    assert (item.picture_alt, item.summary) == ("Der Dom", rich("Text"))


# Dates


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Wed, 22 Feb 2023 11:00:00", datetime(2023, 2, 22, 11, tzinfo=UTC)),
        ("2023-02-22T11:00:00-05:00", datetime(2023, 2, 22, 16, tzinfo=UTC)),
        ("Thu, 01 Jan 2099 00:00:00 GMT", datetime(2099, 1, 1, tzinfo=UTC)),
        ("2023-02-22T11:00:00", datetime(2023, 2, 22, 11, tzinfo=UTC)),
        ("gestern", None),
        ("", None),
    ],
)
def test_dates_are_utc_or_nothing(date: str, expected: datetime | None) -> None:
    assert only(parsed(rss(f"<title>t</title><pubDate>{date}</pubDate>"))).published == expected
    if date[:1] == "2":
        assert only(parsed(json_feed({"id": 1, "title": "t", "date_published": date}))).published == expected

"""What a feed can make the bot post (cases 50, 53, 54 and 109)."""

from __future__ import annotations

from bot.model import Attachment
from tests.stories.feeds import HOUR, URL, item, rss
from tests.trust.world import ANNA, INDY, KOELN, World


async def _follow(world: World, *items: str, title: str = "Stadt Köln") -> None:
    world.web.serve(URL, rss(*items, title=title))
    await world.commands(KOELN, ANNA, f"feed {URL}")


async def _look(world: World, *items: str, title: str = "Stadt Köln") -> list[str]:
    """Return what stands in Indianapolis after the next look."""
    before = len(world.at(INDY))
    world.web.serve(URL, rss(*items, title=title))
    await world.later(HOUR)
    return world.at(INDY)[before:]


async def test_case_50_a_list_of_feeds_that_declares_entities_is_rejected(world: World) -> None:
    data = f'<!DOCTYPE opml [<!ENTITY a "{URL}">]><opml><body><outline xmlUrl="&a;"/></body></opml>'
    world.web.serve(URL, rss(item("1")))
    world.telegram.attachments["telegram:f1"] = data.encode("utf-16")
    file = Attachment("file", "feeds.opml", len(data), "text/x-opml", "telegram:f1")
    world.telegram.says(KOELN, ANNA, "/feed", attachment=file)
    await world.later(HOUR)
    assert world.web.asked == []


async def test_case_53_the_first_look_brings_no_backlog(world: World) -> None:
    await _follow(world, *(item(f"{n}") for n in range(100)))
    assert world.at(INDY) == []


async def test_case_54_items_whose_ids_have_changed_are_recognised(world: World) -> None:
    await _follow(world, *(item(f"{n}") for n in range(4)))
    assert await _look(world, *(item(f"new-{n}", f"News {n}", link=f"https://koeln.test/{n}") for n in range(4))) == []


async def test_case_54_a_feed_whose_items_all_seem_new_is_capped(world: World) -> None:
    await _follow(world, *(item(f"{n}") for n in range(50)))
    assert len(await _look(world, *(item(f"x{n}") for n in range(50)))) <= 6


async def test_case_109_the_title_of_a_feed_is_never_a_link(world: World) -> None:
    title = "www.evil.test /forget"
    await _follow(world, title=title)
    (post,) = await _look(world, item("1"), title=title)
    assert "www.evil.test" not in post.splitlines()[0]
    assert " /forget" not in post.splitlines()[0]

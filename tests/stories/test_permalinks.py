"""A link to a message leads to what the reader's chat has of it."""

from __future__ import annotations

from bot.model import Code, Link, MessageRef, rich
from tests.fake_chats import FakeMessage
from tests.stories.conftest import ANNA, INDY, KOELN, MEHMET, TOM, Story


def last(story: Story) -> FakeMessage:
    return [each for each in story.telegram.messages_in(KOELN) if each.post][-1]


async def test_links_lead_to_the_readers_message(story: Story) -> None:
    trees = story.matrix.says(INDY, TOM, "Trees")
    oaks = story.telegram.says(KOELN, MEHMET, "Eichen")
    await story.quiet()
    copy = last(story).id
    (here,) = [each.id for each in story.matrix.messages_in(INDY) if each.post]
    there = story.matrix.link_to(MessageRef(INDY, trees))
    wanted = story.telegram.link_to(MessageRef(KOELN, copy))
    story.matrix.says(INDY, TOM, rich(f"See {there}, and ", Link(there, rich("this")), " ", Link(there, rich(there))))
    await story.quiet()
    assert last(story).text == f"See {wanted}, and this {wanted}"
    assert last(story).post
    assert [each.url for each in last(story).post.text if isinstance(each, Link)] == [wanted, wanted]  # type: ignore[union-attr]
    original = story.telegram.link_to(MessageRef(KOELN, oaks))
    of_copy = story.matrix.link_to(MessageRef(INDY, here))
    story.matrix.says(INDY, TOM, f"({of_copy})")
    await story.quiet()
    assert last(story).text == f"({original})"
    story.telegram.says(KOELN, ANNA, f"{original} {wanted}")
    await story.quiet()
    assert story.at(INDY)[-1].endswith(f": {of_copy} {there}")


async def test_other_links_are_left_alone(story: Story) -> None:
    gone = story.matrix.says(INDY, TOM, "Gone")
    await story.quiet()
    story.matrix.deletes(INDY, TOM, gone)
    links = [
        story.matrix.link_to(MessageRef(INDY, gone)),
        story.matrix.link_to(MessageRef(INDY, "unknown")),
        "https://matrix.to/#/!elsewhere:test/1",
        "https://example.org/t.me/1",
        "https://t.me/",
    ]
    copied = story.matrix.says(INDY, TOM, "Kept")
    story.matrix.says(INDY, TOM, rich(" ".join(links), " ", Code(story.matrix.link_to(MessageRef(INDY, copied)))))
    await story.quiet()
    assert last(story).text == " ".join([*links, story.matrix.link_to(MessageRef(INDY, copied))])

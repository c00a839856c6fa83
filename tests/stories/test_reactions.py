"""Reactions of people are seen in the other cities: a reaction of the bot, and who it was."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.messengers.base import PermanentError
from bot.model import CUSTOM_EMOJI, ChatRef, MessengerName, Reaction, Reason, Sender
from storage import Database
from tests.fake_chats import FakeMessage
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, someone
from tests.stories.meetings import HENRIETTE, JOE, LEEDS, PRIYA, Meetings, meetings_on

VISITOR = someone(MessengerName.MATRIX, "@visitor:test", "Joe Hogsett")


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Meetings]:
    async with meetings_on(database) as it:
        yield it


def shown(story: Meetings, chat: ChatRef) -> list[str]:
    """Return what the bot has posted in a chat, copies of messages apart."""
    return [each.shown for each in story.messenger(chat).messages_in(chat) if each.post and not each.post.author]


def message(story: Meetings, chat: ChatRef, text: str) -> FakeMessage:
    """Return the message with a text, or its copy, in a chat."""
    return next(each for each in story.messenger(chat).messages_in(chat) if each.text == text)


async def react(story: Meetings, chat: ChatRef, who: Sender, text: str, key: str, *, removed: bool = False) -> None:
    """React to a message, and let the pause pass after which that is shown."""
    story.messenger(chat).reacts(chat, who, message(story, chat, text).id, key, removed=removed)
    await story.quiet()
    await story.pass_(seconds=2)


async def test_reactions_cross_with_names_and_go_with_the_last(story: Meetings) -> None:
    story.telegram.says(KOELN, MEHMET, "Bäume")
    await story.quiet()
    await react(story, INDY, TOM, "Bäume", "👍️")
    assert shown(story, KOELN) == ["👍️ Tom Jackson (Indianapolis)"]
    assert shown(story, LEEDS) == ["👍️ Tom Jackson (Indianapolis)"]
    assert shown(story, INDY) == []
    there = message(story, KOELN, "Bäume")
    (summary,) = [each for each in story.telegram.messages_in(KOELN) if each.post]
    assert (there.reactions, summary.reply_to) == (("👍️",), there.id)
    assert summary.post
    assert summary.post.silent
    await react(story, LEEDS, PRIYA, "Bäume", "👍🏽")
    await react(story, INDY, JOE, "Bäume", "❤️")
    await react(story, INDY, TOM, "Bäume", "❤️")
    by_thumb = "👍️ Tom Jackson (Indianapolis), Priya Shah (Leeds, Koordination)"
    by_heart = "❤️ Joe Hogsett (Indianapolis, Bürgermeister/in), Tom Jackson (Indianapolis)"
    assert shown(story, KOELN) == [f"{by_thumb} · {by_heart}"]
    for who, key in ((TOM, "👍️"), (TOM, "❤️"), (JOE, "❤️")):
        await react(story, INDY, who, "Bäume", key, removed=True)
    assert message(story, KOELN, "Bäume").reactions == ("👍🏽",)
    assert shown(story, LEEDS) == []
    await react(story, LEEDS, PRIYA, "Bäume", "👍🏽", removed=True)
    assert shown(story, KOELN) == []
    assert all(message(story, chat, "Bäume").reaction == "" for chat in (KOELN, INDY, LEEDS))


async def test_reactions_to_a_copy_are_shown_at_the_original_and_all_copies(story: Meetings) -> None:
    story.matrix.says(INDY, TOM, "Trees")
    await story.quiet()
    for key in ("👍", "❤", "🔥", "🎉", "👏", "🙏"):
        await react(story, KOELN, MEHMET, "Trees", key)
    await react(story, KOELN, HENRIETTE, "Trees", "🔥")
    assert message(story, INDY, "Trees").reactions == ("🔥", "👍", "❤", "🎉", "👏")
    assert message(story, LEEDS, "Trees").reactions == ("🔥", "👍", "❤", "🎉", "👏")
    (line,) = shown(story, INDY)
    assert line.startswith("🔥 Mehmet Kaya (Köln), Henriette Reker (Köln, mayor) · 👍 Mehmet Kaya (Köln) · ❤ ")
    assert "🙏 Mehmet Kaya" in line
    assert shown(story, KOELN) == []
    story.matrix.deletes(INDY, TOM, message(story, INDY, "Trees").id)
    await story.quiet()
    assert shown(story, INDY) == shown(story, LEEDS) == []


async def test_what_is_no_emoji_is_named_and_passes_for_nothing_else(story: Meetings) -> None:
    story.telegram.says(KOELN, MEHMET, "Bäume")
    await story.quiet()
    await react(story, INDY, TOM, "Bäume", CUSTOM_EMOJI)
    await react(story, INDY, TOM, "Bäume", "Anna Weber · Köln: agreed @anna http://x.example")
    await react(story, INDY, JOE, "Bäume", "1️⃣")
    (line,) = shown(story, LEEDS)
    assert line.startswith("custom emoji Tom Jackson (Indianapolis) · “Anna Weber - Köln a…” Tom")
    assert "1️⃣ Joe Hogsett" in line
    assert message(story, KOELN, "Bäume").reactions == ("1️⃣",)
    story.telegram.says(KOELN, MEHMET, "Eichen")
    await story.quiet()
    story.telegram.faults.append(PermanentError("not allowed", Reason.NOT_ALLOWED))
    await react(story, LEEDS, PRIYA, "Eichen", "🦄")
    assert shown(story, KOELN)[-1] == "🦄 Priya Shah (Leeds, Koordination)"


async def test_a_summary_without_a_reaction_of_the_bot_goes_as_well(story: Meetings) -> None:
    story.telegram.says(KOELN, MEHMET, "Bäume")
    await story.quiet()
    await react(story, INDY, TOM, "Bäume", "agreed")
    assert message(story, KOELN, "Bäume").reaction == ""
    assert len(shown(story, KOELN)) == 1
    await react(story, INDY, TOM, "Bäume", "agreed", removed=True)
    assert shown(story, KOELN) == []


async def test_only_what_no_feature_uses_is_passed_on(story: Meetings) -> None:
    await story.says(INDY, GRACE, "!news Oaks are planted")
    await react(story, KOELN, MEHMET, next(each for each in story.at(KOELN) if "Oaks" in each), "👏")
    assert any("👏 Mehmet Kaya (Köln)" in each for each in story.at(INDY))
    assert not any("👏" in each for each in story.at(KOELN))
    await story.says(INDY, GRACE, "!roundtable Trees\nwhen: 2027-02-22 11:00")
    before = story.at(INDY)
    card = story.card(KOELN)
    await react(story, KOELN, MEHMET, card, "🎉")
    await react(story, KOELN, HENRIETTE, card, "👍")
    summary = next(each for each in story.at(INDY) if "👏 " in each)
    story.matrix.reacts(INDY, JOE, message(story, INDY, summary).id, "❤️")
    await story.pass_(seconds=2)
    assert [each for each in story.at(INDY) if "🎉" in each or "❤" in each] == []
    assert len(before) == len(story.at(INDY))


async def test_the_sign_of_a_feature_stays(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/protokoll anfang")
    await story.says(KOELN, ANNA, "#info Eichen")
    sign = message(story, KOELN, "#info Eichen").reaction
    assert sign
    await react(story, INDY, TOM, "#info Eichen", "👍")
    assert message(story, KOELN, "#info Eichen").reactions == (sign,)
    assert any("👍 Tom Jackson" in each for each in story.at(KOELN))
    await react(story, INDY, TOM, "#info Eichen", "👍", removed=True)
    assert message(story, KOELN, "#info Eichen").reactions == (sign,)


async def test_nothing_of_the_muted_and_what_is_nobodys_by_its_name(story: Meetings) -> None:
    story.telegram.says(KOELN, MEHMET, "Bäume")
    story.matrix.says(INDY, VISITOR, "Hi")
    await story.quiet()
    await react(story, INDY, VISITOR, "Bäume", "👍")
    assert shown(story, KOELN) == ["👍 Joe Hogsett (Indianapolis, ⚠️ nicht bestätigt, matrix:@visitor:test)"]
    await story.says(INDY, GRACE, "!mute @visitor:test")
    await react(story, INDY, VISITOR, "Bäume", "❤️")
    await react(story, LEEDS, PRIYA, "Bäume", "🎉")
    assert shown(story, KOELN)[0] == "🎉 Priya Shah (Leeds, Koordination)"
    council = Sender(None, "Council: Köln", chat=ChatRef(MessengerName.TELEGRAM, "-77"))
    await react(story, KOELN, council, "Bäume", "👎")
    assert any("👎 Council Köln (Köln)" in each for each in shown(story, INDY))
    await react(story, KOELN, council, "Bäume", "👎", removed=True)
    assert not any("👎" in each for each in shown(story, INDY))


async def test_many_reactions_at_once_take_few_calls_and_go_last(story: Meetings) -> None:
    story.matrix.says(INDY, TOM, "Trees")
    await story.quiet()
    story.telegram.hold()
    story.matrix.says(INDY, TOM, "Held")
    await story.matrix.taken_in()
    people = [someone(MessengerName.MATRIX, f"@p{number}:test", f"P{number}") for number in range(60)]
    for each in people:
        story.matrix.reacts(LEEDS, each, message(story, LEEDS, "Trees").id, "👍")
    await story.matrix.taken_in()
    await story.app.jobs.run_due()
    story.matrix.says(INDY, TOM, "Later")
    await story.matrix.taken_in()
    story.telegram.release()
    await story.quiet()
    posts = [each.text for each in story.telegram.messages_in(KOELN)]
    assert posts[:3] == ["Trees", "Held", "Later"]
    assert posts[3].endswith("P18 und P19 (Leeds), 40 weitere Personen")
    assert [type(each).__name__ for each in story.telegram.calls] == ["Send", "Send", "Send", "React", "Send"]


async def test_which_reaction_is_meant_is_found_out(story: Meetings) -> None:
    """Of a removed one a messenger may name only its event, of one in a topic only the group."""
    story.telegram.says(KOELN, MEHMET, "Bäume")
    await story.quiet()
    await react(story, INDY, TOM, "Bäume", "👍")
    events = [each for each in story.matrix.happened if isinstance(each, Reaction)]
    story.matrix.deletes(INDY, GRACE, events[-1].id)
    await story.quiet()
    await story.pass_(seconds=2)
    assert shown(story, KOELN) == []
    topic = ChatRef(MessengerName.TELEGRAM, "-1002", "7")
    story.telegram.messages_in(topic)
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        await store.chats.pair(topic, dialogue, dialogue.cities[0])
    id = story.telegram.says(topic, MEHMET, "Eichen")
    await story.quiet()
    story.telegram.reacts(ChatRef(MessengerName.TELEGRAM, "-1002"), HENRIETTE, id, "👍")
    await story.quiet()
    assert shown(story, INDY) == ["👍 Henriette Reker (Köln, mayor)"]


async def test_who_is_forgotten_vanishes_from_the_summary(story: Meetings) -> None:
    story.telegram.says(KOELN, MEHMET, "Bäume")
    await story.quiet()
    await react(story, INDY, TOM, "Bäume", "👍")
    assert shown(story, KOELN) == ["👍 Tom Jackson (Indianapolis)"]
    assert TOM.account
    async with story.database.begin() as store:
        person = await store.people.by_account(TOM.account)
        assert person
        assert await store.people.forget(person)
    await story.pass_(seconds=6)
    assert shown(story, KOELN) == []
    assert not message(story, KOELN, "Bäume").reactions

"""What the bot posts besides texts: files, live cards, reactions, pins and polls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from time import monotonic

import pytest
import sqlalchemy as sa

from bot.commands.context import Context
from bot.delivery import attempts
from bot.messengers.base import PermanentError, Reason, UnknownOutcome
from bot.model import Author, ChatRef, File, FileKind, NativePoll, Post, Replace, rich
from bot.text.catalogue import LocaleContext, _
from bot.voice import Choice, Files
from storage import Chat, State, Store
from storage import tables as t
from tests.fake_chats import FakeMessage
from tests.stories.conftest import INDY, KOELN, TOM, Story

MINUTES = b"Minutes " * 100_000
GRACES = Author("Grace Miller", "Indianapolis")


def context(story: Story, store: Store) -> Context:
    return story.app.services.context(store, story.app.clock())


async def both(store: Store) -> list[Chat]:
    chats = [await store.chats.by_ref(each) for each in (KOELN, INDY)]
    return [each for each in chats if each]


def last(story: Story, chat: ChatRef) -> FakeMessage:
    return story.messenger(chat).messages_in(chat)[-1]


async def post(story: Story, *buttons: Choice, files: Files, text: str = "The minutes") -> int:
    async with story.database.begin() as store:
        id = await context(story, store).post(await both(store), _("{text}", text=text), *buttons, files=files)
    await story.quiet()
    return id


async def update(story: Story, id: int, text: str, *buttons: Choice, files: Files = ()) -> None:
    async with story.database.begin() as store:
        await context(story, store).update(id, _("{text}", text=text), *buttons, files=files)


async def number_of_files(story: Story) -> int:
    async with story.database.begin() as store:
        return await number_of_files_in(store)


async def number_of_files_in(store: Store) -> int:
    return int(await store._connection.scalar(sa.select(sa.func.count()).select_from(t.files)) or 0)


def picture(source: str = "matrix:map", name: str = "map.png") -> File:
    return File(kind=FileKind.PHOTO, source=source, name=name, mime="image/png", alt="A map")


async def relayed(story: Story, post: Post) -> None:
    """Pass on what Grace has written in Indianapolis."""
    async with story.database.begin() as store:
        koeln, indy = await both(store)
        now = story.app.clock()
        id = await store.messages.add(sent_at=now, dialogue_id=indy.dialogue_id, chat=indy, native_id="$said")
        await store.deliveries.send(koeln, id, post, now)
    await story.quiet()


async def test_each_reader_gets_the_file_in_their_language_and_it_is_wiped(story: Story) -> None:
    made = []

    async def files(reads: LocaleContext) -> Sequence[File]:
        made.append(reads.locale)
        name = "Protokoll.txt" if reads.locale == "de_DE" else "Minutes.txt"
        source, size = await store.files.add(MINUTES + reads.locale.encode(), story.app.clock())
        return [File(kind=FileKind.DOCUMENT, source=source, name=name, mime="text/plain", size=size)]

    async with story.database.begin() as store:
        await context(story, store).post(await both(store), _("[removed]"), files=files)
        assert await number_of_files_in(store) == 2
    await story.quiet()
    for chat, name, caption in ((KOELN, "Protokoll.txt", "[gelöscht]"), (INDY, "Minutes.txt", "[removed]")):
        message = last(story, chat)
        assert message.file
        assert (message.file.name, message.text) == (name, caption)
        assert message.data == MINUTES + {KOELN: b"de_DE", INDY: b"en_US"}[chat]
    assert made == ["de_DE", "en_US"]
    assert await number_of_files(story) == 0


async def test_a_long_caption_goes_on_in_messages_of_its_own(story: Story) -> None:
    words = " ".join(f"word{number}" for number in range(1000))
    story.matrix.attachments["matrix:map"] = b"a map"
    await post(story, Choice(_("yes"), "👍", "agree:1"), files=[picture()], text=words)
    group = story.telegram.messages_in(KOELN)
    assert [bool(each.file) for each in group] == [True, False, False]
    assert max(len(each.text) for each in group[:1]) <= 1024
    assert " ".join(each.text.strip() for each in group).split() == words.split()
    assert [bool(each.post and each.post.buttons) for each in group] == [False, False, True]
    assert len(story.matrix.messages_in(INDY)) == 1, "which takes longer ones"


async def test_an_album_stays_one_and_its_buttons_go_under_the_text(story: Story) -> None:
    story.matrix.attachments |= {f"matrix:{number}": b"a map" for number in range(3)}
    id = await post(
        story, Choice(_("yes"), "👍", "agree:1"), files=[picture(f"matrix:{number}") for number in range(3)]
    )
    *album, text = story.telegram.messages_in(KOELN)
    assert [each.text for each in album] == ["", "", ""]
    assert text.text == "The minutes"
    assert text.post
    assert text.post.buttons
    await update(story, id, "The minutes of Monday", Choice(_("yes"), "👍", "agree:1"))
    await story.telegram.wait_until(lambda: text.text == "The minutes of Monday", lambda: text.text)
    assert all(each.file for each in album)
    assert len(story.telegram.messages_in(KOELN)) == 4


async def test_an_album_whose_answer_was_lost_stands_once(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "SETTLE", 0.01)
    story.matrix.attachments |= {f"matrix:{number}": b"a map" for number in range(3)}
    story.telegram.faults = [("done", UnknownOutcome("the answer was lost"))]
    id = await post(story, files=[picture(f"matrix:{number}") for number in range(3)])
    assert [bool(each.file) for each in story.telegram.messages_in(KOELN)] == [True] * 3
    async with story.database.begin() as store:
        koeln, _indy = await both(store)
        ids = [each.native_id for each in await store.messages.copies(id) if each.chat_id == koeln.id]
    assert ids == [each.id for each in story.telegram.messages_in(KOELN)]


async def test_a_file_that_is_passed_on_is_streamed_and_never_stored(story: Story) -> None:
    story.matrix.attachments["matrix:map"] = MINUTES
    await relayed(story, Post(rich("Look"), GRACES, files=(picture(),)))
    assert last(story, KOELN).data == MINUTES
    assert await number_of_files(story) == 0


async def test_a_file_that_is_too_large_is_told_on_both_sides_and_its_words_arrive(story: Story) -> None:
    story.telegram.capabilities = replace(story.telegram.capabilities, upload_bytes=1_000_000)
    await relayed(story, Post(rich("Look at this"), GRACES, files=(replace(picture(), size=2_400_000),)))
    assert last(story, KOELN).shown == (
        "Grace Miller · Indianapolis: Look at this\n"
        "⚠️ Hier fehlt eine Datei: map.png (2,4 MB)\n"
        "Die Datei ist zu groß zum Weitergeben."
    )
    assert story.at(INDY)[-1] == (
        "⚠️ map.png (2.4 MB) did not reach Köln: It is too large to be passed on. They see a note instead."
    )
    async with story.database.begin() as store:
        (failed,) = await store.deliveries.in_state([State.FAILED])
    assert failed.reason is Reason.TOO_LARGE


async def test_what_is_shown_in_place_of_a_file_is_edited_like_the_rest(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file stays with the failed delivery, which has the newest text too if it is tried again."""
    monkeypatch.setattr("storage.deliveries.lanes.EDIT_PAUSE", timedelta())
    story.matrix.attachments["matrix:map"] = MINUTES
    story.telegram.faults = [PermanentError("no", Reason.NOT_ALLOWED)]
    id = await post(story, files=[picture()])
    await update(story, id, "The minutes of Monday")
    await story.quiet()
    missing = "⚠️ Hier fehlt eine Datei: map.png\nDas ist in diesem Chat nicht erlaubt."
    assert story.at(KOELN) == [f"The minutes of Monday\n{missing}"]
    async with story.database.begin() as store:
        (failed,) = await store.deliveries.in_state([State.FAILED])
        assert await store.deliveries.retry([failed.id]) == 1
    await story.quiet()
    assert (last(story, KOELN).shown, last(story, KOELN).data) == ("The minutes of Monday", MINUTES)


async def test_an_edit_in_a_chat_that_was_closed_waits_with_the_file(story: Story) -> None:
    story.matrix.attachments["matrix:map"] = MINUTES
    story.telegram.faults = [PermanentError("kicked", shut_out=True)]
    id = await post(story, files=[picture()])
    await update(story, id, "The minutes of Monday")
    await story.quiet()
    async with story.database.begin() as store:
        koeln, _indy = await both(store)
        await store.chats.open(koeln)
    await story.quiet()
    assert [each.shown for each in story.telegram.messages_in(KOELN)] == ["The minutes of Monday"]


async def test_what_the_other_messenger_refuses_blocks_no_chat(story: Story) -> None:
    """The file is gone there; the chat that it was to go to is as good as before."""
    await relayed(story, Post(rich("Look"), GRACES, files=(picture("matrix:gone"),)))
    assert "It can no longer be fetched." in story.at(INDY)[-1]
    story.matrix.says(INDY, TOM, "Never mind")
    await story.quiet()
    assert story.at(KOELN)[-1] == "Tom Jackson · Indianapolis: Never mind"


async def test_a_row_that_cannot_be_read_is_told_and_holds_up_nobody(story: Story) -> None:
    async with story.database.begin() as store:
        koeln, indy = await both(store)
        now = story.app.clock()
        for number in range(2):
            id = await store.messages.add(
                sent_at=now, dialogue_id=indy.dialogue_id, chat=indy, native_id=f"$said{number}"
            )
            await store.deliveries.send(koeln, id, Post(rich(f"words {number}"), GRACES), now)
            if number == 0:
                await store._connection.execute(sa.update(t.deliveries).values(post={"v": 1, "text": "no list"}))
    await story.quiet()
    assert story.at(KOELN) == ["Grace Miller · Indianapolis: words 1"]
    assert story.at(INDY) == ["⚠️ This message did not reach Köln: The messenger there does not accept it."]
    assert last(story, INDY).reply_to == "$said0"


async def test_a_live_card_shows_its_newest_state_at_last(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    pause = 0.5
    monkeypatch.setattr("storage.deliveries.lanes.EDIT_PAUSE", timedelta(seconds=pause))
    monkeypatch.setattr("bot.delivery.outbox.SWEEP", 0.05)
    begin = monotonic()
    id = await post(story, files=(), text="0 votes")
    cards = [last(story, chat) for chat in (KOELN, INDY)]
    for number in range(1, 40):
        await update(story, id, f"{number} votes", Choice(_("yes"), "👍", "agree:1"))
    await story.telegram.wait_until(lambda: cards[0].text == "39 votes", lambda: cards[0].text)
    await story.matrix.wait_until(lambda: cards[1].text == "39 votes", lambda: cards[1].text)
    for messenger in (story.telegram, story.matrix):
        edits = sum(isinstance(each, Replace) for each in messenger.calls)
        assert edits <= (monotonic() - begin) / pause + 1, "however slow the machine is"
    assert cards[0].post
    assert [each.emoji for each in cards[0].post.buttons] == ["👍"]
    async with story.database.begin() as store:
        assert set((await store.messages.get(id)).buttons) == {"👍"}


async def test_a_card_that_was_deleted_is_not_changed(story: Story) -> None:
    id = await post(story, files=(), text="0 votes")
    async with story.database.begin() as store:
        await store.messages.delete(id, story.app.clock())
    await update(story, id, "1 vote")
    await story.quiet()
    assert story.at(KOELN) == ["0 votes"]


async def test_a_chat_that_has_left_the_dialogue_sees_no_more_of_its_cards(story: Story) -> None:
    async with story.database.begin() as store:
        koeln, _indy = await both(store)
        assert koeln.dialogue_id
        dialogue = await store.dialogues.get(koeln.dialogue_id)
        id = await context(story, store).announce(dialogue, _("{text}", text="0 votes"))
    await story.quiet()
    async with story.database.begin() as store:
        await store.chats.unpair(koeln)
    await update(story, id, "1 vote")
    await story.quiet()
    assert story.at(KOELN) == ["0 votes"]
    assert story.at(INDY) == ["1 vote"]


async def test_marks_and_polls_reach_the_messengers(story: Story) -> None:
    poll = NativePoll(question=rich("When?"), options=("Monday", "Friday"))
    question = story.matrix.says(INDY, TOM, "When do we meet?")
    await story.quiet()
    now = story.app.clock()
    async with story.database.begin() as store:
        koeln, indy = await both(store)
        stored = await store.messages.find(indy, question)
        assert stored
        polls = await store.messages.add(sent_at=now)
        for chat in (koeln, indy):
            await store.deliveries.react(chat, stored.id, "👍", now)
            await store.deliveries.pin(chat, stored.id, now)
            await store.deliveries.send_poll(chat, polls, poll, now, reply_to=stored.id)
    await story.quiet()
    async with story.database.begin() as store:
        await store.deliveries.close_poll(koeln, polls, now)
    await story.quiet()
    for ref in (KOELN, INDY):
        asked, seen = story.messenger(ref).messages_in(ref)
        assert (asked.reaction, asked.pinned) == ("👍", True)
        assert (seen.poll, seen.reply_to, seen.poll_closed) == (poll, asked.id, ref == KOELN)


async def test_a_reaction_that_is_refused_is_told_to_nobody(story: Story) -> None:
    said = story.matrix.says(INDY, TOM, "Hello")
    await story.quiet()
    story.telegram.faults = [PermanentError("REACTION_INVALID")]
    async with story.database.begin() as store:
        koeln, indy = await both(store)
        stored = await store.messages.find(indy, said)
        assert stored
        await store.deliveries.react(koeln, stored.id, "🦄", story.app.clock())
    await story.quiet()
    assert story.at(INDY) == []
    async with story.database.begin() as store:
        assert await store.deliveries.in_state([State.FAILED]) == []

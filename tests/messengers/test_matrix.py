"""The Matrix adapter with a real Synapse, in rooms without encryption."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.messengers.base import PermanentError
from bot.model import Account as Who
from bot.model import (
    Attachment,
    Author,
    Button,
    Deletion,
    Edit,
    Event,
    Join,
    Leave,
    Message,
    MessageRef,
    MessengerName,
    Migration,
    Post,
    Presence,
    Reaction,
    Remove,
    Replace,
    Sent,
    plain,
    rich,
)
from bot.model import Membership as BotMembership
from bot.sandbox.matrix_client import HumanMatrix, RawEvent
from bot.sandbox.synapse import Synapse
from tests.messengers.matrix_bot import MatrixBot, account, person, ref, running, send, unique


@asynccontextmanager
async def together(
    synapse: Synapse, folder: Path, **room: Any
) -> AsyncGenerator[tuple[MatrixBot, HumanMatrix, str], None]:
    """Anna and the bot in a room."""
    anna = await person(synapse, "Anna")
    async with running(synapse, await account(synapse), folder) as bot:
        id = await anna.create_room(**{"name": "Köln", "invite": [bot.id]} | room)
        await bot.joins(id)
        yield bot, anna, id


def said(text: str) -> Any:
    return lambda event: event["content"].get("body") == text


def texts(events: list[Event]) -> list[str]:
    return [plain(event.text) for event in events if isinstance(event, Message)]


async def test_text_crosses_both_ways(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room):
        id = await anna.say(room, "Guten Morgen")
        heard = await bot.wait_for(Message)
        assert (heard.id, heard.ref.id, plain(heard.text), heard.sender.name) == (id, id, "Guten Morgen", "Anna")
        assert heard.sender.account == Who(MessengerName.MATRIX, anna.id)
        assert not heard.private
        said_id = await bot.says(room, "Good morning")
        seen = await anna.wait_for(said("Good morning"))
        assert (seen["event_id"], seen["sender"], seen["content"]["msgtype"]) == (said_id, bot.id, "m.notice")
        assert seen["content"]["m.mentions"] == {}


async def test_a_relayed_text_names_its_author_for_every_client(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room):
        author = Author("Ben <b>", "Indianapolis", key="p1")
        post = Post(rich("Hi @room"), author, mentions=(Who(MessengerName.MATRIX, anna.id),))
        await bot.messenger.deliver(send(room, post=post))
        content = (await anna.wait_for(said("Ben <b> · Indianapolis: Hi @room")))["content"]
        assert content["msgtype"] == "m.text"
        fallback = "<strong data-mx-profile-fallback>Ben &lt;b&gt; · Indianapolis: </strong>Hi @room"
        assert content["formatted_body"] == fallback
        profile = {"id": "p1", "displayname": "Ben <b> · Indianapolis", "has_fallback": True}
        assert content["com.beeper.per_message_profile"] == profile
        assert content["m.mentions"] == {"user_ids": [anna.id]}


async def test_replies_both_ways(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room):
        first = await anna.say(room, "question")
        await anna.say(room, "answer", reply_to=first)
        heard = await bot.wait_for(Message, lambda event: plain(event.text) == "answer")
        assert heard.reply
        assert heard.reply.to.id == first
        await bot.messenger.deliver(send(room, "noted", reply_to=first))
        relation = (await anna.wait_for(said("noted")))["content"]["m.relates_to"]
        assert relation == {"m.in_reply_to": {"event_id": first}}


async def test_edits_both_ways(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room):
        first = await anna.say(room, "helo")
        await anna.edit(room, first, "hello")
        edit = await bot.wait_for(Edit)
        assert (edit.ref.id, plain(edit.text)) == (first, "hello")
        id = await bot.says(room, "one")
        await bot.messenger.deliver(Replace(chat=ref(room), id=id, post=Post(rich("two")), token=unique("t")))
        content = (await anna.wait_for(said("* two")))["content"]
        assert content["m.new_content"]["body"] == "two"
        assert content["m.relates_to"] == {"rel_type": "m.replace", "event_id": id}


async def test_an_edit_by_someone_else_is_ignored(synapse: Synapse, tmp_path: Path) -> None:
    """Trust: case 90."""
    async with together(synapse, tmp_path) as (bot, anna, room):
        eve = await person(synapse, "Eve")
        await anna.invite(room, eve.id)
        await eve.join(room)
        first = await anna.say(room, "I agree")
        await eve.edit(room, first, "I disagree")
        own = await bot.says(room, "result: yes")
        await eve.edit(room, own, "result: no")
        await anna.say(room, "end")
        await bot.wait_for(Message, lambda event: plain(event.text) == "end")
        assert [event for event in bot.events if isinstance(event, Edit)] == []


async def test_an_edit_of_what_an_earlier_process_read_is_checked_too(synapse: Synapse, tmp_path: Path) -> None:
    anna, name = await person(synapse, "Anna"), await account(synapse)
    async with running(synapse, name, tmp_path) as bot:
        room = await anna.create_room("Köln", invite=[bot.id])
        await bot.joins(room)
        first = await anna.say(room, "helo")
        await bot.wait_for(Message)
    async with running(synapse, name, tmp_path, bot.cursor) as bot:
        await anna.edit(room, first, "hello")
        assert (await bot.wait_for(Edit)).ref.id == first


@pytest.mark.parametrize("version", ["10", "11"])
async def test_redactions_both_ways(synapse: Synapse, tmp_path: Path, version: str) -> None:
    async with together(synapse, tmp_path, version=version) as (bot, anna, room):
        first = await anna.say(room, "oops")
        redaction = await anna.redact(room, first)
        deletion = await bot.wait_for(Deletion)
        assert (deletion.id, deletion.ref.id) == (redaction, first)
        id = await bot.says(room, "mine")
        await bot.messenger.deliver(Remove(chat=ref(room), id=id, token=unique("t")))
        await anna.wait_for(lambda event: event["type"] == "m.room.redaction" and event["sender"] == bot.id)
        assert (await anna.event(room, id))["content"] == {}


async def test_reactions_come_and_go(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room):
        id = await bot.says(room, "Plant trees?")
        reaction = await anna.react(room, id, "👍")
        set_ = await bot.wait_for(Reaction)
        assert (set_.id, set_.ref.id, set_.key, set_.sender.name) == (reaction, id, "👍", "Anna")
        await anna.redact(room, reaction)
        gone = await bot.wait_for(Reaction, lambda event: event.removed)
        assert (gone.ref.id, gone.key) == (id, "👍")


async def test_buttons_are_reactions_that_the_bot_places_in_order(synapse: Synapse, tmp_path: Path) -> None:
    anna, name = await person(synapse, "Anna"), await account(synapse)
    post = Post(rich("Plant trees?"), buttons=(Button("yes", "👍", "a"), Button("no", "👎", "b")))
    async with running(synapse, name, tmp_path) as bot:
        room = await anna.create_room("Köln", invite=[bot.id])
        await bot.joins(room)
        operation = send(room, post=post)
        id = (await bot.messenger.deliver(operation)).id
        await anna.wait_for(said("Plant trees?\n👍 yes · 👎 no"))
        signs = [event for event in await anna.messages(room) if event["type"] == "m.reaction"]
        assert [event["content"]["m.relates_to"]["key"] for event in signs] == ["👍", "👎"]
        assert (await bot.messenger.deliver(operation)).id == id
    async with running(synapse, name, tmp_path, bot.cursor) as bot:
        await bot.messenger.deliver(Replace(chat=ref(room), id=id, post=post, token=unique("t")))
        assert len([event for event in await anna.messages(room) if event["type"] == "m.reaction"]) == 2


async def test_the_same_token_makes_one_message(synapse: Synapse, tmp_path: Path) -> None:
    anna, name = await person(synapse, "Anna"), await account(synapse)
    async with running(synapse, name, tmp_path) as bot:
        room = await anna.create_room("Köln", invite=[bot.id])
        await bot.joins(room)
        operation = send(room, "once")
        first = (await bot.messenger.deliver(operation)).id
        assert (await bot.messenger.deliver(operation)).id == first
    async with running(synapse, name, tmp_path, bot.cursor) as bot:
        assert (await bot.messenger.deliver(operation)).id == first
        assert await bot.messenger.find(operation, after="", known=()) == Sent((first,))
        assert await bot.messenger.find(send(room, "never"), after="", known=()) is None
    assert len([event for event in await anna.messages(room) if event["content"].get("body") == "once"]) == 1


async def test_a_gap_is_filled_exactly_and_in_order(synapse: Synapse, tmp_path: Path) -> None:
    anna, name = await person(synapse, "Anna"), await account(synapse)
    async with running(synapse, name, tmp_path) as bot:
        room = await anna.create_room("Köln", invite=[bot.id])
        await bot.joins(room)
    sent = [await anna.say(room, str(number)) for number in range(250)]
    async with running(synapse, name, tmp_path, bot.cursor) as bot:
        await bot.wait_for(Message, lambda event: event.id == sent[-1])
        assert [event.id for event in bot.events] == sent
        assert [len(batch.events) for batch in bot.batches] == [20] * 12 + [10]
        assert [batch.cursor is None for batch in bot.batches] == [True] * 12 + [False]
        assert all(event.sender.name == "Anna" for event in bot.events if isinstance(event, Message))


async def test_a_crash_before_the_commit_repeats_the_same_events(synapse: Synapse, tmp_path: Path) -> None:
    anna, name = await person(synapse, "Anna"), await account(synapse)
    async with running(synapse, name, tmp_path) as bot:
        room = await anna.create_room("Köln", invite=[bot.id])
        await bot.joins(room)
        committed = bot.cursor
        message = await anna.say(room, "one")
        await anna.react(room, message, "👍")
        last = await anna.edit(room, message, "uno")
        await bot.wait_for(Edit)
        first = [event for event in bot.events if not isinstance(event, BotMembership)]
    for _ in range(2):
        async with running(synapse, name, tmp_path, committed) as again:
            await again.wait_for(Edit, lambda event: event.id == last)
            assert again.events == first


async def test_a_commit_that_failed_is_read_again_by_the_same_process(synapse: Synapse, tmp_path: Path) -> None:
    """Also when the bot was removed in the meantime."""
    async with together(synapse, tmp_path) as (bot, anna, room):
        committed = bot.cursor
        await anna.say(room, "one")
        await anna.kick(room, bot.id)
        await bot.wait_for(BotMembership, lambda event: event.presence is Presence.GONE)
        seen: list[Event] = []
        async with aclosing(bot.messenger.events(committed)) as again:
            async for batch in again:
                seen += batch.events
                if any(isinstance(event, BotMembership) for event in seen):
                    break
        assert seen == bot.events[2:]
        assert texts(seen) == ["one"]


async def test_a_first_start_reads_nothing_old(synapse: Synapse, tmp_path: Path) -> None:
    anna, name = await person(synapse, "Anna"), await account(synapse)
    human = await HumanMatrix.login(synapse.url, name, "secret")
    room = await anna.create_room("Köln", invite=[human.id])
    await human.join(room)
    await anna.say(room, "before")
    other = await anna.create_room("Bonn", invite=[human.id])
    async with running(synapse, name, tmp_path) as bot:
        assert bot.batches[0].cursor
        assert [(event.chat.id, event.presence) for event in bot.events if isinstance(event, BotMembership)] == [
            (other, Presence.INVITED)
        ]
        await anna.say(room, "after")
        await bot.wait_for(Message)
        assert texts(bot.events) == ["after"]
    await human.close()


async def test_of_a_room_joined_later_only_what_follows_is_read(synapse: Synapse, tmp_path: Path) -> None:
    anna = await person(synapse, "Anna")
    async with running(synapse, await account(synapse), tmp_path) as bot:
        room = await anna.create_room("Köln", invite=[bot.id], preset="public_chat")
        await anna.say(room, "before")
        await bot.joins(room)
        await anna.say(room, "after")
        await bot.wait_for(Message)
        assert texts(bot.events) == ["after"]


async def test_invited_joined_kicked_and_asked_again(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room):
        await anna.say(room, "one")
        await anna.kick(room, bot.id)
        gone = await bot.wait_for(BotMembership, lambda event: event.presence is Presence.GONE)
        assert (gone.chat.id, gone.sender.account) == (room, Who(MessengerName.MATRIX, anna.id))
        with pytest.raises(PermanentError) as refused:
            await bot.says(room, "hello?")
        assert refused.value.shut_out
        await anna.say(room, "not for the bot")
        await anna.invite(room, bot.id)
        await bot.messenger.deliver(Join(chat=ref(room)))
        await anna.say(room, "two")
        await bot.wait_for(Message, lambda event: plain(event.text) == "two")
        assert texts(bot.events) == ["one", "two"]
        memberships = [event for event in bot.events if isinstance(event, BotMembership)]
        kinds = [Presence.INVITED, Presence.JOINED, Presence.GONE, Presence.INVITED, Presence.JOINED]
        assert [event.presence for event in memberships] == kinds
        assert len({event.id for event in memberships}) == 5
        assert {event.sender.name for event in memberships} == {"Anna"}
        assert memberships[0].title == "Köln"


async def test_an_invitation_is_declined(synapse: Synapse, tmp_path: Path) -> None:
    anna = await person(synapse, "Anna")
    async with running(synapse, await account(synapse), tmp_path) as bot:
        room = await anna.create_room("Köln", invite=[bot.id])
        await bot.wait_for(BotMembership)
        await bot.messenger.deliver(Leave(chat=ref(room)))
        assert (await anna.members(room))[bot.id] == "leave"
        await bot.messenger.deliver(Leave(chat=ref(room)))


async def test_direct_rooms_are_private(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path, name="", direct=True) as (bot, anna, room):
        await anna.say(room, "psst")
        assert (await bot.wait_for(Message)).private
        assert all(event.private for event in bot.events if isinstance(event, BotMembership))


async def test_a_room_that_nobody_asked_us_into_cannot_be_joined(synapse: Synapse, tmp_path: Path) -> None:
    anna = await person(synapse, "Anna")
    room = await anna.create_room("Köln")
    async with running(synapse, await account(synapse), tmp_path) as bot:
        for operation in (Join(chat=ref(room)), Join(chat=ref("!nowhere:localhost")), send(room, "hello?")):
            with pytest.raises(PermanentError):
                await bot.messenger.deliver(operation)


async def test_too_large_is_final(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, _, room):
        with pytest.raises(PermanentError, match="M_TOO_LARGE"):
            await bot.says(room, "x" * 70_000)


async def test_notices_are_a_bots_words(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room):
        await anna.say(room, "beep", msgtype="m.notice")
        assert (await bot.wait_for(Message)).sender.is_bot


MALFORMED: list[tuple[str, RawEvent]] = [
    ("m.room.message", {"msgtype": "m.text", "body": "x", "m.relates_to": {"rel_type": "m.replace", "event_id": 5}}),
    ("m.reaction", {"m.relates_to": "👍"}),
    ("m.sticker", {"body": [], "info": "big"}),
    ("m.poll.start", {"m.poll": [1, 2]}),
    ("m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2"}),
    ("m.room.encrypted", {"algorithm": ["x"], "ciphertext": 3}),
    ("org.example.custom", {"anything": None}),
]


async def test_malformed_events_pass_by(synapse: Synapse, tmp_path: Path) -> None:
    """Trust: case 80."""
    async with together(synapse, tmp_path, version="11") as (bot, anna, room):
        for type, content in MALFORMED:
            await anna.send_raw(room, type, content)
        profile = {"membership": "join", "displayname": {"no": "name"}}
        await anna.send_state(room, "m.room.member", profile, anna.id)
        await anna.say(room, "still there?")
        heard = await bot.wait_for(Message, lambda event: plain(event.text) == "still there?")
        assert heard.sender.name == anna.id


async def test_a_file_comes_with_its_caption(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room):
        url = await anna.upload(b"%PDF", "plan.pdf", "application/pdf")
        content = {"msgtype": "m.file", "body": "the plan", "filename": "plan.pdf", "url": url, "info": {"size": 4}}
        await anna.send_raw(room, "m.room.message", content)
        heard = await bot.wait_for(Message)
        assert heard.attachment == Attachment("file", "plan.pdf", 4, source=f"matrix:{url}", filename="plan.pdf")
        assert plain(heard.text) == "the plan"


async def test_an_upgraded_room_is_followed(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path, version="11") as (bot, anna, room):
        answer = await anna.call("POST", f"/v3/rooms/{room}/upgrade", {"new_version": "12"})
        to = answer["replacement_room"]
        migration = await bot.wait_for(Migration)
        assert (migration.chat.id, migration.to.id) == (room, to)
        with pytest.raises(PermanentError) as refused:
            await bot.says(room, "too late")
        assert refused.value.moved_to == migration.to
        await anna.invite(to, bot.id)
        await bot.joins(to)
        await bot.says(to, "here I am")
        await anna.wait_for(said("here I am"))


@pytest.mark.parametrize("number", [2, 120])
async def test_what_was_said_in_an_upgraded_room_before_the_bot_came_is_heard(
    synapse: Synapse, tmp_path: Path, number: int
) -> None:
    async with together(synapse, tmp_path, version="11") as (bot, anna, room):
        answer = await anna.call("POST", f"/v3/rooms/{room}/upgrade", {"new_version": "12"})
        to = answer["replacement_room"]
        await bot.wait_for(Migration)
        words = [await anna.say(to, f"word {number}") for number in range(number)]
        await anna.invite(to, bot.id)
        await bot.joins(to)
        words.append(await anna.say(to, "welcome"))
        await bot.wait_for(Message, lambda event: event.id == words[-1])
        assert [event.id for event in bot.events if isinstance(event, Message)] == words
        # What was said while it was out for any other reason was not meant for it.
        await anna.kick(to, bot.id)
        await bot.wait_for(BotMembership, lambda event: event.presence is Presence.GONE)
        await anna.say(to, "among us")
        await anna.invite(to, bot.id)
        await bot.wait_for(BotMembership, lambda event: event is bot.events[-1] and event.presence is Presence.INVITED)
        await bot.messenger.deliver(Join(chat=ref(to)))
        words.append(await anna.say(to, "back again"))
        await bot.wait_for(Message, lambda event: event.id == words[-1])
        assert [event.id for event in bot.events if isinstance(event, Message)] == words


async def test_what_was_said_in_a_room_that_follows_none_before_the_bot_came_is_not_heard(
    synapse: Synapse, tmp_path: Path
) -> None:
    async with together(synapse, tmp_path) as (bot, anna, _):
        other = await anna.create_room("Bonn")
        await anna.say(other, "among us")
        await anna.invite(other, bot.id)
        await bot.joins(other)
        await anna.say(other, "welcome")
        await bot.wait_for(Message)
        assert texts(bot.events) == ["welcome"]


async def test_the_cursor_is_text(synapse: Synapse, tmp_path: Path) -> None:
    async with running(synapse, await account(synapse), tmp_path) as bot:
        assert json.loads(bot.cursor or "")["waiting"] == []


async def test_of_an_answer_only_the_old_quotation_of_what_it_answers_is_left_out(
    synapse: Synapse, tmp_path: Path
) -> None:
    """Also in an edit, which does not repeat the reply relation, and after a restart, when no author is remembered."""
    name, anna = await account(synapse), await person(synapse, "Anna")
    async with running(synapse, name, tmp_path) as bot:
        room = await anna.create_room("Köln", invite=[bot.id])
        await bot.joins(room)
        question = await bot.says(room, "until 2027")
    old, foreign, own = (f"> <{who}> until 2027\n\nNo" for who in (bot.id, anna.id, "2"))
    async with running(synapse, name, tmp_path, bot.cursor) as again:
        answers = [await anna.say(room, body, reply_to=question) for body in (old, foreign, own)]
        await again.wait_for(Message, lambda event: event.id == answers[-1])
        assert texts(again.events) == ["No", foreign, own]
    async with running(synapse, name, tmp_path, again.cursor) as once_more:
        edits = [await anna.edit(room, answers[0], body.replace("No", "Yes")) for body in (old, foreign, own)]
        await once_more.wait_for(Edit, lambda event: event.id == edits[-1])
        changed = [plain(event.text) for event in once_more.events if isinstance(event, Edit)]
        assert changed == ["Yes", foreign.replace("No", "Yes"), own.replace("No", "Yes")]


async def test_what_is_answered_is_looked_up_where_the_answer_does_not_say_it(synapse: Synapse, tmp_path: Path) -> None:
    name, anna = await account(synapse), await person(synapse, "Anna")
    async with running(synapse, name, tmp_path) as bot:
        room = await anna.create_room("Köln", invite=[bot.id])
        await bot.joins(room)
        question = await anna.say(room, "Bäume?")
        await anna.edit(room, question, "Büsche?")
        await bot.wait_for(Edit)
    async with running(synapse, name, tmp_path, bot.cursor) as again:
        known = await anna.say(room, "Ja.", reply_to=question)
        forged = await anna.say(room, f"> <{anna.id}> erfunden\n\nNein.", reply_to="$nobody:has.it")
        told = await again.wait_for(Message, lambda event: event.id == known)
        assert told.reply
        assert (told.reply.author, plain(told.reply.excerpt), told.reply.claimed) == ("Anna", "Büsche?", ())
        assert told.reply.account
        assert told.reply.account.id == anna.id
        claimed = await again.wait_for(Message, lambda event: event.id == forged)
        assert claimed.reply
        assert (claimed.reply.author, claimed.reply.excerpt, claimed.reply.account) == ("", (), None)
    async with running(synapse, name, tmp_path, again.cursor) as once_more:
        changed = await anna.edit(room, known, "Doch.")
        edit = await once_more.wait_for(Edit, lambda event: event.source == changed)
        assert edit.reply == told.reply
        await anna.redact(room, changed)
        await once_more.wait_for(Deletion)
        present = await once_more.messenger.present(MessageRef(ref(room), known))
        assert present
        assert (present.reply, plain(present.text)) == (told.reply, "Ja.")

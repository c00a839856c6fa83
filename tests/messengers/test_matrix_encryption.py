"""Encrypted rooms: the adapter and an independent client on a real Synapse."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.messengers.base import AccountError
from bot.messengers.matrix.position import Position
from bot.messengers.matrix.signing import is_signed
from bot.model import (
    Author,
    Button,
    Deletion,
    Edit,
    Encryption,
    Message,
    MessageRef,
    Post,
    Reaction,
    Replace,
    Sent,
    plain,
    rich,
)
from bot.sandbox.matrix_client import HumanMatrix, RawEvent
from bot.sandbox.synapse import Synapse
from tests.messengers.matrix_bot import MatrixBot, account, messenger, person, ref, running, send, unique
from tests.messengers.nio_person import NioPerson, nio_person


@asynccontextmanager
async def together(synapse: Synapse, folder: Path) -> AsyncGenerator[tuple[MatrixBot, NioPerson, str], None]:
    """Anna, with an encrypting client, and the bot in an encrypted room."""
    async with (
        nio_person(synapse, "Anna", folder / "anna") as anna,
        running(synapse, await account(synapse), folder) as bot,
    ):
        room = await anna.make_room(bot.id)
        await bot.joins(room)
        await anna.knows(room, bot.id)
        yield bot, anna, room


async def raw(synapse: Synapse, anna: NioPerson, room: str, event: str) -> RawEvent:
    """Return an event as stored on the server."""
    async with HumanMatrix(synapse.url, anna.id, anna.client.access_token) as human:
        return await human.event(room, event)


async def test_text_crosses_both_ways_encrypted(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room):
        id = await anna.say(room, "Guten Morgen")
        heard = await bot.wait_for(Message)
        assert (heard.id, plain(heard.text), heard.sender.name, heard.readable) == (id, "Guten Morgen", "Anna", True)
        assert (await raw(synapse, anna, room, id))["type"] == "m.room.encrypted"
        said = (
            await bot.messenger.deliver(send(room, post=Post(rich("Good morning"), Author("Ben", "Indianapolis"))))
        ).id
        seen = await anna.wait_for("Ben · Indianapolis: Good morning")
        assert (seen.event_id, seen.sender) == (said, bot.id)
        assert (await raw(synapse, anna, room, said))["type"] == "m.room.encrypted"


async def test_replies_edits_reactions_and_removals_encrypted(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room):
        first = (
            await bot.messenger.deliver(
                send(room, post=Post(rich("Plant trees?"), buttons=(Button("yes", "👍", "a"),)))
            )
        ).id
        await anna.wait_for("Plant trees?\n👍 yes")
        answer = await anna.say(room, "yes", **{"m.relates_to": {"m.in_reply_to": {"event_id": first}}})
        heard = await bot.wait_for(Message)
        assert heard.reply
        assert heard.reply.to.id == first
        edit = {"m.new_content": {"msgtype": "m.text", "body": "no"}}
        await anna.say(room, "* no", **edit, **{"m.relates_to": {"rel_type": "m.replace", "event_id": answer}})
        assert plain((await bot.wait_for(Edit)).text) == "no"
        reaction = {"m.relates_to": {"rel_type": "m.annotation", "event_id": first, "key": "👍"}}
        await anna.client.room_send(room, "m.reaction", reaction)
        assert (await bot.wait_for(Reaction)).ref.id == first
        await anna.client.room_redact(room, answer)
        assert (await bot.wait_for(Deletion)).ref.id == answer
        await bot.messenger.deliver(Replace(chat=ref(room), id=first, post=Post(rich("Closed")), token=unique("t")))
        seen = await anna.wait_for("* Closed")
        assert seen.source["content"]["m.relates_to"] == {"rel_type": "m.replace", "event_id": first}


async def test_what_a_message_says_without_a_removed_edit_encrypted_and_after_a_restart(
    synapse: Synapse, tmp_path: Path
) -> None:
    name = await account(synapse)
    async with nio_person(synapse, "Anna", tmp_path / "anna") as anna:
        async with running(synapse, name, tmp_path) as bot:
            room = await anna.make_room(bot.id)
            await bot.joins(room)
            await anna.knows(room, bot.id)
            first = await anna.say(room, "5")
            edit = {"m.relates_to": {"rel_type": "m.replace", "event_id": first}}
            ids = [
                await anna.say(room, f"* {text}", **edit, **{"m.new_content": {"msgtype": "m.text", "body": text}})
                for text in ("6", "insulting")
            ]
            await bot.wait_for(Edit, lambda event: event.source == ids[1])
        await anna.client.room_redact(room, ids[1])
        async with running(synapse, name, tmp_path, bot.cursor) as again:
            assert (await again.wait_for(Deletion)).ref.id == ids[1]
            present = await again.messenger.present(MessageRef(ref(room), first))
            assert present
            assert (present.source, plain(present.text), present.ref.id) == (ids[0], "6", first)
            await anna.client.room_redact(room, ids[0])
            await again.wait_for(Deletion, lambda event: event.ref.id == ids[0])
            present = await again.messenger.present(MessageRef(ref(room), first))
            assert present
            assert (present.source, plain(present.text), present.sender.name) == (first, "5", "Anna")


async def test_of_what_cannot_be_decrypted_is_known_that_it_says_something(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room):
        id, _key = await anna.say_without_key(room, "secret")
        await bot.wait_for(Message)
        present = await bot.messenger.present(MessageRef(ref(room), id))
        assert present
        assert (present.readable, present.text) == (False, ())


async def test_a_restart_keeps_device_and_keys(synapse: Synapse, tmp_path: Path) -> None:
    name = await account(synapse)
    async with nio_person(synapse, "Anna", tmp_path / "anna") as anna:
        async with running(synapse, name, tmp_path) as bot:
            room = await anna.make_room(bot.id)
            await bot.joins(room)
            await anna.knows(room, bot.id)
            first = await anna.say(room, "one")
            await bot.wait_for(Message)
            operation = send(room, "eins")
            said = (await bot.messenger.deliver(operation)).id
            session = bot.messenger._vault.load()
        await anna.say(room, "two")  # in the same session, whose key was sent only once
        async with running(synapse, name, tmp_path, bot.cursor) as again:
            assert again.messenger._vault.load() == session
            assert plain((await again.wait_for(Message)).text) == "two"
            assert first not in {event.id for event in again.events}
            assert (await again.messenger.deliver(operation)).id == said
            assert await again.messenger.find(operation, after="", known=()) == Sent((said,))
            assert await again.messenger.find(send(room, "never"), after="", known=()) is None
            await again.says(room, "zwei")
            await anna.wait_for("zwei")


async def test_the_bot_vouches_for_its_device(synapse: Synapse, tmp_path: Path) -> None:
    anna = await person(synapse, "Anna")
    async with running(synapse, await account(synapse), tmp_path) as bot:
        session = bot.messenger._vault.load()
        assert session
        keys = await anna.call("POST", "/v3/keys/query", {"device_keys": {bot.id: []}})
    master, own = keys["master_keys"][bot.id], keys["self_signing_keys"][bot.id]
    (top,), (below,) = master["keys"].values(), own["keys"].values()
    device = keys["device_keys"][bot.id][session.device_id]
    assert is_signed(master, bot.id, top)
    assert is_signed(own, bot.id, top)
    assert is_signed(device, bot.id, below)
    assert not is_signed(device | {"algorithms": []}, bot.id, below)


async def test_a_lost_identity_is_replaced_with_the_password(synapse: Synapse, tmp_path: Path) -> None:
    """The account has an identity but this is a new device, so the server asks for the password."""
    anna, name = await person(synapse, "Anna"), await account(synapse)
    async with running(synapse, name, tmp_path / "old") as bot:
        pass
    async with running(synapse, name, tmp_path / "new") as bot:
        assert all(finding.ok for finding in await bot.messenger.check_health())
        session = bot.messenger._vault.load()
        assert session
        keys = await anna.call("POST", "/v3/keys/query", {"device_keys": {bot.id: []}})
        (below,) = keys["self_signing_keys"][bot.id]["keys"].values()
        assert is_signed(keys["device_keys"][bot.id][session.device_id], bot.id, below)


async def test_without_the_password_a_lost_identity_is_said(synapse: Synapse, tmp_path: Path) -> None:
    name = await account(synapse)
    async with running(synapse, name, tmp_path / "old"):
        pass
    human = await HumanMatrix.login(synapse.url, name, "secret")
    again = messenger(synapse, name, tmp_path / "new", access_token=human.token)
    await again.start()
    [bad] = [finding.text.message for finding in await again.check_health() if not finding.ok]
    assert "not cross-signed" in bad
    assert "INTERCITY_MATRIX_PASSWORD" in bad
    await again.close()
    await human.close()


async def test_encryption_switched_on_is_told_once(synapse: Synapse, tmp_path: Path) -> None:
    """Trust: case 84."""
    anna, name = await person(synapse, "Anna"), await account(synapse)
    on = {"algorithm": "m.megolm.v1.aes-sha2"}
    async with running(synapse, name, tmp_path) as bot:
        room = await anna.create_room("Köln", invite=[bot.id])
        await bot.joins(room)
        await anna.say(room, "open")
        assert not (await bot.wait_for(Message)).encrypted
        committed = bot.cursor
        id = await anna.send_state(room, "m.room.encryption", on)
        await anna.send_state(room, "m.room.encryption", on | {"rotation_period_msgs": 50})
        await anna.say(room, "in the clear all the same")
        assert (await bot.wait_for(Message, lambda event: "clear" in plain(event.text))).encrypted
        first = [event for event in bot.events if isinstance(event, Encryption)]
    assert [(each.id, each.chat, each.sender.name) for each in first] == [(id, ref(room), "Anna")]
    async with running(synapse, name, tmp_path, committed) as again:
        await again.wait_for(Message)
        assert [event for event in again.events if isinstance(event, Encryption)] == first


async def test_a_room_that_was_encrypted_before_we_came_is_no_news(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room):
        await anna.say(room, "hello")
        assert (await bot.wait_for(Message)).encrypted
        assert not [event for event in bot.events if isinstance(event, Encryption)]


async def test_a_message_whose_key_is_late_is_shown_and_then_put_right(synapse: Synapse, tmp_path: Path) -> None:
    """Trust: case 85. The key is withheld over a restart of the bot, and then sent."""
    name = await account(synapse)
    async with nio_person(synapse, "Anna", tmp_path / "anna") as anna:
        async with running(synapse, name, tmp_path) as bot:
            room = await anna.make_room(bot.id)
            await bot.joins(room)
            await anna.knows(room, bot.id)
            id, key = await anna.say_without_key(room, "late")
            placeholder = await bot.wait_for(Message)
            assert (placeholder.id, placeholder.readable, placeholder.text) == (id, False, ())
        async with running(synapse, name, tmp_path, bot.cursor) as again:
            await anna.hand_over(key, bot.id)
            edit = await again.wait_for(Edit)
            assert (edit.id, edit.ref.id, plain(edit.text)) == (f"{id}:decrypted", id, "late")
            assert edit.sender.name == "Anna"
            assert Position.parse(again.cursor or "").waiting == ()
        # A crash between receiving the key and the commit: the key is there, the message still waits.
        async with running(synapse, name, tmp_path, bot.cursor) as after_crash:
            assert await after_crash.wait_for(Edit) == edit


async def test_an_edit_whose_key_is_late_changes_its_message_once_it_is_there(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room):
        first = await anna.say(room, "helo")
        await bot.wait_for(Message)
        relation = {"m.relates_to": {"rel_type": "m.replace", "event_id": first}}
        new = {"m.new_content": {"msgtype": "m.text", "body": "hello"}}
        id, key = await anna.say_without_key(room, "* hello", **new, **relation)
        await anna.hand_over(key, bot.id)
        edit = await bot.wait_for(Edit)
        assert (edit.ref.id, plain(edit.text)) == (first, "hello")
        assert edit.id in {id, f"{id}:decrypted"}
        assert [event.id for event in bot.events if isinstance(event, Message)] == [first]


async def test_someone_who_comes_later_reads_what_follows(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room), nio_person(synapse, "Ben", tmp_path / "b") as ben:
        await bot.says(room, "before")
        await anna.client.room_invite(room, ben.id)
        await ben.client.join(room)
        await bot.says(room, "after")
        await ben.wait_for("after")
        await anna.wait_for("after")


async def test_someone_who_has_left_does_not_have_the_key_of_what_follows(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room):
        ben = await person(synapse, "Ben")
        await anna.client.room_invite(room, ben.id)
        await ben.join(room)
        await bot.says(room, "first")
        ids = [await bot.says(room, "before")]
        await ben.leave(room)
        await anna.say(room, "he is gone")
        await bot.wait_for(Message)
        ids.append(await bot.says(room, "after"))
        sessions = {(await raw(synapse, anna, room, id))["content"]["session_id"] for id in ids}
        assert len(sessions) == 2


@pytest.mark.parametrize("lost", ["crypto.db", "session.sealed"])
async def test_without_its_keys_the_bot_does_not_start(synapse: Synapse, tmp_path: Path, lost: str) -> None:
    """Trust: case 86."""
    name = await account(synapse)
    async with running(synapse, name, tmp_path):
        pass
    (tmp_path / "matrix" / lost).unlink()
    again = messenger(synapse, name, tmp_path)
    with pytest.raises(AccountError, match=r"missing.*move it away"):
        await again.start()
    await again.close()


async def test_with_the_keys_of_another_device_the_bot_does_not_start(synapse: Synapse, tmp_path: Path) -> None:
    """Trust: case 86."""
    name = await account(synapse)
    for folder in ("one", "two"):
        async with running(synapse, name, tmp_path / folder):
            pass
    (tmp_path / "two/matrix/crypto.db").replace(tmp_path / "one/matrix/crypto.db")
    again = messenger(synapse, name, tmp_path / "one")
    with pytest.raises(AccountError, match="another device"):
        await again.start()
    await again.close()

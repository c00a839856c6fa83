"""Every kind of message in an encrypted room, with a client that shares its keys with signed devices only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nio.crypto.attachments import encrypt_attachment

from bot.model import Author, Edit, File, FileKind, Message, Post, Send, plain, rich
from bot.sandbox.matrix_client import HumanMatrix
from bot.sandbox.synapse import Synapse
from tests.contract.test_files import opener
from tests.messengers.matrix_bot import account, ref, running, unique
from tests.messengers.nio_person import nio_person
from tests.messengers.strict_person import StrictPerson, strict_person

THREAD = "m.thread"


async def uploaded(synapse: Synapse, anna: StrictPerson, data: bytes) -> dict[str, Any]:
    """Upload a file as encrypting clients do; return the key `file` of its message."""
    sealed, keys = encrypt_attachment(data)
    async with HumanMatrix(synapse.url, anna.id, anna.client.access_token) as web:
        return {**keys, "url": await web.upload(sealed, "x", "application/octet-stream")}


async def test_a_client_that_isolates_unsigned_devices_is_read_whatever_it_sends(
    synapse: Synapse, tmp_path: Path
) -> None:
    """A second device of the bot's account, which nobody has signed, shows that the client is strict."""
    name = await account(synapse)
    async with strict_person(synapse, "Anna", tmp_path / "a") as anna, running(synapse, name, tmp_path) as bot:
        session = bot.messenger._vault.load()
        assert session
        async with nio_person(synapse, "Eve", tmp_path / "e") as eve:
            room = await anna.make_room(bot.id, eve.id)
            await bot.joins(room)
            await eve.client.join(room)
            for user in (bot.id, eve.id):
                await anna.knows(room, user)
            assert await anna.isolate(synapse, bot.id) == {session.device_id}
            assert await anna.isolate(synapse, eve.id) == set()
            root = await anna.say(room, "Good morning")
            heard = await bot.wait_for(Message)
            assert (heard.readable, plain(heard.text)) == (True, "Good morning")
            await eve.step()
            await eve.step()
            assert "Good morning" not in {event.source["content"].get("body") for event in eve.events}, "she has no key"

        within = {"m.relates_to": {"rel_type": THREAD, "event_id": root}}
        await anna.say(room, "in a thread", **within)
        voice = {
            "msgtype": "m.audio",
            "org.matrix.msc3245.voice": {},
            "file": await uploaded(synapse, anna, b"Ogg"),
        }
        await anna.say(room, "voice.ogg", **voice, info={"duration": 1500, "size": 3})
        sticker = {"body": "🌳", "info": {"mimetype": "image/png"}, "file": await uploaded(synapse, anna, b"PNG")}
        await anna.client.room_send(room, "m.sticker", sticker, ignore_unverified_devices=True)
        poll: dict[str, Any] = {"question": {"org.matrix.msc1767.text": "Trees?"}, "kind": "m.disclosed"}
        poll["answers"] = [{"id": "1", "org.matrix.msc1767.text": "yes"}]
        await anna.client.room_send(
            room,
            "org.matrix.msc3381.poll.start",
            {"org.matrix.msc3381.poll.start": poll},
            ignore_unverified_devices=True,
        )
        last = await bot.wait_for(Message, lambda event: bool(event.attachment and event.attachment.kind == "poll"))
        read = [event for event in bot.events if isinstance(event, Message)]
        assert all(event.readable and event.encrypted for event in read)
        assert read[1].thread
        assert read[1].thread.to.id == root
        assert [event.attachment and event.attachment.kind for event in read] == [
            None,
            None,
            "voice",
            "sticker",
            "poll",
        ]
        assert last.attachment
        assert last.attachment.name == "Trees?"
        assert read[2].attachment
        assert b"".join([chunk async for chunk in bot.messenger.fetch(read[2].attachment.source)]) == b"Ogg"

        plan = File(kind=FileKind.DOCUMENT, source="x", name="plan.txt", mime="text/plain")
        post = Post(rich("The plan"), Author("Ben", "Indianapolis"), files=(plan,))
        operation = Send(chat=ref(room), post=post, token=unique("t"), reply_to=root, thread=root)
        await bot.messenger.deliver(operation, opener({"x": b"a plan"}))
        seen = (await anna.wait_for("Ben · Indianapolis: The plan")).source["content"]
        assert seen["m.relates_to"]["rel_type"] == THREAD
        assert {"url", "key", "iv", "hashes"} <= seen["file"].keys()


async def test_a_file_whose_key_is_late_takes_the_place_of_the_placeholder(synapse: Synapse, tmp_path: Path) -> None:
    name = await account(synapse)
    async with strict_person(synapse, "Anna", tmp_path / "a") as anna, running(synapse, name, tmp_path) as bot:
        room = await anna.make_room(bot.id)
        await bot.joins(room)
        await anna.knows(room, bot.id)
        file = {"msgtype": "m.image", "filename": "plan.png", "file": await uploaded(synapse, anna, b"PNG")}
        first = await anna.say(room, "plain")
        relation = {"m.relates_to": {"m.in_reply_to": {"event_id": first}}}
        id, key = await anna.say_without_key(room, "The plan", **file, **relation)
        placeholder = await bot.wait_for(Message, lambda event: not event.readable)
        assert placeholder.reply
        assert placeholder.reply.to.id == first
        await anna.hand_over(key, bot.id)
        edit = await bot.wait_for(Edit)
        assert (edit.ref.id, plain(edit.text)) == (id, "The plan")
        assert edit.attachment
        assert edit.attachment.kind == "photo"
        assert b"".join([chunk async for chunk in bot.messenger.fetch(edit.attachment.source)]) == b"PNG"

"""Places and contacts as the emulated Bot API gets them."""

from __future__ import annotations

from dataclasses import replace

from bot.model import File, FileKind, Location, Post, Remove, Send, rich
from tests.messengers.telegram_scene import ANNA, scene
from tests.messengers.telegram_shelf import TelegramShelf

HALL = Location(50.94, 6.96, "Rathaus", "Markt 1")
CARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Miller;Ben;;;\r\nFN:Ben Miller\r\nTEL:+49 221 1\r\nORG:Stadt\r\nEND:VCARD\r\n"
SOURCE = "matrix:mxc://a/b"


async def test_a_place_is_a_venue_that_says_whose_it_is() -> None:
    async with scene() as it:
        (before,) = it.talk("Where?")
        post = Post(rich("📍 Location: Rathaus, Markt 1"), ANNA, location=HALL)
        operation = Send(chat=it.chat, post=post, token="t1", reply_to=before)
        sent = await it.messenger.deliver(operation)
        message = it.server.messages(it.group)[-1]
        assert message["venue"] == {
            "location": {"latitude": 50.94, "longitude": 6.96},
            "title": "Anna Weber · Köln · mayor",
            "address": "Rathaus, Markt 1",
        }
        assert it.id(message["reply_to_message"]["message_id"]) == before
        assert await it.messenger.find(operation, after=before, known=()) == sent
        await it.messenger.deliver(Remove(chat=it.chat, id=sent.id, token="t2"))
        assert "venue" not in it.server.messages(it.group)[-1]
        nowhere = replace(post, location=replace(HALL, latitude=91))
        await it.messenger.deliver(Send(chat=it.chat, post=nowhere, token="t3"))
        assert it.server.messages(it.group)[-1]["text"] == "Anna Weber · Köln · mayor: 📍 Location: Rathaus, Markt 1"


async def test_a_small_vcard_is_a_contact_that_follows_its_attribution() -> None:
    async with scene() as it:
        file = File(kind=FileKind.CONTACT, source=SOURCE, name="ben.vcf", mime="text/vcard", size=len(CARD))
        shelf = TelegramShelf(**{SOURCE: CARD})
        post = Post(rich("His number"), ANNA, files=(file,))
        sent = await it.messenger.deliver(Send(chat=it.chat, post=post, token="t1"), shelf.open)
        text, contact = it.server.messages(it.group)[-2:]
        assert text["text"] == "Anna Weber · Köln · mayor: His number"
        assert contact["contact"] == {
            "phone_number": "+49 221 1",
            "first_name": "Ben",
            "last_name": "Miller",
            "vcard": CARD.decode(),
        }
        assert len(sent.ids) == 2
        for number, data in enumerate((b"BEGIN:VCARD\nFN:Ben\nEND:VCARD", CARD * 2, b"\xff\xfe", CARD + b" " * 2048)):
            shelf.files[SOURCE] = data
            await it.messenger.deliver(Send(chat=it.chat, post=post, token=f"u{number}"), shelf.open)
            document = it.server.messages(it.group)[-1]
            assert document["document"]["file_name"] == "ben.vcf", "none that can be called, or several"
            assert document["caption"].endswith("His number")

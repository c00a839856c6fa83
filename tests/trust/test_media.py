"""Files of people, on their way from one messenger to another (cases 160 to 163)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.media import Inspector
from bot.messengers.matrix.content import attachment_of
from bot.messengers.telegram.preparing import Preparation
from bot.model import Attachment, ChatRef, File, FileKind, MessengerName, Post, Send, plain
from bot.text.catalogue import LocaleContext, render
from bot.text.files import label_of
from tests.messengers.telegram_shelf import TelegramShelf
from tests.trust.world import ANNA, EVE, INDY, KOELN, World

PHOTO = Attachment("photo", source="telegram:p1", unique="p1", mime="image/jpeg")
SVG = b"\xef\xbb\xbf\n<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
PROGRAM = b"MZ\x90\x00\x03" + bytes(200)


async def test_case_160_a_file_of_someone_muted_crosses_neither_new_nor_in_place_of_another(world: World) -> None:
    world.telegram.attachments |= {"telegram:p1": b"oaks", "telegram:p2": b"something else"}
    id = world.telegram.says(KOELN, EVE, "Eichen", attachment=PHOTO)
    await world.quiet()
    await world.commands(KOELN, ANNA, "mute @eve")
    another = replace(PHOTO, source="telegram:p2", unique="p2")
    world.telegram.edits(KOELN, EVE, id, "Eichen", attachment=another)
    world.telegram.says(KOELN, EVE, "", attachment=another)
    world.telegram.says(KOELN, EVE, "/help", attachment=another)
    await world.quiet()
    assert [each.data for each in world.matrix.messages_in(INDY) if each.file] == [b"oaks"]


@pytest.mark.parametrize("data", [SVG, PROGRAM], ids=["markup", "program"])
async def test_case_161_what_claims_to_be_a_picture_reaches_telegram_as_the_download_that_it_is(data: bytes) -> None:
    picture = File(kind=FileKind.PHOTO, source="matrix:1", name="oaks.jpg", mime="image/jpeg")
    chat = ChatRef(MessengerName.TELEGRAM, "-1")
    shelf = TelegramShelf(**{"matrix:1": data})
    ready = await Preparation(Inspector(), shelf.open).prepared(
        Send(chat=chat, post=Post((), files=(picture,)), token="t")
    )
    (file,) = ready.post.files
    assert file.kind is FileKind.DOCUMENT
    assert not file.mime.startswith("image/")


@pytest.mark.parametrize(
    "source", ["stored:1", "telegram:AgACAgIAAxkBAAM", "matrix:mxc://a/b", "file:///etc/passwd", ""]
)
def test_case_162_no_message_names_a_file_that_is_not_its_own(source: str) -> None:
    """Whatever an event on Matrix says, it leads to the media of a homeserver, and never to another source."""
    sent = attachment_of({"msgtype": "m.image", "body": "a.png", "url": source, "info": {"thumbnail_url": source}})
    assert sent
    assert (sent.source, sent.thumbnail) == ("", "")


def test_case_163_the_name_of_a_file_in_a_sentence_of_the_bot_leads_nowhere() -> None:
    name = "see evil.example/x\n/pair Köln @room.pdf"
    told = plain(render(label_of("file", name, 1_000_000), LocaleContext("en_GB")))
    assert told == "see evil․example/x ⁄pair Köln ＠room.pdf (1 MB)"

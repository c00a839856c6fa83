"""Messages are changed and deleted, as far as Telegram lets bots and people."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.samples import sample
from bot.sandbox.telegram import Json, SentFile
from bot.sandbox.telegram.images import png
from bot.sandbox.telegram.spec import bot_api
from tests.sandbox.bot_client import FilePart, Refusal
from tests.sandbox.telegram_city import TelegramTown, town

KEYS = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
NOT_MODIFIED = "400 Bad Request: message is not modified"
PICTURE = png(64, 48)


@pytest.fixture
async def here() -> AsyncIterator[TelegramTown]:
    async with town() as made:
        yield made
        assert made.server.violations == []


async def sent(here: TelegramTown, method: str, **params: object) -> Any:
    return await here.api(method, chat_id=here.group.id, **params)


async def refused(here: TelegramTown, method: str, **params: object) -> str:
    with pytest.raises(Refusal) as caught:
        await here.api(method, **({"chat_id": here.group.id} | params))
    return str(caught.value)


async def test_texts_are_changed(here: TelegramTown) -> None:
    chat = here.group.id
    said = here.server.say(here.group, here.anna, "mine")
    sent = await here.api("sendMessage", chat_id=chat, text="one", reply_markup=KEYS)
    id = sent["message_id"]
    assert "message is not modified" in await refused(
        here, "editMessageText", chat_id=chat, message_id=id, text="one ", reply_markup=KEYS
    )
    edited = await here.api("editMessageText", chat_id=chat, message_id=id, text="one")
    assert "reply_markup" not in edited
    await here.api("editMessageReplyMarkup", chat_id=chat, message_id=id, reply_markup=KEYS)
    assert here.server.messages(here.group)[-1]["reply_markup"] == KEYS
    assert "message is not modified" in await refused(
        here, "editMessageReplyMarkup", chat_id=chat, message_id=id, reply_markup=KEYS
    )
    edit = {"chat_id": chat, "text": "new"}
    assert "can't be edited" in await refused(here, "editMessageText", message_id=said["message_id"], **edit)
    assert "message to edit not found" in await refused(here, "editMessageText", message_id=99, **edit)
    assert "identifier is not specified" in await refused(here, "editMessageText", **edit)


async def test_changing_the_buttons_tells_what_stands_there_and_changes_nothing(here: TelegramTown) -> None:
    """Without a keyboard it removes one; the same again is refused, with errors that tell what is there."""
    chat = here.group.id
    plain = (await here.api("sendMessage", chat_id=chat, text="plain"))["message_id"]
    card = (await here.api("sendMessage", chat_id=chat, text="card", reply_markup=KEYS))["message_id"]
    said = here.server.say(here.group, here.anna, "Anna's")["message_id"]
    gone = (await here.api("sendMessage", chat_id=chat, text="gone"))["message_id"]
    await here.api("deleteMessage", chat_id=chat, message_id=gone)
    there = here.server.messages(here.group)
    for id, keys, says in (
        (plain, {}, "message is not modified"),
        (plain, {"reply_markup": {"inline_keyboard": []}}, "message is not modified"),
        (card, {"reply_markup": KEYS}, "message is not modified"),
        (said, {}, "message can't be edited"),
        (said, {"reply_markup": KEYS}, "message can't be edited"),
        (gone, {}, "message to edit not found"),
        (99, {"reply_markup": KEYS}, "message to edit not found"),
    ):
        answer = await refused(here, "editMessageReplyMarkup", chat_id=chat, message_id=id, **keys)
        assert answer.startswith(f"400 Bad Request: {says}"), (id, keys)
    assert here.server.messages(here.group) == there
    other = {"inline_keyboard": [[{"text": "a", "callback_data": "other"}]]}
    changed = await here.api("editMessageReplyMarkup", chat_id=chat, message_id=card, reply_markup=other)
    assert changed["reply_markup"] == other
    assert "reply_markup" not in await here.api("editMessageReplyMarkup", chat_id=chat, message_id=card)


async def test_messages_are_deleted(here: TelegramTown) -> None:
    chat = here.group.id
    said = here.server.say(here.group, here.ben, "old")
    assert await here.api("deleteMessage", chat_id=chat, message_id=said["message_id"])
    assert "message to delete not found" in await refused(
        here, "deleteMessage", chat_id=chat, message_id=said["message_id"]
    )
    sent = [(await here.api("sendMessage", chat_id=chat, text="x"))["message_id"] for _ in range(3)]
    assert await here.api("deleteMessages", chat_id=chat, message_ids=[sent[0], 77])
    here.clock.pass_(hours=48)
    assert "message can't be deleted for everyone" in await refused(
        here, "deleteMessage", chat_id=chat, message_id=sent[1]
    )
    assert [message["message_id"] for message in here.server.messages(here.group)] == sent[1:]


async def test_a_bot_without_rights_deletes_only_its_own() -> None:
    async with town(admin=False) as here:
        said = here.server.say(here.group, here.ben, "mine")
        sent = await here.api("sendMessage", chat_id=here.group.id, text="x")
        assert "message can't be deleted for everyone" in await refused(
            here, "deleteMessage", chat_id=here.group.id, message_id=said["message_id"]
        )
        assert await here.api("deleteMessage", chat_id=here.group.id, message_id=sent["message_id"])


async def test_a_caption_is_changed_and_taken_away(here: TelegramTown) -> None:
    edit = {"message_id": (await sent(here, "sendPhoto", photo=FilePart(PICTURE), caption="one"))["message_id"]}
    bold = [{"type": "bold", "offset": 0, "length": 3}]
    changed = await sent(here, "editMessageCaption", caption="two", caption_entities=bold, reply_markup=KEYS, **edit)
    assert (changed["caption"], changed["caption_entities"], changed["reply_markup"]) == ("two", bold, KEYS)
    assert "edit_date" in changed
    same = await refused(
        here,
        "editMessageCaption",
        caption=" two",
        caption_entities=[bold[0] | {"offset": 1}],
        reply_markup=KEYS,
        **edit,
    )
    assert same.startswith(NOT_MODIFIED)
    assert "message caption is too long" in await refused(here, "editMessageCaption", caption="x" * 1025, **edit)
    bare = await sent(here, "editMessageCaption", **edit)
    assert not bare.keys() & {"caption", "caption_entities", "reply_markup"}
    assert here.server.received(bare).data == PICTURE
    assert (await refused(here, "editMessageCaption", **edit)).startswith(NOT_MODIFIED)


async def test_texts_and_captions_are_not_confused(here: TelegramTown) -> None:
    text = (await sent(here, "sendMessage", text="x"))["message_id"]
    photo = (await sent(here, "sendPhoto", photo=FilePart(PICTURE)))["message_id"]
    sticker = (await sent(here, "sendSticker", sticker=FilePart(sample("sticker.webp"), "a.webp")))["message_id"]
    no_caption = "400 Bad Request: there is no caption in the message to edit"
    no_text = "400 Bad Request: there is no text in the message to edit"
    assert await refused(here, "editMessageCaption", message_id=text, caption="y") == no_caption
    assert await refused(here, "editMessageCaption", message_id=sticker, caption="y") == no_caption
    assert await refused(here, "editMessageText", message_id=photo, text="y") == no_text


@pytest.mark.parametrize("method", ["editMessageCaption", "editMessageMedia", "editMessageReplyMarkup"])
async def test_only_what_the_bot_has_sent_can_be_edited(here: TelegramTown, method: str) -> None:
    params: Json = {"media": {"type": "photo", "media": "attach://a"}, "a": FilePart(PICTURE)}
    params = params if method == "editMessageMedia" else {}
    theirs = here.server.photo(here.group, here.anna)["message_id"]
    assert "message can't be edited" in await refused(here, method, message_id=theirs, **params)
    assert "message to edit not found" in await refused(here, method, message_id=99, **params)
    assert "message identifier is not specified" in await refused(here, method, **params)


async def test_buttons_of_a_photo_are_changed_alone(here: TelegramTown) -> None:
    photo = await sent(here, "sendPhoto", photo=FilePart(PICTURE), caption="one")
    changed = await sent(here, "editMessageReplyMarkup", message_id=photo["message_id"], reply_markup=KEYS)
    assert (changed["caption"], changed["photo"], changed["reply_markup"]) == ("one", photo["photo"], KEYS)
    same = await refused(here, "editMessageReplyMarkup", message_id=photo["message_id"], reply_markup=KEYS)
    assert same.startswith(NOT_MODIFIED)


async def test_a_file_is_replaced_with_its_caption(here: TelegramTown) -> None:
    photo = await sent(here, "sendPhoto", photo=FilePart(PICTURE), caption="one", has_spoiler=True)
    id = photo["message_id"]
    media = {"type": "document", "media": "attach://b", "caption": "two"}
    changed = await sent(here, "editMessageMedia", message_id=id, media=media, b=FilePart(b"x", "plan.pdf"))
    assert not changed.keys() & {"photo", "has_media_spoiler"}
    assert (changed["caption"], here.server.received(changed).name) == ("two", "plan.pdf")
    again = media | {"media": changed["document"]["file_id"]}
    assert (await refused(here, "editMessageMedia", message_id=id, media=again)).startswith(NOT_MODIFIED)
    assert "caption" not in await sent(
        here, "editMessageMedia", message_id=id, media={"type": "photo", "media": photo["photo"][-1]["file_id"]}
    )
    assert "media not found" in await refused(here, "editMessageMedia", message_id=id, media=media)


async def test_a_file_takes_the_place_of_a_text_but_not_of_a_voice(here: TelegramTown) -> None:
    media = {"type": "photo", "media": "attach://a"}
    text = await sent(here, "sendMessage", text="soon")
    changed = await sent(here, "editMessageMedia", message_id=text["message_id"], media=media, a=FilePart(PICTURE))
    assert "text" not in changed
    for method, kind in (("sendVoice", "voice"), ("sendVideoNote", "video_note")):
        id = (await sent(here, method, **{kind: FilePart(sample("voice.ogg"), "a.ogg")}))["message_id"]
        says = await refused(here, "editMessageMedia", message_id=id, media=media, a=FilePart(PICTURE))
        assert says == "400 Bad Request: message media can't be edited"


async def test_in_an_album_a_file_stays_of_its_kind(here: TelegramTown) -> None:
    items = [{"type": "photo", "media": "attach://a", "caption": str(n)} for n in range(2)]
    photo = (await sent(here, "sendMediaGroup", media=items, a=FilePart(PICTURE)))[0]
    edit = {"message_id": photo["message_id"]}
    film = {"type": "video", "media": "attach://b"}
    changed = await sent(here, "editMessageMedia", media=film, b=FilePart(b"film", "b.mp4"), **edit)
    assert changed["media_group_id"] == photo["media_group_id"]
    document = {"type": "document", "media": "attach://b"}
    assert "can't change media type in the album" in await refused(
        here, "editMessageMedia", media=document, b=FilePart(b"x"), **edit
    )
    assert (await sent(here, "editMessageCaption", caption="new", **edit))["caption"] == "new"


async def test_edits_count_towards_the_limits() -> None:
    async with town(limits=True) as here:
        id = (await sent(here, "sendPhoto", photo=FilePart(PICTURE)))["message_id"]
        for number in range(19):
            await sent(here, "editMessageCaption", message_id=id, caption=str(number))
        assert "429" in await refused(here, "editMessageCaption", message_id=id, caption="more")


async def test_files_are_deleted_one_by_one_and_together(here: TelegramTown) -> None:
    items = [{"type": "photo", "media": "attach://a"}] * 3
    first, *others = [m["message_id"] for m in await sent(here, "sendMediaGroup", media=items, a=FilePart(PICTURE))]
    assert await sent(here, "deleteMessage", message_id=first)
    assert [message["message_id"] for message in here.server.messages(here.group)] == others
    assert await sent(here, "deleteMessages", message_ids=[first, *others])
    assert here.server.messages(here.group) == []
    assert "from 1 to 100 message identifiers" in await refused(here, "deleteMessages", message_ids=[])


async def test_the_beginning_of_a_topic_cannot_be_deleted(here: TelegramTown) -> None:
    forum = here.server.group("Forum", [here.anna], forum=True)
    topic = here.server.topic(forum, "Trees")
    with pytest.raises(Refusal, match="400 Bad Request: message can't be deleted"):
        await here.api("deleteMessage", chat_id=forum.id, message_id=topic)


async def test_people_change_captions_and_files(here: TelegramTown) -> None:
    id = here.server.attach(here.group, here.anna, SentFile(caption="one"))["message_id"]
    here.server.edit(here.group, here.anna, id, "see @ben")
    here.server.replace(here.group, here.anna, id, SentFile("document", b"x", "plan.pdf", caption="three"))
    here.server.edit(here.group, here.anna, id, "")
    updates = await here.api("getUpdates")
    assert all(bot_api().problems("Update", update) == [] for update in updates)
    edits = [update["edited_message"] for update in updates[1:]]
    assert [edit.get("caption") for edit in edits] == ["see @ben", "three", None]
    assert "photo" not in edits[1]
    assert here.server.received(edits[1]).data == b"x"
    round = here.server.attach(here.group, here.anna, SentFile("video_note"))["message_id"]
    with pytest.raises(ValueError, match="has no text"):
        here.server.edit(here.group, here.anna, round, "x")
    for person, message in ((here.ben, id), (here.anna, round)):
        with pytest.raises(ValueError, match="cannot replace"):
            here.server.replace(here.group, person, message, SentFile())

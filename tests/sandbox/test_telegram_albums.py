"""Albums: messages that belong together."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.telegram import Json, SentFile
from bot.sandbox.telegram.images import png
from tests.sandbox.bot_client import FilePart, Refusal
from tests.sandbox.telegram_city import TelegramTown, town

PICTURE = png(640, 480)


@pytest.fixture
async def here() -> AsyncIterator[TelegramTown]:
    async with town() as made:
        yield made
        assert made.server.violations == []


async def refused(here: TelegramTown, method: str, **params: object) -> str:
    with pytest.raises(Refusal) as caught:
        await here.api(method, **({"chat_id": here.group.id} | params))
    assert here.server.messages(here.group) == []
    return str(caught.value)


async def album(here: TelegramTown, *media: Json, **parts: FilePart) -> Any:
    return await here.api("sendMediaGroup", chat_id=here.group.id, media=list(media), **parts)


def item(type: str, media: str = "attach://a", **more: object) -> Json:
    return {"type": type, "media": media, **more}


async def test_an_album_is_messages_with_one_group(here: TelegramTown) -> None:
    said = here.server.say(here.group, here.anna, "Show!")
    sent = await here.api(
        "sendMediaGroup",
        chat_id=here.group.id,
        media=[item("photo", caption="one"), item("video", "attach://b", duration=5)],
        a=FilePart(PICTURE),
        b=FilePart(b"film", "b.mp4"),
        reply_parameters={"message_id": said["message_id"]},
    )
    assert [message.get("caption") for message in sent] == ["one", None]
    assert len({message["media_group_id"] for message in sent}) == 1
    assert {message["reply_to_message"]["text"] for message in sent} == {"Show!"}
    seen = here.server.messages(here.group)[1:]
    assert [here.server.received(message).data for message in seen] == [PICTURE, b"film"]
    other = await album(
        here, item("document"), item("document", "attach://b"), a=FilePart(b"x", "x"), b=FilePart(b"y", "y")
    )
    assert other[0]["media_group_id"] != sent[0]["media_group_id"]


@pytest.mark.parametrize(
    ("media", "says"),
    [
        ([], "there are no messages to send"),
        ([item("photo")] * 11, "too many messages to send as an album"),
        ([item("photo"), item("document")], "document can't be mixed with other media types"),
        ([item("audio"), item("video")], "audio can't be mixed with other media types"),
        ([item("photo"), item("photo", "attach://none")], "can't parse InputMedia: media not found"),
        ([item("photo"), item("photo", "unknown")], "wrong file identifier/HTTP URL specified"),
        ([item("photo"), item("photo", "attach://bad")], 'failed to send message #2 with the error message "IMAGE_'),
        ([item("photo"), item("photo", caption="x" * 1025)], "message caption is too long"),
        (
            [item("photo", show_caption_above_media=True), item("photo")],
            "parameter show_caption_above_media must be the same for all messages",
        ),
        ([item("animation"), item("photo")], "can't parse media"),
        ([item("voice"), item("voice")], "can't parse media"),
    ],
)
async def test_albums_that_are_refused(media: list[Json], says: str) -> None:
    async with town() as here:
        said = await refused(here, "sendMediaGroup", media=media, a=FilePart(PICTURE), bad=FilePart(b"no picture"))
        assert said.startswith("400 Bad Request: ")
        assert says in said


async def test_an_album_of_one_is_not_played() -> None:
    async with town() as here:
        assert "501" in await refused(here, "sendMediaGroup", media=[item("photo")], a=FilePart(PICTURE))


async def test_an_album_counts_as_its_messages() -> None:
    async with town(limits=True) as here:
        photos = [item("photo")] * 10
        await album(here, *photos, a=FilePart(PICTURE))
        await album(here, *photos, a=FilePart(PICTURE))
        with pytest.raises(Refusal, match="429 Too Many Requests: retry after 60"):
            await album(here, *photos[:2], a=FilePart(PICTURE))
        with pytest.raises(Refusal, match="429"):
            await here.api("sendPhoto", chat_id=here.group.id, photo=FilePart(PICTURE))
        here.server.say(private := here.server.private(here.ben), here.ben, "hi")
        sent = await here.api("sendMediaGroup", chat_id=private.id, media=photos, a=FilePart(PICTURE))
        assert len(sent) == 10


async def test_one_upload_may_be_used_twice(here: TelegramTown) -> None:
    first, second = await album(here, item("photo"), item("photo"), a=FilePart(PICTURE))
    assert here.server.received(first).data == here.server.received(second).data == PICTURE


@pytest.mark.parametrize("kind", ["photo", "video"])
async def test_an_album_takes_the_right_to_each_of_its_kinds(kind: str) -> None:
    async with town(admin=False) as here:
        here.server.permit(here.group, here.group.permissions - {f"can_send_{kind}s"})
        says = await refused(here, "sendMediaGroup", media=[item("photo"), item("video")], a=FilePart(PICTURE))
        assert says == f"400 Bad Request: not enough rights to send {kind}s to the chat"


async def test_live_photos_are_not_played() -> None:
    async with town() as here:
        sent = await here.api("sendPhoto", chat_id=here.group.id, photo=FilePart(PICTURE))
        media = {"type": "live_photo", "media": "attach://a", "photo": "attach://a"}
        for method, params in (
            ("sendMediaGroup", {"media": [media, media]}),
            ("editMessageMedia", {"media": media, "message_id": sent["message_id"]}),
        ):
            with pytest.raises(Refusal, match="501"):
                await here.api(method, chat_id=here.group.id, a=FilePart(PICTURE), **params)


async def test_an_album_of_people_reaches_the_bot(here: TelegramTown) -> None:
    pictures = [png(10, 10), png(20, 20)]
    here.server.album(here.group, here.anna, [SentFile(data=data, caption="both") for data in pictures])
    messages = [update["message"] for update in await here.api("getUpdates")]
    assert [here.server.received(message).data for message in messages] == pictures
    assert messages[0]["media_group_id"] == messages[1]["media_group_id"]
    for wrong in (["photo"], ["photo"] * 11, ["photo", "document"], ["voice", "voice"]):
        with pytest.raises(ValueError, match="an album has two to ten files of kinds that go together"):
            here.server.album(here.group, here.anna, [SentFile(kind) for kind in wrong])

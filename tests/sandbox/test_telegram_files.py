"""Files go to the bot's chats and back, as large and of such kinds as Telegram carries them."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox.samples import sample
from bot.sandbox.telegram import Fault, Json, SentFile
from bot.sandbox.telegram.images import jpeg, png
from bot.sandbox.telegram.spec import bot_api
from tests.sandbox.bot_client import FilePart, Refusal, client
from tests.sandbox.telegram_city import TelegramTown, town

PICTURE = png(640, 480)
KEYS = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}


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


@pytest.mark.parametrize(
    ("method", "kind", "name", "details"),
    [
        ("sendVideo", "video", "film.mp4", {"duration": 7, "width": 640, "height": 360}),
        ("sendAnimation", "animation", "cat.gif", {"duration": 2, "width": 64, "height": 36}),
        ("sendAudio", "audio", "song.mp3", {"duration": 200, "performer": "Choir", "title": "Ode"}),
        ("sendVoice", "voice", "voice.ogg", {"duration": 3}),
        ("sendVideoNote", "video_note", "round.mp4", {"duration": 3, "length": 240}),
        ("sendDocument", "document", "plan.pdf", {}),
    ],
)
async def test_each_kind_of_file_arrives_as_it_was_sent(
    here: TelegramTown, method: str, kind: str, name: str, details: Json
) -> None:
    data = sample("voice.ogg") if kind == "voice" else f"bytes of {name}".encode()
    sent = await here.api(method, chat_id=here.group.id, **{kind: FilePart(data, name)}, **details)
    assert {field: sent[kind][field] for field in details} == details
    assert sent[kind]["file_size"] == len(data)
    received = here.server.received(here.server.messages(here.group)[-1])
    assert (received.data, received.size) == (data, len(data))
    assert received.sha256 == hashlib.sha256(data).hexdigest()
    assert await here.api.download(sent[kind]["file_id"]) == data


async def test_a_document_keeps_its_name_and_a_photo_does_not(here: TelegramTown) -> None:
    document = await here.api("sendDocument", chat_id=here.group.id, document=FilePart(b"x", "plan.pdf"))
    assert (document["document"]["file_name"], document["document"]["mime_type"]) == ("plan.pdf", "application/pdf")
    photo = await here.api("sendPhoto", chat_id=here.group.id, photo=FilePart(PICTURE, "me.png"), has_spoiler=True)
    small, large = photo["photo"]
    assert (small["width"], small["height"], large["width"], large["height"]) == (320, 240, 640, 480)
    assert photo["has_media_spoiler"] is True
    assert here.server.received(photo).data == await here.api.download(large["file_id"]) == PICTURE


async def test_an_animation_is_a_document_as_well(here: TelegramTown) -> None:
    sent = await here.api("sendAnimation", chat_id=here.group.id, animation=FilePart(b"x", "cat.gif"))
    assert sent["animation"]["mime_type"] == sent["document"]["mime_type"] == "image/gif"
    assert here.server.received(sent).kind == "animation"


async def test_a_sticker_tells_whether_it_moves(here: TelegramTown) -> None:
    still = await here.api(
        "sendSticker", chat_id=here.group.id, sticker=FilePart(sample("sticker.webp"), "a.webp"), emoji="👍"
    )
    moving = await here.api("sendSticker", chat_id=here.group.id, sticker=FilePart(sample("sticker.tgs"), "a.tgs"))
    assert (still["sticker"]["emoji"], still["sticker"]["height"], still["sticker"]["is_animated"]) == (
        "👍",
        512,
        False,
    )
    assert moving["sticker"]["is_animated"] is True


async def test_what_is_no_sticker_is_refused_and_what_is_no_voice_message_is_a_document(
    here: TelegramTown,
) -> None:
    for name, says in (
        ("a.webp", "STICKER_FILE_INVALID"),
        ("a.tgs", "STICKER_TGS_NOTGS"),
        ("a.webm", "STICKER_VIDEO_NOWEBM"),
    ):
        assert says in await refused(here, "sendSticker", sticker=FilePart(PICTURE, name))
    for data, kind in ((b"RIFF", "document"), (sample("music.mp3"), "voice"), (sample("note.mp4"), "voice")):
        assert kind in await here.api("sendVoice", chat_id=here.group.id, voice=FilePart(data, "a.ogg"))


async def test_a_file_goes_with_caption_reply_topic_and_buttons(here: TelegramTown) -> None:
    forum = here.server.group("Forum", [here.anna], forum=True)
    topic = here.server.topic(forum, "Trees")
    said = here.server.say(forum, here.anna, "Plan?", thread=topic)
    sent = await here.api(
        "sendPhoto",
        chat_id=forum.id,
        photo=FilePart(PICTURE),
        caption=" the plan ",
        caption_entities=[{"type": "bold", "offset": 0, "length": 4}],
        message_thread_id=topic,
        reply_parameters={"message_id": said["message_id"]},
        reply_markup=KEYS,
    )
    assert (sent["caption"], sent["caption_entities"]) == ("the plan", [{"type": "bold", "offset": 0, "length": 3}])
    assert (sent["message_thread_id"], sent["reply_to_message"]["text"]) == (topic, "Plan?")
    assert sent["reply_markup"] == KEYS


async def test_a_file_is_sent_again_by_its_id(here: TelegramTown) -> None:
    first = await here.api("sendDocument", chat_id=here.group.id, document=FilePart(b"x", "plan.pdf"), caption="one")
    second = await here.api("sendDocument", chat_id=here.group.id, document=first["document"]["file_id"], caption="two")
    assert (second["document"], second["caption"]) == (first["document"], "two")


async def test_an_attachment_may_have_any_name(here: TelegramTown) -> None:
    await here.api("sendPhoto", chat_id=here.group.id, photo="attach://picture", picture=FilePart(PICTURE))
    assert here.server.received(here.server.messages(here.group)[0]).data == PICTURE


async def test_a_file_that_nothing_refers_to_is_a_violation() -> None:
    async with town() as here:
        await here.api("sendPhoto", chat_id=here.group.id, photo=FilePart(PICTURE), other=FilePart(b"x"))
        assert here.server.violations == ["sendPhoto: unused file other"]


@pytest.mark.parametrize(
    ("thumbnail", "shown"),
    [(jpeg(320, 200), True), (jpeg(321, 200), False), (png(320, 200), False), (b"none", False)],
)
async def test_a_thumbnail_is_shown_if_it_is_small_enough(here: TelegramTown, thumbnail: bytes, shown: bool) -> None:
    sent = await here.api(
        "sendVideo", chat_id=here.group.id, video=FilePart(b"x", "a.mp4"), thumbnail="attach://t", t=FilePart(thumbnail)
    )
    assert ("thumbnail" in sent["video"]) == shown
    if shown:
        assert await here.api.download(sent["video"]["thumbnail"]["file_id"]) == thumbnail
        assert "type Thumbnail as Photo" in await refusal(here, photo=sent["video"]["thumbnail"]["file_id"])


async def refusal(here: TelegramTown, **params: object) -> str:
    with pytest.raises(Refusal) as caught:
        await here.api("sendPhoto", chat_id=here.group.id, **params)
    return str(caught.value)


@pytest.mark.parametrize(
    ("method", "params", "says"),
    [
        ("sendPhoto", {}, "400 Bad Request: there is no photo in the request"),
        ("sendVideoNote", {}, "400 Bad Request: there is no video note in the request"),
        ("sendPhoto", {"photo": "attach://none"}, "400 Bad Request: there is no photo in the request"),
        ("sendPhoto", {"photo": "unknown"}, "400 Bad Request: wrong file identifier/HTTP URL specified"),
        ("sendPhoto", {"photo": FilePart(b"")}, "400 Bad Request: file must be non-empty"),
        ("sendPhoto", {"photo": FilePart(b"no picture")}, "400 Bad Request: IMAGE_PROCESS_FAILED"),
        ("sendPhoto", {"photo": FilePart(png(9000, 1001))}, "400 Bad Request: PHOTO_INVALID_DIMENSIONS"),
        ("sendPhoto", {"photo": FilePart(png(2100, 100))}, "400 Bad Request: PHOTO_INVALID_DIMENSIONS"),
        ("sendPhoto", {"photo": FilePart(PICTURE), "caption": "x" * 1025}, "message caption is too long"),
        ("sendPhoto", {"photo": FilePart(PICTURE), "caption": "😀" * 513}, "message caption is too long"),
        ("sendPhoto", {"photo": FilePart(PICTURE), "chat_id": -5}, "400 Bad Request: chat not found"),
        (
            "sendPhoto",
            {"photo": FilePart(PICTURE), "reply_parameters": {"message_id": 99}},
            "400 Bad Request: message to be replied not found",
        ),
        (
            "sendPhoto",
            {"photo": FilePart(PICTURE), "message_thread_id": 7},
            "400 Bad Request: message thread not found",
        ),
        ("sendDocument", {"document": FilePart(b"")}, "400 Bad Request: file must be non-empty"),
    ],
)
async def test_what_cannot_be_sent(here: TelegramTown, method: str, params: Json, says: str) -> None:
    assert says in await refused(here, method, **params)


async def test_urls_and_markup_in_captions_are_not_played() -> None:
    async with town() as here:
        assert "501" in await refused(here, "sendPhoto", photo="https://example.org/a.png")
        assert "501" in await refused(here, "sendPhoto", photo=FilePart(PICTURE), caption="*x*", parse_mode="HTML")
        assert len(here.server.violations) == 2


async def test_a_file_is_sent_only_as_what_it_is(here: TelegramTown) -> None:
    sent = await here.api("sendDocument", chat_id=here.group.id, document=FilePart(PICTURE, "a.png"))
    assert "can't use file of type Document as Photo" in await refusal(here, photo=sent["document"]["file_id"])


def large(path: Path, size: int, head: bytes = b"") -> Path:
    with path.open("wb") as file:
        file.write(head)
        file.truncate(size)
    return path


async def test_photos_have_ten_megabytes(here: TelegramTown, tmp_path: Path) -> None:
    for size, says in ((10 << 20, ""), ((10 << 20) + 1, "file of size 10485761 bytes is too big for a photo")):
        with large(tmp_path / "photo", size, PICTURE).open("rb") as file:
            if says:
                assert says in await refusal(here, photo=FilePart(file))
            else:
                assert (await here.api("sendPhoto", chat_id=here.group.id, photo=FilePart(file)))["photo"]


async def test_other_files_have_fifty_megabytes_and_twenty_come_back(here: TelegramTown, tmp_path: Path) -> None:
    with large(tmp_path / "most", 50 << 20).open("rb") as file:
        sent = await here.api("sendDocument", chat_id=here.group.id, document=FilePart(file, "a.bin"))
    assert sent["document"]["file_size"] == 50 << 20
    with pytest.raises(Refusal, match="400 Bad Request: file is too big"):
        await here.api("getFile", file_id=sent["document"]["file_id"])
    with (
        large(tmp_path / "more", (50 << 20) + 1).open("rb") as file,
        pytest.raises(Refusal, match="413 Request Entity Too Large"),
    ):
        await here.api("sendDocument", chat_id=here.group.id, document=FilePart(file, "a.bin"))


async def test_what_is_refused_leaves_no_file_behind(here: TelegramTown) -> None:
    await here.api("sendDocument", chat_id=here.group.id, document=FilePart(b"kept"))
    folder = here.server.received(here.server.messages(here.group)[0]).path.parent
    before = len(list(folder.iterdir()))
    with pytest.raises(Refusal):
        await here.api("sendDocument", chat_id=-5, document=FilePart(b""))
    assert len(list(folder.iterdir())) == before


async def test_a_link_works_for_an_hour_and_for_this_bot_alone(here: TelegramTown) -> None:
    sent = here.server.attach(here.group, here.anna, SentFile("voice", b"OggS"))
    file = await here.api("getFile", file_id=sent["voice"]["file_id"])
    assert file["file_size"] == 4
    url = f"{here.api.files}/{file['file_path']}"
    stranger = url.replace(here.bot.token, f"{here.bot.id}:wrong")
    for minutes, address, status in ((59, url, 200), (0, stranger, 404), (2, url, 404)):
        here.clock.pass_(minutes=minutes)
        async with here.api.session.get(address) as response:
            assert response.status == status
    with pytest.raises(Refusal, match="400 Bad Request: invalid file_id"):
        await here.api("getFile", file_id="nonsense")


async def test_a_download_can_break_in_the_middle(here: TelegramTown) -> None:
    sent = here.server.attach(here.group, here.anna, SentFile("document", b"x" * 100_000))
    here.server.faults.once(Fault.RESET, method="download")
    with pytest.raises(aiohttp.ClientError):
        await here.api.download(sent["document"]["file_id"])
    assert len(await here.api.download(sent["document"]["file_id"])) == 100_000


@pytest.mark.parametrize(
    ("method", "kind", "permission", "plural"),
    [
        ("sendPhoto", "photo", "can_send_photos", "photos"),
        ("sendVideo", "video", "can_send_videos", "videos"),
        ("sendAnimation", "animation", "can_send_other_messages", "animations"),
        ("sendAudio", "audio", "can_send_audios", "music"),
        ("sendVoice", "voice", "can_send_voice_notes", "voice notes"),
        ("sendVideoNote", "video_note", "can_send_video_notes", "video notes"),
        ("sendDocument", "document", "can_send_documents", "documents"),
        ("sendSticker", "sticker", "can_send_other_messages", "stickers"),
    ],
)
async def test_a_bot_without_the_right_is_told_so(method: str, kind: str, permission: str, plural: str) -> None:
    async with town(admin=False) as here:
        here.server.permit(here.group, here.group.permissions - {permission})
        data = {"sticker": sample("sticker.webp"), "voice": sample("voice.ogg")}.get(kind, PICTURE)
        said = await refused(here, method, **{kind: FilePart(data, "a.webp")})
        assert said == f"400 Bad Request: not enough rights to send {plural} to the chat"


@pytest.mark.parametrize("kind", ["photo", "video", "animation", "audio", "voice", "video_note", "document", "sticker"])
async def test_what_people_send_reaches_the_bot_with_its_bytes(here: TelegramTown, kind: str) -> None:
    caption = "" if kind in {"video_note", "sticker"} else "see @ben"
    here.server.attach(here.group, here.anna, SentFile(kind, name="name.bin", caption=caption))
    [update] = await here.api("getUpdates")
    assert bot_api().problems("Update", update) == []
    message = update["message"]
    assert message.get("caption", "") == caption
    received = here.server.received(message)
    assert await here.api.download(received.id) == received.data


async def test_people_send_more_than_bots_may_fetch(here: TelegramTown) -> None:
    sent = here.server.attach(here.group, here.anna, SentFile("video", name="film.mp4", size=(20 << 20) + 1))
    with pytest.raises(Refusal, match="file is too big"):
        await here.api("getFile", file_id=sent["video"]["file_id"])
    with pytest.raises(ValueError, match="too big for a photo"):
        here.server.attach(here.group, here.anna, SentFile(size=(10 << 20) + 1))


async def test_privacy_mode_hides_files_as_well() -> None:
    async with town(admin=False) as here:
        here.server.photo(here.group, here.anna)
        here.server.photo(here.group, here.anna, caption="for @IntercityBot")
        assert [update["message"].get("caption") for update in await here.api("getUpdates")] == ["for @IntercityBot"]


async def test_files_are_gone_with_the_server() -> None:
    async with town() as here:
        path = here.server.received(here.server.photo(here.group, here.anna)).path
        assert path.exists()
    assert not path.exists()


async def test_another_bot_may_fetch_what_it_sees(here: TelegramTown) -> None:
    other = here.server.bot("OtherBot", "Other")
    here.server.add_bot(here.group, here.anna, other)
    sent = here.server.photo(here.group, here.anna, "plan.pdf")
    async with client(here.server, other) as api:
        assert len(await api.download(sent["document"]["file_id"])) == 48_213


async def test_people_send_stickers_with_a_preview_hide_pictures_and_forward_files(here: TelegramTown) -> None:
    preview = sample("sticker-preview.webp")
    for name, moves in (("sticker.webp", ""), ("sticker.tgs", "is_animated"), ("sticker.webm", "is_video")):
        sticker = SentFile("sticker", sample(name), name, thumbnail=preview, details={"emoji": "😀"})
        sent = here.server.attach(here.group, here.anna, sticker)["sticker"]
        assert [field for field in ("is_animated", "is_video") if sent[field]] == ([moves] if moves else [])
        assert await here.api.download(sent["thumbnail"]["file_id"]) == preview
    hidden = here.server.attach(here.group, here.anna, SentFile(caption="the old bridge", spoiler=True))
    assert hidden["has_media_spoiler"] is True
    shown = {"reply_to": hidden["message_id"], "quote": "bridge", "forward": here.ben}
    answer = here.server.attach(here.group, here.anna, SentFile("document"), **shown)
    assert answer["quote"] == {"text": "bridge", "position": 8, "is_manual": True}
    assert answer["forward_origin"]["sender_user"]["id"] == here.ben.id

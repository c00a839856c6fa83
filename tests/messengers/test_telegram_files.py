"""Files on Telegram: sent natively, streamed, edited, and found again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from bot.messengers.base import PermanentError, Reason, TemporaryError, UnknownOutcome
from bot.messengers.telegram.sections import BLANK
from bot.model import Author, File, FileKind, Message, Post, Remove, Replace, Section, Send, Sent, bold, rich
from bot.sandbox.samples import sample
from bot.sandbox.telegram import Fault, Json, SentFile
from bot.sandbox.telegram.images import png
from bot.sandbox.telegram.rights import PERMISSIONS
from bot.text import merging
from bot.text.telegram import Entity
from tests.messengers.telegram_scene import ANNA, TelegramScene, scene
from tests.messengers.telegram_shelf import (
    FOX,
    PHOTO,
    PLAN,
    SHELF,
    SONG,
    VIDEO,
    YES,
    TelegramShelf,
    file,
    last,
    post,
    seen,
)


@pytest.fixture
async def here() -> AsyncIterator[TelegramScene]:
    async with scene() as made:
        yield made


@pytest.fixture
def shelf() -> TelegramShelf:
    return TelegramShelf(**SHELF)


@pytest.mark.parametrize(
    ("sent", "captioned", "described"),
    [
        (PHOTO, True, {}),
        (VIDEO, True, {"width": 640, "height": 480, "duration": 7, "file_name": "tour.mp4"}),
        (file(FileKind.ANIMATION, "clip", "a.mp4", duration=2.0), True, {"duration": 2}),
        (SONG, True, {"duration": 61, "mime_type": "audio/mpeg"}),
        (file(FileKind.VOICE, "voice", duration=3.6), True, {"duration": 4}),
        (file(FileKind.VIDEO_NOTE, "clip", width=240, duration=5.0), False, {"length": 240, "duration": 5}),
        (PLAN, True, {"file_name": "Plan für »2027«.pdf", "mime_type": "application/pdf"}),
        (file(FileKind.STICKER, "sticker", "🦊"), False, {}),
    ],
    ids=lambda value: value.kind if isinstance(value, File) else "",
)
async def test_each_kind_is_sent_natively(
    here: TelegramScene, shelf: TelegramShelf, sent: File, described: Json, *, captioned: bool
) -> None:
    operation = post(here, sent, text=rich("look: ", bold("oaks")), author=ANNA, buttons=(YES,))
    result = await here.messenger.deliver(operation, shelf.open)
    words = "Anna Weber · Köln · mayor: look: oaks"
    assert seen(here) == ([(sent.kind, words)] if captioned else [("text", words), (sent.kind, "")])
    ids = tuple(here.id(each["message_id"]) for each in here.server.messages(here.group))
    assert result.ids == (ids if captioned else ids[::-1])  # as copies are numbered: the file, then its text
    first, there = here.server.messages(here.group)[0], here.server.received(last(here))
    assert [e["type"] for e in first["caption_entities" if captioned else "entities"]] == ["bold", "bold"]
    assert first["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "y"
    assert there.data == shelf.files[sent.source.removeprefix("stored:")]
    assert described.items() <= (there.content[sent.kind].items() if described else set())


@pytest.mark.parametrize(
    ("kind", "name", "shown"),
    [
        (FileKind.DOCUMENT, ("../a\u202egnp\r\nX: y\\b.exe", ""), "agnp X_ y b.exe"),
        (FileKind.DOCUMENT, ("x" * 300 + ".pdf", ""), "x" * 50 + "…" + "x" * 45 + ".pdf"),
        (FileKind.DOCUMENT, ("README", "text/plain"), "README"),
        (FileKind.DOCUMENT, ("", "application/pdf"), "document.pdf"),
        (FileKind.DOCUMENT, ("", "audio/ogg"), "document.ogg"),
        (FileKind.VIDEO, ("tour", "video/mp4"), "tour.mp4"),
    ],
)
async def test_names_are_harmless_and_have_an_extension(
    here: TelegramScene, shelf: TelegramShelf, kind: FileKind, name: tuple[str, str], shown: str
) -> None:
    sent = File(kind=kind, source="stored:clip", name=name[0], mime=name[1])
    await here.messenger.deliver(post(here, sent), shelf.open)
    assert here.server.received(last(here)).name == shown


async def test_large_files_are_streamed_and_too_large_ones_refused(here: TelegramScene, shelf: TelegramShelf) -> None:
    shelf.files["plan"] = bytes(3_000_000)
    await here.messenger.deliver(post(here, PLAN), shelf.open)
    assert here.server.received(last(here)).size == 3_000_000
    for size in (50_000_001, None):  # None: only reading it shows
        shelf.files["plan"] = bytes(50_000_001)
        with pytest.raises(PermanentError, match="50 MB") as caught:
            await here.messenger.deliver(post(here, file(FileKind.DOCUMENT, "plan", size=size)), shelf.open)
        assert caught.value.reason is Reason.TOO_LARGE
    assert len(seen(here)) == 1


async def test_a_file_of_this_bot_is_sent_by_its_id(here: TelegramScene, shelf: TelegramShelf) -> None:
    here.server.attach(here.group, here.anna, SentFile("video", caption="our town"))
    (event,) = await here.events(1)
    assert isinstance(event, Message)
    assert event.attachment
    assert event.attachment.source.startswith("telegram:")
    await here.messenger.deliver(post(here, file(FileKind.VIDEO, event.attachment.source), text="again"), shelf.open)
    assert here.server.received(last(here)).data == sample("video.mp4")
    assert shelf.opened == []


async def test_a_preview_goes_along_if_it_can_be_used(here: TelegramScene, shelf: TelegramShelf) -> None:
    for thumbnail, shown in (("stored:tiny", True), ("stored:plan", False), ("telegram:x", False), ("", False)):
        if thumbnail == "stored:plan":
            shelf.files["plan"] = bytes(200_001)
        await here.messenger.deliver(post(here, file(FileKind.VIDEO, "clip", thumbnail=thumbnail)), shelf.open)
        assert ("thumbnail" in last(here)["video"]) is shown


async def test_albums_stay_whole_and_what_does_not_go_together_follows(
    here: TelegramScene, shelf: TelegramShelf
) -> None:
    here.server.say(here.group, here.anna, "Show us")
    files = (PHOTO, VIDEO, PLAN, PLAN, SONG, file(FileKind.VOICE, "voice"))
    result = await here.messenger.deliver(post(here, *files, text="here", reply_to=here.id(1)), shelf.open)
    assert result.ids == tuple(map(here.id, range(2, 8)))
    _, *there = here.server.messages(here.group)
    kinds = [("photo", "here"), ("video", ""), ("document", ""), ("document", ""), ("audio", ""), ("voice", "")]
    assert seen(here)[1:] == kinds
    groups = [each.get("media_group_id") for each in there]
    assert (groups[0] == groups[1] != groups[2] == groups[3], groups[4:]) == (True, [None, None])
    assert ["reply_to_message" in each for each in there] == [True, True, False, False, False, False]


async def test_posts_of_one_file_each_are_an_album_that_is_found_again(
    here: TelegramScene, shelf: TelegramShelf
) -> None:
    """Whichever has the words has the caption, and what no photo can be follows as a document."""
    tom, before = Author("Tom", "Leeds"), here.id(here.server.say(here.group, here.anna, "Show us")["message_id"])
    first, *more = (Post(rich(text), tom, files=(of,)) for of, text in ((PHOTO, ""), (VIDEO, "here"), (PHOTO, "")))
    album = Send(chat=here.chat, post=first, more=tuple(more), token="t1")
    result = await here.messenger.deliver(album, shelf.open)
    assert seen(here)[1:] == [("photo", ""), ("video", "Tom · Leeds: here"), ("photo", "")]
    assert len({each["media_group_id"] for each in here.server.messages(here.group)[1:]}) == 1
    assert await here.messenger.find(album, after=before, known=()) == result
    shelf.files["picture"] = b"no picture"
    again = await here.messenger.deliver(album, shelf.open)
    assert seen(here)[4:] == [("document", ""), ("video", "Tom · Leeds: here"), ("document", "")]
    assert len(again.ids) == 3


async def test_texts_under_a_file_are_changed_and_the_file_is_taken_from_above_them(
    here: TelegramScene, shelf: TelegramShelf
) -> None:
    tom = Author("Tom", "Leeds")
    more = tuple(Post(rich(text), tom) for text in ("one", "two"))
    sent = await here.messenger.deliver(
        Send(chat=here.chat, post=Post((), tom, files=(PHOTO,)), token="t1", more=more), shelf.open
    )
    assert seen(here) == [("photo", "Tom · Leeds:\n\nTom · Leeds: one\n\nTom · Leeds: two")]

    async def change(section: Section, *files: File, text: str) -> None:
        post = Post(rich(text), tom, files=files)
        await here.messenger.deliver(
            Replace(chat=here.chat, id=sent.id, post=post, token=text, section=section), shelf.open
        )

    await change(Section(1, 3), text="1")
    await change(Section(0, 3), VIDEO, text="The film")
    assert seen(here) == [("video", "Tom · Leeds: The film\n\nTom · Leeds: 1\n\nTom · Leeds: two")]
    with pytest.raises(PermanentError) as failed:
        await change(Section(2, 3), text="x" * 1000)
    assert failed.value.reason is Reason.TOO_LARGE
    for _ in range(2):
        remove = Remove(chat=here.chat, id=sent.id, token="t2", section=Section(0, 3), caption=True)
        await here.messenger.deliver(remove)
    assert seen(here) == [("photo", "Tom · Leeds: 1\n\nTom · Leeds: two")]
    (message,) = here.server.messages(here.group)
    assert here.server.received(message).data == BLANK
    assert "reply_markup" not in message


@pytest.mark.parametrize(
    "photo",
    [
        file(FileKind.PHOTO, "picture", "a.png", size=10_000_001),
        file(FileKind.PHOTO, "picture", "a.png", width=9000, height=1001),
        file(FileKind.PHOTO, "picture", "a.png", width=2100, height=100),
        file(FileKind.PHOTO, "wide", "a.png"),  # only Telegram finds out
        file(FileKind.PHOTO, "plan", "a.svg"),
    ],
)
async def test_a_photo_that_telegram_does_not_take_is_a_document(
    here: TelegramScene, shelf: TelegramShelf, photo: File
) -> None:
    shelf.files["wide"] = png(2100, 100)
    await here.messenger.deliver(post(here, photo, text="look"), shelf.open)
    await here.messenger.deliver(post(here, PHOTO, photo, text="look"), shelf.open)
    (alone, *album) = seen(here)
    assert alone == ("document", "look")
    assert [text for _, text in album] == ["look", ""]
    assert album[1][0] == "document"


async def test_a_text_too_long_for_a_caption_goes_first(here: TelegramScene, shelf: TelegramShelf) -> None:
    result = await here.messenger.deliver(post(here, PHOTO, text="x" * 1025), shelf.open)
    assert [kind for kind, _ in seen(here)] == ["text", "photo"]
    change = Replace(chat=here.chat, id=result.id, post=Post(rich("y" * 1025)), token="t2", caption=True)
    await here.messenger.deliver(change)
    await here.messenger.deliver(Replace(chat=here.chat, id=result.id, post=Post(rich("y")), token="t3", caption=True))
    assert seen(here) == [("text", "y"), ("photo", "")]


async def test_what_no_message_can_hold_is_refused(here: TelegramScene, shelf: TelegramShelf) -> None:
    for operation in (post(here, *[PHOTO] * 11), post(here, PHOTO, PHOTO, buttons=(YES,))):
        with pytest.raises(PermanentError):
            await here.messenger.deliver(operation, shelf.open)
    assert seen(here) == []


async def test_a_file_that_cannot_be_read_is_no_lost_answer(here: TelegramScene, shelf: TelegramShelf) -> None:
    """The request was incomplete, so that Telegram has certainly not sent anything."""
    shelf.error = TemporaryError("the other server is busy")
    with pytest.raises(TemporaryError, match="busy"):
        await here.messenger.deliver(post(here, PHOTO, PHOTO, text="look"), shelf.open)
    shelf.error = PermanentError("gone", Reason.GONE)
    with pytest.raises(PermanentError, match="gone"):
        await here.messenger.deliver(post(here, PHOTO), shelf.open)
    shelf.error = OSError("no disk")
    with pytest.raises(OSError, match="no disk"):
        await here.messenger.deliver(post(here, PHOTO), shelf.open)
    assert (seen(here), len(shelf.opened), shelf.open_files) == ([], 3, 0)
    shelf.error = None
    await here.messenger.deliver(post(here, PHOTO), shelf.open)
    assert seen(here) == [("photo", "")]


@pytest.mark.parametrize("ended", ["by the server", "by us"])
async def test_an_upload_that_breaks_off_closes_its_file(here: TelegramScene, shelf: TelegramShelf, ended: str) -> None:
    shelf.stuck = asyncio.Event()
    upload = asyncio.create_task(here.messenger.deliver(post(here, PHOTO), shelf.open))
    async with asyncio.timeout(5):
        await shelf.stuck.wait()
    if ended == "by us":
        upload.cancel()
    else:
        await here.server.pause()
    with pytest.raises(asyncio.CancelledError if ended == "by us" else TemporaryError):
        await upload
    async with asyncio.timeout(5):
        await shelf.closed.wait()


async def test_a_part_that_failed_for_now_is_sent_once_the_rest_is_not_repeated(
    here: TelegramScene, shelf: TelegramShelf
) -> None:
    operation = post(here, PHOTO, PLAN, text="look")
    here.server.faults.once(Fault.ERROR, method="sendDocument")
    with pytest.raises(UnknownOutcome):
        await here.messenger.deliver(operation, shelf.open)
    result = await here.messenger.deliver(operation, shelf.open)
    assert seen(here) == [("photo", "look"), ("document", "")]
    assert result.ids == (here.id(1), here.id(2))


async def test_a_post_of_which_only_a_part_was_sent_is_in_doubt(here: TelegramScene, shelf: TelegramShelf) -> None:
    """The rest was certainly not sent; but if the bot is restarted now, what is there must be found."""
    operation = post(here, PHOTO, PLAN, text="look")
    unavailable = [PLAN.source]

    @asynccontextmanager
    async def open_file(source: str) -> AsyncIterator[AsyncIterator[bytes]]:
        if source in unavailable:
            raise TemporaryError("its messenger cannot be reached")
        async with shelf.open(source) as chunks:
            yield chunks

    with pytest.raises(UnknownOutcome):
        await here.messenger.deliver(operation, open_file)
    unavailable.clear()
    result = await here.messenger.deliver(operation, open_file)
    assert (seen(here), result.ids) == ([("photo", "look"), ("document", "")], (here.id(1), here.id(2)))


async def test_of_what_cannot_be_sent_whole_nothing_stays(here: TelegramScene, shelf: TelegramShelf) -> None:
    gone = file(FileKind.DOCUMENT, "telegram:nowhere")
    with pytest.raises(PermanentError) as caught:
        await here.messenger.deliver(post(here, PHOTO, gone, text="look"), shelf.open)
    assert (caught.value.reason, seen(here)) == (Reason.GONE, [])


@pytest.mark.parametrize("right", ["can_send_photos", "can_send_documents"])
async def test_a_missing_right_is_named_and_does_not_close_the_chat(shelf: TelegramShelf, right: str) -> None:
    async with scene(admin=False) as here:
        here.server.permit(here.group, PERMISSIONS - {right})
        with pytest.raises(PermanentError) as caught:
            await here.messenger.deliver(post(here, PHOTO, PLAN), shelf.open)
        assert (caught.value.reason, caught.value.shut_out, seen(here)) == (Reason.NO_RIGHTS, False, [])


# Edits


async def test_captions_and_files_are_edited_also_twice(here: TelegramScene, shelf: TelegramShelf) -> None:
    id = (await here.messenger.deliver(post(here, PHOTO, text="one", buttons=(YES,)), shelf.open)).id
    there = here.server.received(last(here)).id
    change = Replace(chat=here.chat, id=id, post=Post(rich(bold("two"))), token="t2", caption=True)
    for _ in range(2):
        assert (await here.messenger.deliver(change)).ids == (id,)
    assert (seen(here), "reply_markup" in last(here)) == ([("photo", "two")], False)
    assert here.server.received(last(here)).id == there
    other = Replace(chat=here.chat, id=id, post=Post(rich("three"), None, (YES,), files=(VIDEO,)), token="t3")
    await here.messenger.deliver(other, shelf.open)
    assert (seen(here), "reply_markup" in last(here)) == ([("video", "three")], True)
    assert here.server.received(last(here)).data == shelf.files["clip"]


async def test_a_caption_whose_entities_telegram_does_not_take_is_plain(
    here: TelegramScene, shelf: TelegramShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "render", lambda _: ("Hello", [Entity("bold", 0, 99)]))
    id = (await here.messenger.deliver(post(here, PHOTO), shelf.open)).id
    assert (seen(here), "caption_entities" in last(here)) == ([("photo", "Hello")], False)
    await here.messenger.deliver(Replace(chat=here.chat, id=id, post=Post(rich("x")), token="t2", caption=True))


async def test_parts_of_an_album_are_edited_and_deleted_alone(here: TelegramScene, shelf: TelegramShelf) -> None:
    first, second = (await here.messenger.deliver(post(here, PHOTO, PHOTO, text="one"), shelf.open)).ids
    await here.messenger.deliver(Replace(chat=here.chat, id=first, post=Post(rich("two")), token="t2", caption=True))
    video = Replace(chat=here.chat, id=second, post=Post(rich("tour"), files=(VIDEO,)), token="t3", caption=True)
    await here.messenger.deliver(video, shelf.open)
    assert seen(here) == [("photo", "two"), ("video", "tour")]
    await here.messenger.deliver(Remove(chat=here.chat, id=first, token="t4"))
    assert seen(here) == [("video", "tour")]
    voice = Replace(chat=here.chat, id=second, post=Post((), files=(file(FileKind.VOICE, "voice"),)), token="t5")
    with pytest.raises(PermanentError):
        await here.messenger.deliver(voice, shelf.open)


# Unknown outcomes


@pytest.mark.parametrize("files", [(PHOTO,), (PHOTO, VIDEO, PHOTO), (PLAN, PLAN), (FOX,)])
@pytest.mark.parametrize("text", ["", "look"])
async def test_files_that_were_sent_are_found(
    here: TelegramScene, shelf: TelegramShelf, files: tuple[File, ...], text: str
) -> None:
    (after,) = here.talk("before")
    operation = post(here, *files, text=text, author=ANNA)
    methods = {PHOTO: "sendPhoto", PLAN: "sendMediaGroup"}
    method = "sendMediaGroup" if len(files) > 1 else methods.get(files[0], "sendSticker")
    here.server.faults.once(Fault.RESET, method=method)
    with pytest.raises(UnknownOutcome):
        await here.messenger.deliver(operation, shelf.open)
    there = here.server.messages(here.group)
    found = await here.messenger.find(operation, after=after, known=())
    ids = tuple(here.id(each["message_id"]) for each in there[1:])
    assert found == Sent(ids[::-1] if files == (FOX,) else ids)
    assert here.server.messages(here.group) == there


async def test_an_album_with_a_missing_part_is_not_sent_again(here: TelegramScene, shelf: TelegramShelf) -> None:
    (after,) = here.talk("before")
    operation = post(here, PHOTO, PHOTO, PHOTO)
    here.server.faults.once(Fault.GARBLE, method="sendMediaGroup")
    with pytest.raises(UnknownOutcome):
        await here.messenger.deliver(operation, shelf.open)
    here.server.delete(here.group, here.anna, 3)
    here.talk("after")
    with capture_logs() as logs:
        found = await here.messenger.find(operation, after=after, known=())
    assert found == Sent((here.id(2), here.id(4)))
    assert [entry["event"] for entry in logs] == ["parts of an album are missing"]


async def test_after_a_restart_only_what_is_missing_is_sent(here: TelegramScene, shelf: TelegramShelf) -> None:
    """The first of two calls had been made when the bot was killed."""
    (after,) = here.talk("before")
    operation = post(here, PHOTO, PHOTO, PLAN, text="look")
    await here.messenger.deliver(post(here, PHOTO, PHOTO, text="look"), shelf.open)
    assert await here.messenger.find(operation, after=after, known=()) is None
    result = await here.messenger.deliver(operation, shelf.open)
    assert seen(here)[1:] == [("photo", "look"), ("photo", ""), ("document", "")]
    assert result.ids == (here.id(2), here.id(3), here.id(4))

"""What other Matrix clients get to show of a file before they load it, on a real Synapse."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.media import dimensions, type_of
from bot.messengers.base import CHUNK, OpenFile
from bot.model import Author, File, FileKind, Post, Replace, Send, Sent, rich
from bot.sandbox.matrix_client import RawEvent
from bot.sandbox.samples import sample
from bot.sandbox.synapse import Synapse
from tests.media.samples import SVG, picture
from tests.messengers.matrix_bot import ref, unique
from tests.messengers.test_matrix_encryption import together
from tests.messengers.test_matrix_files import decrypted, human, in_room

GRACE = Author("Grace", "Indianapolis", "", "k1")
LARGE = picture("JPEG", 2000, 1000, orientation=6)
FILES = {"large": LARGE, "svg": SVG} | {
    name: sample(name)
    for name in ("voice.ogg", "animation.mp4", "video.mp4", "sticker.tgs", "sticker.webm", "sticker-preview.webp")
}


def opener() -> OpenFile:
    async def read(data: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(data), CHUNK):
            yield data[start : start + CHUNK]

    @asynccontextmanager
    async def open_file(source: str) -> AsyncGenerator[AsyncIterator[bytes], None]:
        yield read(FILES[source])

    return open_file


def one(kind: FileKind, source: str, mime: str, **more: Any) -> Post:
    file = File(kind=kind, source=source, name=source, mime=mime, **more)
    return Post((), GRACE, files=(file,))


async def test_clients_know_a_file_before_they_load_it(synapse: Synapse, tmp_path: Path) -> None:
    async with in_room(synapse, tmp_path) as (bot, anna, room):

        async def deliver(post: Post) -> Sent:
            return await bot.deliver(Send(chat=ref(room), post=post, token=unique("t")), opener())

        async def sent(post: Post) -> RawEvent:
            return await anna.event(room, (await deliver(post)).id)

        photo = (await sent(one(FileKind.PHOTO, "large", "image/png", spoiler=True)))["content"]
        info = photo["info"]
        assert (info["mimetype"], info["w"], info["h"], info["size"]) == ("image/jpeg", 1000, 2000, len(LARGE))
        assert len(info["xyz.amorgan.blurhash"]) == 28
        small = await anna.download(info["thumbnail_url"])
        assert (type_of(small), dimensions(small)) == ("image/jpeg", (400, 800))
        assert info["thumbnail_info"] == {"mimetype": "image/jpeg", "size": len(small), "w": 400, "h": 800}
        assert photo["page.codeberg.everypizza.msc4193.spoiler"]
        assert photo["town.robin.msc3725.content_warning"]["type"] == "town.robin.msc3725.spoiler"

        voice = (await sent(one(FileKind.VOICE, "voice.ogg", "audio/ogg", duration=3)))["content"]
        assert (voice["msgtype"], voice["info"]["duration"]) == ("m.audio", 3000)
        assert voice["org.matrix.msc1767.audio"]["duration"] == 3000
        assert len(voice["org.matrix.msc1767.audio"]["waveform"]) == 100

        video = (await sent(one(FileKind.VIDEO, "video.mp4", "video/mp4", thumbnail="sticker-preview.webp")))["content"]
        assert video["info"]["thumbnail_info"].items() >= {"w": 160, "h": 160, "mimetype": "image/webp"}.items()
        unseen = (await sent(one(FileKind.VIDEO, "video.mp4", "video/mp4", thumbnail="svg")))["content"]
        assert "thumbnail_url" not in unseen["info"], "never a preview that is none"

        gif = (await sent(one(FileKind.ANIMATION, "animation.mp4", "video/mp4", width=320, height=240)))["content"]
        flags = ("gif", "loop", "autoplay", "hide_controls", "no_audio")
        assert (gif["info"]["w"], all(gif["info"][f"fi.mau.{flag}"] for flag in flags)) == (320, True)

        bad = await sent(one(FileKind.PHOTO, "svg", "image/png"))
        assert (bad["content"]["msgtype"], bad["content"]["info"]["mimetype"]) == ("m.file", "application/octet-stream")


async def test_a_sticker_that_moves_is_shown_by_its_preview(synapse: Synapse, tmp_path: Path) -> None:
    async with in_room(synapse, tmp_path) as (bot, anna, room):
        for moving, mime, bare in (
            ("sticker.tgs", "application/x-tgsticker", "m.file"),
            ("sticker.webm", "video/webm", "m.video"),
        ):
            post = one(FileKind.STICKER, moving, mime, thumbnail="sticker-preview.webp", emoji="👋")
            operation = Send(chat=ref(room), post=post, token=unique("t"))
            sent = await bot.deliver(operation, opener())
            shown, said = [await anna.event(room, id) for id in sent.ids]
            assert (shown["type"], shown["content"]["body"], shown["content"]["info"]["w"]) == ("m.sticker", "👋", 160)
            assert shown["content"]["com.beeper.per_message_profile"]["displayname"] == "Grace · Indianapolis"
            assert said["content"]["body"] == "Grace · Indianapolis: "
            order = [each["event_id"] for each in await anna.messages(room) if each["event_id"] in sent.ids]
            assert order == [said["event_id"], shown["event_id"]], "it says first whose it is"
            assert await bot.find(operation, after="", known=()) == sent
            alone = Send(chat=ref(room), post=one(FileKind.STICKER, moving, mime), token=unique("t"))
            content = (await anna.event(room, (await bot.deliver(alone, opener())).id))["content"]
            assert content["msgtype"] == bare


async def test_previews_are_encrypted_too(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room), human(synapse, anna) as web:
        post = one(FileKind.PHOTO, "large", "image/jpeg")
        sent = await bot.messenger.deliver(Send(chat=ref(room), post=post, token=unique("t")), opener())
        photo = (await anna.wait_for("Grace · Indianapolis: ")).source["content"]
        small = await decrypted(web, photo["info"]["thumbnail_file"])
        assert (dimensions(small), "thumbnail_url" in photo["info"]) == ((400, 800), False)
        assert await decrypted(web, photo["file"]) == LARGE
        heard = Post(rich("Listen"), GRACE, files=one(FileKind.VOICE, "voice.ogg", "").files)
        edit = Replace(chat=ref(room), id=sent.id, post=heard, token=unique("t"), caption=True)
        await bot.messenger.deliver(edit, opener())
        changed = (await anna.wait_for("* Grace · Indianapolis: Listen")).source["content"]["m.new_content"]
        assert len(changed["org.matrix.msc1767.audio"]["waveform"]) == 100
        assert await decrypted(web, changed["file"]) == FILES["voice.ogg"]

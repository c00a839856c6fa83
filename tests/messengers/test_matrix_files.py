"""Files, polls and pins on a real Synapse, where the contract does not reach: encryption, retries and rights."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from nio.crypto.attachments import decrypt_attachment, encrypt_attachment

from bot.messengers.base import CHUNK, PermanentError, Reason, TemporaryError, UnknownOutcome
from bot.messengers.matrix import MatrixMessenger
from bot.messengers.matrix.api import Unreachable
from bot.messengers.matrix.media import Media
from bot.messengers.matrix.sending import RoomSender
from bot.model import (
    Author,
    ClosePoll,
    Deletion,
    File,
    FileKind,
    Message,
    NativePoll,
    Pin,
    PollEnd,
    Post,
    React,
    Replace,
    Send,
    SendPoll,
    Vote,
    plain,
    rich,
)
from bot.sandbox.matrix_client import HumanMatrix, RawEvent
from bot.sandbox.synapse import Synapse
from bot.sandbox.telegram.images import png
from tests.media.samples import MP4
from tests.messengers.matrix_bot import MatrixBot, account, messenger, person, ref, running, unique
from tests.messengers.nio_person import NioPerson
from tests.messengers.test_matrix_encryption import together

GRACE = Author("Grace", "Indianapolis", "", "k1")
FILES = {"stored:plan": b"%PDF" + bytes(range(256)) * 4000, "stored:map": MP4, "stored:small": png(4, 3)}
PLAN = File(kind=FileKind.DOCUMENT, source="stored:plan", name="Plan.pdf", mime="application/pdf")
MAP = File(kind=FileKind.VIDEO, source="stored:map", name="map.mp4", mime="video/mp4", thumbnail="stored:small")
POLL = NativePoll(question=rich("When?"), options=("Monday", "Tuesday"))
RESPONSE = "org.matrix.msc3381.poll.response"


class MatrixShelf:
    """The bytes behind sources, and how often each was opened."""

    def __init__(self) -> None:
        self.opened: list[str] = []

    @asynccontextmanager
    async def open(self, source: str) -> AsyncGenerator[AsyncIterator[bytes], None]:
        self.opened.append(source)
        yield self._read(FILES[source])

    async def _read(self, data: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(data), CHUNK):
            yield data[start : start + CHUNK]


def album(room: str) -> Send:
    return Send(chat=ref(room), post=Post(rich("Look"), GRACE, files=(PLAN, MAP)), token=unique("t"))


async def decrypted(human: HumanMatrix, file: RawEvent) -> bytes:
    """Return a file as another client decrypts it."""
    data = await human.download(file["url"])
    return bytes(decrypt_attachment(data, file["key"]["k"], file["hashes"]["sha256"], file["iv"]))


async def test_files_are_encrypted_for_others(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room), human(synapse, anna) as web:
        operation = album(room)
        sent = await bot.messenger.deliver(operation, MatrixShelf().open)
        plan = (await anna.wait_for("Grace · Indianapolis: Look")).source["content"]
        assert (plan["msgtype"], plan["filename"], "url" in plan) == ("m.file", "Plan.pdf", False)
        assert await decrypted(web, plan["file"]) == FILES["stored:plan"]
        picture = (await anna.wait_for("Grace · Indianapolis: ")).source["content"]
        assert await decrypted(web, picture["file"]) == FILES["stored:map"]
        assert await decrypted(web, picture["info"]["thumbnail_file"]) == FILES["stored:small"]
        assert [(await web.event(room, id))["type"] for id in sent.ids] == ["m.room.encrypted"] * 2
        assert await bot.messenger.find(operation, after="", known=()) == sent
        edit = Replace(chat=ref(room), id=sent.id, post=Post(rich("Look here"), GRACE), token=unique("t"), caption=True)
        await bot.messenger.deliver(edit)
        changed = (await anna.wait_for("* Grace · Indianapolis: Look here")).source["content"]["m.new_content"]
        assert changed["file"] == plan["file"]


async def test_encrypted_files_of_others_are_verified(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room), human(synapse, anna) as web:
        data, keys = encrypt_attachment(FILES["stored:plan"])
        for name, stored in (("good.pdf", data), ("bad.pdf", data[:-1] + b"!")):
            url = await web.upload(stored, name, "application/octet-stream")
            info = {"mimetype": "application/pdf", "size": len(data)}
            await anna.say(room, name, msgtype="m.file", file=keys | {"url": url}, info=info)
        good, bad = [(await bot.wait_for(Message, named(name))).attachment for name in ("good.pdf", "bad.pdf")]
        assert good
        assert bad
        got: list[bytes] = []
        await read(bot.messenger, good.source, got)
        assert b"".join(got) == FILES["stored:plan"]
        got = []
        with pytest.raises(PermanentError):
            await read(bot.messenger, bad.source, got)
        assert len(b"".join(got)) < len(data)  # nobody can take it for the whole


async def test_votes_are_read_encrypted(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room):
        operation = SendPoll(chat=ref(room), poll=POLL, token=unique("t"))
        sent = await bot.messenger.deliver(operation)
        assert await bot.messenger.find(operation, after="", known=()) == sent
        await vote(anna, room, sent.id, "1")
        spoiled = await vote(anna, room, sent.id, "0", "nonsense")
        await bot.wait_for(Vote, lambda event: event.options == ())
        await anna.client.room_redact(room, spoiled)
        await bot.wait_for(Deletion, lambda event: event.ref.id == spoiled)
        await bot.messenger.deliver(ClosePoll(chat=ref(room), id=sent.id, token=unique("t")))
        await vote(anna, room, sent.id, "0")
        await anna.say(room, "too late")
        await bot.wait_for(Message)
        assert votes(bot) == [(1,), ()]
        await bot.messenger.deliver(React(chat=ref(room), id=sent.id, key="👍", token=unique("t")))


async def test_a_vote_counts_once_its_key_is_there(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room):
        sent = await bot.messenger.deliver(SendPoll(chat=ref(room), poll=POLL, token=unique("t")))
        _id, key = await anna.say_without_key(room, "before")
        await vote(anna, room, sent.id, "1")
        await anna.say(room, "after")
        unreadable = await bot.wait_for(Vote)
        assert (unreadable.readable, unreadable.source, unreadable.poll) == (False, unreadable.id, sent.id)
        await bot.wait_for(Message, lambda _event: len(messages(bot)) == 2)
        await anna.hand_over(key, bot.id)
        read = await bot.wait_for(Vote, lambda event: event.readable)
        assert (read.options, read.source, read.at) == ((1,), unreadable.source, unreadable.at)
        assert len(messages(bot)) == 2  # nothing else stands for the vote


async def test_a_poll_that_somebody_else_ends_or_deletes_is_reported(synapse: Synapse, tmp_path: Path) -> None:
    anna, ben = await person(synapse, "Anna"), await person(synapse, "Ben")
    async with running(synapse, await account(synapse), tmp_path) as bot:
        room = await anna.create_room("Köln", [bot.id, ben.id])
        await ben.join(room)
        await bot.joins(room)
        sent = await bot.messenger.deliver(SendPoll(chat=ref(room), poll=POLL, token=unique("t")))
        relation = {"rel_type": "m.reference", "event_id": sent.id}
        for each, type in ((ben, "m.poll.end"), (anna, "org.matrix.msc3381.poll.end")):
            await each.send_raw(room, type, {"m.relates_to": relation, type: {}})
        ended = await bot.wait_for(PollEnd)
        assert ended.sender.account
        assert (ended.poll, ended.sender.account.id) == (sent.id, anna.id), "Ben has no right to end it"
        await ben.send_raw(room, "m.poll.response", {"m.relates_to": relation, "m.selections": ["1"]})
        await anna.redact(room, sent.id)
        assert (await bot.wait_for(Deletion)).ref.id == sent.id
        assert votes(bot) == []


async def test_the_end_of_a_poll_is_known_after_a_restart(synapse: Synapse, tmp_path: Path) -> None:
    name = await account(synapse)
    anna = await person(synapse, "Anna")
    async with running(synapse, name, tmp_path) as bot:
        room = await anna.create_room("Köln", [bot.id])
        await bot.joins(room)
        sent = await bot.messenger.deliver(SendPoll(chat=ref(room), poll=POLL, token=unique("t")))
    relation = {"rel_type": "m.reference", "event_id": sent.id}
    await anna.send_raw(room, RESPONSE, {"m.relates_to": relation, RESPONSE: {"answers": ["0"]}})
    other = messenger(synapse, name, tmp_path)
    try:
        await other.start()
        await other.deliver(ClosePoll(chat=ref(room), id=sent.id, token=unique("t")))
    finally:
        await other.close()
    await anna.send_raw(room, "m.poll.response", {"m.relates_to": relation, "m.selections": ["1"]})
    await anna.say(room, "too late")
    async with running(synapse, name, tmp_path, bot.cursor) as again:
        await again.wait_for(Message)
        assert votes(again) == [(0,)]


async def test_a_retry_uploads_nothing_twice(synapse: Synapse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer to the upload is lost, then the message cannot be sent: the same file is used all the same."""
    async with in_room(synapse, tmp_path) as (bot, anna, room):
        shelf, operation = MatrixShelf(), album(room)
        failing(monkeypatch, Media, "_send", done=True)
        with pytest.raises(TemporaryError):
            await bot.deliver(operation, shelf.open)
        failing(monkeypatch, RoomSender, "send", done=False)
        with pytest.raises(TemporaryError):
            await bot.deliver(operation, shelf.open)
        sent = await bot.deliver(operation, shelf.open)
        assert shelf.opened == ["stored:plan", "stored:plan", "stored:map", "stored:small"]
        plan = (await anna.event(room, sent.id))["content"]
        assert await anna.download(plan["url"]) == FILES["stored:plan"]


async def test_only_the_missing_parts_of_an_album_are_sent(
    synapse: Synapse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As another device, so that the homeserver does not recognise the transaction, as after a day."""
    async with in_room(synapse, tmp_path) as (bot, anna, room):
        operation, send = album(room), RoomSender.send

        async def cut_off(self: RoomSender, room: str, type: str, content: RawEvent, txn: str) -> str:
            if txn.endswith("-1"):
                raise Unreachable("cut off", perhaps_done=False)
            return await send(self, room, type, content, txn)

        with monkeypatch.context() as patch:
            patch.setattr(RoomSender, "send", cut_off)
            with pytest.raises(UnknownOutcome):
                await bot.deliver(operation, MatrixShelf().open)
        other = messenger(synapse, bot.account.id, tmp_path / "other")
        try:
            await other.start()
            assert await other.find(operation, after="", known=()) is None
            sent = await other.deliver(operation, MatrixShelf().open)
        finally:
            await other.close()
        files = [each["event_id"] for each in await anna.messages(room) if "url" in each["content"]]
        assert tuple(files) == sent.ids


async def test_a_part_of_an_album_that_is_edited_still_shows_whose_it_is(synapse: Synapse, tmp_path: Path) -> None:
    async with in_room(synapse, tmp_path) as (bot, anna, room):
        _first, last = (await bot.deliver(album(room), MatrixShelf().open)).ids
        post = Post((), files=(PLAN,))
        await bot.deliver(
            Replace(chat=ref(room), id=last, post=post, token=unique("t"), caption=True), MatrixShelf().open
        )
        new = (await anna.messages(room))[-1]["content"]["m.new_content"]
        assert (new["filename"], new["body"]) == ("Plan.pdf", "Grace · Indianapolis: ")
        assert new["com.beeper.per_message_profile"]["id"] == "k1"


async def test_a_pin_needs_a_right(synapse: Synapse, tmp_path: Path) -> None:
    async with in_room(synapse, tmp_path) as (bot, anna, room):
        id = await anna.say(room, "Rules")
        with pytest.raises(PermanentError) as refused:
            await bot.deliver(Pin(chat=ref(room), id=id, pinned=True, token=unique("t")))
        assert (refused.value.reason, refused.value.shut_out) == (Reason.NO_RIGHTS, False)


async def test_reactions_and_polls_may_be_reserved_in_a_room(synapse: Synapse, tmp_path: Path) -> None:
    anna = await person(synapse, "Anna")
    async with running(synapse, await account(synapse), tmp_path) as bot:
        room = await anna.create_room("Köln", [bot.id])
        await bot.joins(room)
        assert bot.messenger.capabilities_in(ref(room)) == bot.messenger.capabilities
        levels = await anna.state(room, "m.room.power_levels")
        reserved = levels["events"] | {"m.reaction": 50, "org.matrix.msc3381.poll.start": 50}
        await anna.send_state(room, "m.room.power_levels", levels | {"events": reserved})
        id = await anna.say(room, "Agreed?")
        await bot.wait_for(Message)
        there = bot.messenger.capabilities_in(ref(room))
        assert (there.native_polls, there.reactions) == (False, 0)
        with pytest.raises(PermanentError) as refused:
            await bot.messenger.deliver(React(chat=ref(room), id=id, key="👍", token=unique("t")))
        assert (refused.value.reason, refused.value.shut_out) == (Reason.NO_RIGHTS, False)


async def test_what_the_homeserver_accepts_is_known(synapse: Synapse, tmp_path: Path) -> None:
    bot = messenger(synapse, await account(synapse), tmp_path)
    assert bot.capabilities.upload_bytes is None
    try:
        await bot.start()
        assert bot.capabilities.upload_bytes == bot.capabilities.download_bytes == 50 * 1024 * 1024
    finally:
        await bot.close()


async def read(bot: MatrixMessenger, source: str, got: list[bytes]) -> None:
    async for chunk in bot.fetch(source):
        got.append(chunk)  # noqa: PERF401 - kept when there is an error


def votes(bot: MatrixBot) -> list[tuple[int, ...]]:
    return [each.options for each in bot.events if isinstance(each, Vote)]


def messages(bot: MatrixBot) -> list[Message]:
    return [each for each in bot.events if isinstance(each, Message)]


async def vote(anna: NioPerson, room: str, poll: str, *answers: str) -> str:
    relation = {"rel_type": "m.reference", "event_id": poll}
    content = {"m.relates_to": relation, RESPONSE: {"answers": list(answers)}}
    answer = await anna.client.room_send(room, RESPONSE, content, ignore_unverified_devices=True)
    return str(answer.event_id)


def named(name: str) -> Any:
    return lambda event: event.attachment is not None and event.attachment.name == name and plain(event.text) == ""


def failing(patch: pytest.MonkeyPatch, kind: type, name: str, *, done: bool) -> None:
    """Make the next call of a method fail, after it was `done` if so."""
    method = getattr(kind, name)

    async def fail(self: object, *given: Any) -> Any:
        patch.setattr(kind, name, method)
        if done:
            await method(self, *given)
        raise Unreachable("lost", perhaps_done=False)

    patch.setattr(kind, name, fail)


@asynccontextmanager
async def human(synapse: Synapse, anna: NioPerson) -> AsyncGenerator[HumanMatrix, None]:
    async with HumanMatrix(synapse.url, anna.id, anna.client.access_token) as web:
        yield web


@asynccontextmanager
async def in_room(synapse: Synapse, folder: Path) -> AsyncGenerator[tuple[MatrixMessenger, HumanMatrix, str], None]:
    anna = await person(synapse, "Anna")
    async with running(synapse, await account(synapse), folder) as bot:
        room = await anna.create_room("Köln", [bot.id])
        await bot.joins(room)
        yield bot.messenger, anna, room

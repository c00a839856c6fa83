"""The contract of `Messenger` for files, reactions, pins and polls."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.messengers.base import CHUNK, OpenFile, PermanentError, Reason, SendError, TemporaryError
from bot.model import (
    Author,
    ClosePoll,
    Edit,
    File,
    FileKind,
    Message,
    NativePoll,
    Operation,
    Pin,
    PinChange,
    Post,
    React,
    Reaction,
    Remove,
    Replace,
    Send,
    SendPoll,
    Sent,
    Vote,
    file_of,
    plain,
    rich,
)
from bot.sandbox.samples import sample
from bot.sandbox.telegram.images import png
from tests.contract.sides import ContractSide

GRACE = Author("Grace Miller", "Indianapolis", "", "k1")
PICTURES = {f"stored:{number}": png(40 + number, 30) for number in range(3)}
SAMPLES = {
    FileKind.PHOTO: ("trees.jpg", "image/jpeg"),
    FileKind.VIDEO: ("video.mp4", "video/mp4"),
    FileKind.ANIMATION: ("animation.mp4", "video/mp4"),
    FileKind.AUDIO: ("music.mp3", "audio/mpeg"),
    FileKind.VOICE: ("voice.ogg", "audio/ogg"),
    FileKind.VIDEO_NOTE: ("note.mp4", "video/mp4"),
    FileKind.DOCUMENT: ("agenda.pdf", "application/pdf"),
    FileKind.STICKER: ("sticker.webp", "image/webp"),
}
SOURCES = {f"sample:{name}": sample(name) for name, _mime in SAMPLES.values()}
PDF = b"%PDF-1.4\n" + bytes(range(256)) * 4000  # larger than what is kept in memory
POLL = NativePoll(question=rich("When?"), options=("Monday", "Tuesday", "Friday"))


def opener(files: Mapping[str, bytes]) -> OpenFile:
    @asynccontextmanager
    async def open_file(source: str) -> AsyncGenerator[AsyncIterator[bytes], None]:
        yield chunks(files[source])

    return open_file


async def chunks(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), CHUNK):
        yield data[start : start + CHUNK]


def picture(number: int = 0) -> File:
    source = f"stored:{number}"
    size = len(PICTURES[source])
    return File(
        kind=FileKind.PHOTO, source=source, name=f"{number}.png", mime="image/png", size=size, width=40, height=30
    )


def sent_sample(kind: FileKind) -> File:
    name, mime = SAMPLES[kind]
    return File(kind=kind, source=f"sample:{name}", name=name, mime=mime, size=len(sample(name)), emoji="👋")


def with_files(side: ContractSide, *files: File, text: str = "Look", token: str = "t1") -> Send:  # noqa: S107 - no secret
    return Send(chat=side.chat, post=Post(rich(text) if text else (), GRACE, files=files), token=token)


async def deliver(side: ContractSide, operation: Operation) -> Sent:
    return await side.messenger.deliver(operation, opener(PICTURES | {"stored:pdf": PDF}))


async def test_a_picture_stands_with_its_caption(side: ContractSide) -> None:
    sent = await deliver(side, with_files(side, picture()))
    (seen,) = await side.sees_files()
    assert (seen.id, seen.kind, seen.text) == (sent.id, "photo", "Grace Miller · Indianapolis: Look")
    assert len(sent.ids) == 1


async def test_a_document_arrives_byte_by_byte(side: ContractSide) -> None:
    pdf = File(kind=FileKind.DOCUMENT, source="stored:pdf", name="Minutes.pdf", mime="application/pdf")
    sent = await deliver(side, with_files(side, pdf, text=""))
    (seen,) = await side.sees_files()
    assert (seen.id, seen.kind, seen.data) == (sent.id, "file", PDF)


async def test_every_kind_is_shown_as_what_it_is(side: ContractSide) -> None:
    for number, kind in enumerate(SAMPLES):
        operation = with_files(side, sent_sample(kind), token=f"t{number}")
        sent = await side.messenger.deliver(operation, opener(SOURCES))
        assert await side.messenger.find(operation, after="", known=()) in {sent, None}
    seen = await side.sees_files()
    assert [each.kind for each in seen] == ["file" if kind is FileKind.DOCUMENT else kind for kind in SAMPLES]
    assert [each.data for each in seen] == [sample(name) for name, _mime in SAMPLES.values()]
    texts = dict(await side.reads()) | {each.id: each.text for each in seen}
    assert Counter(texts.values())["Grace Miller · Indianapolis: Look"] == len(SAMPLES)


async def test_every_kind_that_people_send_is_heard(side: ContractSide) -> None:
    for kind, (name, mime) in SAMPLES.items():
        await side.attaches("file" if kind is FileKind.DOCUMENT else kind, sample(name), name, mime)
        (event,) = await side.events()
        assert isinstance(event, Message)
        assert event.attachment
        heard = file_of(event.attachment)
        assert heard
        assert heard.kind == kind or (heard.kind, kind) == (FileKind.VIDEO, FileKind.VIDEO_NOTE)  # Matrix has no such
        assert (heard.mime, event.text) == (mime, ())
        assert b"".join([chunk async for chunk in side.messenger.fetch(heard.source)]) == sample(name)


async def test_an_album_is_in_order_with_its_caption_first(side: ContractSide) -> None:
    sent = await deliver(side, with_files(side, *map(picture, range(3))))
    seen = await side.sees_files()
    assert [each.id for each in seen] == list(sent.ids)
    assert len(set(sent.ids)) == 3
    assert seen[0].text == "Grace Miller · Indianapolis: Look"
    assert "Look" not in seen[1].text + seen[2].text


async def test_the_parts_of_an_album_can_be_removed(side: ContractSide) -> None:
    first, *others = (await deliver(side, with_files(side, *map(picture, range(3))))).ids
    for id in others:
        await deliver(side, Remove(chat=side.chat, id=id, token=f"remove-{id}"))
    assert [each.id for each in await side.sees_files()] == [first]


@pytest.mark.parametrize("number", [1, 3])
async def test_files_whose_answer_was_lost_are_found(side: ContractSide, number: int) -> None:
    before = await side.says("before")
    operation = with_files(side, *map(picture, range(number)))
    sent = await deliver(side, operation)
    assert await side.messenger.find(operation, after=before, known=()) == sent
    if side.messenger.capabilities.idempotent:
        assert await deliver(side, operation) == sent
    assert len(await side.sees_files()) == number


async def test_a_caption_is_edited_and_the_file_stays(side: ContractSide) -> None:
    sent = await deliver(side, with_files(side, picture()))
    before = await side.sees_files()
    edit = Replace(chat=side.chat, id=sent.id, post=Post(rich("Look here"), GRACE), token="t2", caption=True)
    assert await deliver(side, edit) == sent
    assert await side.sees_files() == [replace(before[0], text="Grace Miller · Indianapolis: Look here")]


async def test_a_file_is_replaced(side: ContractSide) -> None:
    sent = await deliver(side, with_files(side, picture()))
    (before,) = await side.sees_files()
    post = Post(rich("Look"), GRACE, files=(picture(1),))
    assert await deliver(side, Replace(chat=side.chat, id=sent.id, post=post, token="t2", caption=True)) == sent
    (after,) = await side.sees_files()
    assert after.id == before.id
    assert after.data != before.data


async def test_what_people_attach_can_be_fetched(side: ContractSide) -> None:
    await side.attaches("file", PDF, "Minutes.pdf", "application/pdf", caption="As agreed")
    (event,) = await side.events()
    assert isinstance(event, Message)
    attachment = event.attachment
    assert attachment
    assert (attachment.kind, attachment.name, attachment.mime) == ("file", "Minutes.pdf", "application/pdf")
    assert attachment.size == len(PDF)
    assert plain(event.text) == "As agreed"
    got = [chunk async for chunk in side.messenger.fetch(attachment.source)]
    assert b"".join(got) == PDF
    assert max(map(len, got)) <= CHUNK


async def test_a_caption_that_people_edit_is_heard_with_its_file(side: ContractSide) -> None:
    id = await side.attaches("file", PDF, "Minutes.pdf", "application/pdf", caption="Draft")
    await side.events()
    await side.edits_caption(id, "As agreed")
    (event,) = await side.events()
    assert isinstance(event, Edit)
    assert (event.ref.id, plain(event.text)) == (id, "As agreed")
    assert event.attachment
    assert event.attachment.name == "Minutes.pdf"
    assert b"".join([chunk async for chunk in side.messenger.fetch(event.attachment.source)]) == PDF


async def test_a_file_without_caption_has_no_text(side: ContractSide) -> None:
    await side.attaches("photo", PICTURES["stored:0"], "market.png", "image/png")
    (event,) = await side.events()
    assert isinstance(event, Message)
    assert event.text == ()


async def test_a_file_that_is_too_large_is_refused(side: ContractSide) -> None:
    limit = side.messenger.capabilities.upload_bytes
    if limit is None:
        return
    size = 0

    async def large() -> AsyncIterator[bytes]:
        nonlocal size
        while size <= limit:
            size += CHUNK
            yield bytes(CHUNK)

    @asynccontextmanager
    async def open_file(_source: str) -> AsyncGenerator[AsyncIterator[bytes], None]:
        yield large()

    file = File(kind=FileKind.DOCUMENT, source="stored:large", name="large.bin", mime="application/octet-stream")
    with pytest.raises(PermanentError) as refused:
        await side.messenger.deliver(with_files(side, file), open_file)
    assert refused.value.reason is Reason.TOO_LARGE
    assert not refused.value.shut_out
    assert await side.sees_files() == []


@pytest.mark.parametrize("read", [0, 3])
@pytest.mark.parametrize("error", [PermanentError("deleted meanwhile", Reason.GONE), TemporaryError("busy", after=7)])
async def test_an_error_of_the_files_source_is_passed_on(side: ContractSide, error: SendError, read: int) -> None:
    """Before the first byte, or in the middle of the file; nothing of it is left standing."""

    @asynccontextmanager
    async def open_file(_source: str) -> AsyncGenerator[AsyncIterator[bytes], None]:
        async def broken() -> AsyncIterator[bytes]:
            for _ in range(read):
                yield bytes(CHUNK)
            raise error

        yield broken()

    size = len(PDF)
    pdf = File(kind=FileKind.DOCUMENT, source="stored:pdf", name="Minutes.pdf", mime="application/pdf", size=size)
    with pytest.raises(type(error)) as raised:
        await side.messenger.deliver(with_files(side, pdf), open_file)
    assert raised.value is error or str(raised.value) == str(error)
    assert await side.sees_files() == []


async def test_a_reaction_is_set_and_taken_back(side: ContractSide) -> None:
    id = await side.says("Agreed?")
    for token, key, expected in (("t1", "👍", ["👍"]), ("t2", "👍", ["👍"]), ("t3", "👀", ["👀"]), ("t4", "", [])):
        await deliver(side, React(chat=side.chat, id=id, key=key, token=token))
        assert await side.reactions(id) == expected
    await deliver(side, React(chat=side.chat, id=id, key="party", more=("👏", "🎉"), token="t5"))
    assert await side.reactions(id) in (["👏"], ["party", "👏", "🎉"])  # where one is allowed, the first that is


async def test_reactions_of_people_come_and_go(side: ContractSide) -> None:
    id = await side.says("Agreed?")
    await side.events()
    reaction = await side.reacts(id, "👍")
    (put,) = await side.events()
    await side.takes_back(reaction)
    (removed,) = await side.events()
    for event, gone in ((put, False), (removed, True)):
        assert isinstance(event, Reaction)
        assert (event.ref.id, event.key, event.removed) == (id, "👍", gone)
        assert event.sender.account == side.anna


async def test_pins_of_people_are_heard_and_stay(side: ContractSide) -> None:
    await side.allows_pins()
    theirs = await side.says("Rules")
    await side.events()
    ours = (await deliver(side, Send(chat=side.chat, post=Post(rich("Agenda")), token="t1"))).id
    await side.pins(theirs)
    (heard,) = await side.events()
    assert isinstance(heard, PinChange)
    assert (heard.ref.id, heard.pinned, heard.sender.account) == (theirs, True, side.anna)
    steps = (("t2", True, {theirs, ours}), ("t3", True, {theirs, ours}), ("t4", False, {theirs}))
    for token, pinned, expected in steps:
        await deliver(side, Pin(chat=side.chat, id=ours, pinned=pinned, token=token))
        assert set(await side.pinned()) == expected
    await side.says("Well")
    assert not any(isinstance(each, PinChange) for each in await side.events())  # our own pins are no news


async def test_votes_are_heard_until_the_poll_is_closed(side: ContractSide) -> None:
    sent = await deliver(side, SendPoll(chat=side.chat, poll=POLL, token="t1"))
    assert len(sent.ids) == 1
    for options in ((1,), (2,), ()):
        await side.votes(sent, *options)
        (event,) = await side.events()
        assert isinstance(event, Vote)
        assert (event.poll, event.options, event.sender.account) == (sent.poll, options, side.anna)
        named = side.messenger.capabilities.reports_deletions
        assert [event.ref is not None, event.dated, bool(event.source), sent.poll == sent.id] == [named] * 4
    await deliver(side, ClosePoll(chat=side.chat, id=sent.id, token="t2"))
    await side.votes(sent, 0)
    await side.says("too late?")
    heard = await side.events()
    while not isinstance(heard[-1], Message):  # the end of the poll comes first
        heard += await side.events()
    assert not any(isinstance(each, Vote) for each in heard)


async def test_who_is_in_a_chat_can_be_found_out(side: ContractSide) -> None:
    assert await side.messenger.is_member(side.chat, side.anna)
    assert not await side.messenger.is_member(side.chat, side.stranger)


async def test_a_poll_whose_answer_was_lost_is_found(side: ContractSide) -> None:
    before = await side.says("before")
    operation = SendPoll(chat=side.chat, poll=POLL, token="t1")
    sent = await deliver(side, operation)
    assert await side.messenger.find(operation, after=before, known=()) == sent


@pytest.mark.parametrize("kind", ["react", "pin", "close"])
async def test_what_is_gone_is_refused(side: ContractSide, kind: str) -> None:
    await side.allows_pins()
    id = (await deliver(side, Send(chat=side.chat, post=Post(rich("old")), token="t1"))).id
    await deliver(side, Remove(chat=side.chat, id=id, token="t2"))
    operations: dict[str, Operation] = {
        "react": React(chat=side.chat, id=id, key="👍", token="t3"),
        "pin": Pin(chat=side.chat, id=id, pinned=True, token="t3"),
        "close": ClosePoll(chat=side.chat, id=id, token="t3"),
    }
    with pytest.raises(PermanentError) as refused:
        await deliver(side, operations[kind])
    assert refused.value.reason is Reason.GONE
    assert not refused.value.shut_out

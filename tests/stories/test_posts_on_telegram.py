"""Posts of every kind through the real Telegram adapter, also when answers are lost and the bot is restarted."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from bot.model import ChatRef, File, FileKind, MessengerName, Post, rich
from bot.sandbox.telegram import Fault
from bot.sandbox.telegram.images import png
from storage import Chat, State
from tests.stories.test_restore import Installation, here

__all__ = ["here"]

MINUTES = bytes(range(256)) * 3000


async def group(here: Installation) -> Chat:
    async with here.database.begin() as store:
        chat = await store.chats.by_ref(ChatRef(MessengerName.TELEGRAM, str(here.group.id)))
    assert chat
    return chat


async def queue(here: Installation, text: str, contents: Iterable[bytes], kind: FileKind) -> int:
    """Queue a post of the bot with files of its own for the group."""
    chat, now = await group(here), here.server.world.clock()
    async with here.database.begin() as store:
        files = []
        for number, data in enumerate(contents):
            source, size = await store.files.add(data, now)
            name = f"{number}.png" if kind is FileKind.PHOTO else f"{number}.pdf"
            files.append(File(kind=kind, source=source, name=name, mime="", size=size))
        id = await store.messages.add(sent_at=now)
        await store.deliveries.send(chat, id, Post(rich(text), files=tuple(files)), now)
        return id


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("fault", [Fault.RESET, Fault.STALL, Fault.GATEWAY])
async def test_files_arrive_once_whatever_happens_to_the_answer(here: Installation, fault: Fault, number: int) -> None:
    async with here.running():
        await here.told_by_anna("eins")
        here.server.faults.once(fault, method="sendDocument" if number == 1 else "sendMediaGroup")
        id = await queue(here, "The minutes", [MINUTES + bytes([each]) for each in range(number)], FileKind.DOCUMENT)
        await here.reaches(lambda: len(documents(here)) == number, "the files")
    assert here.server.faults.met
    sent = documents(here)
    assert len(sent) == number
    async with here.database.begin() as store:
        assert [each.native_id.rpartition("/")[2] for each in await store.messages.copies(id)] == [
            str(each["message_id"]) for each in sent
        ]
        assert await store.deliveries.in_state([State.QUEUED, State.SENDING, State.FAILED]) == []
        assert not await store.files.exists("stored:1")


async def test_a_caption_is_edited_in_place_after_a_restart(here: Installation) -> None:
    async with here.running():
        await here.told_by_anna("eins")
        id = await queue(here, "1 vote", [png(80, 60)], FileKind.PHOTO)
        await here.reaches(lambda: bool(captions(here)), "the picture")
    chat, now = await group(here), here.server.world.clock()
    async with here.database.begin() as store:
        await store.deliveries.replace(chat, id, Post(rich("2 votes")), now, live=True)
    async with here.running():
        await here.reaches(lambda: captions(here) == ["2 votes"], "the edit")


def documents(here: Installation) -> list[dict[str, object]]:
    return [each for each in here.server.messages(here.group) if "document" in each]


def captions(here: Installation) -> list[str]:
    return [each["caption"] for each in here.server.messages(here.group) if "photo" in each]

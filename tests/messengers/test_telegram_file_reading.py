"""Files that people send on Telegram, fetched."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from bot.messengers.base import CHUNK, PermanentError, Reason, TemporaryError
from bot.model import FileKind, Message, plain
from bot.sandbox.telegram import Fault, SentFile
from tests.messengers.telegram_scene import TelegramScene, scene


@pytest.fixture
async def here() -> AsyncIterator[TelegramScene]:
    async with scene() as made:
        yield made


@pytest.mark.parametrize("kind", [each for each in FileKind if each is not FileKind.CONTACT])
async def test_what_people_send_can_be_fetched(here: TelegramScene, kind: FileKind) -> None:
    caption = "" if kind in {FileKind.VIDEO_NOTE, FileKind.STICKER} else "/action Plant *trees*"
    sent = here.server.attach(here.group, here.anna, SentFile(kind, caption=caption))
    (event,) = await here.events(1)
    assert isinstance(event, Message)
    assert plain(event.text) == caption
    assert event.attachment
    assert event.attachment.kind == ("file" if kind is FileKind.DOCUMENT else kind)
    data = b"".join([chunk async for chunk in here.messenger.fetch(event.attachment.source)])
    assert (data, len(data)) == (here.server.received(sent).data, event.attachment.size)


async def test_only_what_bots_may_download_is_fetched(here: TelegramScene) -> None:
    for size, chunks in ((3_000_000, 12), (20_000_001 + (1 << 20), None)):
        sent = here.server.attach(here.group, here.anna, SentFile("document", size=size))
        source = f"telegram:{here.server.received(sent).id}"
        if chunks is None:
            await refused(here, source, Reason.TOO_LARGE)
        else:
            read = [len(chunk) async for chunk in here.messenger.fetch(source)]
            assert (sum(read), max(read) <= CHUNK) == (size, True)
    for source in ("telegram:nothing", "matrix:mxc://a/b", "telegram:../../etc/passwd", ""):
        await refused(here, source, Reason.GONE)


async def refused(here: TelegramScene, source: str, reason: Reason) -> None:
    with pytest.raises(PermanentError) as caught:
        await anext(here.messenger.fetch(source))
    assert caught.value.reason is reason


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.GATEWAY])
async def test_a_download_that_breaks_off_may_be_tried_again(here: TelegramScene, fault: Fault) -> None:
    sent = here.server.attach(here.group, here.anna, SentFile("video", size=1_000_000))
    source = f"telegram:{here.server.received(sent).id}"
    here.server.faults.once(fault, method="download")
    with capture_logs() as logs, pytest.raises(TemporaryError) as caught:
        [chunk async for chunk in here.messenger.fetch(source)]
    assert here.bot.token.partition(":")[2] not in f"{caught.value!r} {caught.value.__context__!r} {logs}"
    assert len(b"".join([chunk async for chunk in here.messenger.fetch(source)])) == 1_000_000

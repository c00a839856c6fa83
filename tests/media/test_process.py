"""The process that looks at media: what it returns, what it cannot do, and what it leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import psutil
import pytest

from bot import workers
from bot.media import NOTHING, Inspector, process
from bot.media.pictures import inspect_picture, make_sticker
from bot.media.sounds import inspect_sound
from tests.media.samples import claims_to_be, picture, voice

PNG, LARGE, VOICE = picture("PNG"), picture("PNG", 2000, 1000), voice()


@pytest.fixture(scope="module")
async def inspector() -> AsyncIterator[Inspector]:
    found = Inspector()
    yield found
    await found.close()


def _children() -> list[psutil.Process]:
    return [each for each in psutil.Process().children() if "bot.media.worker" in each.cmdline()]


async def pieces(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def test_what_it_finds_comes_back_whole(inspector: Inspector) -> None:
    assert await inspector.inspect("image/png", pieces(PNG)) == inspect_picture(PNG)
    assert await inspector.inspect("image/png", pieces(LARGE[:50], b"", LARGE[50:])) == inspect_picture(LARGE)
    assert await inspector.inspect("audio/ogg", pieces(VOICE)) == inspect_sound(VOICE)
    assert await inspector.sticker(pieces(PNG)) == make_sticker(PNG)
    (child,) = _children()
    assert not any("INTERCITY" in key for key in child.environ())


async def test_what_cannot_be_decoded_has_no_preview_and_harms_nobody(inspector: Inspector) -> None:
    """Trust: case 58. One process serves all of them."""
    whole = await inspector.inspect("image/png", pieces(PNG))
    children = _children()
    bomb = claims_to_be(60_000, 60_000)
    for mime, data in (
        ("image/png", bomb),
        ("image/png", PNG[:60]),
        ("image/png", b""),
        ("audio/ogg", PNG),
        ("image/png", VOICE),
    ):
        assert await inspector.inspect(mime, pieces(data)) == NOTHING
        assert await inspector.sticker(pieces(data[:60])) is None
    assert await inspector.inspect("image/png", pieces(PNG)) == whole
    assert _children() == children


async def test_nothing_is_started_for_what_is_not_looked_at() -> None:
    before, idle = _children(), Inspector()
    for mime in ("image/heic", "application/pdf", "video/mp4", ""):
        assert await idle.inspect(mime, pieces(PNG)) == NOTHING
    assert _children() == before
    await idle.close()


async def test_what_is_too_large_or_takes_too_long_is_given_up(
    inspector: Inspector, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(process, "LARGEST", len(PNG) - 1)
        assert await inspector.inspect("image/png", pieces(PNG)) == NOTHING
    with monkeypatch.context() as patch:
        patch.setattr(process, "DEADLINE", 0.0)
        assert await inspector.inspect("image/png", pieces(PNG)) == NOTHING
    assert await inspector.inspect("image/png", pieces(PNG)) == inspect_picture(PNG)


async def test_an_error_of_the_source_is_passed_on(inspector: Inspector) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield PNG[:50]
        raise RuntimeError("gone")

    with pytest.raises(RuntimeError, match="gone"):
        await inspector.sticker(broken())
    assert await inspector.inspect("image/png", pieces(PNG)) == inspect_picture(PNG)


async def test_a_process_that_is_killed_is_replaced(inspector: Inspector) -> None:
    await inspector.inspect("image/png", pieces(PNG))
    (child,) = _children()

    async def killing() -> AsyncIterator[bytes]:
        yield PNG[:50]
        child.kill()
        await asyncio.to_thread(child.wait, 10)
        yield PNG[50:]

    assert await inspector.inspect("image/png", killing()) == NOTHING
    assert await inspector.inspect("image/png", pieces(PNG)) == inspect_picture(PNG)


async def test_it_ends_when_there_is_nothing_to_do(inspector: Inspector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "IDLE", 0)
    await inspector.inspect("image/png", pieces(PNG))
    (child,) = _children()
    await asyncio.to_thread(child.wait, 10)

"""Files are never whole in memory on their way to and from Matrix, and nothing of them is left behind."""

from __future__ import annotations

import asyncio
import gc
import tempfile
import tracemalloc
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from hashlib import sha256
from pathlib import Path

import pytest
from aiohttp import web

from bot.messengers.base import CHUNK, OpenFile, PermanentError, SendError
from bot.messengers.matrix.attachments import Address, Secret, encrypt
from bot.model import File, FileKind
from tests.messengers.test_matrix_media import ADDRESS, homeserver

SIZE = 12 * 1024 * 1024
MOST = 4_000_000
"""Bytes that the transfer of a file may take, whatever the size of the file."""
UPLOAD, DOWNLOAD = "/_matrix/media/v3/upload", "/_matrix/client/v1/media/download/example.org/abc123"
PLAN = File(kind=FileKind.DOCUMENT, source="stored:1", name="plan.bin", mime="application/octet-stream")
PIECE = bytes(range(256)) * (CHUNK // 256)


def opener(*, fails: bool = False) -> OpenFile:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(SIZE // CHUNK):
            yield PIECE
        if fails:
            raise PermanentError("deleted meanwhile")

    @asynccontextmanager
    async def open_file(_source: str) -> AsyncGenerator[AsyncIterator[bytes], None]:
        yield pieces()

    return open_file


@pytest.fixture
def spools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def open_spools(folder: Path) -> list[str]:
    """Return which files in the folder are open, also those that have no name any more."""
    found = []
    for each in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the folder itself was open while it was listed
            found.append(str(each.readlink()))
    return [each for each in found if each.startswith(f"{folder}/")]


def names_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


@asynccontextmanager
async def measured() -> AsyncIterator[None]:
    gc.collect()
    tracemalloc.start()
    try:
        yield
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MOST


@pytest.mark.parametrize("encrypted", [False, True])
async def test_an_upload_is_never_whole_in_memory(spools: Path, *, encrypted: bool) -> None:
    got, left = 0, [["unseen"]]

    async def upload(request: web.Request) -> web.Response:
        nonlocal got
        async for chunk in request.content.iter_chunked(CHUNK):
            got += len(chunk)
        left.append(names_in(spools))
        assert open_spools(spools)
        return web.json_response({"content_uri": ADDRESS.mxc})

    async with homeserver({UPLOAD: upload}, method="POST") as media, measured():
        done = await media.upload("t1", PLAN, opener(), encrypted=encrypted)
    assert (got, done.size) == (SIZE, SIZE)
    assert left[1:] == [[]], "what has no name cannot be left behind by a process that is killed"
    assert open_spools(spools) == []


@pytest.mark.parametrize("encrypted", [False, True])
async def test_a_download_is_never_whole_in_memory(*, encrypted: bool) -> None:
    address, seen = await _stored(encrypted=encrypted), sha256()

    async def download(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        async for piece in _pieces(address.secret):
            await response.write(piece)
        return response

    async with homeserver({DOWNLOAD: download}) as media, measured():
        async for chunk in media.fetch(str(address)):
            seen.update(chunk)
    assert seen.digest() == sha256(PIECE * (SIZE // CHUNK)).digest()


async def test_nothing_is_left_of_an_upload_that_fails(spools: Path) -> None:
    async def refuse(_request: web.Request) -> web.Response:
        return web.json_response({"errcode": "M_FORBIDDEN", "error": "no"}, status=403)

    async with homeserver({UPLOAD: refuse}, method="POST") as media:
        for fails in (True, False):
            with pytest.raises(SendError):
                await media.upload("t1", PLAN, opener(fails=fails), encrypted=False)
            assert open_spools(spools) == []


async def test_nothing_is_left_of_an_upload_that_is_cancelled(spools: Path) -> None:
    reached, over = asyncio.Event(), asyncio.Event()

    async def hang(_request: web.Request) -> web.Response:
        reached.set()
        await over.wait()
        return web.Response()

    async with homeserver({UPLOAD: hang}, method="POST") as media:
        task = asyncio.create_task(media.upload("t1", PLAN, opener(), encrypted=True))
        await asyncio.wait_for(reached.wait(), 20)
        assert open_spools(spools)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert open_spools(spools) == []
        over.set()


async def _pieces(secret: Secret | None) -> AsyncIterator[bytes]:
    async with opener()("") as chunks:
        async for chunk in encrypt(chunks, secret) if secret else chunks:
            yield chunk


async def _stored(*, encrypted: bool) -> Address:
    if not encrypted:
        return ADDRESS
    secret, digest = Secret(), sha256()
    async for piece in _pieces(secret):
        digest.update(piece)
    return Address("example.org", "abc123", secret, digest.digest())

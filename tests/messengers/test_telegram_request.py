"""HTTP for the Bot API: what was certainly not sent is distinguished from what may have been carried out."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from io import BytesIO
from typing import IO

import pytest
from aiohttp import web
from telegram import InputFile
from telegram.error import NetworkError
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.messengers.telegram import request as module
from bot.messengers.telegram.failures import NotSent
from bot.messengers.telegram.request import Request

TOKEN = "4711:AAcanary"
ANSWER = b"HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 2\r\n\r\n{}"
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONNECTING", "WRITING", "UPLOADING"):
        monkeypatch.setattr(module, name, 0.05)


@asynccontextmanager
async def server(talk: Talk) -> AsyncIterator[int]:
    """Serve each connection with `talk`; yield the port."""
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        await talk(reader, writer)

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        for writer in writers:
            writer.close()


@asynccontextmanager
async def requests(url: str, *, connections: int = 2, read_timeout: float = 5) -> AsyncIterator[Request]:
    request = Request(url, connections, read_timeout)
    await request.initialize()
    try:
        yield request
    finally:
        await request.shutdown()


async def ask(url: str, data: RequestData | None = None, *, read_timeout: float = 5) -> tuple[int, bytes]:
    async with requests(url, read_timeout=read_timeout) as request:
        return await request.do_request(f"{url}/bot{TOKEN}/sendMessage", "POST", data)


async def failure(url: str, data: RequestData | None = None, *, read_timeout: float = 5) -> NetworkError:
    with pytest.raises(NetworkError) as caught:
        await ask(url, data, read_timeout=read_timeout)
    assert TOKEN not in repr(caught.value)
    assert caught.value.__suppress_context__  # it quotes the address, and with it the token
    return caught.value


def upload(content: IO[bytes], name: str = "a.bin") -> RequestData:
    file = InputFile(content, filename=name, attach=True, read_file_handle=False)
    return RequestData([RequestParameter("chat_id", -5, None), RequestParameter("document", file.attach_uri, [file])])


async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(ANSWER)


async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await writer.wait_closed()


async def talking_plainly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def ending(*said: bytes) -> Talk:
    """Return a server that reads the head of a request, sends this and closes the connection."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.writelines(said)
        writer.close()

    return talk


async def resetting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.transport.abort()


# Certainly not sent


async def test_a_closed_port() -> None:
    async with server(answering) as port:
        pass
    error = await failure(f"http://127.0.0.1:{port}")
    assert isinstance(error, NotSent)
    assert "Cannot connect" in error.message


async def test_a_name_that_is_none() -> None:
    assert isinstance(await failure("http://nowhere.invalid"), NotSent)


async def test_an_address_that_is_none() -> None:
    assert isinstance(await failure("http://"), NotSent)


async def test_no_tls_at_the_other_end() -> None:
    async with server(talking_plainly) as port:
        assert isinstance(await failure(f"https://127.0.0.1:{port}"), NotSent)


@pytest.mark.usefixtures("impatient")
async def test_a_connection_that_is_never_made() -> None:
    async with server(silent) as port:  # TLS is not answered
        assert isinstance(await failure(f"https://127.0.0.1:{port}"), NotSent)


@pytest.mark.usefixtures("impatient")
async def test_no_free_connection() -> None:
    async with server(silent) as port, requests(f"http://127.0.0.1:{port}", connections=1) as request:
        first = asyncio.create_task(request.do_request(f"http://127.0.0.1:{port}/first", "POST"))
        await asyncio.sleep(0)
        with pytest.raises(NotSent):
            await request.do_request(f"http://127.0.0.1:{port}/second", "POST")
        first.cancel()


async def test_a_closed_pool() -> None:
    with pytest.raises(NotSent):
        await Request("http://127.0.0.1", 1, 1).do_request("http://127.0.0.1/", "POST")


async def test_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    async with server(ending(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        assert isinstance(await failure("https://example.org"), NotSent)


async def test_a_proxy_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    async with server(answering) as port:
        pass
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    assert isinstance(await failure("https://example.org"), NotSent)


# Perhaps carried out


@pytest.mark.parametrize(
    "talk",
    [
        ending(),
        resetting,
        ending(b"nonsense\r\n\r\n"),
        ending(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"),
    ],
    ids=["hung up", "reset", "nonsense", "half an answer"],
)
async def test_no_whole_answer(talk: Talk) -> None:
    async with server(talk) as port:
        assert type(await failure(f"http://127.0.0.1:{port}")) is NetworkError


async def test_no_answer_in_time() -> None:
    async with server(silent) as port:
        assert type(await failure(f"http://127.0.0.1:{port}", read_timeout=0.05)) is NetworkError


@pytest.mark.usefixtures("impatient")
async def test_nobody_reads_what_is_uploaded() -> None:
    async with server(silent) as port:
        data = upload(BytesIO(bytes(50_000_000)))
        assert type(await failure(f"http://127.0.0.1:{port}", data, read_timeout=0.05)) is NetworkError


# Answered


async def test_each_call_may_wait_for_longer() -> None:
    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        await answering(reader, writer)

    async with server(slow) as port, requests(f"http://127.0.0.1:{port}", read_timeout=0.01) as request:
        assert await request.do_request(f"http://127.0.0.1:{port}/", "POST", None, 5.0) == (200, b"{}")
        assert request.date == "now"


async def test_a_connection_that_ended_while_nobody_used_it_does_no_harm() -> None:
    async with server(ending(ANSWER)) as port, requests(f"http://127.0.0.1:{port}") as request:
        for _ in range(3):
            assert await request.do_request(f"http://127.0.0.1:{port}/", "POST") == (200, b"{}")
            await asyncio.sleep(0.01)


async def test_a_connection_that_the_loop_has_not_seen_ending_does_no_harm() -> None:
    async with server(ending(ANSWER)) as port, requests(f"http://127.0.0.1:{port}") as request:
        await request.do_request(f"http://127.0.0.1:{port}/", "POST")
        time.sleep(0.05)  # noqa: ASYNC251 - the end arrives while the loop stands still
        assert await request.do_request(f"http://127.0.0.1:{port}/", "POST") == (200, b"{}")


async def test_a_redirect_is_not_followed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://example.org/\r\nContent-Length: 0\r\n\r\n"
    async with server(ending(moved)) as port:
        assert await ask(f"http://127.0.0.1:{port}") == (302, b"")


async def test_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    heads: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(ANSWER)

    async with server(proxy) as port, server(answering) as direct:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
        await ask("http://example.invalid")
        assert [head.split()[1] for head in heads] == [f"http://example.invalid/bot{TOKEN}/sendMessage".encode()]
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        await ask(f"http://127.0.0.1:{direct}")
        assert len(heads) == 1


class WatchedFile(BytesIO):
    """Records the size of the largest read."""

    most = 0

    def read(self, size: int | None = -1, /) -> bytes:
        chunk = super().read(size)
        self.most = max(self.most, len(chunk))
        return chunk


async def test_a_file_is_streamed_beside_the_parameters() -> None:
    got: dict[str, object] = {}

    async def take(request: web.Request) -> web.Response:
        form = await request.post()
        (file,) = (field for field in form.values() if isinstance(field, web.FileField))
        got.update(chat=form["chat_id"], name=file.filename, content=file.file.read())
        return web.json_response({})

    app = web.Application(client_max_size=2**24)
    app.router.add_post("/{path:.*}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    content = WatchedFile(os.urandom(3_000_000))
    assert (await ask(f"http://127.0.0.1:{runner.addresses[0][1]}", upload(content, "Brücke.pdf")))[0] == 200
    await runner.cleanup()
    assert got == {"chat": "-5", "name": "Brücke.pdf", "content": content.getvalue()}
    assert 0 < content.most < 1_000_000

"""The process that parses: what it returns, and what it survives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import psutil
import pytest

from bot import workers
from bot.fetching.base import FetchError
from bot.fetching.parsing import parse_document
from bot.fetching.process import ParserProcess
from tests.fetching.test_discovery import link, page
from tests.fetching.test_feeds import NEWS, URL, rss


@pytest.fixture
async def parser() -> AsyncIterator[ParserProcess]:
    found = ParserProcess()
    yield found
    await found.close()


def _children() -> list[psutil.Process]:
    return [each for each in psutil.Process().children() if "bot.fetching.worker" in each.cmdline()]


async def test_documents_come_back_whole(parser: ParserProcess) -> None:
    odd = rss(
        "<title>\U0001f600 \u2028 ü</title><description>&lt;a href='x'&gt;&lt;b&gt;y</description>", "<title>z</title>"
    )
    for body in (*NEWS.values(), odd, page(link("/a", "Köln") + link("/b")), page()):
        assert await parser.parse(body.encode(), "", URL) == parse_document(body.encode(), "", URL)
    assert len(_children()) == 1


ENTITIES = b"<!DOCTYPE x [<!ENTITY a 'b'>]><rss/>"
WHOLE = NEWS["rss20"].encode()


@pytest.mark.parametrize("body", [b"{", ENTITIES, b'{"version": ' + b"[" * 100_000])
async def test_what_cannot_be_parsed_harms_nobody(parser: ParserProcess, body: bytes) -> None:
    await parser.parse(WHOLE, "", URL)
    children = _children()
    with pytest.raises(FetchError):
        await parser.parse(body, "", URL)
    assert await parser.parse(WHOLE, "", URL) == parse_document(WHOLE, "", URL)
    assert _children() == children


async def test_a_process_that_has_ended_is_replaced(parser: ParserProcess) -> None:
    await parser.parse(WHOLE, "", URL)
    (child,) = _children()
    child.kill()
    assert parser._worker._process
    await asyncio.wait_for(parser._worker._process.wait(), 10)
    assert await parser.parse(WHOLE, "", URL) == parse_document(WHOLE, "", URL)


async def test_a_request_that_is_given_up_leaves_no_answer_behind(parser: ParserProcess) -> None:
    await parser.parse(page().encode(), "", URL)
    waiting = [asyncio.create_task(parser.parse(each.encode(), "", URL)) for each in (NEWS["rss20"], NEWS["json11"])]
    await asyncio.sleep(0)
    waiting[0].cancel()
    assert await waiting[1] == parse_document(NEWS["json11"].encode(), "", URL)


async def test_it_ends_when_there_is_nothing_to_do(parser: ParserProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _children() == []
    monkeypatch.setattr(workers, "IDLE", 0)
    await parser.parse(page().encode(), "", URL)
    (child,) = _children()
    await asyncio.to_thread(child.wait, 10)


async def test_it_knows_none_of_the_bots_secrets(parser: ParserProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERCITY_TELEGRAM_TOKEN", "canary")
    await parser.parse(page().encode(), "", URL)
    (child,) = _children()
    assert not any("INTERCITY" in key for key in child.environ())

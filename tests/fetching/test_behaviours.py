"""Many feeds at once, from servers that behave in every way: the small form of `python -m tests.bench feeds`."""

from __future__ import annotations

import asyncio
from ipaddress import ip_network

import pytest

from bot.fetching import http
from bot.fetching.base import FetchError, FetchProblem
from bot.fetching.reader import FeedReader, guarded_reader
from tests.fetching.behaviours import BEHAVIOURS, HOSTS, brackets, feed_server, result_of


async def _outcome(reader: FeedReader, url: str) -> FetchProblem | int:
    try:
        answer = await reader.read(url)
    except FetchError as error:
        return error.problem
    return len(answer.feed.items) if answer.feed else 0


async def test_each_feed_comes_to_what_its_server_makes_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "DEADLINE", 10.0)
    names = [each.__name__ for each in BEHAVIOURS if each is not brackets]  # it takes seconds of CPU time
    reader = guarded_reader([ip_network(HOSTS)])
    async with feed_server(2 * len(names)) as server:
        urls = [server.url(name, number) for number, name in enumerate(names * 2)]
        try:
            found = await asyncio.gather(*(_outcome(reader, url) for url in urls))
        finally:
            await reader.close()
    assert dict(zip(urls, found, strict=True)) == {url: result_of(url) for url in urls}
    assert server.trap.connections == 0

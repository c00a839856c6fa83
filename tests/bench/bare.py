"""The baseline: the least that can relay a message, a process that stores nothing and checks nothing.

`python -m tests.bench.bare` reads a JSON object from its first argument: `telegram` (API base URL), `group`,
`matrix` (URL), `token`, `user` and `room`. It prints `ready` and relays until it is terminated.
"""

from __future__ import annotations

import asyncio
import json
import sys
from itertools import count
from typing import Any
from urllib.parse import quote

import aiohttp

Job = dict[str, str]
_FILTER = json.dumps({"presence": {"types": []}, "room": {"ephemeral": {"types": []}}})


async def to_matrix(http: aiohttp.ClientSession, job: Job) -> None:
    room, offset = quote(job["room"], safe=""), 0
    for number in count():
        updates = await _get(http, f"{job['telegram']}/getUpdates", {"offset": str(offset), "timeout": "25"})
        for update in updates["result"]:
            offset = update["update_id"] + 1
            content = {"msgtype": "m.text", "body": update["message"]["text"], "m.mentions": {}}
            url = f"{job['matrix']}/_matrix/client/v3/rooms/{room}/send/m.room.message/b{number}.{offset}"
            async with http.put(url, json=content, headers=_headers(job)) as answer:
                answer.raise_for_status()


async def to_telegram(http: aiohttp.ClientSession, job: Job) -> None:
    url, query = f"{job['matrix']}/_matrix/client/v3/sync", {"filter": _FILTER, "timeout": "0"}
    while True:
        answer = await _get(http, url, query, _headers(job))
        joined = answer.get("rooms", {}).get("join", {}).get(job["room"], {"timeline": {"events": []}})
        if "since" in query:
            for event in joined["timeline"]["events"]:
                if event["type"] == "m.room.message" and event["sender"] != job["user"]:
                    sent = {"chat_id": job["group"], "text": event["content"]["body"]}
                    async with http.post(f"{job['telegram']}/sendMessage", json=sent) as response:
                        response.raise_for_status()
        else:
            print("ready", flush=True)
        query |= {"since": answer["next_batch"], "timeout": "30000"}


async def _get(
    http: aiohttp.ClientSession, url: str, query: dict[str, str], headers: dict[str, str] | None = None
) -> Any:
    async with http.get(url, params=query, headers=headers) as answer:
        answer.raise_for_status()
        return await answer.json()


def _headers(job: Job) -> dict[str, str]:
    return {"Authorization": f"Bearer {job['token']}"}


async def main(job: Job) -> None:
    async with aiohttp.ClientSession() as http, asyncio.TaskGroup() as group:
        group.create_task(to_matrix(http, job))
        group.create_task(to_telegram(http, job))


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))

"""A person with an encrypting client: plain matrix-nio, without code of this project."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from nio import AsyncClient, AsyncClientConfig, Event, MegolmEvent, SyncResponse
from nio.event_builders import ToDeviceMessage

from bot.sandbox.synapse import Synapse
from tests.messengers.matrix_bot import person


class NioPerson:
    """A client that syncs while somebody waits, as `sync_forever` does; `events` holds what it saw, decrypted."""

    def __init__(self, client: AsyncClient) -> None:
        self.client: Any = client
        self.events: list[Event] = []

    @property
    def id(self) -> str:
        return str(self.client.user_id)

    async def step(self, wait: int = 0) -> None:
        client = self.client
        limit = {"room": {"timeline": {"limit": 100}}}
        answer = await client.sync(wait, sync_filter=limit, full_state=not client.next_batch)
        assert isinstance(answer, SyncResponse), answer
        for joined in answer.rooms.join.values():
            self.events += joined.timeline.events
        await client.send_to_device_messages()
        if client.should_upload_keys:
            await client.keys_upload()
        if client.should_query_keys:
            await client.keys_query()
        if client.should_claim_keys:
            await client.keys_claim(client.get_users_for_key_claiming())

    async def make_room(self, *invited: str) -> str:
        encryption = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
        answer = await self.client.room_create(name="Köln", invite=invited, initial_state=[encryption])
        await self.step()
        return str(answer.room_id)

    async def knows(self, room: str, user: str, limit: float = 15) -> None:
        """Wait until a member's devices are known, so that keys are shared with them."""
        async with asyncio.timeout(limit):
            while not (
                user in self.client.rooms[room].users
                and not self.client.rooms[room].users[user].invited
                and self.client.device_store[user]
            ):
                await self.step(200)

    async def say(self, room: str, text: str, **content: Any) -> str:
        whole = {"msgtype": "m.text", "body": text} | content
        answer = await self.client.room_send(room, "m.room.message", whole, ignore_unverified_devices=True)
        return str(answer.event_id)

    async def say_without_key(self, room: str, text: str, **content: Any) -> tuple[str, dict[str, str]]:
        """Send what nobody else can decrypt yet; return its id and the key to share later."""
        machine = self.client.olm
        machine.create_outbound_group_session(room)
        session = machine.outbound_group_sessions[room]
        key = {"algorithm": "m.megolm.v1.aes-sha2", "room_id": room, "session_id": session.id}
        key |= {"session_key": session.session_key}
        session.shared = True
        return await self.say(room, text, **content), key

    async def hand_over(self, key: dict[str, str], user: str) -> None:
        """Send a key to every device of a user."""
        machine = self.client.olm
        await self.client.keys_claim(self.client.get_missing_sessions(key["room_id"]))
        for device in machine.device_store.active_user_devices(user):
            session = machine.session_store.get(device.curve25519)
            sealed = machine._olm_encrypt(session, device, "m.room_key", key)
            await self.client.to_device(ToDeviceMessage("m.room.encrypted", user, device.id, sealed))

    async def wait_for(self, body: str, limit: float = 15) -> Event:
        """Return the decrypted message with this body, waiting for it; the failure shows what was seen."""
        try:
            async with asyncio.timeout(limit):
                while True:
                    for event in self.events:
                        if event.source.get("content", {}).get("body") == body and not isinstance(event, MegolmEvent):
                            return event
                    await self.step(500)
        except TimeoutError:
            seen = "\n".join(str(event) for event in self.events[-30:])
            raise AssertionError(f"no {body!r} within {limit:g} s; seen:\n{seen}") from None


@asynccontextmanager
async def nio_person(synapse: Synapse, name: str, folder: Path) -> AsyncGenerator[NioPerson, None]:
    human = await person(synapse, name)
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    client: Any = AsyncClient(synapse.url, human.id, store_path=str(folder), config=AsyncClientConfig(pickle_key="x"))
    client.restore_login(human.id, human.device_id, human.token)
    each = NioPerson(client)
    try:
        await each.step()
        yield each
    finally:
        await client.close()
        if client.store:
            client.store.database.close()

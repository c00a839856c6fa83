"""An edited forward is still a forward, although clients repeat neither its origin nor its reply relation."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.messengers.matrix.connection import MatrixConnection
from bot.messengers.matrix.memory import Memory
from bot.messengers.matrix.raw import Raw
from bot.messengers.matrix.reading import EventReader
from bot.model import Edit
from bot.sandbox.synapse import Synapse
from tests.messengers.matrix_events import ME, NOW, event, room, state, text
from tests.messengers.test_matrix import together

BOSS = "@boss:elsewhere"
FORWARD = text("foreign words", **{"m.forwarded": {"sender": BOSS}})
EDIT = text(
    "* others", **{"m.new_content": text("others"), "m.relates_to": {"rel_type": "m.replace", "event_id": "$f"}}
)


def memory(stored: Raw, clear: Any = None) -> Memory:
    """Return a memory whose server has an event that decrypts to `clear`."""

    async def look_up(*_: object) -> Raw:
        return stored

    def decrypt(*_: object) -> Raw | None:
        if isinstance(clear, ValueError):
            raise clear
        return cast("Raw | None", clear)

    stub = SimpleNamespace(look_up=look_up, crypto=SimpleNamespace(decrypt=decrypt))
    connection = cast("MatrixConnection", stub)
    stub.clear = partial(MatrixConnection.clear, connection)
    return Memory(connection)


async def origin(known: Memory) -> str | None:
    """Return the origin that an edit of the forward claims."""
    place = room(state("m.room.member", {"membership": "join", "displayname": "The boss"}, BOSS))
    edit = EventReader(place, ME, NOW).read(event(EDIT))
    read = await known.settled(edit, place.name_of)
    assert isinstance(read, Edit)
    return read.origin


async def test_an_edited_forward_keeps_its_origin() -> None:
    known = memory({})
    known.note("!room", event(FORWARD, event_id="$f"))
    assert await origin(known) == "The boss"


async def test_an_edited_forward_keeps_its_origin_after_a_restart() -> None:
    assert await origin(memory(event(FORWARD, event_id="$f"))) == "The boss"
    assert await origin(memory(event(text("own words"), event_id="$f"))) is None
    assert await origin(memory(event(text("?", **{"m.forwarded": {"sender": 5}}), event_id="$f"))) == ""


async def test_an_edited_forward_keeps_its_origin_in_an_encrypted_room() -> None:
    sealed = event({"algorithm": "m.megolm.v1.aes-sha2"}, "m.room.encrypted", event_id="$f")
    assert await origin(memory(sealed, event(FORWARD, event_id="$f"))) == "The boss"


@pytest.mark.parametrize("clear", [None, ValueError("malformed")])
async def test_an_edit_of_what_cannot_be_decrypted_is_read_as_it_is(clear: object) -> None:
    assert await origin(memory(event({}, "m.room.encrypted", event_id="$f"), clear)) is None


async def test_an_edited_forward_keeps_its_origin_on_the_server(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, place):
        forward = await anna.send_raw(place, "m.room.message", FORWARD)
        await anna.edit(place, forward, "others")
        assert (await bot.wait_for(Edit)).origin == BOSS

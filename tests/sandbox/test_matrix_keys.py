"""People's clients encrypt for each other and read what others have encrypted."""

from bot.sandbox.matrix_client import HumanMatrix
from bot.sandbox.matrix_keys import ENCRYPTED, MatrixKeys
from bot.sandbox.matrix_session import RawEvent
from bot.sandbox.synapse import Synapse


async def read(person: HumanMatrix, room: str, id: str) -> RawEvent | None:
    """Return an event as a person's client reads it after a sync."""
    assert person.keys
    await person.keys.hear(await person.sync(timeout=0))
    event = await person.event(room, id)
    assert event["type"] == ENCRYPTED
    return person.keys.decrypt(event)


async def test_what_is_encrypted_is_read_by_those_who_were_there(synapse: Synapse) -> None:
    async with (
        await synapse.register("sealer", "pw") as grace,
        await synapse.register("reader", "pw") as tom,
        await synapse.register("latecomer", "pw") as ruth,
    ):
        room = await grace.create_room("Secret", [tom.id, ruth.id], encrypted=True)
        await tom.join(room)
        for person in (grace, tom, ruth):
            person.keys = MatrixKeys(person)
            person.encrypted.add(room)
            await person.keys.publish()
        first = await grace.say(room, "for two")
        await ruth.join(room)
        second = await grace.say(room, "for three", reply_to=first)
        answer = await tom.say(room, "read by all")
        for person, id, body in (
            (tom, first, "for two"),
            (tom, second, "for three"),
            (grace, first, "for two"),
            (grace, answer, "read by all"),
            (ruth, second, "for three"),
            (ruth, answer, "read by all"),
        ):
            event = await read(person, room, id)
            assert event
            assert (event["type"], event["content"]["body"]) == ("m.room.message", body)
        assert (await grace.event(room, second))["content"]["m.relates_to"]["m.in_reply_to"] == {"event_id": first}
        stranger = MatrixKeys(ruth)
        assert stranger.decrypt(await ruth.event(room, second)) is None

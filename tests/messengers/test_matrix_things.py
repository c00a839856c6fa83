"""Live locations and people's polls on a real Synapse: what follows later changes what stood at the beginning."""

from __future__ import annotations

from pathlib import Path

from bot.model import Author, Edit, LiveLocation, Location, Message, PollSnapshot, Post, Send, rich
from bot.sandbox.synapse import Synapse
from tests.messengers.matrix_bot import person, ref, unique
from tests.messengers.test_matrix import together

INFO, BEACON = "org.matrix.msc3672.beacon_info", "org.matrix.msc3672.beacon"
START, RESPONSE, END = (f"org.matrix.msc3381.poll.{each}" for each in ("start", "response", "end"))
ASKED = {
    START: {
        "question": {"body": "Where?"},
        "answers": [{"id": each, "org.matrix.msc1767.text": each.title()} for each in ("park", "hall")],
    }
}


async def test_what_follows_later_changes_what_was_begun(synapse: Synapse, tmp_path: Path) -> None:
    ben = await person(synapse, "Ben")
    async with together(synapse, tmp_path) as (bot, anna, room):
        await anna.invite(room, ben.id)
        await ben.join(room)

        info = {"live": True, "timeout": 60_000, "description": "Tour"}
        await anna.send_state(room, INFO, info, anna.id)
        begun = await bot.wait_for(Message)
        relation = {"m.relates_to": {"rel_type": "m.reference", "event_id": begun.id}}
        for each, latitude in ((ben, 1), (anna, 2), (anna, 3)):
            await each.send_raw(room, BEACON, relation | {"org.matrix.msc3488.location": {"uri": f"geo:{latitude},6"}})
        await anna.send_state(room, INFO, info | {"live": False}, anna.id)
        ended = await bot.wait_for(Edit, lambda edit: _live(edit).ended)
        edits = [each for each in bot.events if isinstance(each, Edit)]
        assert [_live(each).location for each in edits] == [Location(2, 6), Location(3, 6), Location(3, 6)]
        assert {each.ref.id for each in edits} == {begun.id}, "only of who shares it"
        assert ended.sender == begun.sender

        poll = await anna.send_raw(room, START, ASKED)
        relation = {"m.relates_to": {"rel_type": "m.reference", "event_id": poll}}
        for each, answers in ((anna, ["park"]), (ben, ["park"]), (ben, ["hall", "park"]), (ben, ["nowhere"])):
            await each.send_raw(room, RESPONSE, relation | {RESPONSE: {"answers": answers}})
        for each in (ben, anna):
            await each.send_raw(room, END, relation | {END: {}})
        closed = await bot.wait_for(Edit, lambda edit: edit.ref.id == poll)
        assert closed.attachment
        snapshot = closed.attachment.thing
        assert isinstance(snapshot, PollSnapshot)
        assert closed.sender == begun.sender, "Ben has no right to end it"
        assert (snapshot.closed, snapshot.voters) == (True, 1), "Ben's last vote is spoiled"
        assert [each.votes for each in snapshot.options] == [1, 0]


async def test_a_place_is_a_pin_after_what_says_whose_it_is(synapse: Synapse, tmp_path: Path) -> None:
    async with together(synapse, tmp_path) as (bot, anna, room):
        post = Post(rich("📍 Location: Rathaus"), Author("Ben", "Köln"), location=Location(50.94, 6.96, "Rathaus"))
        operation = Send(chat=ref(room), post=post, token=unique("t"))
        sent = await bot.messenger.deliver(operation)
        assert await bot.messenger.find(operation, after="", known=()) == sent
        place, said = [(await anna.event(room, id))["content"] for id in sent.ids]
        assert (said["body"], place["body"]) == ("Ben · Köln: 📍 Location: Rathaus", "Ben · Köln: Rathaus")
        assert (place["msgtype"], place["geo_uri"]) == ("m.location", "geo:50.94,6.96")
        assert place["org.matrix.msc3488.asset"] == {"type": "m.pin"}, "not where the bot is"


def _live(edit: Edit) -> LiveLocation:
    thing = edit.attachment.thing if edit.attachment else None
    return thing if isinstance(thing, LiveLocation) else LiveLocation(None)

"""An action point and minutes by chat alone, on Telegram and in an encrypted Matrix room."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import docx
import pytest

from bot.clock import utc_now
from bot.documents import to_docx, to_html
from bot.model import Role
from bot.sandbox.matrix_client import RawEvent
from bot.sandbox.synapse import Synapse
from bot.sandbox.telegram import Json
from handlers.agreements.minutes._document import document
from handlers.agreements.minutes._record import load
from tests.messengers.test_matrix_files import decrypted
from tests.system.harness import INDIANAPOLIS, KOELN, open_world
from tests.system.seats import LIMIT, Heard, InGroup, InSealedRoom, Part, Scene, Seat

CHECK_NUMBER = re.compile(r"(?:Prüfnummer|Check number): ([0-9a-f]{8})")
LINES = {"Wir treffen uns im Mei.": "Wir treffen uns im Mai.", "We plant 30 tres.": "We plant 30 trees."}
"""Decisions of each side, as they are typed and as they are corrected."""


@pytest.fixture
async def both(synapse: Synapse, tmp_path: Path) -> AsyncIterator[Signatories]:
    """Two coordinators in chats that are paired, of which the room is encrypted."""
    async with open_world(synapse, tmp_path, encrypted=1) as world:
        await world.start()
        (pair,), scene = world.pairs, Scene(world)
        grace = scene.in_room(world.resident.human, pair.room)
        async with scene.encrypting("Eve Turner", grace) as eve:
            anna = scene.in_group(pair.group, world.person)
            await appoint(scene, anna, eve)
            yield Signatories(scene, anna, eve)


async def appoint(scene: Scene, *seats: Seat) -> None:
    """Make each the coordinator of one of the cities."""
    async with scene.world.store() as store:
        (dialogue,) = await store.dialogues.all()
        cities = {each.name: each for each in dialogue.cities}
        for seat, name, city in zip(seats, ("Anna Weber", "Eve Turner"), (KOELN, INDIANAPOLIS), strict=True):
            person = await store.people.get_or_create(seat.account, name, name.partition(" ")[0].lower(), utc_now())
            await store.roles.set(dialogue, person, cities[city], Role.COORDINATOR, utc_now())


@dataclass
class Signatories:
    """Two people who confirm, each for their city."""

    scene: Scene
    anna: InGroup
    eve: InSealedRoom

    async def both_hear(self, *parts: Part) -> tuple[Heard, Heard]:
        return await self.anna.hears(*parts), await self.eve.hears(*parts)

    async def press(self, card: Heard) -> str:
        """Press the first button of a card on Telegram, also if it is gone since; return the answer."""
        group, person = self.anna.group, self.anna.person
        press = self.scene.world.telegram.press(group, person, int(card.id), card.buttons[0], forge=True)
        async with asyncio.timeout(LIMIT):
            return str((await press).get("text", ""))

    async def agree(self, here: Heard, there: Heard) -> None:
        """Agree under the cards on both sides: by a button, and by the sign that the bot has put there."""
        assert "stimmt zu" in await self.press(here)
        await self.eve.sees(lambda event: _reacts(event, there.id, "✅"))
        relation = {"rel_type": "m.annotation", "event_id": there.id, "key": "✅"}
        await self.eve.send("m.reaction", {"m.relates_to": relation})

    async def note(self) -> None:
        """Write lines of minutes on both sides, correct them, and take one back."""
        world, (here, there) = self.scene.world, LINES
        id = await self.anna.say(f"#beschluss {here}")
        await world.telegram.wait_for(lambda event: self._reacts_here(event, id), LIMIT)
        world.telegram.edit(self.anna.group, self.anna.person, int(id), f"#beschluss {LINES[here]}")
        id = await self.eve.say(f"#agreed {there}")
        await self.eve.sees(lambda event: _reacts(event, id, "✍️"))
        content = {"msgtype": "m.text", "body": f"#agreed {LINES[there]}"}
        replaced = {"rel_type": "m.replace", "event_id": id}
        await self.eve.send("m.room.message", content | {"m.new_content": content, "m.relates_to": replaced})
        await self.eve.say("#idea Forget this")
        await self.eve.say("#undo")
        await self.eve.hears("Taken back", "Forget this")

    def _reacts_here(self, event: Json, id: str) -> bool:
        mine = event["kind"] == "reaction" and event["from"]["id"] == self.anna.bot
        return bool(mine and event["message"]["message_id"] == int(id) and event["emoji"] == "✍")

    async def files(self) -> tuple[list[bytes], list[bytes]]:
        """Return the first DOCX and HTML that arrive on each side."""
        telegram, here, there = self.scene.world.telegram, [], []
        for ending in (".docx", ".html"):
            event = await telegram.wait_for(lambda event: self._brings(event, ending), LIMIT)  # noqa: B023 - awaited
            stored = telegram.world.files.find(event["message"]["document"]["file_id"])
            assert stored
            here.append(stored.data)
            content = (await self.eve.sees(lambda event: _is_file(event, ending)))["content"]  # noqa: B023 - awaited
            there.append(await decrypted(self.eve.human, content["file"]))
        return here, there

    def _brings(self, event: Json, ending: str) -> bool:
        mine = event["kind"] == "message" and event["chat"] == self.anna.group.id
        return bool(mine and event["message"].get("document", {}).get("file_name", "").endswith(ending))

    async def stored(self, locale: str) -> list[bytes]:
        """Return the documents of what the bot has stored."""
        async with self.scene.world.store() as store:
            (dialogue,) = await store.dialogues.all()
            minutes = await store.minutes.numbered(dialogue.id, 1)
            record = await load(store, minutes) if minutes else None
        assert record
        shown = document(record, dialogue.name, locale)
        return [await to_docx(shown), to_html(shown)]


def _reacts(event: RawEvent, id: str, key: str) -> bool:
    relation = event["content"].get("m.relates_to", {})
    return event["type"] == "m.reaction" and (relation["event_id"], relation["key"]) == (id, key)


def _is_file(event: RawEvent, ending: str) -> bool:
    content = event["content"]
    return bool(content.get("msgtype") == "m.file" and content.get("filename", content["body"]).endswith(ending))


def check_numbers(*posts: Heard) -> set[str]:
    """Return the check numbers in posts."""
    return {number for post in posts for number in CHECK_NUMBER.findall(post.text)}


class PageText(HTMLParser):
    """The text of a page."""

    text = ""

    def handle_data(self, data: str) -> None:
        self.text += data


def words(file: bytes) -> str:
    """Return the text of a document of minutes, as an office program or a browser reads it."""
    if file.startswith(b"PK"):
        read = docx.Document(BytesIO(file))
        return "\n".join(paragraph.text for paragraph in read.paragraphs)
    page = PageText()
    page.feed(file.decode())
    return page.text


async def test_cities_agree_on_an_action_point_and_on_minutes(both: Signatories) -> None:
    await both.anna.say("/aufgabe Bäume am Rhein pflanzen @anna bis 15.12.2031")
    first, _there = await both.both_hear("📌", "Bäume")
    await both.eve.say("!action 1 edit Plant 30 trees")
    cards = await both.both_hear("📌", "Plant 30 trees")
    assert "inzwischen geändert" in await both.press(first)
    await both.agree(*cards)
    assert len(check_numbers(*await both.both_hear("🤝", "Plant 30 trees", CHECK_NUMBER))) == 1

    await both.anna.say("/protokoll anfang Bäume")
    await both.both_hear("📝", "Bäume")
    await both.note()
    await both.anna.say("/protokoll ende")
    here, there = await both.files()
    assert (here, there) == (await both.stored("de_DE"), await both.stored("en_US"))
    for each in (*here, *there):
        assert all(line in words(each) for line in LINES.values())
        assert "Forget this" not in words(each)
    await both.agree(*await both.both_hear("📝", CHECK_NUMBER))
    announced = re.compile("(by all cities|zugestimmt): Bäume")
    assert len(check_numbers(*await both.both_hear(announced, CHECK_NUMBER))) == 1
    assert both.scene.world.telegram.violations == []

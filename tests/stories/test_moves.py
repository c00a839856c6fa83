"""A group that becomes a supergroup counts its messages anew: no old id is mistaken for a new one."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from bot.app import App
from bot.messengers.capabilities import Capabilities
from bot.messengers.telegram import TelegramMessenger
from bot.model import ChatRef, MessengerName
from bot.relay import Relay
from bot.sandbox.telegram import EmulatedTelegram, Fault, GroupActor, Json
from storage import Database
from storage.messages.repository import Messages
from tests.fakes import MATRIX, TELEGRAM, FakeMessenger
from tests.places import PLACES
from tests.stories.conftest import INDY, KOELN, MEHMET, TOM, Story


class Move:
    """The real Telegram adapter with the emulated server, and Matrix in memory: a basic group that can migrate."""

    def __init__(self, server: EmulatedTelegram, app: App, matrix: FakeMessenger, group: GroupActor) -> None:
        self.server = server
        self.app = app
        self.matrix = matrix
        self.group = group
        self.anna = group.people[0]
        self.here: dict[str, tuple[GroupActor, int]] = {}
        """The group and number of each of Anna's messages, by its text when written."""

    def says(self, words: str, reply_to: int | None = None) -> None:
        said = self.server.say(self.group, self.anna, words, reply_to=reply_to)
        self.here[words] = self.group, said["message_id"]

    def migrate(self) -> None:
        self.group = self.server.migrate(self.group)

    async def reaches(self, holds: object, what: str) -> None:
        """Wait until it holds, at most 20 seconds."""
        assert callable(holds)
        try:
            async with asyncio.timeout(20):
                while not holds():  # noqa: ASYNC110 - two messengers, no common event to wait for
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"{what}: {self.on_telegram()} {self.on_matrix()}") from None

    def on_telegram(self, group: GroupActor | None = None) -> list[str]:
        """Return what the bot has posted in the group, without the attribution."""
        there = self.server.messages(group or self.group)
        return [each["text"].partition(": ")[2] for each in there if "text" in each and each["from"]["is_bot"]]

    def on_matrix(self) -> list[str]:
        return [each.partition(": ")[2] for each in self.matrix.posts(INDY)]

    def lost(self) -> list[str]:
        """Return Anna's messages that are no longer there."""
        return [words for words, (group, number) in self.here.items() if number not in group.records]

    def messages_in(self, words: str) -> Json:
        """Return the bot's message in the group with a text."""
        return next(each for each in self.server.messages(self.group) if each.get("text", "").endswith(f": {words}"))

    async def both(self, *words: str) -> None:
        """Wait until these texts, written on Matrix or Telegram, have arrived on the other side."""
        await self.reaches(lambda: set(words) <= {*self.on_telegram(), *self.on_matrix()}, str(words))


class UnlimitedTelegram(TelegramMessenger):
    """The adapter without rate limits."""

    capabilities = TELEGRAM

    def capabilities_in(self, chat: ChatRef) -> Capabilities:  # noqa: ARG002 - the same in every chat
        return TELEGRAM


@asynccontextmanager
async def moving(database: Database) -> AsyncIterator[Move]:
    async with EmulatedTelegram() as server:
        bot = server.bot(privacy=False)
        group = server.group("Köln", [server.person("Anna", "Weber")], supergroup=False)
        telegram = UnlimitedTelegram(bot.token, api_url=server.url, clock=server.world.clock, read_timeout=1.0)
        matrix = FakeMessenger(MessengerName.MATRIX, MATRIX)
        matrix.messages_in(INDY)
        app = App(database, [telegram, matrix], backoff=(0.01, 0.05), secret=bytes(32), places=PLACES)
        async with database.begin() as store:
            koeln = await store.cities.add("Köln", "de_DE", "Europe/Berlin")
            indy = await store.cities.add("Indianapolis", "en_US", "America/Indiana/Indianapolis")
            dialogue = await store.dialogues.add("Köln – Indianapolis", (koeln, indy))
            await store.chats.pair(ChatRef(MessengerName.TELEGRAM, str(group.id)), dialogue, koeln)
            await store.chats.pair(INDY, dialogue, indy)
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(app.outbox.run())]
            running += [tasks.create_task(app.serve(each)) for each in (telegram, matrix)]
            yield Move(server, app, matrix, group)
            for task in running:
                task.cancel()
        await telegram.close()
        assert server.violations == []


async def test_after_a_migration_each_message_is_the_one_that_is_meant(database: Database) -> None:
    async with moving(database) as move:
        before = [move.matrix.says(INDY, TOM, f"before {n}") for n in range(6)]
        for number in range(6):
            move.says(f"vorher {number}")
        await move.both(*(f"before {n}" for n in range(6)), *(f"vorher {n}" for n in range(6)))
        old = move.group
        stood = [each["text"] for each in move.server.messages(old) if "text" in each]
        move.migrate()
        after = [move.matrix.says(INDY, TOM, f"after {n}") for n in range(20)]
        await move.both(*(f"after {n}" for n in range(20)))
        for number in range(20):
            move.says(f"nachher {number}")
        await move.both(*(f"nachher {n}" for n in range(20)), *(f"after {n}" for n in range(20)))
        for id in before[:3]:
            move.matrix.edits(INDY, TOM, id, "changed")
        for id in before[3:]:
            move.matrix.deletes(INDY, TOM, id)
        move.matrix.edits(INDY, TOM, after[0], "after, changed")
        move.matrix.deletes(INDY, TOM, after[1])
        move.matrix.says(INDY, TOM, "to an old one", reply_to=before[0])
        await move.both("after, changed")
        await move.reaches(lambda: any(text.endswith("to an old one") for text in move.on_telegram()), "the answer")
        await move.reaches(lambda: "after 1" not in move.on_telegram(), "what was taken back goes")
        expected = ["after, changed", *(f"after {n}" for n in range(2, 20))]
        assert [text for text in move.on_telegram() if text.startswith("after")] == expected
        answer = next(
            each for each in move.server.messages(move.group) if each.get("text", "").endswith("to an old one")
        )
        assert "reply_to_message" not in answer, "nothing of the new numbering was answered"
        assert [each["text"] for each in move.server.messages(old) if "text" in each] == stood
        theirs = [
            each["text"] for each in move.server.messages(move.group) if each.get("text", "").startswith("nachher")
        ]
        assert theirs == [f"nachher {n}" for n in range(20)]


@pytest.mark.parametrize("seed", range(4))
async def test_random_chats_through_a_migration_never_touch_another_message(database: Database, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a test, no secret
    async with moving(database) as move:
        said: dict[str, str] = {}  # Matrix: id → the text that represents it on Telegram now
        original: dict[str, int] = {}
        moved_at = dice.randrange(8, 16)
        for number in range(32):
            if number == moved_at:
                if dice.random() < 0.5:
                    await move.both(*said.values())
                move.migrate()
            roll = dice.random()
            if roll < 0.4 or not said:
                words = f"message {number}"
                id = move.matrix.says(INDY, TOM, words, reply_to=dice.choice([*said, ""]))
                said[id] = words
                original[id] = number
            elif roll < 0.65:
                move.says(f"Nachricht {number}")
            elif roll < 0.85:
                id = dice.choice([*said])
                said[id] = f"edit {number} of {original[id]}"
                move.matrix.edits(INDY, TOM, id, said[id])
            else:
                id = dice.choice([*said])
                del said[id]
                move.matrix.deletes(INDY, TOM, id)
        last = move.matrix.says(INDY, TOM, "the last")
        said[last] = "the last"
        original[last] = 99
        move.says("das letzte")
        await move.both("the last", "das letzte")
        await move.reaches(lambda: not move.app.outbox._lanes, "all is delivered")
        own = [text.rpartition("\n")[2] for text in move.on_telegram() if "⚠️" not in text]
        kept = [words for id, words in said.items() if original[id] >= moved_at + 1]
        assert [each for each in own if each in kept] == kept, "as it was said, in order"
        numbers = [each.split()[-1] for each in own if each.startswith(("message", "edit"))]
        assert len(numbers) == len(set(numbers)), "nobody's words stand over another message"
        assert move.lost() == [], "nobody's words were deleted but those that were taken back"
        theirs = [each for each in move.on_matrix() if each.startswith("Nachricht")]
        assert theirs == [words for words in move.here if words.startswith("Nachricht")]


@pytest.mark.parametrize("fault", [Fault.GATEWAY, Fault.GARBLE])
async def test_what_waits_while_telegram_is_down_and_the_group_moves_touches_no_other_message(
    database: Database, fault: Fault
) -> None:
    async with moving(database) as move:
        ids = {words: move.matrix.says(INDY, TOM, words) for words in ("one", "two", "three", "four")}
        move.says("eins")
        await move.both(*ids, "eins")
        old = move.group
        stood = [each["text"] for each in move.server.messages(old) if "text" in each]
        move.server.faults.always({fault: 1.0})
        move.matrix.says(INDY, TOM, "an answer", reply_to=ids["one"])
        await move.reaches(lambda: move.server.faults.met, "it is tried")
        move.matrix.edits(INDY, TOM, ids["two"], "two, changed")
        move.matrix.deletes(INDY, TOM, ids["three"])
        new = move.matrix.says(INDY, TOM, "new")
        move.matrix.edits(INDY, TOM, new, "new, changed")
        gone = move.matrix.says(INDY, TOM, "taken back at once")
        move.matrix.deletes(INDY, TOM, gone)
        await move.matrix.taken_in()
        move.migrate()
        move.says("zwei")
        move.matrix.says(INDY, TOM, "behind")
        move.server.faults.always({})
        await move.both("behind", "new, changed", "zwei")
        await move.reaches(lambda: not move.app.outbox._lanes, "all is delivered")
        there = [each.rpartition("\n")[2] for each in move.on_telegram() + move.on_telegram(old)]
        # In a group that has migrated, nobody can check whether it had arrived: better twice than never.
        assert there.count("an answer") == (2 if fault is Fault.GARBLE else 1)
        own = [each for each in move.on_telegram() if "⚠️" not in each]
        assert own[-2:] == ["new, changed", "behind"]
        assert "taken back at once" not in there
        assert move.lost() == []
        assert [each["text"] for each in move.server.messages(old) if "text" in each][: len(stood)] == stood


async def test_what_was_said_before_the_bot_heard_of_the_move_still_crosses(database: Database) -> None:
    """A delivery hit the new id first; the old group's pending updates are still those of the paired chat."""
    async with moving(database) as move:
        move.says("eins")
        await move.both("eins")
        async with database.begin() as store:
            move.group = move.server.migrate(old := move.group)
            to = ChatRef(MessengerName.TELEGRAM, str(move.group.id))
            now = move.app.clock()
            assert await store.chats.move(ChatRef(MessengerName.TELEGRAM, str(old.id)), to, now)
        sender = {"id": move.anna.id, "is_bot": False, "first_name": "Anna"}
        late = {"message_id": 77, "date": move.server.world.now, "chat": old.chat, "from": sender, "text": "zwei"}
        move.server.push({"message": late})
        await move.both("zwei")


# Whatever goes wrong with the bookkeeping


async def test_an_id_that_is_there_already_loses_nothing(story: Story) -> None:
    async with story.database.begin() as store:
        chat = await store.chats.by_ref(KOELN)
        for id in range(40):
            await store.messages.add(sent_at=story.app.clock(), chat=chat, native_id=f"{KOELN.id}/{id}")
    with capture_logs() as logs:
        for words in ("eins", "zwei"):
            story.telegram.says(KOELN, MEHMET, words)
        await story.quiet()
    assert story.at(INDY) == ["Mehmet Kaya · Köln: eins", "Mehmet Kaya · Köln: zwei"]
    assert "this id belongs to another message already" in {each["event"] for each in logs}


async def test_when_the_bookkeeping_fails_the_words_still_cross(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await _said(story, "eins")
    find = Messages.find

    async def broken(self: Messages, chat: object, native_id: str) -> object:
        if native_id == first:
            raise RuntimeError("the map of copies is in disorder")
        return await find(self, chat, native_id)  # type: ignore[arg-type]

    monkeypatch.setattr(Messages, "find", broken)
    with capture_logs() as logs:
        story.telegram.says(KOELN, MEHMET, "zwei", reply_to=first)
        await story.quiet()
    assert story.at(INDY)[-1] == "Mehmet Kaya · Köln: zwei"
    (number,) = [each["number"] for each in logs if each["log_level"] == "error"]
    assert number in story.at(KOELN)[-1], "the operator is told by the log, and the chat knows the number"


async def test_what_cannot_cross_at_all_is_said(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("always")

    monkeypatch.setattr(Relay, "message", broken)
    story.telegram.says(KOELN, MEHMET, "eins")
    await story.quiet()
    assert story.at(INDY) == []
    assert "weitergegeben" in story.at(KOELN)[-1]


async def _said(story: Story, words: str) -> str:
    id = story.telegram.says(KOELN, MEHMET, words)
    await story.quiet()
    return id

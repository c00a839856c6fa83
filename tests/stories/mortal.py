"""Two cities whose bot is killed at any operation of its database, and started again."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from bot.agreement import Step, verify
from bot.app import App
from bot.model import ChatRef, Send, plain
from storage import ActionPoint, AgreementKind, AgreementRecord, Database, Minutes, Store
from storage import tables as t
from tests.clocks import Clock
from tests.fake_chats import FakeMessage
from tests.roundtables.killing import Killer, MortalProcess
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, Story

NOW = datetime(2027, 1, 13, 9, tzinfo=UTC)
DAY = timedelta(days=1)
"""Deliveries are remembered longer than that."""
CHATS = (KOELN, INDY)
_CHECK_NUMBER = re.compile(r"(?:Prüfnummer|Check number): ([0-9a-f]{8})")
ANNOUNCED = {Step.AGREED, Step.OBJECTED, Step.DONE, Step.REOPENED, Step.WITHDRAWN}
"""Steps that are announced with their check number."""


class MortalStory(Story):
    """A story whose process dies after `aim` operations, when it next works, and then is replaced."""

    def __init__(self, url: str, killer: Killer) -> None:
        self.clock = Clock(NOW)
        super().__init__(Database(url), clock=self.clock)
        _old, *others = self._new_app.args
        more = self._new_app.keywords
        self.process = MortalProcess(url, killer, lambda new: App(new, *others, **more), self.clock)
        self.aim: int | None = None

    @asynccontextmanager
    async def alive(self) -> AsyncIterator[None]:
        """Set the cities up, and run the process until the end."""
        await self.set_up()
        await self.process.start()
        try:
            yield
        finally:
            await self.process.stop()
            await self.database.close()

    async def quiet(self) -> None:
        """Work until nothing is left to do; look at what is there whenever the process has died."""
        aim, self.aim = self.aim, None
        if aim is not None:
            if not await self.process.dies(aim):
                return
            await self.look()
            await self.process.start()
        await self.process.work()

    # --- what must hold at any moment ---

    async def look(self) -> None:
        """Check that whatever has been done is announced, or waits to be; and nothing else is."""
        ids, waiting = await self._ids(), await self._waiting()
        known = set[str]()
        async with self.database.begin() as store:
            for id in ids:
                agreement, history = await store.agreements.get(id), await store.agreements.history(id)
                assert verify(history) is None
                assert agreement.digest == history[-1].digest
                known |= {each.check_number for each in history}
                for entry in history:
                    if entry.step in ANNOUNCED:
                        self._are_told(entry.check_number, waiting)
                if agreement.kind is AgreementKind.ACTION and agreement.changed_at + DAY > self.clock.now:
                    await self._has_card(store, await store.actions.get(id))
            for dialogue in await store.dialogues.all():
                for minutes in await store.minutes.of_dialogue(dialogue.id):
                    self._have_documents(minutes, waiting)
        assert self._check_numbers(waiting) <= known, "nothing is announced that was not done"

    def _are_told(self, part: str, waiting: list[tuple[str, str]]) -> None:
        """Check that every chat has a message with such a part, or that it waits to be sent there."""
        for chat in CHATS:
            assert self.sent(chat, part) or any(lane == chat.lane and part in text for lane, text in waiting), part

    async def _has_card(self, store: Store, point: ActionPoint) -> None:
        assert point.card_id is not None
        posted = [each for each in await store.deliveries.of_message(point.card_id) if each.kind == "send"]
        assert len({each.chat.lane for each in posted}) == len(CHATS)

    def _have_documents(self, minutes: Minutes, waiting: list[tuple[str, str]]) -> None:
        assert (minutes.ended_at is None) is (minutes.agreement_id is None)
        for chat in CHATS if minutes.agreement_id else ():
            for name in documents(chat, minutes.number):
                assert self.files(chat, name) or any(name in text for lane, text in waiting if lane == chat.lane)

    def _check_numbers(self, waiting: list[tuple[str, str]]) -> set[str]:
        """Return all check numbers that anybody sees or is about to see."""
        texts = [plain(call.post.text) for call in self._sends(*CHATS)] + [text for _lane, text in waiting]
        return {number for text in texts for number in _CHECK_NUMBER.findall(text)}

    async def _waiting(self) -> list[tuple[str, str]]:
        """Return the posts that wait to be sent, each with its lane."""
        posts = sa.select(t.deliveries.c.lane, t.deliveries.c.post).where(t.deliveries.c.post.is_not(None))
        async with self.database.engine.begin() as connection:
            return [(row.lane, json.dumps(row.post, ensure_ascii=False)) for row in await connection.execute(posts)]

    async def _ids(self) -> list[int]:
        """Return the ids of all agreements."""
        async with self.database.engine.begin() as connection:
            return [row.id for row in await connection.execute(sa.select(t.agreements.c.id).order_by("id"))]

    # --- what people do and see ---

    async def presses(self, emoji: str) -> None:
        """Press a button under the newest card in Köln, as Anna."""
        card = self._card(KOELN)
        assert card.post
        action = next(each.action for each in card.post.buttons if each.emoji == emoji)
        self.telegram.presses(KOELN, ANNA, card.id, action)
        await self.quiet()

    async def reacts(self, emoji: str) -> None:
        """React to the newest card in Indianapolis, as Grace."""
        self.matrix.reacts(INDY, GRACE, self._card(INDY).id, emoji)
        await self.quiet()

    def _card(self, chat: ChatRef) -> FakeMessage:
        cards = [each for each in self.messenger(chat).messages_in(chat) if each.post and each.post.buttons]
        return cards[-1]

    async def newest(self) -> AgreementRecord:
        """Return the newest agreement."""
        ids = await self._ids()
        async with self.database.begin() as store:
            return await store.agreements.get(ids[-1])

    def sent(self, chat: ChatRef, part: str) -> int:
        """Return how many messages in a chat had such a part when they were sent."""
        tokens = {each.token for each in self._sends(chat) if part in plain(each.post.text)}
        return sum(each.token in tokens and part in each.text for each in self.messenger(chat).messages_in(chat))

    def files(self, chat: ChatRef, name: str) -> int:
        """Return how many whole files of a name are in a chat."""
        files = [(each.file, each.data or b"") for each in self.messenger(chat).messages_in(chat) if each.file]
        return sum(file.name == name and file.size == len(data) for file, data in files)

    def _sends(self, *chats: ChatRef) -> Iterable[Send]:
        calls = [*self.telegram.calls, *self.matrix.calls]
        return [each for each in calls if isinstance(each, Send) and each.chat in chats]


def documents(chat: ChatRef, number: int) -> tuple[str, str]:
    """Return the names of the documents of minutes in a chat."""
    name = f"protokoll-{number}" if chat == KOELN else f"minutes-{number}"
    return f"{name}.docx", f"{name}.html"

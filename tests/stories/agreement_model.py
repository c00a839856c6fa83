"""Anybody says and presses anything about action points, and a model that knows nothing of the bot watches.

People of every role in two cities, on both messengers, type commands and press the buttons of present and earlier
cards. Whoever may speak for a city, and what a card says, is known here apart from the bot. Nothing may be agreed
unless somebody who may has confirmed exactly that text in every city: two different people.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections import defaultdict
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.agreement import AgreementState, Entry, Step, outcome, verify
from bot.model import ChatRef, MessengerName, Role, Sender
from storage import Database, Store
from storage.agreements.repository import about
from tests.clocks import Clock
from tests.databases import sqlite_in
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, Story, someone

HENRIETTE = someone(MessengerName.TELEGRAM, "21", "Henriette Reker", "de", "henriette")
JOE = someone(MessengerName.MATRIX, "@joe:test", "Joe Hogsett")
GERD = someone(MessengerName.TELEGRAM, "22", "Gerd Gast", "de")
GUS = someone(MessengerName.MATRIX, "@gus:test", "Gus Guest")
MONA = someone(MessengerName.TELEGRAM, "23", "Mona Stumm", "de")
CLARA = someone(MessengerName.TELEGRAM, "24", "Clara", "de")
ALSO_CLARA = someone(MessengerName.MATRIX, "@clara:test", "Clara")
"""The same person, named in the settings as a coordinator: she acts for the city of the chat in which she writes."""
BOTH = ChatRef(MessengerName.TELEGRAM, "-1005")
"""A second chat of Indianapolis, in which people of Köln are, too."""

ROLES = (
    (HENRIETTE, "Köln", Role.MAYOR),
    (MEHMET, "Köln", Role.STAFF),
    (MONA, "Köln", Role.COORDINATOR),
    (JOE, "Indianapolis", Role.MAYOR),
    (TOM, "Indianapolis", Role.STAFF),
)
PLACES = (
    *((KOELN, each) for each in (ANNA, HENRIETTE, MEHMET, GERD, MONA, CLARA, CLARA)),
    *((INDY, each) for each in (GRACE, JOE, TOM, GUS, ALSO_CLARA, ALSO_CLARA)),
    *((BOTH, each) for each in (ANNA, CLARA)),
)
"""Where people act; most often the one who could do so for both cities."""
HEADS = {"Anna Weber": "Köln", "Grace Miller": "Indianapolis", "Joe Hogsett": "Indianapolis"}
"""Who may always speak for which city; Henriette may while she is mayor, Clara for the city of the chat."""
DEEDS = (
    *("agree", "press", "press an earlier one") * 5,
    *("edit {text}", "due {day}.12.2027") * 2,
    *("object Nein", "done", "reopen", "owner none", "withdraw"),
)
"""What people do, as often as it stands here."""


@dataclass(frozen=True)
class SeenButton:
    """A button that confirms, as somebody has once seen it, under a card with these terms."""

    chat: ChatRef
    message: str
    action: str
    terms: str


class AgreementMachine(RuleBasedStateMachine):
    """Two cities, and what they do with the newest action point."""

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._folder = tempfile.TemporaryDirectory(prefix="intercity-model-")
        self._buttons: dict[tuple[ChatRef, str], SeenButton] = {}
        self._confirmed: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        """By terms and city: who could have confirmed them."""
        self._mayor = True
        self._number = 0
        self._texts = 0
        self._history: Sequence[Entry] = ()
        self._run(self._set_up())

    def _run(self, what: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(what)

    async def _set_up(self) -> None:
        self._database = Database(sqlite_in(Path(self._folder.name)))
        accounts = [each.account for each in (CLARA, ALSO_CLARA) if each.account]
        self._clock = Clock(datetime(2027, 1, 13, 9, tzinfo=UTC))
        self._story = Story(self._database, accounts, clock=self._clock)
        self._story.telegram.messages_in(BOTH)
        await self._story.set_up()
        async with self._database.begin() as store:
            await self._appoint(store)
        app = self._story.app
        jobs = [app.outbox.run(), *(app.serve(each) for each in (self._story.telegram, self._story.matrix))]
        self._tasks = [asyncio.get_running_loop().create_task(each) for each in jobs]

    async def _appoint(self, store: Store) -> None:
        (dialogue,) = await store.dialogues.all()
        cities = {each.name: each for each in dialogue.cities}
        await store.chats.pair(BOTH, dialogue, cities["Indianapolis"])
        await store.counters.record([f"{BOTH.id}/0"])
        now = self._story.app.clock()
        for who, city, role in ROLES:
            assert who.account
            person = await store.people.get_or_create(who.account, who.name, who.username, now)
            await store.roles.set(dialogue, person, cities[city], role, now)
            if who is MONA and (appointment := await store.roles.of(dialogue.id, person.id)):
                await store.roles.mute(appointment, now)
        both = [
            await store.people.get_or_create(each.account, "Clara", "", now)
            for each in (CLARA, ALSO_CLARA)
            if each.account
        ]
        await store.links.join(*both)

    @initialize()
    def begin(self) -> None:
        """Make the first action point."""
        self._propose()

    def _propose(self) -> None:
        self._number += 1
        self._say(KOELN, MEHMET, f"action {self._text()}")

    def _text(self) -> str:
        self._texts += 1
        return f"Vorhaben {self._texts}"

    @rule(place=st.sampled_from(PLACES), what=st.sampled_from(DEEDS))
    def does(self, place: tuple[ChatRef, Sender], what: str) -> None:
        """Type something about the newest action point, or press ✅ under its present card or an earlier one."""
        chat, who = place
        if what.startswith("press"):
            self._press(chat, who, earlier=what == "press an earlier one")
            return
        if what == "agree":
            self._count(chat, who, _terms(self._number, self._history))
        self._say(chat, who, f"action {self._number} {what.format(text=self._text(), day=self._texts % 28 + 1)}")

    @rule()
    def changes_the_mayor(self) -> None:
        """Make Henriette staff, or mayor again."""
        self._mayor = not self._mayor
        self._say(KOELN, ANNA, f"rolle @henriette {'buergermeister' if self._mayor else 'fachkraft'}")

    @rule()
    def begins_anew(self) -> None:
        """Propose something else once the newest point is agreed, or over."""
        if outcome(self._history).state not in {AgreementState.PROPOSED, AgreementState.OBJECTED}:
            self._propose()

    @invariant()
    def what_is_agreed_was_confirmed(self) -> None:
        """Check the newest history, who has confirmed what is agreed, and that this was announced."""
        assert verify(self._history, about(1, "action", self._number)) is None
        agreed = [at for at, each in enumerate(self._history) if each.step is Step.AGREED]
        for at in agreed:
            terms = _terms(self._number, self._history[:at])
            by_city = self._confirmed[terms]
            pairs = product(by_city["Köln"], by_city["Indianapolis"])
            assert any(one != other for one, other in pairs), f"{terms} was confirmed by {dict(by_city)}"
        for chat, title in ((KOELN, "Aufgabe {}: beschlossen"), (INDY, "Action point {}: agreed")):
            told = [each for each in self._story.at(chat) if title.format(self._number) in each and _announces(each)]
            assert len(told) == len(agreed), "each time is announced once"

    def teardown(self) -> None:
        """End the app."""
        self._run(self._end())
        self._runner.close()
        self._folder.cleanup()

    async def _end(self) -> None:
        for each in self._tasks:
            each.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._database.close()

    # What people do

    def _say(self, chat: ChatRef, who: Sender, command: str) -> None:
        messenger = self._story.messenger(chat)
        messenger.says(chat, who, messenger.capabilities.command_prefix + command)
        self._run(self._look())

    def _press(self, chat: ChatRef, who: Sender, *, earlier: bool) -> None:
        there = [each for each in self._buttons.values() if each.chat == chat]
        seen = [each for each in there if (each.terms == _terms(self._number, self._history)) is not earlier]
        if not seen:
            return
        button, messenger = seen[-1], self._story.messenger(chat)
        self._count(chat, who, button.terms)
        if chat.messenger is MessengerName.MATRIX:
            messenger.reacts(chat, who, button.message, "✅")
        else:
            messenger.presses(chat, who, button.message, button.action)
        self._run(self._look())

    def _count(self, chat: ChatRef, who: Sender, terms: str) -> None:
        """Record that somebody confirms these terms, if they may speak for a city."""
        city = HEADS.get(who.name)
        if who is HENRIETTE and self._mayor:
            city = "Köln"
        if who.name == CLARA.name:
            city = "Köln" if chat == KOELN else "Indianapolis"
        if city:
            self._confirmed[terms][city].add(who.name)

    # What is there

    async def _look(self) -> None:
        """Wait until all is answered, and take note of new buttons; the next one speaks a minute later."""
        for messenger in (self._story.telegram, self._story.matrix):
            await messenger.taken_in()
        await self._story.app.outbox.idle()
        self._clock.pass_(minutes=1)
        async with self._database.begin() as store:
            point = await store.actions.numbered(1, self._number)
            assert point
            self._history = await store.agreements.history(point.id)
        terms = _terms(self._number, self._history)
        for chat in (KOELN, INDY, BOTH):
            for message in self._story.messenger(chat).messages_in(chat):
                for button in message.post.buttons if message.post else ():
                    if button.emoji == "✅":
                        seen = SeenButton(chat, message.id, button.action, terms)
                        self._buttons.setdefault((chat, message.id), seen)


def _terms(number: int, history: Sequence[Entry]) -> str:
    """Return what an action point says, with its number."""
    changes = [each.content for each in history if each.step in {Step.PROPOSED, Step.EDITED}]
    return f"{number} {json.dumps(changes[-1], sort_keys=True)}"


def _announces(text: str) -> bool:
    return "Prüfnummer" in text or "Check number" in text


def play(examples: int, steps: int = 100) -> None:
    """Play many sequences, the same ones each time. Raises AssertionError for one after which the model disagrees."""
    run_state_machine_as_test(
        AgreementMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        ),
    )

"""Whatever people do, in the storage too a text is agreed only if every city has confirmed that text."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.agreement import AgreementState, IllegalStep, Step, verify
from bot.model import Account, ChatRef
from storage import ActionPoint, AgreementRecord, Database, Dialogue, Signatory, Store, Terms
from storage.agreements.repository import about
from tests.databases import sqlite_in
from tests.length import FULL
from tests.storage.agreements import paired_in
from tests.storage.polls import NOW, TELEGRAM

T = TypeVar("T")
CITIES = ("Köln", "Leeds", "York")
ACCOUNTS = ("1", "2", "3", "4")
_STEPS = (Step.OBJECTED, Step.OBJECTED, Step.WITHDRAWN, Step.SUPERSEDED, Step.DONE, Step.REOPENED)


class StoreMachine(RuleBasedStateMachine):
    """An action point, and what has been confirmed, kept by the test in its own way.

    `persons`: who stands behind an account, as a number that follows links. `confirmed`: for each city the account, the
    text and the number of who confirmed; None once forgotten: who comes back is known by the account alone.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="intercity-model-")
        self.loop = asyncio.Runner()
        self.database = self.loop.run(self._open())
        self.minutes = 0

    async def _open(self) -> Database:
        return Database(sqlite_in(Path(self.folder.name)))

    def teardown(self) -> None:
        self.loop.run(self.database.close())
        self.loop.close()
        self.folder.cleanup()

    def run(self, work: Callable[[Store], Awaitable[T]]) -> T:
        """Do something in a transaction, which is rolled back if it is refused."""

        async def begun() -> T:
            async with self.database.begin() as store:
                return await work(store)

        return self.loop.run(begun())

    @initialize()
    def propose(self) -> None:
        self.persons = {account: number for number, account in enumerate(ACCOUNTS)}
        self.confirmed: dict[str, tuple[str, str, int | None]] = {}
        self.earned: set[str] = set()
        self.text = "version 1"
        self.cities = {"Köln", "Leeds"}
        self.dialogue, self.point = self.run(self._propose)

    async def _propose(self, store: Store) -> tuple[Dialogue, ActionPoint]:
        dialogue = await paired_in(store)
        by = await self._signatory(store, "1", "Köln")
        return dialogue, await store.actions.propose(dialogue.id, Terms(text=self.text, language="en"), by, NOW)

    async def _signatory(self, store: Store, account: str, city: str) -> Signatory:
        person = await store.people.get_or_create(Account(TELEGRAM, account), account, "", NOW)
        return Signatory(person.id, f"pseudonym {account}", city)

    async def _take(
        self, store: Store, step: Step, account: str, city: str, version: int | None = None
    ) -> AgreementRecord:
        self.minutes += 1
        now = NOW + timedelta(minutes=self.minutes)
        by = await self._signatory(store, account, city)
        point = await store.actions.get(self.point.id)
        return await store.agreements.take(point.agreement, step, by, now, {"reason": "no"}, version=version)

    @rule(city=st.sampled_from(CITIES), account=st.sampled_from(ACCOUNTS), version=st.none() | st.integers(1, 3))
    def confirm(self, city: str, account: str, version: int | None) -> None:
        try:
            now = self.run(lambda store: self._take(store, Step.CONFIRMED, account, city, version))
        except IllegalStep:
            return
        assert version in {None, now.version}
        assert self.persons[account] not in {number for _account, _text, number in self.confirmed.values()}
        self.confirmed[city] = (account, self.text, self.persons[account])
        self._assert_distinct()
        if now.state is AgreementState.AGREED:
            self._assert_earned()
            self.earned.add(self.text)

    @rule(accounts=st.permutations(ACCOUNTS))
    def everybody_confirms(self, accounts: list[str]) -> None:
        """Take the road to an agreement, which chance alone seldom does."""
        for city, account in zip(sorted(self.cities), accounts, strict=False):
            self.confirm(city, account, None)

    @rule(step=st.sampled_from(_STEPS), city=st.sampled_from(CITIES), account=st.sampled_from(ACCOUNTS))
    def act(self, step: Step, city: str, account: str) -> None:
        try:
            self.run(lambda store: self._take(store, step, account, city))
        except IllegalStep:
            return
        if step is Step.OBJECTED:
            self.confirmed.pop(city, None)

    @rule(account=st.sampled_from(ACCOUNTS))
    def edit(self, account: str) -> None:
        text = f"text {self.minutes}"

        async def change(store: Store) -> None:
            by = await self._signatory(store, account, "Köln")
            point = await store.actions.get(self.point.id)
            await store.actions.change(point, Terms(text=text, language="en"), by, NOW)

        try:
            self.run(change)
        except IllegalStep:
            return
        self.text, self.confirmed = text, {}
        self.minutes += 1

    @rule(account=st.sampled_from(ACCOUNTS), other=st.sampled_from(ACCOUNTS))
    def link(self, account: str, other: str) -> None:
        if self.persons[account] == self.persons[other]:
            return

        async def join(store: Store) -> None:
            one, two = [(await self._signatory(store, each, "")).person_id for each in (account, other)]
            assert one is not None
            assert two is not None
            await store.links.join(await store.people.get(one), await store.people.get(two))

        self.run(join)
        ours, theirs = self.persons[account], self.persons[other]
        self.persons = {each: ours if number == theirs else number for each, number in self.persons.items()}
        self._renumber(theirs, ours)

    @rule(account=st.sampled_from(ACCOUNTS))
    def forget(self, account: str) -> None:
        """Nobody has the person's id any more; accounts that were linked are strangers again."""

        async def leave(store: Store) -> None:
            person = await store.people.by_account(Account(TELEGRAM, account))
            if person is not None:
                assert await store.people.forget(person)

        self.run(leave)
        gone = [each for each, number in self.persons.items() if number == self.persons[account]]
        self._renumber(self.persons[account], None)
        self.persons |= {each: len(ACCOUNTS) + self.minutes * 10 + number for number, each in enumerate(gone)}
        self.minutes += 1

    @precondition(lambda self: "York" not in self.cities)
    @rule()
    def a_city_joins(self) -> None:
        async def join(store: Store) -> None:
            york = await store.cities.named("York")
            if york is None:
                york = await store.cities.add("York", "en_GB", "Europe/London")
                await store.dialogues.join(self.dialogue, york, "Köln – Leeds – York")
            await store.chats.pair(ChatRef(TELEGRAM, "-3"), self.dialogue, york)

        self.run(join)
        self.cities.add("York")

    @precondition(lambda self: "York" in self.cities)
    @rule()
    def a_city_leaves(self) -> None:
        async def leave(store: Store) -> AgreementRecord | None:
            chat = await store.chats.by_ref(ChatRef(TELEGRAM, "-3"))
            assert chat
            await store.chats.unpair(chat)
            return await store.agreements.settle(await store.agreements.get(self.point.id), NOW)

        settled = self.run(leave)
        self.cities.remove("York")
        if settled is not None:
            self._assert_earned()
            self.earned.add(self.text)

    def _assert_earned(self) -> None:
        """Every city that takes part has confirmed the present text, each by a person of its own."""
        signed = [self.confirmed[city] for city in self.cities]
        assert {text for _account, text, _number in signed} == {self.text}
        known = [number for _account, _text, number in signed if number is not None]
        assert len(set(known)) == len(known)

    def _assert_distinct(self) -> None:
        """Nobody has confirmed for two cities by the same account."""
        accounts = [account for account, _text, _number in self.confirmed.values()]
        assert len(set(accounts)) == len(accounts)

    def _renumber(self, before: int, after: int | None) -> None:
        self.confirmed = {
            city: (account, text, after if number == before else number)
            for city, (account, text, number) in self.confirmed.items()
        }

    @invariant()
    def what_is_in_force_is_earned_and_everything_verifies(self) -> None:
        async def look(store: Store) -> None:
            point = await store.actions.get(self.point.id)
            history = await store.agreements.history(point.id)
            assert verify(history, about(self.dialogue.id, "action", 1)) is None
            assert await store.agreement_check.slice(0) == ([], point.id)
            assert (point.agreement.in_force is not None) == bool(self.earned)
            assert point.text == self.text
            if point.state is AgreementState.AGREED:
                assert self.text in self.earned
            assert set(await store.agreements.signatories(point.agreement)) == set(self.confirmed)

        if hasattr(self, "point"):
            self.run(look)


StoreMachine.TestCase.settings = settings(
    max_examples=40 if FULL else 6, stateful_step_count=50 if FULL else 15, deadline=None
)
test_nothing_is_agreed_that_not_every_city_has_confirmed = StoreMachine.TestCase

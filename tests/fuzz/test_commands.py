"""Whatever is typed, pressed or edited: nothing breaks, no one exceeds their rights, everybody gets an answer."""

from __future__ import annotations

import os
import traceback
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

import pytest

from bot.commands.parse import ParsedCommand, parse_command
from bot.model import Deletion, Edit, Leave, Message, Press, Quote, React, Reaction, Remove, Replace
from storage import LEFT, StoredMessage
from tests.fuzz.crowd import Crowd, Happening, told
from tests.fuzz.judge import Deed, Judge
from tests.fuzz.snapshot import Snapshot, snapshot
from tests.fuzz.town import GROUPS, Inhabitant, Queued, Town, open_town
from tests.length import FULL

SEED = int(os.environ.get("INTERCITY_TEST_SEED", "20261124"))
TOWNS = 40 if FULL else 6
THINGS = 250
"""Events per town; with more, too little is left to break."""
WANTED = {"command": 100, "button": 5}
"""The least number of commands and buttons among them that must be recognised."""


class Complaints:
    """A stand-in for a logger that collects warnings and errors."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def exception(self, event: str, **_more: object) -> None:
        self.heard.append(f"{event}: {traceback.format_exc()}")

    def error(self, event: str, *, exc_info: BaseException | None = None, **_more: object) -> None:
        self.heard.append(f"{event}: {''.join(traceback.format_exception(exc_info)) if exc_info else ''}")

    def info(self, event: str, **more: object) -> None:
        """Ignore messages that report no problem."""

    warning = info


@dataclass
class Witness:
    """An observer that checks a town after each event."""

    town: Town
    crowd: Crowd
    complaints: Complaints
    story: deque[str] = field(default_factory=lambda: deque(maxlen=12))
    seen: Counter[str] = field(default_factory=Counter)

    async def next(self) -> list[str]:
        """Play one event, and return every fault in its effects."""
        human, event = self.crowd.next()
        self.story.append(told(human, event))
        async with self.town.database.begin() as store:
            before = await snapshot(store)
            said = await self.town.said(store, event.ref.chat, event.ref.id)
            action, corrects = self._action(event, said), _corrects(human, event, said, before)
        await self.town.happens(event, event.ref.chat.messenger)
        async with self.town.database.begin() as store:
            queued = await self.town.carry_out(store)
            after = await snapshot(store)
        self.crowd.see(queued)
        deed = self._deed(human, event, action, corrects=corrects)
        self.seen.update({"command": bool(deed.command), "button": bool(deed.action)})
        self.seen.update(row["action"] for id, row in after.audit.items() if id not in before.audit)
        faults = [*Judge(deed, before, after, queued).faults(), *self._said(human, event, before, queued)]
        presses_nothing = isinstance(event, Press | Reaction) and not _button(event, said)
        if presses_nothing and _prompt(queued):
            faults.append(f"a button that is not there did something: {queued}")
        same = (before.audit, before.codes) == (after.audit, after.codes)
        if isinstance(event, Edit | Deletion) and not (corrects or same):
            faults.append("a change of a message did something else")
        return faults + self.complaints.heard

    def _action(self, event: Happening, said: StoredMessage | None) -> str:
        """Return the action of the pressed button, or an empty string if the message has no such button."""
        removed = isinstance(event, Reaction) and event.removed
        return "" if removed else _button(event, said).rpartition("~")[0]

    def _deed(self, human: Inhabitant, event: Happening, action: str, *, corrects: bool) -> Deed:
        typed = self._typed(human, event, corrects=corrects)
        return Deed(
            who=str(human.account),
            chat=str(event.ref.chat),
            private=event.ref.chat not in GROUPS,
            admin=bool(event.sender.admin),
            command=self._command(typed) if typed and human.account else "",
            action="" if human.is_bot or human.account is None else action,
        )

    def _typed(self, human: Inhabitant, event: Happening, *, corrects: bool = False) -> ParsedCommand | None:
        typed = isinstance(event, Message) and not event.forwarded
        if not (typed or corrects) or human.is_bot or isinstance(event, Deletion | Press | Reaction):
            return None
        if isinstance(event.text[0], Quote):
            return None
        messenger = self.town.messengers[event.ref.chat.messenger]
        return parse_command(event.text, messenger.capabilities, messenger.username)

    def _command(self, typed: ParsedCommand) -> str:
        """Return the English word of a command, including one passed to /start."""
        found = self.town.app.features.find(typed.word)
        if found and found.word == "start" and typed.args:
            found = self.town.app.features.find(typed.args.partition("_")[0]) or found
        return found.word if found else ""

    def _said(self, human: Inhabitant, event: Happening, before: Snapshot, queued: Sequence[Queued]) -> Iterator[str]:
        """Yield a fault unless commands were answered and only other texts were relayed."""
        typed = self._typed(human, event)
        if human.is_bot or (typed and not typed.word):
            # What someone removes is removed everywhere, also when a bot moderates.
            answers = [each for each in _prompt(queued) if each.kind != Remove.kind]
            yield from [f"a bot, or what was meant for one, was answered: {answers}"] if answers else []
        elif isinstance(event, Message) and typed and self._is_known(human, event, typed, before):
            yield from self._answered(str(event.ref.chat), before, queued)
        elif isinstance(event, Message) and not before.is_muted(str(human.account), str(event.ref.chat)):
            yield from self._crossed(str(event.ref.chat), before, queued)

    def _is_known(self, human: Inhabitant, event: Message, typed: ParsedCommand, before: Snapshot) -> bool:
        """Whether the text is taken for a command, including a mistyped one whose author can correct it."""
        features, chat = self.town.app.features, before.chat(str(event.ref.chat))
        crosses = chat is not None and chat["dialogue_id"] is not None
        near = human.account is not None and features.near(typed, crosses=crosses) is not None
        return near or features.has(typed.word)

    @staticmethod
    def _answered(where: str, before: Snapshot, queued: Sequence[Queued]) -> Iterator[str]:
        if any(each.author for each in queued):
            yield f"a command has crossed: {queued}"
        chat = before.chat(where)
        leaves = chat is not None and chat["blocked_reason"] == LEFT  # the bot has already said goodbye there
        if not leaves and not any(str(each.chat) == where for each in queued):
            yield f"a command was not answered: {queued}"

    @staticmethod
    def _crossed(where: str, before: Snapshot, queued: Sequence[Queued]) -> Iterator[str]:
        chat = before.chat(where)
        others = set(before.chats_of(chat["dialogue_id"])) - {where} if chat and chat["dialogue_id"] else set()
        if {str(each.chat) for each in queued if each.author} != others:
            yield f"a text is to cross to {others}, but: {queued}"


def _button(event: Happening, said: StoredMessage | None) -> str:
    """Return what the button of a message carries that is pressed, or let go; empty if it has no such button."""
    if said and isinstance(event, Press):
        return event.action if event.action in said.buttons.values() else ""
    if said and isinstance(event, Reaction):
        signs = {emoji.rstrip("\ufe0f"): action for emoji, action in said.buttons.items()}
        return signs.get(event.key.rstrip("\ufe0f"), "")
    return ""


def _prompt(queued: Sequence[Queued]) -> list[Queued]:
    """Leave out what earlier events may bring about only now: the bot's own posts change, and it leaves chats.

    So does what the other chats show of reactions.
    """
    late = {Replace.kind, Leave.kind, React.kind}
    return [each for each in queued if each.author or (each.kind not in late and each.feature != "reactions")]


def _corrects(human: Inhabitant, event: Happening, said: StoredMessage | None, before: Snapshot) -> bool:
    """Whether someone edits their own message that was held back."""
    held = isinstance(event, Edit) and said is not None and said.held is not None
    return held and said is not None and said.person_id == before.accounts.get(str(human.account))


@pytest.mark.parametrize("number", range(TOWNS))
async def test_whatever_happens(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    complaints = Complaints()
    monkeypatch.setattr("bot.commands.attempt.log", complaints)
    monkeypatch.setattr("bot.intake.inbox.log", complaints)
    async with open_town() as town:
        words = [word for command in town.app.features.commands for word in command.words]
        random = Random(SEED + number)  # noqa: S311 - a reproducible sequence
        witness = Witness(town, Crowd(town, random, words), complaints)
        for at in range(THINGS):
            faults = await witness.next()
            assert not faults, _report(number, at, witness, faults)
    assert not {what: number for what, number in WANTED.items() if witness.seen[what] < number}, witness.seen


def _report(number: int, at: int, witness: Witness, faults: Sequence[str]) -> str:
    head = f"INTERCITY_TEST_SEED={SEED}, town {number}, thing {at}; the last that happened:"
    return "\n".join((head, *witness.story, "", *faults))

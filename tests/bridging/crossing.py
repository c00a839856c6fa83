"""How a kind crosses one way: what people do with it is looked for on the other side."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

from tests.bridging.acts import Act
from tests.bridging.ends import End, MatrixEnd, Seen, TelegramEnd, by_bot, shown
from tests.bridging.kinds import DELETE, EDIT, NEW, REACT, REPLY, SentKind

DONE = "done"
"""The only action of an act."""


class Grade(StrEnum):
    """How well something crosses."""

    NATIVE = "native"
    TEXT = "as text"
    """A line says what it was."""
    ANEW = "sent anew"
    """The copy was deleted, and another one sent."""
    LOST = "lost"
    NOT_POSSIBLE = "–"
    """There is nothing of the kind to be done where it was written."""


@dataclass
class OneWay:
    """Something that is done here and looked for there. `grades`: by action. `faults`: what was looked for in vain."""

    here: End
    there: End
    grades: dict[str, Grade] = field(default_factory=dict, init=False)
    faults: dict[str, str] = field(default_factory=dict, init=False)

    @property
    def title(self) -> str:
        """What is done."""
        raise NotImplementedError

    def reason(self, action: str) -> str:
        """Why there is nothing to do, or an empty text."""
        raise NotImplementedError

    async def run(self) -> None:
        """Do it."""
        raise NotImplementedError

    async def attempt(self, action: str, step: Callable[[], Awaitable[Grade]]) -> None:
        """Grade one action."""
        if self.reason(action):
            self.grades[action] = Grade.NOT_POSSIBLE
            return
        try:
            self.grades[action] = await step()
        except (AssertionError, ValueError) as error:
            self.grades[action] = Grade.LOST
            self.faults[action] = f"{error}\n{_listed(self.there)}\nthere; and here\n{_listed(self.here)}"

    @property
    def report(self) -> str:
        """What was looked for in vain, and what was there instead."""
        way = f"{self.title}, {self.here.name} → {self.there.name}"
        return "\n".join(f"{way}, {action}: {fault}" for action, fault in self.faults.items())


@dataclass
class ActOneWay(OneWay):
    """One act."""

    act: Act

    @property
    def title(self) -> str:
        """Its title."""
        return self.act.title

    def reason(self, action: str) -> str:  # noqa: ARG002 - there is only one
        """Why it cannot be done here, or an empty text."""
        return self.act.not_possible.get(self.here.name, "")

    async def run(self) -> None:
        """Do it."""
        await self.attempt(DONE, self._done)

    async def _done(self) -> Grade:
        await self.act.run(self.here, self.there)
        return Grade.NATIVE


@dataclass
class KindOneWay(OneWay):
    """One kind: sent, answered, reacted to, edited and deleted."""

    kind: SentKind
    _id: str = field(default="", init=False)
    _copies: list[Seen] = field(default_factory=list, init=False)

    @property
    def title(self) -> str:
        """Its title."""
        return self.kind.title

    def reason(self, action: str) -> str:
        """Why there is nothing to do here, or an empty text."""
        send = self.kind.telegram if isinstance(self.here, TelegramEnd) else self.kind.matrix
        return send if isinstance(send, str) else self.kind.not_possible.get((self.here.name, action), "")

    async def run(self) -> None:
        """Perform all actions, one after the other; what has not arrived cannot be changed either."""
        await self.attempt(NEW, self._sent)
        for action, step in (
            (REPLY, self._answered),
            (REACT, self._reacted),
            (EDIT, self._edited),
            (DELETE, self._deleted),
        ):
            if self.grades[NEW] is Grade.LOST and not self.reason(action):
                self.grades[action] = Grade.LOST
            else:
                await self.attempt(action, step)

    @property
    def _native(self) -> str:
        return self.kind.on_matrix if isinstance(self.there, MatrixEnd) else self.kind.on_telegram

    def _is_copy(self, seen: Seen, text: str) -> bool:
        if seen.kind != self._native:
            return False
        if self.kind.words and seen.kind == "text":
            return re.search(self.kind.words, seen.text) is not None
        return text in seen.text or not self.kind.captioned or seen.kind in {"voice", "venue", "contact"}

    async def _sent(self) -> Grade:
        before = [each.id for each in by_bot(self.there)]
        text = "Good morning, we plan the bridge"
        self._id = await self._send(text)

        def copies() -> list[Seen]:
            new = list(by_bot(self.there, before))
            alike = [each for each in new if self._is_copy(each, text) or each.kind == self._native != "text"]
            return alike if len(alike) >= self.kind.count and any(self._is_copy(each, text) for each in alike) else []

        self._copies = await shown(copies, f"{self.kind.title} on {self.there.name}")
        return Grade.TEXT if self.kind.words and self._native == "text" else Grade.NATIVE

    async def _send(self, text: str) -> str:
        send = self.kind.telegram if isinstance(self.here, TelegramEnd) else self.kind.matrix
        assert not isinstance(send, str)
        return await send(self.here, text)  # type: ignore[arg-type] # each end has its own

    @property
    def _ids(self) -> set[str]:
        return {each.id for each in self._copies}

    async def _answered(self) -> Grade:
        """Answer the original on its own side, then its copy on the other one."""
        await self.here.say("An answer from here", reply_to=self._id)
        (answer,) = await shown(
            lambda: [each for each in by_bot(self.there) if "An answer from here" in each.text], "the answer"
        )
        assert answer.reply_to in self._ids, f"the answer replies to {answer.reply_to}, not to {self._ids}"
        await self.there.say("An answer from there", reply_to=self._copies[0].id)
        (answer,) = await shown(
            lambda: [each for each in by_bot(self.here) if "An answer from there" in each.text], "the answer to it"
        )
        assert answer.reply_to == self._id, f"the answer replies to {answer.reply_to}, not to {self._id}"
        return Grade.NATIVE

    async def _reacted(self) -> Grade:
        reaction = await self.here.react(self._id, "👍")
        await shown(lambda: [each for each in self._present() if "👍" in each.reactions], "a native reaction")
        await shown(self._summaries, "who has reacted")
        await self.here.take_back(self._id, reaction)
        await shown(lambda: self._gone(lambda each: "👍" in each.reactions), "the reaction to go")
        await shown(lambda: [] if self._summaries() else self._copies, "the summary to go")
        return Grade.NATIVE

    def _summaries(self) -> list[Seen]:
        return [each for each in by_bot(self.there) if each.text.startswith("👍") and each.reply_to in self._ids]

    def _present(self) -> list[Seen]:
        return [each for each in self.there.messages() if each.id in self._ids]

    def _gone(self, still: Callable[[Seen], bool]) -> list[Seen]:
        return [] if any(map(still, self._present())) else self._copies

    async def _edited(self) -> Grade:
        before = {each.id for each in by_bot(self.there)}
        if change := self.kind.changes.get(self.here.name):
            text = await change(self.here, self._id)
        else:
            text = "Good evening, the bridge is planned"
            await self.here.edit(self._id, text)
        found = await shown(lambda: [each for each in by_bot(self.there) if text in each.text], text)
        return Grade.NATIVE if found[0].id in before else Grade.ANEW

    async def _deleted(self) -> Grade:
        await self.here.delete(self._id)
        first = self._copies[0].id
        await shown(lambda: [] if any(each.id == first for each in self._present()) else self._copies, "it to go")
        return Grade.NATIVE


def _listed(end: End) -> str:
    return "\n".join(f"  {each}" for each in end.messages()) or "  (nothing)"

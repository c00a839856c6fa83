"""Minutes that have ended, for the stories about what becomes of them."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

from bot.model import ChatRef
from storage import AgreementRecord, NewOwner, Signatory, Terms
from tests.stories.conftest import ANNA, INDY, KOELN
from tests.stories.polling import JOE, Polling


class EndedMeeting(Polling):
    """A meeting of Köln and Indianapolis, with Anna in the chair."""

    async def meeting(self, *lines: str) -> None:
        """Take minutes with these lines, and end them."""
        await self.says(KOELN, ANNA, "/protokoll anfang Wärmeplanung | wo: Rathaus")
        for line in lines:
            await self.says(KOELN, ANNA, line)
        await self.says(INDY, JOE, "Hello all")
        await self.says(KOELN, ANNA, "/protokoll ende")

    async def proposes(self, text: str, due: date) -> None:
        """Store an action point that Anna proposes, and owns."""
        async with self.database.begin() as store:
            dialogue = await store.dialogues.get(1)
            assert ANNA.account
            anna = await store.people.get_or_create(ANNA.account, ANNA.name, "", self.clock())
            owner = NewOwner(person_id=anna.id, pseudonym="Anna's", city=dialogue.cities[0])
            terms = Terms(text=text, language="de", due_on=due, owners=(owner,), lead=dialogue.cities[0])
            await store.actions.propose(dialogue.id, terms, Signatory(anna.id, "Anna's", "Köln"), self.clock())

    async def agreement(self) -> AgreementRecord:
        """Return the agreement on the minutes."""
        async with self.database.begin() as store:
            minutes = await store.minutes.numbered(1, 1)
            assert minutes
            assert minutes.agreement_id
            return await store.agreements.get(minutes.agreement_id)

    def files(self, chat: ChatRef) -> list[str]:
        """Return the names of the files in a chat."""
        return [each.file.name for each in self.messenger(chat).messages_in(chat) if each.file]

    def document(self, chat: ChatRef) -> str:
        """Return the text of the newest page in a chat."""
        pages = [each.data for each in self.messenger(chat).messages_in(chat) if each.file and "html" in each.file.mime]
        body = (pages[-1] or b"").decode().partition("<body>")[2]
        return re.sub(r"\s*\n\s*", "\n", unescape(re.sub("<[^>]+>", "\n", body)))

    def post(self, chat: ChatRef, beginning: str) -> str:
        """Return the newest post of the bot in a chat that begins so, as it reads now."""
        return next(each for each in reversed(self.at(chat)) if each.startswith(beginning))

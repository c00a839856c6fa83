"""The messenger in memory under contract."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.model import (
    Account,
    Attachment,
    ChatRef,
    Event,
    FileKind,
    MessengerName,
    Sender,
    Sent,
    bold,
    rich,
)
from tests.contract.sides import ContractSide, SeenFile
from tests.fakes import MATRIX, TELEGRAM, FakeMessenger


class FakeSide(ContractSide):
    def __init__(self, fake: FakeMessenger, chat: ChatRef, anna: Account, ben: Account) -> None:
        super().__init__(fake, chat, anna)
        self.fake = fake
        self.sender = Sender(anna, "Anna Weber")
        self.ben = Sender(ben, "Ben")
        self.attached: Attachment | None = None
        fake.messages_in(chat)
        fake.admins.add(anna)
        fake.outsiders.add(self.stranger)

    async def says(self, text: str, reply_to: str = "") -> str:
        before, *styled = text.split("*")
        words = rich(before, bold(styled[0]), styled[1]) if styled else rich(text)
        return self.fake.says(self.chat, self.sender, words, reply_to=reply_to)

    async def ben_says(self, text: str) -> None:
        self.fake.says(self.chat, self.ben, text)

    async def ben_is_admin(self) -> None:
        assert self.ben.account
        self.fake.admins.add(self.ben.account)

    async def edits(self, id: str, text: str) -> str:
        return self.fake.edits(self.chat, self.sender, id, text)

    async def removes(self, id: str) -> None:
        self.fake.deletes(self.chat, self.sender, id)

    async def presses(self, id: str, emoji: str, action: str) -> Event:
        if self.fake.capabilities.idempotent:
            self.fake.reacts(self.chat, self.sender, id, emoji)
        else:
            self.fake.presses(self.chat, self.sender, id, action)
        return (await self.events())[0]

    async def reads(self) -> list[tuple[str, str]]:
        return [(each.id, each.shown) for each in self.fake.messages_in(self.chat)]

    async def sees_files(self) -> list[SeenFile]:
        messages = self.fake.messages_in(self.chat)
        return [
            SeenFile(each.id, _KINDS.get(each.file.kind, each.file.kind), each.shown, each.data)
            for each in messages
            if each.file and each.data is not None
        ]

    async def attaches(self, kind: str, data: bytes, name: str, mime: str, caption: str = "") -> str:
        source = f"{self.fake.name}:{name}"
        self.fake.attachments[source] = data
        self.attached = Attachment(kind, name, len(data), mime=mime, source=source)
        return self.fake.says(self.chat, self.sender, caption, attachment=self.attached)

    async def edits_caption(self, id: str, caption: str) -> None:
        self.fake.edits(self.chat, self.sender, id, caption, attachment=self.attached)

    async def reactions(self, id: str) -> list[str]:
        return [key for each in self.fake.messages_in(self.chat) if each.id == id for key in each.reactions]

    async def reacts(self, id: str, key: str) -> str:
        self.fake.reacts(self.chat, self.sender, id, key)
        return f"{id} {key}"

    async def takes_back(self, reaction: str) -> None:
        id, key = reaction.split(" ")
        self.fake.reacts(self.chat, self.sender, id, key, removed=True)

    async def allows_pins(self) -> None:
        """Nothing: the bot in memory has every right."""

    async def pins(self, id: str) -> None:
        self.fake.pins(self.chat, self.sender, id)

    async def pinned(self) -> list[str]:
        return [each.id for each in self.fake.messages_in(self.chat) if each.pinned]

    async def votes(self, sent: Sent, *options: int) -> None:
        self.fake.votes(self.chat, self.sender, sent.id, *options)


_KINDS = {FileKind.DOCUMENT: "file"}


@asynccontextmanager
async def fake(name: MessengerName) -> AsyncIterator[ContractSide]:
    if name is MessengerName.TELEGRAM:
        people = Account(name, "11"), Account(name, "12")
        yield FakeSide(FakeMessenger(name, TELEGRAM), ChatRef(name, "-1001"), *people)
    else:
        people = Account(name, "@anna:test"), Account(name, "@ben:test")
        yield FakeSide(FakeMessenger(name, MATRIX), ChatRef(name, "!room:test"), *people)

"""The crowd: everybody types, presses, reacts, edits and deletes at random, in every chat."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from random import Random
from typing import TypeAlias

from bot.messengers.base import Messenger
from bot.messengers.matrix.raw import clean
from bot.model import (
    Attachment,
    ChatRef,
    Deletion,
    Edit,
    Mention,
    Message,
    MessageRef,
    MessengerName,
    Press,
    Quote,
    Reaction,
    Reply,
    RichText,
    Role,
    Sender,
    plain,
    rich,
)
from bot.text.characters import is_blank
from bot.text.telegram import parse
from tests.fuzz.lines import Typist
from tests.fuzz.town import GROUPS, PAIRED, PEOPLE, POWERFUL, SEALED, Inhabitant, Queued, T, Town, private_chat

Happening: TypeAlias = Message | Edit | Deletion | Press | Reaction

_CODE = re.compile(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b")
_KINDS = {"message": 70, "press": 14, "reaction": 6, "plan": 8, "edit": 3, "deletion": 1}
_ODD_NAMES = ("Anna Weber", "Аnna Weber", "{name}", "\u202eX\0", "", "a\nb", "*x*", "Z" * 300)
_SIGNS = ("👍", "✅", "❌", "🔟")


class Crowd:
    """A source of random events. What the bot posts is replied to, pressed and edited later."""

    def __init__(self, town: Town, random: Random, words: Sequence[str]) -> None:
        self.random = random
        self.typist = Typist(random, words)
        self._messengers = town.messengers
        self._ids = count(1)
        self._standing: dict[ChatRef, list[str]] = {}
        self._written: list[tuple[Inhabitant, MessageRef]] = []
        self._cards: list[Queued] = []

    def next(self) -> tuple[Inhabitant, Happening]:
        """Return a random event and who caused it."""
        (kind,) = self.random.choices(list(_KINDS), list(_KINDS.values()))
        if kind in {"press", "reaction"} and self._cards:
            return self._pressed(kind)
        if kind in {"edit", "deletion"} and self._written:
            return self._changed(kind)
        human = self.random.choice(PEOPLE if self.random.random() < 0.6 else POWERFUL)
        chat = self._where(human)
        message = self._message(human, chat, self._text(self._messengers[chat.messenger]))
        if kind == "plan":
            human, message = self._planned()
        self._standing.setdefault(message.ref.chat, []).append(message.ref.id)
        self._written.append((human, message.ref))
        return human, message

    def see(self, queued: Sequence[Queued]) -> None:
        """Record what the bot has posted."""
        for each in queued:
            self._standing.setdefault(each.chat, []).append(each.id)
            if each.buttons:
                self._cards.append(each)
            if not each.author:
                self.typist.codes += _CODE.findall(each.text)

    def _planned(self) -> tuple[Inhabitant, Message]:
        """Return a plausible command from someone who may be entitled to it: use a code, assign a role."""
        r = self.random
        human = r.choice([each for each in POWERFUL if each.account])
        chat = r.choice((private_chat(human), *_homes(human), *_homes(human)))
        code = self.typist.codes[-1] if self.typist.codes else ""
        lines = [f"link {code}", "link"] if chat not in GROUPS else [f"pair {code} {human.city or 'Cork'}"]
        others = [each.account.id for each in PEOPLE if each.account and each.city == human.city]
        lines.append(f"role @{r.choice(others).removeprefix('@')} {r.choice(list(Role))}")
        lines += [self.typist.new_poll(), f"poll {r.randint(1, 3)} publish"]
        prefix = self._messengers[chat.messenger].capabilities.command_prefix
        return human, self._message(human, chat, rich(prefix + r.choice(lines)))

    def _message(self, human: Inhabitant, chat: ChatRef, text: RichText) -> Message:
        r = self.random
        private = chat not in GROUPS
        is_command = plain(text).startswith(("/", "!"))
        return Message(
            id=self._id(),
            ref=MessageRef(chat, self._id()),
            sender=self._sender(human, asked=is_command and not private),
            at=datetime.now(UTC),
            text=text,
            reply=self._reply(chat) if r.random() < 0.3 else None,
            attachment=Attachment("photo") if r.random() < 0.03 else None,
            private=private,
            forwarded=r.random() < 0.04,
            encrypted=chat == SEALED,
        )

    def _where(self, human: Inhabitant) -> ChatRef:
        if human.account and (human.only_private or self.random.random() < 0.2):
            return private_chat(human)
        if (human.city or human.settings) and self.random.random() < 0.5:
            return self.random.choice(_homes(human))
        messenger = human.account.messenger if human.account else self.random.choice(tuple(MessengerName))
        return self.random.choice([each for each in GROUPS if each.messenger is messenger])

    def _text(self, messenger: Messenger) -> RichText:
        """Return random input as the adapter would parse it."""
        r = self.random
        prefix = messenger.capabilities.command_prefix
        line = self.typist.talk() if r.random() < 0.1 else self.typist.line(prefix, messenger.username)
        text = parse(line, ()) if messenger.name is T else rich(clean(line))
        if r.random() < 0.05:
            accounts = [each.account for each in PEOPLE if each.account and each.account.messenger is messenger.name]
            shown = r.choice(("@x", "Anna", "mayor", " ", "@all"))
            text = (*text, *rich(" "), Mention(r.choice(accounts), rich(shown)))
        if r.random() < 0.02:
            text = (Quote(text),)
        return rich("x") if is_blank(plain(text)) else text

    def _reply(self, chat: ChatRef) -> Reply:
        ref = MessageRef(chat, self.random.choice((*self._standing.get(chat, ())[-20:], "unknown")))
        authors = {written: human.account for human, written in self._written}
        return Reply(ref, author="Somebody", excerpt=rich("something"), account=authors.get(ref))

    def _pressed(self, kind: str) -> tuple[Inhabitant, Happening]:
        r = self.random
        card = r.choice(self._cards[-6:])
        chat, id = card.chat, card.id if r.random() < 0.9 else r.choice(self._standing[card.chat])
        asked = [human for human, written in self._written if written == MessageRef(chat, card.reply_to)]
        human = r.choice(asked if asked and r.random() < 0.7 else _who_is_in(chat))
        sender = self._sender(human, asked=chat in GROUPS)
        emoji, action = r.choice(card.buttons)
        ref, now, private = MessageRef(chat, id), datetime.now(UTC), chat not in GROUPS
        if kind == "reaction" or chat.messenger is not T:
            key, removed = r.choice((emoji, emoji, f"{emoji}\ufe0f", *_SIGNS)), r.random() < 0.1
            return human, Reaction(
                id=self._id(), ref=ref, sender=sender, at=now, key=key, removed=removed, private=private
            )
        carried = self.typist.action() if r.random() < 0.3 else action
        return human, Press(id=self._id(), ref=ref, sender=sender, at=now, action=carried, query="1", private=private)

    def _changed(self, kind: str) -> tuple[Inhabitant, Happening]:
        human, ref = self.random.choice(self._written[-30:])
        if self.random.random() < 0.2:
            human = self.random.choice(_who_is_in(ref.chat))
        sender = self._sender(human, asked=False)
        if kind == "deletion":
            return human, Deletion(id=self._id(), ref=ref, sender=sender, at=datetime.now(UTC))
        text = self._text(self._messengers[ref.chat.messenger])
        return human, Edit(id=self._id(), ref=ref, sender=sender, at=datetime.now(UTC), text=text)

    def _sender(self, human: Inhabitant, *, asked: bool) -> Sender:
        """Return the sender, sometimes under another name; now and then the messenger omits the admin flag."""
        r = self.random
        name = human.name if r.random() < 0.9 else r.choice(_ODD_NAMES)
        return human.sender(name, admin=human.admin if asked and r.random() < 0.95 else None)

    def _id(self) -> str:
        return f"e{next(self._ids)}"


def _homes(human: Inhabitant) -> list[ChatRef]:
    """Return the chats in which someone with a city has a say, or could have."""
    return [
        chat
        for chat in GROUPS
        if human.account and chat.messenger is human.account.messenger and PAIRED.get(chat, human.city) == human.city
    ]


def _who_is_in(chat: ChatRef) -> list[Inhabitant]:
    here = [each for each in PEOPLE if each.account is None or each.account.messenger is chat.messenger]
    if chat in GROUPS:
        return [each for each in here if not each.only_private]
    return [each for each in here if each.account and private_chat(each) == chat]


def told(human: Inhabitant, event: Happening) -> str:
    """Describe an event for a failure report."""
    match event:
        case Message():
            what = f"{plain(event.text)[:200]!r} in reply to {event.reply.to.id if event.reply else 'nothing'}"
            what += ", forwarded" if event.forwarded else ""
        case Press():
            what = f"presses {event.action!r} of {event.ref.id}"
        case Reaction():
            what = f"{'takes back' if event.removed else 'sets'} {event.key!r} under {event.ref.id}"
        case Edit():
            what = f"edits {event.ref.id}: {plain(event.text)[:200]!r}"
        case Deletion():
            what = f"deletes {event.ref.id}"
    return f"{human.name} ({human.account}, admin={event.sender.admin}) in {event.ref.chat}: {what}"

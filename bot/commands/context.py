"""What a feature works with, within the transaction in which an event or a job takes effect.

Context              any transaction: the store, the time, and everything that can be said
└── CommandContext   a command or a button: who, where, and what was typed
└── DialogueContext   the same, declared with `in_dialogue=True`: the dialogue is known
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.dates import DateContext
from bot.model import Account, Attachment, Mention, MessengerName, Reply, RichText, Role, rich
from bot.relay import Relay, put_sign
from bot.rights import Grant, Rights
from bot.signer import Signer
from bot.text.catalogue import LazyText, LocaleContext, _
from bot.text.places import Places
from bot.text.zones import read_zone, zone_named
from bot.voice import Choice, Files, Voice
from storage import Chat, City, Dialogue, Person, Share, Store, StoredMessage

if TYPE_CHECKING:
    from bot.commands.router import Command


class Told(StrEnum):
    """How a person was told something."""

    PRIVATELY = "privately"
    IN_CHAT = "in chat"
    """By a mention in their city's chat."""
    NOT = "not"


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What is the same for every transaction."""

    voice: Voice
    rights: Rights
    signer: Signer
    relay: Relay
    places: Places
    addresses: Callable[[str], Mapping[MessengerName, str]]
    """Return the address of the private chat with the bot on each messenger, for a payload of `/start` there."""
    web_address: str = ""
    """The address of the web listener, without a slash at its end; empty if there is none."""

    def all(self) -> dict[str, Any]:
        """Return all fields by name, to create a context that has more of them."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def context(self, store: Store, now: datetime, feature: str = "") -> Context:
        """Return the context of a transaction of a feature that nobody in particular has caused."""
        return Context(**self.all(), store=store, now=now, feature=feature)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context(Services):
    """What any transaction of a feature can do. Whatever it says is queued in that transaction."""

    store: Store
    now: datetime
    feature: str = ""
    """The name of the feature at work: replies to its posts come back to it."""

    async def post(
        self,
        chats: Iterable[Chat],
        text: LazyText,
        *buttons: Choice,
        reply_to: int | str | None = None,
        mentions: tuple[Account, ...] = (),
        files: Files = (),
        dialogue: Dialogue | None = None,
    ) -> int:
        """Post in each chat, and return the message's id.

        `dialogue` is what the post is about: its buttons, pressed in private, act there. The rest as in `Voice.post`.
        """
        return await self.voice.post(
            self.store,
            chats,
            text,
            self.now,
            reply_to=reply_to,
            buttons=buttons,
            mentions=mentions,
            files=files,
            dialogue_id=dialogue.id if dialogue else None,
            feature=self.feature,
        )

    async def post_poll(
        self,
        chats: Iterable[Chat],
        question: LazyText,
        *options: LazyText,
        multiple: bool = False,
        dialogue: Dialogue | None = None,
        earlier: int | None = None,
    ) -> int:
        """Post a native poll in each chat that may have one, and return the message's id; see `Voice.post_poll`."""
        return await self.voice.post_poll(
            self.store,
            chats,
            question,
            options,
            self.now,
            multiple=multiple,
            dialogue_id=dialogue.id if dialogue else None,
            feature=self.feature,
            earlier=earlier,
        )

    async def update(
        self, post_id: int, text: LazyText, *buttons: Choice, files: Files = (), everywhere: Iterable[Chat] = ()
    ) -> None:
        """Change an earlier post wherever it is: a live card. See `Voice.update`."""
        await self.voice.update(
            self.store, post_id, text, self.now, buttons=buttons, files=files, everywhere=everywhere
        )

    async def announce(self, dialogue: Dialogue, text: LazyText, *buttons: Choice, files: Files = ()) -> int:
        """Post in every chat of a dialogue, and return the message's id."""
        chats = await self.store.chats.of_dialogue(dialogue.id)
        return await self.post(chats, text, *buttons, files=files, dialogue=dialogue)

    async def private_chat(self, person_id: int) -> Chat | None:
        """Return the private chat in which a person can be written to, if they have opened one."""
        chats = await self.store.chats.private(person_id)
        return chats[0] if chats and chats[0].is_at_home else None

    async def tell(self, person_id: int, text: LazyText, *buttons: Choice, dialogue: Dialogue | None = None) -> Told:
        """Post to one person in private, or else mention them in their city's chat of `dialogue`, if one is given.

        `dialogue`: as in `post`.
        """
        private = await self.store.chats.private(person_id)
        if private and (private[0].is_at_home or dialogue is None):
            await self.post(private[:1], text, *buttons, dialogue=dialogue)
            return Told.PRIVATELY
        person = await self.store.people.get(person_id)
        for chat in await self._chats_of(person, dialogue) if dialogue else ():
            for account in person.accounts:
                if account.messenger is chat.ref.messenger:
                    mention = _("{who}: {text}", who=Mention(account, rich(person.name)), text=text)
                    await self.post([chat], mention, *buttons, mentions=(account,), dialogue=dialogue)
                    return Told.IN_CHAT
        return Told.NOT

    async def tell_coordinators(self, dialogue: Dialogue, text: LazyText) -> None:
        """Post to each coordinator of a dialogue as `tell` does."""
        for each in await self.rights.coordinators(self.store, dialogue.id):
            await self.tell(each.id, text, dialogue=dialogue)

    async def _chats_of(self, person: Person, dialogue: Dialogue) -> list[Chat]:
        """Return the chats of a person's city in a dialogue."""
        appointment = await self.store.roles.of(dialogue.id, person.id)
        chats = await self.store.chats.of_dialogue(dialogue.id)
        return [each for each in chats if appointment and each.city == appointment.city and each.is_at_home]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandContext(Context):
    """What a command, a button or a hook on what people do adds: who, where, and what was typed.

    `dialogue` is None if the chat belongs to none; in private it is the one that the pressed post is about, else the
    person's only one, or the one they chose, and `dialogues` are all of theirs. `admin` is whether they administer the
    chat, None if the messenger did not say. `message` is the messenger's id of the command, or of the post whose
    button was pressed. `replied_message` is the message that the command replies to; `is_reply` is also true if that
    message is unknown, and `replied_author` is its author, if known. `mentions` holds the accounts that the command
    mentions, by the text that stands for them in `args`.
    """

    chat: Chat
    person: Person
    account: Account
    grant: Grant
    admin: bool | None
    dialogue: Dialogue | None
    dialogues: Sequence[Dialogue]
    args: str
    message: str
    replied_message: StoredMessage | None
    is_reply: bool
    replied_author: Account | None
    mentions: Mapping[str, Account]
    locale_context: LocaleContext
    commands: Sequence[Command]
    rich_args: RichText = ()
    """`args` with formatting and links; white space may surround them."""
    reply_to: Reply | None = None
    """What the messenger reports about the message that the command replies to."""
    attachment: Attachment | None = None
    """The file whose caption the command is."""
    by_address: bool = False
    """Whether the person came by one tap on a link, which anybody may have sent them: the command may only ask."""
    at: datetime
    """When it happened, as the messenger says; never later than `now`."""
    subject: StoredMessage | None = None
    """The post whose button was pressed, or the message that a hook hears of."""
    silent: bool = False
    """Whether the person gets no more answers at the moment (`bot.commands.budget`): the command may say nothing."""
    taken_back: bool = False
    """Whether the reaction that pressed the button was removed again."""
    moderated: bool = False
    """Whether it was somebody else who removed it, such as a moderator."""
    by_reaction: bool = False
    """Whether a reaction pressed the button: everybody sees it, so that what is said to it takes a post."""
    notices: list[LazyText] | None = None
    """What to show to the person who pressed, alone; None if no button was pressed."""

    @property
    def role(self) -> Role:
        """The person's role here."""
        return self.grant.role

    @property
    def city(self) -> City | None:
        """The city that the person speaks for here."""
        return self.grant.city

    @property
    def private(self) -> bool:
        """Whether the person is alone with the bot."""
        return self.chat.person_id is not None

    @property
    def share(self) -> Share:
        """The queue share of what the command says."""
        return Share(self.person.id, official=self.role.is_official)

    @property
    def pressed_post(self) -> int:
        """The id of the post whose button was pressed, for `update`. Raises LookupError if none was."""
        if self.subject is None:
            raise LookupError("no button was pressed")
        return self.subject.id

    async def reply(self, text: LazyText, *buttons: Choice, files: Files = ()) -> int:
        """Reply in the chat of the command, and return the message's id."""
        reply_to = self.message or None
        return await self.post([self.chat], text, *buttons, reply_to=reply_to, files=files, dialogue=self.dialogue)

    async def react(self, key: str) -> None:
        """Put a sign on the command, or on the message that a hook hears of; an empty one takes it back."""
        message = self.subject or await self.store.messages.find(self.chat, self.message)
        if message:
            await put_sign(self.store, self.chat, message, key, self.now)

    async def answer(self, text: LazyText) -> None:
        """Answer a press for that person alone, where the messenger can; otherwise reply in the chat."""
        if self.notices is None:
            await self.reply(text)
        else:
            self.notices.append(text)

    async def announce(self, dialogue: Dialogue, text: LazyText, *buttons: Choice, files: Files = ()) -> int:
        """Post in every chat of a dialogue and in the chat of the command, and return the message's id."""
        chats = await self.store.chats.of_dialogue(dialogue.id)
        chats += [] if self.chat.id in {each.id for each in chats} else [self.chat]
        return await self.post(chats, text, *buttons, files=files, dialogue=dialogue)

    def in_dialogue(self, dialogue: Dialogue) -> DialogueContext:
        """Return the same context with a dialogue that is known."""
        return DialogueContext(**self.all() | {"dialogue": dialogue})

    async def read_zone(self, text: str) -> str:
        """Return the time zone that a text names, or that of a city: first partners, then at home. Raises UserError."""
        known = None if zone_named(text) else await self.store.cities.named(text)
        home = (self.city.locale if self.city else self.locale_context.locale).partition("_")[2]
        return known.zone if known else await read_zone(text, self.places, home)


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueContext(CommandContext):
    """The context of a command that is declared with `in_dialogue=True`."""

    dialogue: Dialogue

    def date_context(self, zone: str = "") -> DateContext:
        """Return how to read a date: in `zone`, else in the zone that the person has chosen, else in the chat's."""
        cities = tuple((city.name, city.zone) for city in self.dialogue.cities)
        zone = zone or self.person.zone or self.locale_context.zone
        return DateContext(self.now, zone, self.locale_context.locale, cities)

"""Commands: declared by the features, found and checked in one place.

    router = Router()

    @router.command("me", summary=_("Show my settings"))
    async def me(ctx: Context) -> None: ...

A command's words are compared without regard to case; ä and ae, ö and oe, ü and ue, ß and ss
are the same. What a command says and does is undone as a whole when it raises `UserError`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.messengers.capabilities import Capabilities
from bot.model import Account, Link, Mention, MessengerName, Pre, Quote, Reply, RichText, Role, Span, plain
from bot.relay import Relay
from bot.rights import Rights, Standing
from bot.seal import Seal
from bot.text.catalogue import Lazy, Reader
from bot.text.characters import fold
from bot.text.places import Places
from bot.text.zones import read_zone, zone_named
from bot.voice import Voice
from storage import Chat, City, Dialogue, Person, Said, Share, Store

Choice = tuple[Lazy, str, str]
"""A button: its label, its emoji, its action."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One command in its transaction.

    `dialogue` is None where the chat belongs to none; in private it is the person's only one or the
    one they chose, and `dialogues` are all of theirs. `admin`: whether they may steer the chat, None if
    the messenger did not say. `message` is the messenger's id of the command, or of the post whose
    button was pressed. `answers` is the message that the command replies to; `is_reply` is also true
    when that one is unknown, and `answered` is who wrote it, as far as is known. `named`: the accounts
    that the command mentions, by the words that stand for them in `args`.
    """

    store: Store
    chat: Chat
    person: Person
    account: Account
    standing: Standing
    admin: bool | None
    dialogue: Dialogue | None
    dialogues: Sequence[Dialogue]
    args: str
    message: str
    answers: Said | None
    is_reply: bool
    answered: Account | None
    named: Mapping[str, Account]
    reader: Reader
    now: datetime
    voice: Voice
    rights: Rights
    seal: Seal
    relay: Relay
    commands: Sequence[Command]
    places: Places
    addresses: Callable[[str], Mapping[MessengerName, str]]
    """Give the address of the private chat with the bot on each messenger, for what is to follow `/start` there."""
    reply_to: Reply | None = None
    """What the messenger tells of the message that the command replies to."""
    by_address: bool = False
    """Whether one tap on an address brought the person here, which anybody may have sent them: nothing is done, only
    asked."""

    @property
    def role(self) -> Role:
        """Give the person's role here."""
        return self.standing.role

    @property
    def city(self) -> City | None:
        """Give the city that the person speaks for here."""
        return self.standing.city

    @property
    def private(self) -> bool:
        """Say whether the person is alone with the bot."""
        return self.chat.person_id is not None

    @property
    def share(self) -> Share:
        """Return whose turn an answer takes."""
        return Share(self.person.id, official=self.role.is_official)

    async def reply(self, text: Lazy, *buttons: Choice) -> int:
        """Answer in the chat where it was asked; give the message's id."""
        return await self.voice.say(
            self.store,
            [self.chat],
            text,
            self.now,
            reply_to=self.message or None,
            buttons=buttons,
            share=self.share,
        )

    async def announce(self, text: Lazy, *buttons: Choice) -> int:
        """Speak to every chat of the dialogue, and in the private one where it was asked; give the message's id."""
        chats = await self.store.chats.of_dialogue(self.dialogue.id) if self.dialogue else []
        chats += [self.chat] if self.chat.id not in {each.id for each in chats} else []
        return await self.voice.say(self.store, chats, text, self.now, buttons=buttons, share=self.share)

    async def tell(self, person_id: int, text: Lazy, *buttons: Choice) -> bool:
        """Speak to one person in private; False: they have not opened a private chat."""
        private = await self.store.chats.private(person_id)
        if private:
            await self.voice.say(self.store, private[:1], text, self.now, buttons=buttons)
        return bool(private)

    def open_to(self, command: Command) -> bool:
        """Say whether the person may use a command here."""
        here = command.where in {None, Where.PRIVATE if self.private else Where.GROUP}
        meant = bool(self.dialogues) or not command.in_dialogue
        return here and meant and command.may(self.role, reply=True, admin=bool(self.admin))

    async def read_zone(self, text: str) -> str:
        """Read a time zone, or the one of a city: first a partner city, then one at home. Raises UserError."""
        known = None if zone_named(text) else await self.store.cities.named(text)
        home = (self.city.locale if self.city else self.reader.locale).partition("_")[2]
        return known.zone if known else await read_zone(text, self.places, home)


MENTION_WORDS = 4
"""`@Tom Jackson lord mayor`."""

Handler = Callable[[Context], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Typed:
    """What someone typed as a command: the word, the rest, and the accounts mentioned in it by how they are shown."""

    word: str
    args: str
    named: Mapping[str, Account] = field(default_factory=dict)

    @property
    def is_about_someone(self) -> bool:
        """Whether it names someone, perhaps with a role, and is no sentence."""
        return (bool(self.named) or self.args.startswith("@")) and len(self.args.split()) <= MENTION_WORDS


class Where(StrEnum):
    """Where a command can be used."""

    PRIVATE = "private"
    """Alone with the bot."""
    GROUP = "group"
    """Where others are."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command: what people type, what it does, who may (None: everybody), and how it is used.

    `admins`: whoever may steer the chat may use it too. `where`: only there, None: anywhere.
    `in_dialogue`: it means a dialogue. `takes`: whether what stands behind a word nearly like the command's
    can be its argument (None: it has none); a text that only begins like a command must not be taken for one.
    `by_address`: an address (`t.me/…?start=word_…`) may lead to it, for `Context.by_address`.
    """

    words: tuple[str, ...]
    summary: Lazy
    usage: Lazy | None
    example: Lazy | None
    role: Role | None
    role_in_reply: Role | None
    admins: bool
    where: Where | None
    in_dialogue: bool
    takes: Callable[[Typed], bool] | None
    by_address: bool
    handler: Handler

    @property
    def word(self) -> str:
        """Give the command's English word."""
        return self.words[0]

    def word_in(self, locale: str) -> str:
        """Give the word that readers of a locale know: the German one, where there is one, for German."""
        return self.words[1] if locale.startswith("de") and len(self.words) > 1 else self.word

    def answers_to(self, word: str) -> bool:
        """Say whether this is one of the command's words."""
        return fold(word) in map(fold, self.words)

    def may(self, role: Role, *, reply: bool, admin: bool = False) -> bool:
        """Say whether someone with this role, or who may steer the chat, may use it."""
        needed = self.role_in_reply if reply else self.role
        return needed is None or role.reaches(needed) or (self.admins and admin)


class Router:
    """The commands and buttons of one feature, or of all."""

    def __init__(self) -> None:
        """Begin without any."""
        self.commands: list[Command] = []
        self.buttons: dict[str, Handler] = {}
        self._by_word: dict[str, Command] = {}

    def command(
        self,
        *words: str,
        summary: Lazy,
        usage: Lazy | None = None,
        example: Lazy | None = None,
        role: Role | None = None,
        role_in_reply: Role | None = None,
        admins: bool = False,
        where: Where | None = None,
        in_dialogue: bool = False,
        takes: Callable[[Typed], bool] | None = None,
        by_address: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Declare a command: its English word first, then those of other languages.

        `usage` shows what to type behind the word, `example` a whole line. `role_in_reply`
        is who may when the command answers a message. The rest as in `Command`.
        """

        def declare(handler: Handler) -> Handler:
            self._add(
                Command(
                    words=words,
                    summary=summary,
                    usage=usage,
                    example=example,
                    role=role,
                    role_in_reply=role_in_reply or role,
                    admins=admins,
                    where=where,
                    in_dialogue=in_dialogue,
                    takes=takes,
                    by_address=by_address,
                    handler=handler,
                )
            )
            return handler

        return declare

    def button(self, action: str) -> Callable[[Handler], Handler]:
        """Declare what a button does whose action is `action` or `action:…`; `ctx.args` is the rest."""

        def declare(handler: Handler) -> Handler:
            self.buttons[action] = handler
            return handler

        return declare

    def include(self, routers: Iterable[Router]) -> None:
        """Take over what other routers declare."""
        for router in routers:
            for command in router.commands:
                self._add(command)
            self.buttons |= router.buttons

    def find(self, word: str) -> Command | None:
        """Give the command that a word means."""
        return self._by_word.get(fold(word))

    def near(self, typed: Typed, *, crosses: bool) -> Command | None:
        """Return the command that was probably meant by a word that is none.

        Where the text `crosses` otherwise, only one whose arguments the rest fits: nothing, a known
        argument, a mention.
        """
        close = difflib.get_close_matches(fold(typed.word), self._by_word, n=3, cutoff=0.65)
        near = [self._by_word[word] for word in close]
        return next((command for command in near if not crosses or self._fits(command, typed)), None)

    def _fits(self, command: Command, typed: Typed) -> bool:
        about_a_command = self.find(typed.args) is not None  # /help takes one, and no sentence is a command's word
        return not typed.args or about_a_command or (command.takes is not None and command.takes(typed))

    def _add(self, command: Command) -> None:
        self.commands.append(command)
        for word in command.words:
            if fold(word) in self._by_word:
                raise ValueError(f"two commands are called {word}")
            self._by_word[fold(word)] = command


_ANYWHERE = re.compile(r"(?<!\S)[/!／！]\s?(?P<word>[^\W\d_][\w-]{0,31})")
_FORM = re.compile(r"(?P<word>[^\W\d_][\w-]{0,31})(?:@(?P<bot>\w+))?(?=\s|$)")


def read(said: RichText, capabilities: Capabilities, username: str) -> Typed | None:
    """Read a command, or None when the text has not the form of one.

    What stands in a quotation or a block of code is someone else's words (trust: case 17). `/word@other`
    is nobody's text: the word is then empty. ` | ` stands for a line break.
    """
    if not said or isinstance(said[0], Quote | Pre):
        return None
    prefix, text = capabilities.command_prefix, plain(said)
    form = _FORM.match(text, len(prefix)) if text.startswith(prefix) else None
    if form is None:
        return None
    if form["bot"] and form["bot"].casefold() != username.casefold():
        return Typed("", "")
    return Typed(form["word"], text[form.end() :].strip().replace(" | ", "\n"), dict(_named(said)))


def is_misplaced(said: RichText, router: Router, bot: Account) -> bool:
    """Whether someone seems to mean the bot, but not in the form of a command: `/pair` on Matrix, `Bot: !pair`."""
    named = any(account == bot for _shown, account in _named(said))
    return named or any(router.find(found["word"]) for found in _ANYWHERE.finditer(plain(said), 0, 100))


def _named(text: RichText) -> Iterator[tuple[str, Account]]:
    for node in text:
        if isinstance(node, Mention):
            yield plain(node.children), node.account
        elif isinstance(node, Span | Link):
            yield from _named(node.children)

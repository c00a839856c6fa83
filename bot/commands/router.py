"""Commands and buttons: declared by the features, looked up in one place.

    router = Router()

    @router.command("me", summary=_("Show my settings"))
    async def me(ctx: Context) -> None: ...

Command words match in any case; ä equals ae, ö oe, ü ue, and ß ss. Everything that a command has
said and done is rolled back if it raises `UserError`.
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
from bot.rights import Grant, Rights
from bot.signer import Signer
from bot.text.catalogue import LazyText, LocaleContext
from bot.text.characters import fold
from bot.text.places import Places
from bot.text.zones import read_zone, zone_named
from bot.voice import Voice
from storage import Chat, City, Dialogue, Person, Share, Store, StoredMessage

Choice = tuple[LazyText, str, str]
"""A button: its label, emoji and action."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The context of one command, within its transaction.

    `dialogue` is None if the chat belongs to none; in private it is the person's only one or the one
    they chose, and `dialogues` are all of theirs. `admin` is whether they administer the chat, None if
    the messenger did not say. `message` is the messenger's id of the command, or of the post whose
    button was pressed. `replied_message` is the message that the command replies to; `is_reply` is also true
    if that message is unknown, and `replied_author` is its author, if known. `mentions` holds the accounts that
    the command mentions, by the text that stands for them in `args`.
    """

    store: Store
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
    now: datetime
    voice: Voice
    rights: Rights
    signer: Signer
    relay: Relay
    commands: Sequence[Command]
    places: Places
    addresses: Callable[[str], Mapping[MessengerName, str]]
    """Return the address of the private chat with the bot on each messenger, for a payload of `/start` there."""
    reply_to: Reply | None = None
    """What the messenger reports about the message that the command replies to."""
    by_address: bool = False
    """Whether the person came by one tap on a link, which anybody may have sent them: the command may only ask."""

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
        """The queue share of an answer."""
        return Share(self.person.id, official=self.role.is_official)

    async def reply(self, text: LazyText, *buttons: Choice) -> int:
        """Reply in the chat of the command, and return the message's id."""
        return await self.voice.post(
            self.store,
            [self.chat],
            text,
            self.now,
            reply_to=self.message or None,
            buttons=buttons,
            share=self.share,
        )

    async def announce(self, text: LazyText, *buttons: Choice) -> int:
        """Post in every chat of the dialogue and in the chat of the command, and return the message's id."""
        chats = await self.store.chats.of_dialogue(self.dialogue.id) if self.dialogue else []
        chats += [self.chat] if self.chat.id not in {each.id for each in chats} else []
        return await self.voice.post(self.store, chats, text, self.now, buttons=buttons, share=self.share)

    async def tell(self, person_id: int, text: LazyText, *buttons: Choice) -> bool:
        """Post to one person in private; return False if they have not opened a private chat."""
        private = await self.store.chats.private(person_id)
        if private:
            await self.voice.post(self.store, private[:1], text, self.now, buttons=buttons)
        return bool(private)

    def open_to(self, command: Command) -> bool:
        """Whether the person may use a command here."""
        here = command.where in {None, Where.PRIVATE if self.private else Where.GROUP}
        meant = bool(self.dialogues) or not command.in_dialogue
        return here and meant and command.may(self.role, reply=True, admin=bool(self.admin))

    async def read_zone(self, text: str) -> str:
        """Return the time zone that a text names, or that of a city: first partners, then at home. Raises UserError."""
        known = None if zone_named(text) else await self.store.cities.named(text)
        home = (self.city.locale if self.city else self.locale_context.locale).partition("_")[2]
        return known.zone if known else await read_zone(text, self.places, home)


MENTION_WORDS = 4
"""Most words of arguments about someone: `@Tom Jackson lord mayor`."""

Handler = Callable[[Context], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ParsedCommand:
    """A parsed command: the word, the arguments, and the accounts mentioned in them by how they are shown."""

    word: str
    args: str
    mentions: Mapping[str, Account] = field(default_factory=dict)

    @property
    def is_about_someone(self) -> bool:
        """Whether the arguments name someone, perhaps with a role, and are not a sentence."""
        return (bool(self.mentions) or self.args.startswith("@")) and len(self.args.split()) <= MENTION_WORDS


class Where(StrEnum):
    """Where a command can be used."""

    PRIVATE = "private"
    """Alone with the bot."""
    GROUP = "group"
    """In a chat with others."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command: what people type, what it does, who may use it (None: everybody), and how.

    `admins`: administrators of the chat may use it too. `where`: only there; None: anywhere. `in_dialogue`: it
    needs a dialogue. `takes`: whether the text after a word close to the command's can be its arguments (None: it
    has none), as a text that only begins like a command must not be mistaken for one. `by_address`: a link
    (`t.me/…?start=word_…`) may lead to it, see `Context.by_address`.
    """

    words: tuple[str, ...]
    summary: LazyText
    usage: LazyText | None
    example: LazyText | None
    role: Role | None
    role_in_reply: Role | None
    admins: bool
    where: Where | None
    in_dialogue: bool
    takes: Callable[[ParsedCommand], bool] | None
    by_address: bool
    handler: Handler

    @property
    def word(self) -> str:
        """The command's English word."""
        return self.words[0]

    def word_in(self, locale: str) -> str:
        """Return the word for readers of a locale: for German the German one, if there is one."""
        return self.words[1] if locale.startswith("de") and len(self.words) > 1 else self.word

    def answers_to(self, word: str) -> bool:
        """Whether this is one of the command's words."""
        return fold(word) in map(fold, self.words)

    def may(self, role: Role, *, reply: bool, admin: bool = False) -> bool:
        """Whether someone with this role, or an administrator of the chat, may use it."""
        needed = self.role_in_reply if reply else self.role
        return needed is None or role.reaches(needed) or (self.admins and admin)


class Router:
    """The commands and buttons of one feature, or of all."""

    def __init__(self) -> None:
        """Create an empty router."""
        self.commands: list[Command] = []
        self.buttons: dict[str, Handler] = {}
        self._by_word: dict[str, Command] = {}

    def command(
        self,
        *words: str,
        summary: LazyText,
        usage: LazyText | None = None,
        example: LazyText | None = None,
        role: Role | None = None,
        role_in_reply: Role | None = None,
        admins: bool = False,
        where: Where | None = None,
        in_dialogue: bool = False,
        takes: Callable[[ParsedCommand], bool] | None = None,
        by_address: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Declare a command: its English word first, then those of other languages.

        `usage` shows what to type after the word, `example` a whole line. `role_in_reply` is the
        role required if the command replies to a message. The rest as in `Command`.
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
        """Declare the handler of buttons whose action is `action` or `action:…`; `ctx.args` is the rest."""

        def declare(handler: Handler) -> Handler:
            self.buttons[action] = handler
            return handler

        return declare

    def include(self, routers: Iterable[Router]) -> None:
        """Include the commands and buttons of other routers."""
        for router in routers:
            for command in router.commands:
                self._add(command)
            self.buttons |= router.buttons

    def find(self, word: str) -> Command | None:
        """Return the command that a word stands for."""
        return self._by_word.get(fold(word))

    def near(self, parsed: ParsedCommand, *, crosses: bool) -> Command | None:
        """Return the command that a mistyped word probably meant.

        If the text would otherwise be relayed (`crosses`), the rest must fit the command's arguments:
        nothing, a known argument, a mention.
        """
        close = difflib.get_close_matches(fold(parsed.word), self._by_word, n=3, cutoff=0.65)
        near = [self._by_word[word] for word in close]
        return next((command for command in near if not crosses or self._fits(command, parsed)), None)

    def _fits(self, command: Command, parsed: ParsedCommand) -> bool:
        about_a_command = self.find(parsed.args) is not None  # /help takes one, and no sentence is a command word
        return not parsed.args or about_a_command or (command.takes is not None and command.takes(parsed))

    def _add(self, command: Command) -> None:
        self.commands.append(command)
        for word in command.words:
            if fold(word) in self._by_word:
                raise ValueError(f"two commands are called {word}")
            self._by_word[fold(word)] = command


_ANYWHERE = re.compile(r"(?<!\S)[/!／！]\s?(?P<word>[^\W\d_][\w-]{0,31})")
_FORM = re.compile(r"(?P<word>[^\W\d_][\w-]{0,31})(?:@(?P<bot>\w+))?(?=\s|$)")


def parse_command(words: RichText, capabilities: Capabilities, username: str) -> ParsedCommand | None:
    """Parse a command; return None if the text does not have the form of one.

    Text in a quotation or a code block is someone else's (trust: case 17). `/word@other` is for another
    bot: the word is then empty. ` | ` stands for a line break.
    """
    if not words or isinstance(words[0], Quote | Pre):
        return None
    prefix, text = capabilities.command_prefix, plain(words)
    form = _FORM.match(text, len(prefix)) if text.startswith(prefix) else None
    if form is None:
        return None
    if form["bot"] and form["bot"].casefold() != username.casefold():
        return ParsedCommand("", "")
    return ParsedCommand(form["word"], text[form.end() :].strip().replace(" | ", "\n"), dict(_mentions(words)))


def is_misplaced(words: RichText, router: Router, bot: Account) -> bool:
    """Whether a text seems to address the bot, but not in the form of a command: `/pair` on Matrix, `Bot: !pair`."""
    mentions = any(account == bot for _shown, account in _mentions(words))
    return mentions or any(router.find(found["word"]) for found in _ANYWHERE.finditer(plain(words), 0, 100))


def _mentions(text: RichText) -> Iterator[tuple[str, Account]]:
    for node in text:
        if isinstance(node, Mention):
            yield plain(node.children), node.account
        elif isinstance(node, Span | Link):
            yield from _mentions(node.children)

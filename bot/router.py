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
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.messengers.base import Capabilities
from bot.model import Role
from bot.relay import Relay
from bot.text.catalogue import Lazy, Reader
from bot.text.characters import fold
from bot.voice import Voice
from storage import Chat, City, Dialogue, Person, Said, Store

Choice = tuple[Lazy, str, str]
"""A button: its label, its emoji, its action."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One command in its transaction.

    `dialogue` and `city` are None where the chat belongs to none; in private they are those of the
    person when there is just one. `message` is the messenger's id of the command, or of the
    post whose button was pressed. `answers` is the message that the command replies to;
    `is_reply` is also true when that one is unknown.
    """

    store: Store
    chat: Chat
    person: Person
    role: Role
    dialogue: Dialogue | None
    city: City | None
    args: str
    message: str
    answers: Said | None
    is_reply: bool
    reader: Reader
    now: datetime
    voice: Voice
    relay: Relay
    commands: Sequence[Command]

    @property
    def private(self) -> bool:
        """Say whether the person is alone with the bot."""
        return self.chat.person_id is not None

    async def reply(self, text: Lazy, *buttons: Choice) -> int:
        """Answer in the chat where it was asked; give the message's id."""
        return await self.voice.say(
            self.store, [self.chat], text, self.now, reply_to=self.message or None, buttons=buttons
        )

    async def announce(self, text: Lazy, *buttons: Choice) -> int:
        """Speak to every chat of the dialogue; give the message's id."""
        chats = await self.store.chats.of_dialogue(self.dialogue.id) if self.dialogue else [self.chat]
        return await self.voice.say(self.store, chats, text, self.now, buttons=buttons)


Handler = Callable[[Context], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Command:
    """One command: what people type, what it does, who may (None: everybody), and how it is used."""

    words: tuple[str, ...]
    summary: Lazy
    usage: Lazy | None
    example: Lazy | None
    role: Role | None
    role_in_reply: Role | None
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

    def may(self, role: Role, *, reply: bool) -> bool:
        """Say whether someone with this role may use it."""
        needed = self.role_in_reply if reply else self.role
        return needed is None or role.reaches(needed)


@dataclass(frozen=True, slots=True)
class Typed:
    """What someone typed as a command: the word and the rest."""

    word: str
    args: str


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
    ) -> Callable[[Handler], Handler]:
        """Declare a command: its English word first, then those of other languages.

        `usage` shows what to type behind the word, `example` a whole line. `role_in_reply`
        is who may when the command answers a message.
        """

        def declare(handler: Handler) -> Handler:
            self._add(Command(words, summary, usage, example, role, role_in_reply or role, handler))
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

    def near(self, word: str) -> str | None:
        """Give the command word that was probably meant."""
        close = difflib.get_close_matches(fold(word), self._by_word, n=1, cutoff=0.65)
        return close[0] if close else None

    def _add(self, command: Command) -> None:
        self.commands.append(command)
        for word in command.words:
            if fold(word) in self._by_word:
                raise ValueError(f"two commands are called {word}")
            self._by_word[fold(word)] = command


_FORM = re.compile(r"(?P<word>[^\W\d_][\w-]{0,31})(?:@(?P<bot>\w+))?(?=\s|$)")


def read(text: str, capabilities: Capabilities, username: str) -> Typed | None:
    """Read a command, or None when the text has not the form of one.

    `/word@other` is nobody's text: the word is then empty. ` | ` stands for a line break.
    """
    prefix = capabilities.command_prefix
    form = _FORM.match(text, len(prefix)) if text.startswith(prefix) else None
    if form is None:
        return None
    if form["bot"] and form["bot"].casefold() != username.casefold():
        return Typed("", "")
    return Typed(form["word"], text[form.end() :].strip().replace(" | ", "\n"))

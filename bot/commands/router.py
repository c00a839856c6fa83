"""Commands and buttons: declared by the features, looked up in one place.

    router = Router()

    @router.command("me", summary=_("shows who you are here"))
    async def me(ctx: CommandContext) -> None: ...

    @router.command("roles", summary=_("shows who has which role"), in_dialogue=True)
    async def roles(ctx: DialogueContext) -> None: ...

Command words match in any case; ä equals ae, ö oe, ü ue, and ß ss. Everything that a command has
said and done is rolled back if it raises `UserError`.
"""

from __future__ import annotations

import difflib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, TypedDict, Unpack, overload

from bot.commands.context import CommandContext, DialogueContext
from bot.commands.parse import ParsedCommand
from bot.model import Role
from bot.text.catalogue import LazyText
from bot.text.characters import fold

Handler = Callable[[CommandContext], Awaitable[None]]
DialogueHandler = Callable[[DialogueContext], Awaitable[None]]
AnyHandler = Callable[[Any], Awaitable[None]]
"""A `Handler`, or a `DialogueHandler` if the declaration says `in_dialogue`."""


class Where(StrEnum):
    """Where a command can be used."""

    PRIVATE = "private"
    """Alone with the bot."""
    GROUP = "group"
    """In a chat with others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command: what people type, what it does, who may use it (None: everybody), and how.

    `words`: the English one first, then those of other languages. `usage` shows what to type after the word, `example`
    a whole line. `role_in_reply`: the role required if the command replies to a message. `admins`: administrators of
    the chat may use it too. `where`: only there; None: anywhere. `in_dialogue`: it needs a dialogue. `takes`: whether
    the text after a word close to the command's can be its arguments (None: it has none), as a text that only begins
    like a command must not be mistaken for one. `by_address`: a link (`t.me/…?start=word_…`) may lead to it, see
    `CommandContext.by_address`.
    """

    words: tuple[str, ...]
    summary: LazyText
    handler: AnyHandler
    usage: LazyText | None = None
    example: LazyText | None = None
    role: Role | None = None
    role_in_reply: Role | None = None
    admins: bool = False
    where: Where | None = None
    in_dialogue: bool = False
    takes: Callable[[ParsedCommand], bool] | None = None
    by_address: bool = False

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
        needed = (self.role_in_reply if reply else None) or self.role
        return needed is None or role.reaches(needed) or (self.admins and admin)

    def is_open_to(self, ctx: CommandContext) -> bool:
        """Whether the person may use the command where they are."""
        here = self.where in {None, Where.PRIVATE if ctx.private else Where.GROUP}
        meant = bool(ctx.dialogues) or not self.in_dialogue
        return here and meant and self.may(ctx.role, reply=True, admin=bool(ctx.admin))


class CommandOptions(TypedDict, total=False):
    """The optional fields of a `Command`."""

    usage: LazyText
    example: LazyText
    role: Role
    role_in_reply: Role
    admins: bool
    where: Where
    takes: Callable[[ParsedCommand], bool]
    by_address: bool


class Router:
    """The commands and buttons of one feature, or of all."""

    def __init__(self) -> None:
        """Create an empty router."""
        self.commands: list[Command] = []
        self.buttons: dict[str, Handler] = {}
        self._by_word: dict[str, Command] = {}

    @overload
    def command(
        self, *words: str, summary: LazyText, in_dialogue: Literal[True], **options: Unpack[CommandOptions]
    ) -> Callable[[DialogueHandler], DialogueHandler]: ...

    @overload
    def command(
        self, *words: str, summary: LazyText, in_dialogue: Literal[False] = ..., **options: Unpack[CommandOptions]
    ) -> Callable[[Handler], Handler]: ...

    def command(
        self, *words: str, summary: LazyText, in_dialogue: bool = False, **options: Unpack[CommandOptions]
    ) -> Callable[[AnyHandler], AnyHandler]:
        """Declare a command. The arguments are the fields of `Command`."""

        def declare(handler: AnyHandler) -> AnyHandler:
            self._add(Command(words=words, summary=summary, handler=handler, in_dialogue=in_dialogue, **options))
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

    def has(self, word: str) -> bool:
        """Whether a word stands for a command."""
        return self.find(word) is not None

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

"""Commands and buttons: declared by the features, as data that is checked in one place before a handler runs.

    router = Router(_("Your settings"))

    @router.command("me", summary=_("shows who you are here"))
    async def me(ctx: CommandContext) -> None: ...

    @router.command("roles", summary=_("shows who has which role"), in_dialogue=True)
    async def roles(ctx: DialogueContext) -> None: ...

    @router.button("unpair", role=Role.COORDINATOR, in_dialogue=True)
    async def leave(ctx: DialogueContext) -> None: ...

Command words match in any case; ä equals ae, ö oe, ü ue, and ß ss. Everything that a command has
said and done is rolled back if it raises `UserError`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, TypedDict, Unpack, overload

from bot.commands.context import CommandContext, DialogueContext
from bot.commands.parse import ParsedCommand
from bot.model import Role
from bot.text.catalogue import LazyText, _
from bot.text.characters import fold

Handler = Callable[[CommandContext], Awaitable[None]]
DialogueHandler = Callable[[DialogueContext], Awaitable[None]]
AnyHandler = Callable[[Any], Awaitable[None]]
"""A `Handler`, or a `DialogueHandler` if the declaration says `in_dialogue`."""


class Where(StrEnum):
    """Where a command or a button can be used."""

    PRIVATE = "private"
    """Alone with the bot."""
    GROUP = "group"
    """In a chat with others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command: what people type, what it does, who may use it (None: everybody), and how.

    `words`: the English one first, then those of other languages. `group`: as in `Router`. `usage` shows what to type
    after the word, `example` a whole line. `role_in_reply`: the role required if the command replies to a message.
    `admins`: administrators of the chat may use it too. `where`: only there; None: anywhere. `in_dialogue`: it needs a
    dialogue. `takes`: whether the text after a word close to the command's can be its arguments (None: it has none), as
    a text that only begins like a command must not be mistaken for one. `by_address`: a link (`t.me/…?start=word_…`)
    may lead to it, see `CommandContext.by_address`. `runs_again`: whenever its author edits it, also after a refusal.
    `always`: even for people who get no more answers at the moment, see `CommandContext.silent`. `takes_file`: what is
    attached belongs to the command; otherwise it is passed on like any other file.
    """

    words: tuple[str, ...]
    summary: LazyText
    handler: AnyHandler
    group: LazyText
    usage: LazyText | None = None
    example: LazyText | None = None
    role: Role | None = None
    role_in_reply: Role | None = None
    admins: bool = False
    where: Where | None = None
    in_dialogue: bool = False
    takes: Callable[[ParsedCommand], bool] | None = None
    by_address: bool = False
    runs_again: bool = False
    always: bool = False
    takes_file: bool = False
    feature: str = ""
    """The name of the feature that declares it, set by `Features`."""

    @property
    def word(self) -> str:
        """The command's English word."""
        return self.words[0]

    def word_in(self, locale: str) -> str:
        """Return the word for readers of a locale: for German the German one, if there is one."""
        return self.words[1] if locale.startswith("de") and len(self.words) > 1 else self.word

    def form_in(self, locale: str) -> LazyText:
        """Return what to type, for readers of a locale: `/role @NAME mayor|staff|guest|coordinator`."""
        word = self.word_in(locale)
        return _("`/{word} {usage}`", word=word, usage=self.usage) if self.usage else _("`/{word}`", word=word)

    def answers_to(self, word: str) -> bool:
        """Whether this is one of the command's words."""
        return fold(word) in map(fold, self.words)

    def needed(self, *, reply: bool) -> Role | None:
        """Return the role that it takes; `reply`: as a reply to a message."""
        return (self.role_in_reply if reply else None) or self.role

    def may(self, role: Role, *, reply: bool, admin: bool = False) -> bool:
        """Whether someone with this role, or an administrator of the chat, may use it."""
        needed = self.needed(reply=reply)
        return needed is None or role.reaches(needed) or (self.admins and admin)

    def is_open_to(self, ctx: CommandContext) -> bool:
        """Whether the person may use the command where they are."""
        here = self.where in {None, Where.PRIVATE if ctx.private else Where.GROUP}
        meant = bool(ctx.dialogues) or not self.in_dialogue
        return here and meant and self.may(ctx.role, reply=True, admin=bool(ctx.admin))


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonAction:
    """What a press of a button does, and who may (None: everybody who sees it).

    The buttons whose action is `name` or `name:…` do it; `CommandContext.args` is the rest. One made for one person
    (`Choice.made_for`) is refused to all others. `check` raises UserError unless the person may, for what no role can
    express, such as an invitation. `in_dialogue`: it needs the dialogue that its post is about.
    `takes_back`: a reaction that is taken back again runs the handler, too, with `CommandContext.taken_back`.
    """

    name: str
    handler: AnyHandler
    role: Role | None = None
    where: Where | None = None
    in_dialogue: bool = False
    takes_back: bool = False
    check: Callable[[CommandContext], Awaitable[None]] | None = None
    feature: str = ""
    """As in `Command`."""


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
    runs_again: bool
    always: bool
    takes_file: bool


class ButtonOptions(TypedDict, total=False):
    """The optional fields of a `ButtonAction`."""

    role: Role
    where: Where
    takes_back: bool
    check: Callable[[CommandContext], Awaitable[None]]


class Router:
    """The commands and buttons of a feature, or of a part of one."""

    def __init__(self, group: LazyText) -> None:
        """Create an empty router. `group` is what its commands are for, as /help groups them."""
        self._group = group
        self.commands: list[Command] = []
        self.buttons: list[ButtonAction] = []

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
            self.commands.append(
                Command(
                    words=words,
                    summary=summary,
                    handler=handler,
                    group=self._group,
                    in_dialogue=in_dialogue,
                    **options,
                )
            )
            return handler

        return declare

    @overload
    def button(
        self, name: str, *, in_dialogue: Literal[True], **options: Unpack[ButtonOptions]
    ) -> Callable[[DialogueHandler], DialogueHandler]: ...

    @overload
    def button(
        self, name: str, *, in_dialogue: Literal[False] = ..., **options: Unpack[ButtonOptions]
    ) -> Callable[[Handler], Handler]: ...

    def button(
        self, name: str, *, in_dialogue: bool = False, **options: Unpack[ButtonOptions]
    ) -> Callable[[AnyHandler], AnyHandler]:
        """Declare what a button does. The arguments are the fields of `ButtonAction`."""

        def declare(handler: AnyHandler) -> AnyHandler:
            self.buttons.append(ButtonAction(name=name, handler=handler, in_dialogue=in_dialogue, **options))
            return handler

        return declare

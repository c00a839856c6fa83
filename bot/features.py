"""The features: what each declares and wants to hear, and the commands and buttons of all of them together."""

from __future__ import annotations

import difflib
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from bot.calendars import CalendarEntry
from bot.commands.context import CommandContext, Context
from bot.commands.parse import ParsedCommand
from bot.commands.router import ButtonAction, Command, Router
from bot.exports import Export
from bot.jobs.kinds import JobKind
from bot.model import ChatChange, Edit, Membership, Message, Reaction, Vote
from bot.text.catalogue import LazyText, LocaleContext
from bot.text.characters import fold
from storage import DELETED, ROSTER, Chat, Dialogue, Job, Person, StoredMessage

MessageHook = Callable[[CommandContext, Message], Awaitable[None]]
AnonymousHook = Callable[[Context, Chat, Message], Awaitable[LazyText | None]]
EditHook = Callable[[CommandContext, Edit], Awaitable[None]]
ReactionHook = Callable[[CommandContext, Reaction], Awaitable[None]]
AnonymousReactionHook = Callable[[Context, Chat, StoredMessage, Reaction], Awaitable[None]]
TextReader = Callable[[Context, StoredMessage | None, str], Awaitable[str]]
VoteHook = Callable[[CommandContext, Vote], Awaitable[None]]
CalendarHook = Callable[[Context, Dialogue, Person | None, LocaleContext], Awaitable[Sequence[CalendarEntry]]]
DeletionHook = Callable[[Context, StoredMessage], Awaitable[None]]
MembershipHook = Callable[[Context, Chat, Membership], Awaitable[None]]
ChatChangeHook = Callable[[Context, Chat, ChatChange], Awaitable[None]]
RefusedVoteHook = Callable[[Context, Chat, StoredMessage, Vote], Awaitable[None]]
PostHook = Callable[[Context, Chat, StoredMessage], Awaitable[None]]
RosterHook = Callable[[Context, int], Awaitable[None]]
GapHook = Callable[[Context, Sequence[Chat]], Awaitable[None]]

PUBLISHES = frozenset({"news", "feeds"})
"""The features whose posts show what others have written: coordinators may remove them, reactions are passed on."""

_NUMBERED = re.compile(r"(?P<word>\D+)(?P<number>\d+)")

T = TypeVar("T", Command, ButtonAction, JobKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One capability: its commands and buttons, and what it wants to hear.

    A hook runs in the transaction of its event, after all else has taken effect, in a savepoint of its own. It consumes
    nothing: a message is passed on whatever a hook does. `UserError` undoes the hook and is answered. None of them
    hears bots, people who are muted, or words that are not the writer's own (forwards, inline bots).

    `on_message`: what people write in a chat of a dialogue, commands apart.
    `on_anonymous`: the same, in the name of the group or of a channel; returns an answer, if there is one.
    `on_edit`: a change of it, or its text if it could not be decrypted at first; and an edit of a command that this
    feature handled, to one of its commands, after the checks of that one: `ctx.args` are the new arguments. A command
    that `runs_again` does so instead.
    `command_in`: the command that a text stands for, as typed but without a prefix (`vote 4 1=5`); empty if it is an
    ordinary text. Asked about answers to a post of this feature and, without a post, about what people write in private
    that answers nothing. A command runs, and is not passed on.
    `on_reply`: an answer to a post of this feature, which is `ctx.replied_message`; also in private.
    `on_reaction`: a sign put on a known message, or taken back, if it presses no button.
    `on_anonymous_reaction`: the same, in the name of a group or channel.
    `on_vote`: a vote in a native poll that this feature has posted, by somebody in its chat; `Vote.options` are those
    in force, also after a vote was removed.
    `on_deletion`: a command that this feature handled, or an ordinary message, was deleted: by `/delete`, or on
    messengers that report it; soon afterwards.
    `on_membership`: the bot was invited, added or removed, or its rights have changed.
    `on_chat_change`: people have joined or left a chat of a dialogue, or its name or picture has changed.
    `on_refusal`: a post of this feature will never arrive in a chat.
    `on_refused_vote`: a vote in such a poll that can count for nobody: in the name of a chat, or by somebody muted.
    `on_poll_end`: somebody else has ended such a poll in a chat, or deleted it; on messengers that report it.
    `on_roster`: in the dialogue with this id, roles, chats, or zones and languages have changed; soon afterwards, once
    for several changes.
    `on_gap`: what happened in some chats of dialogues in the past is missing, and will never come.

    Up to `on_vote`, `ctx.subject` is the stored message that was written, edited, signed or voted on.

    `calendar`: what a calendar that people subscribe to shows of a dialogue: all, or what concerns one person; for a
    reader.
    """

    name: str
    routers: tuple[Router, ...] = ()
    jobs: tuple[JobKind, ...] = ()
    on_message: MessageHook | None = None
    on_anonymous: AnonymousHook | None = None
    on_edit: EditHook | None = None
    command_in: TextReader | None = None
    on_reply: MessageHook | None = None
    on_reaction: ReactionHook | None = None
    on_anonymous_reaction: AnonymousReactionHook | None = None
    on_vote: VoteHook | None = None
    on_deletion: DeletionHook | None = None
    on_membership: MembershipHook | None = None
    on_chat_change: ChatChangeHook | None = None
    calendar: CalendarHook | None = None
    exports: tuple[Export[Any], ...] = ()
    on_refusal: PostHook | None = None
    on_refused_vote: RefusedVoteHook | None = None
    on_poll_end: PostHook | None = None
    on_roster: RosterHook | None = None
    on_gap: GapHook | None = None

    @property
    def commands(self) -> list[Command]:
        """The commands, in the order of their declaration."""
        return [replace(each, feature=self.name) for router in self.routers for each in router.commands]

    @property
    def buttons(self) -> list[ButtonAction]:
        """What the buttons do."""
        return [replace(each, feature=self.name) for router in self.routers for each in router.buttons]

    @property
    def job_kinds(self) -> list[JobKind]:
        """The kinds of its jobs."""
        return [replace(each, feature=self.name) for each in self.jobs]


class Features:
    """All features. What a word or an action stands for is looked up here."""

    def __init__(self, features: Iterable[Feature]) -> None:
        """Raise ValueError, with the names of both, if two features declare the same word, button or kind of job."""
        self.all = tuple(features)
        self.by_name = {each.name: each for each in self.all}
        if len(self.by_name) < len(self.all):
            raise ValueError(f"two features have the same name: {[each.name for each in self.all]}")
        self.commands = [each for feature in self.all for each in feature.commands]
        self._by_word = _unique("word", ((fold(word), each) for each in self.commands for word in each.words))
        self.buttons = _unique("button", ((each.name, each) for feature in self.all for each in feature.buttons))
        kinds = [each for feature in self.all for each in feature.job_kinds]
        kinds += [JobKind(name=ROSTER, apply=self._roster)] * any(each.on_roster for each in self.all)
        kinds += [JobKind(name=DELETED, apply=self._deleted)] * any(each.on_deletion for each in self.all)
        self.jobs = _unique("kind of job", ((each.name, each) for each in kinds))

    async def _roster(self, ctx: Context, job: Job, _prepared: None) -> None:
        """Run the hooks for a change of who takes part in a dialogue, and how."""
        for feature in self.all:
            if feature.on_roster:
                await feature.on_roster(replace(ctx, feature=feature.name), int(job.key))

    async def _deleted(self, ctx: Context, job: Job, _prepared: None) -> None:
        """Run the hooks for a message that was deleted."""
        stored = await ctx.store.messages.kept(int(job.key))
        for feature in self.all:
            if stored and feature.on_deletion and stored.feature in {"", feature.name}:
                await feature.on_deletion(replace(ctx, feature=feature.name), stored)

    def find(self, word: str) -> Command | None:
        """Return the command that a word stands for."""
        return self._by_word.get(fold(word))

    def has(self, word: str) -> bool:
        """Whether a word stands for a command."""
        return self.find(word) is not None

    def with_number_apart(self, parsed: ParsedCommand) -> ParsedCommand:
        """Return a command whose number was typed on its word, `/vote4 1=5`, as if a space were between them."""
        found = None if self.has(parsed.word) else _NUMBERED.fullmatch(parsed.word)
        command = self.find(found["word"]) if found else None
        if found is None or command is None or command.takes is None:
            return parsed
        apart = replace(parsed, word=found["word"], args=f"{found['number']} {parsed.args}".strip())
        return apart if command.takes(apart) else parsed

    def near(self, parsed: ParsedCommand, *, crosses: bool) -> Command | None:
        """Return the command that a mistyped word probably meant.

        If the text would otherwise be relayed (`crosses`), the rest must fit the command's arguments:
        nothing, a known argument, a mention.
        """
        close = difflib.get_close_matches(fold(parsed.word), self._by_word, n=3, cutoff=0.65)
        near = [self._by_word[word] for word in close]
        return next((command for command in near if not crosses or self._fits(command, parsed)), None)

    def _fits(self, command: Command, parsed: ParsedCommand) -> bool:
        about_a_command = self.has(parsed.args)  # /help takes one, and no sentence is a command word
        return not parsed.args or about_a_command or (command.takes is not None and command.takes(parsed))


def _unique(what: str, declared: Iterable[tuple[str, T]]) -> dict[str, T]:
    found: dict[str, T] = {}
    for name, each in declared:
        if name in found:
            raise ValueError(f"the features {found[name].feature} and {each.feature} both declare the {what} {name}")
        found[name] = each
    return found

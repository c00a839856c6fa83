"""Dispatch of commands and buttons: find the handler, check the rights, roll back on failure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.commands.attempt import attempt
from bot.commands.budget import Allowance, Budget
from bot.commands.checks import checked_button, checked_command
from bot.commands.context import CommandContext, Services
from bot.commands.contexts import Contexts
from bot.commands.parse import ParsedCommand
from bot.commands.router import ButtonAction, Command, Handler
from bot.features import Features
from bot.model import Edit, Event, Message, MessageRef, Press, Reaction, Sender
from bot.relay import thread_of
from bot.text.catalogue import LazyText, _, lines
from storage import Chat, HeldBack, Person, Store, StoredMessage

CORRECTABLE = timedelta(minutes=5)
"""How long a mistyped command can be edited into one that runs."""


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The dispatcher for the commands and buttons of all features."""

    features: Features
    services: Services
    contexts: Contexts
    budget: Budget = field(default_factory=Budget)

    async def command(
        self, store: Store, chat: Chat, person: Person, event: Message, *, parsed: ParsedCommand, now: datetime
    ) -> bool:
        """Run a command; return False if the text does not resemble one and is an ordinary message."""
        command = self.features.find(parsed.word)
        near = None if command else self.features.near(parsed, crosses=chat.dialogue_id is not None)
        if not (command or near):
            return False
        # Stored without a dialogue: it is not relayed, but a reply to it must find its author.
        held = _held_back(event, parsed.word if near else "", now)
        id = await store.messages.add(
            sent_at=event.at,
            chat=chat,
            native_id=event.ref.id,
            person_id=person.id,
            held=held if near else None,
            feature=command.feature if command else "",
            digest=self.services.relay.digest(chat, event),
            thread_id=await thread_of(store, chat, event.thread, None, event.at),
        )
        ctx = await self.contexts.of(store, chat, person, event.sender, event.ref, now=now, parsed=parsed, event=event)
        if not await self.affords(ctx, event):
            if command is None or not command.always:
                return True
            ctx = replace(ctx, silent=True)
        refusal = await self._run(ctx, checked_command(command) if command else _suggestion(near))
        if refusal is not None:  # perhaps it was not meant as a command: `!start the meeting at five`
            await store.messages.hold(id, held)
        return True

    async def edited(
        self,
        store: Store,
        chat: Chat,
        person: Person,
        event: Edit,
        *,
        stored: StoredMessage,
        parsed: ParsedCommand | None,
        now: datetime,
    ) -> None:
        """Run an edited command again, or pass the edit on to its feature, if its author may use what it says now."""
        command = self.features.find(parsed.word) if parsed else None
        digest = self.services.relay.digest(chat, event)
        if command is None or command.feature != stored.feature or digest == stored.digest:
            return
        handler = command.handler if command.runs_again else self._on_edit(command, event)
        if handler is None:
            return
        await store.messages.record_edit(stored, digest)
        ctx = await self.contexts.of(
            store, chat, person, event.sender, event.ref, now=now, parsed=parsed, event=event, subject=stored
        )
        silent = not await self.affords(ctx, event)
        if command.always or not silent:
            await self._run(replace(ctx, silent=silent), checked_command(command, handler))

    def _on_edit(self, command: Command, event: Edit) -> Handler | None:
        """Return a handler that passes an edit on to the feature of a command, if it wants to hear of it."""
        hook = self.features.by_name[command.feature].on_edit
        if hook is None:
            return None

        async def hear(ctx: CommandContext) -> None:
            await hook(ctx, event)

        return hear

    async def affords(self, ctx: CommandContext, asked: Event) -> bool:
        """Return whether the person may get another answer now; if not, warn them once (trust: cases 77, 95).

        `asked` is the event that asks.
        """
        allowance = self.budget.spend(ctx.person.id, asked.id, ctx.now)
        if allowance is Allowance.WARNING:
            await ctx.reply(_too_fast())
        return allowance is Allowance.ANSWER

    async def answer(
        self,
        store: Store,
        chat: Chat,
        person: Person | None,
        text: LazyText,
        *,
        to: Message | Press | Reaction,
        now: datetime,
    ) -> None:
        """Answer a message that is not a command or has no personal author (None); this counts like a command."""
        allowance = self.budget.spend(person.id if person else -chat.id, to.id, now)
        if allowance is not Allowance.NOTHING:
            said = text if allowance is Allowance.ANSWER else _too_fast()
            await self.services.voice.post(store, [chat], said, now, reply_to=to.ref.id)

    def knows(self, parsed: ParsedCommand, chat: Chat | None) -> bool:
        """Whether this is a command, or close to one, in a chat (None: an unknown chat)."""
        crosses = chat is not None and chat.dialogue_id is not None
        return self.features.has(parsed.word) or self.features.near(parsed, crosses=crosses) is not None

    async def start(self, store: Store, chat: Chat, person: Person, sender: Sender, now: datetime) -> None:
        """Greet someone who has opened a private chat, as if they had typed `/start`."""
        command = self.features.find("start")
        if command:
            ctx = await self.contexts.of(store, chat, person, sender, MessageRef(chat.ref, ""), now=now)
            await self._run(ctx, checked_command(command))

    async def press(
        self,
        store: Store,
        chat: Chat,
        person: Person,
        event: Press | Reaction,
        *,
        stored: StoredMessage | None,
        now: datetime,
    ) -> LazyText | None:
        """Run a button's action; a button that the message does not have does nothing (trust: cases 63, 64).

        Returns the text for the person who pressed, or None if there is none or it was posted in the chat.
        """
        mark, button, args = self._button(stored, event)
        if button is None:
            return _("This button no longer does anything.")
        taken_back = isinstance(event, Reaction) and event.removed
        if taken_back and not button.takes_back:
            return None
        ctx = await self.contexts.of(
            store,
            chat,
            person,
            event.sender,
            event.ref,
            now=now,
            parsed=ParsedCommand(button.name, args),
            at=event.at,
            subject=stored,
            about=stored,
        )
        moderated = isinstance(event, Reaction) and event.moderated
        by_reaction = isinstance(event, Reaction)
        ctx = replace(ctx, taken_back=taken_back, moderated=moderated, by_reaction=by_reaction, notices=[])
        refusal = await self._run(ctx, checked_button(button, mark), aloud=False)
        told = refusal or (lines(*ctx.notices) if ctx.notices else None)
        if told is None or (isinstance(event, Press) and self.services.voice.answers_presses(chat)):
            return told
        if await self.affords(ctx, event):
            await ctx.reply(told)
        return None

    def hears_removal(self, stored: StoredMessage, event: Reaction) -> bool:
        """Whether it makes a difference that a reaction is taken back again."""
        _mark, button, _args = self._button(stored, event)
        return button.takes_back if button else any(each.on_reaction for each in self.features.all)

    def _button(self, stored: StoredMessage | None, event: Press | Reaction) -> tuple[str, ButtonAction | None, str]:
        """Return the pressed button, behind the mark of whom it was made for and before its arguments."""
        signed = signed_action(stored, event)
        action = self.services.signer.verify(stored.id, signed) if stored and signed else None
        mark, name, args = _parts(action or "")
        return mark, self.features.buttons.get(name), args

    async def _run(self, ctx: CommandContext, handler: Handler, *, aloud: bool = True) -> LazyText | None:
        """Run a handler and return the text of its error, if any; with `aloud`, also post it in the chat."""
        async with attempt(ctx.store, "command") as ended:
            await handler(ctx)
        if ended.refusal is not None and aloud and not ctx.silent:
            await ctx.reply(ended.refusal)
        return ended.refusal


def _too_fast() -> LazyText:
    return _("Too fast: that was a lot at once. I will answer again in a minute.")


def signed_action(stored: StoredMessage | None, event: Press | Reaction) -> str | None:
    """Return the signed action of the pressed button, if the message has that button."""
    if stored is None:
        return None
    if isinstance(event, Press):
        return event.action if event.action in stored.buttons.values() else None
    # Clients are inconsistent about the emoji variation selector.
    signs = {emoji.replace("\ufe0f", ""): action for emoji, action in stored.buttons.items()}
    return signs.get(event.key.replace("\ufe0f", ""))


def _parts(action: str) -> tuple[str, str, str]:
    """Return the mark of whom a button was made for, or an empty string; the name of its action, and the rest."""
    mark, _colon, rest = action[1:].partition(":") if action.startswith("@") else ("", "", action)
    name, _colon, args = rest.partition(":")
    return mark, name, args


def _held_back(event: Message, word: str, now: datetime) -> HeldBack:
    reply = event.reply
    return HeldBack(word, now, reply.to if reply else None, reply.account if reply else None)


def _suggestion(near: Command | None) -> Handler:
    async def suggest(ctx: CommandContext) -> None:
        word = near.word_in(ctx.locale_context.locale) if near else ""
        rows = [_("I do not know this command. Did you mean `/{command}`?", command=word)]
        if ctx.chat.dialogue_id is not None:
            rows += [
                _(
                    "Your message was not passed on. You can correct it by editing it: a command then runs (within {n}"
                    " minutes), ordinary text is passed on.",
                    n=CORRECTABLE.seconds // 60,
                )
            ]
        await ctx.reply(lines(*rows))

    return suggest

"""Dispatch of commands and buttons: find the handler, check the rights, roll back on failure."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from bot.commands.budget import Allowance, Budget
from bot.commands.context import CommandContext, Services
from bot.commands.parse import ParsedCommand
from bot.commands.router import Command, Handler, Router, Where
from bot.model import Message, MessageRef, Press, Reaction, Role, Sender
from bot.relay import find_replied
from bot.text.catalogue import LazyText, UserError, _, lines
from storage import Chat, Dialogue, HeldBack, Person, StorageError, Store, StoredMessage

log = structlog.get_logger()

CORRECTABLE = timedelta(minutes=5)
"""How long a mistyped command can be edited into one that runs."""

NUMBERS = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣", "🔟")


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The dispatcher for the commands and buttons of all features."""

    router: Router
    services: Services
    budget: Budget = field(default_factory=Budget)

    async def command(
        self, store: Store, chat: Chat, person: Person, event: Message, *, parsed: ParsedCommand, now: datetime
    ) -> bool:
        """Run a command; return False if the text does not resemble one and is an ordinary message."""
        command = self.router.find(parsed.word)
        near = None if command else self.router.near(parsed, crosses=chat.dialogue_id is not None)
        if not (command or near):
            return False
        # Stored without a dialogue: it is not relayed, but a reply to it must find its author.
        held = _held_back(event, parsed.word if near else "", now)
        id = await store.messages.add(
            sent_at=event.at, chat=chat, native_id=event.ref.id, person_id=person.id, held=held if near else None
        )
        ctx = await self._context(store, chat, person, event.sender, event.ref, now=now, parsed=parsed, asked_by=event)
        if not await self._affords(ctx, event.id):
            return True
        refusal = await self._run(ctx, checked(command) if command else _suggestion(near))
        if refusal is not None:  # perhaps it was not meant as a command: `!start the meeting at five`
            await store.messages.hold(id, held)
        return True

    async def _affords(self, ctx: CommandContext, asked: str) -> bool:
        """Return whether the person may get another answer now; if not, warn them once (trust: cases 77, 95).

        `asked` is the id of the event that asks.
        """
        allowance = self.budget.spend(ctx.person.id, asked, ctx.now, official=ctx.role.is_official)
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
        allowance = self.budget.spend(person.id if person else -chat.id, to.id, now, official=False)
        if allowance is not Allowance.NOTHING:
            stored = text if allowance is Allowance.ANSWER else _too_fast()
            await self.services.voice.post(store, [chat], stored, now, reply_to=to.ref.id)

    def knows(self, parsed: ParsedCommand, chat: Chat | None) -> bool:
        """Whether this is a command, or close to one, in a chat (None: an unknown chat)."""
        crosses = chat is not None and chat.dialogue_id is not None
        return self.router.find(parsed.word) is not None or self.router.near(parsed, crosses=crosses) is not None

    async def start(self, store: Store, chat: Chat, person: Person, sender: Sender, now: datetime) -> None:
        """Greet someone who has opened a private chat, as if they had typed `/start`."""
        command = self.router.find("start")
        if command:
            ref = MessageRef(chat.ref, "")
            await self._run(await self._context(store, chat, person, sender, ref, now=now), command.handler)

    async def press(
        self, store: Store, chat: Chat, person: Person, event: Press | Reaction, now: datetime
    ) -> LazyText | None:
        """Run a button's action; a button that the message does not have does nothing (trust: cases 63, 64).

        Returns the text for the person who pressed, or None if there is none or it was posted in the chat.
        """
        stored = await store.messages.find(chat, event.ref.id)
        sealed = _sealed(stored, event)
        action = self.services.signer.verify(stored.id, sealed) if stored and sealed else None
        name, _colon, rest = (action or "").partition(":")
        handler = self.router.buttons.get(name)
        if handler is None:
            return _("This button no longer does anything.")
        ctx = await self._context(
            store, chat, person, event.sender, event.ref, now=now, parsed=ParsedCommand(name, rest)
        )
        quiet = isinstance(event, Press) and self.services.voice.answers_presses(chat)
        refusal = await self._run(ctx, handler, aloud=False)
        if refusal is not None and not quiet and await self._affords(ctx, event.id):
            await ctx.reply(refusal)
        return refusal

    async def _run(self, ctx: CommandContext, handler: Handler, *, aloud: bool = True) -> LazyText | None:
        """Run a handler and return the text of its error, if any; with `aloud`, also post it in the chat."""
        try:
            async with ctx.store.savepoint():
                await handler(ctx)
        except UserError as error:
            refusal = error.text
        except StorageError:
            raise
        except Exception:
            # The only catch-all here: a bug in one feature must not stop the others.
            number = secrets.token_hex(3)
            log.exception("command failed", number=number)
            refusal = _("Something went wrong; nothing was changed. Please tell the operator: {number}", number=number)
        else:
            return None
        if aloud:
            await ctx.reply(refusal)
        return refusal

    async def _context(
        self,
        store: Store,
        chat: Chat,
        person: Person,
        sender: Sender,
        ref: MessageRef,
        *,
        now: datetime,
        parsed: ParsedCommand | None = None,
        asked_by: Message | None = None,
    ) -> CommandContext:
        dialogue, dialogues = await self._dialogue(store, chat, person)
        reply = asked_by.reply if asked_by else None
        if chat.locale is None:  # no city yet: use the language of the person speaking
            chat = replace(chat, locale=person.locale or person.guessed_locale)
        ctx = CommandContext(
            **self.services.all(),
            store=store,
            now=now,
            chat=chat,
            person=person,
            account=sender.account or person.accounts[0],
            grant=await self.services.rights.grant_of(store, chat, person, dialogue.id if dialogue else None),
            admin=sender.admin,
            dialogue=dialogue,
            dialogues=dialogues,
            args=parsed.args if parsed else "",
            message=ref.id,
            replied_message=await find_replied(store, chat, dialogue.id if dialogue else None, reply)
            if reply
            else None,
            is_reply=reply is not None,
            replied_author=reply.account if reply else None,
            reply_to=reply,
            mentions=parsed.mentions if parsed else {},
            locale_context=await self.services.voice.locale_context(store, chat),
            commands=self.router.commands,
            attachment=asked_by.attachment if asked_by else None,
        )
        store.deliveries.share = ctx.share
        return ctx

    async def _dialogue(self, store: Store, chat: Chat, person: Person) -> tuple[Dialogue | None, Sequence[Dialogue]]:
        """Return the dialogue meant in a chat, and all candidates; in private, those of the person."""
        if chat.dialogue_id is not None:
            dialogue = await store.dialogues.get(chat.dialogue_id)
            return dialogue, (dialogue,)
        if chat.person_id is None:
            return None, ()
        ids = [each.dialogue_id for each in await store.roles.of_person(person.id)]
        dialogues = [await store.dialogues.get(id) for id in ids]
        if not dialogues and self.services.rights.by_settings(person):
            dialogues = await store.dialogues.all()
        chosen = [each for each in dialogues if len(dialogues) == 1 or each.id == person.dialogue_id]
        return (chosen[0] if chosen else None), dialogues


def _too_fast() -> LazyText:
    return _("Too fast: that was a lot at once. I will answer again in a minute.")


def _sealed(stored: StoredMessage | None, event: Press | Reaction) -> str | None:
    """Return the signed action of the pressed button, if the message has that button."""
    if stored is None:
        return None
    if isinstance(event, Press):
        return event.action if event.action in stored.buttons.values() else None
    # Clients are inconsistent about the emoji variation selector.
    signs = {emoji.replace("\ufe0f", ""): action for emoji, action in stored.buttons.items()}
    return None if event.removed else signs.get(event.key.replace("\ufe0f", ""))


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


def checked(command: Command) -> Handler:
    """Return a command's handler with checks of place and role, which raise a polite UserError."""

    async def run(ctx: CommandContext) -> None:
        word = command.word_in(ctx.locale_context.locale)
        if command.where is Where.PRIVATE and not ctx.private:
            raise UserError(await _only_in_private(ctx, word))
        if command.where is Where.GROUP and ctx.private:
            raise UserError(_only_in_a_group(ctx, word))
        if command.in_dialogue:
            if ctx.dialogue is None:
                await _which_dialogue(ctx)
                return
            ctx = ctx.in_dialogue(ctx.dialogue)
        if not command.may(ctx.role, reply=ctx.is_reply, admin=bool(ctx.admin)):
            raise UserError(await _refusal(ctx, command, word))
        await command.handler(ctx)

    return run


async def _only_in_private(ctx: CommandContext, word: str) -> LazyText:
    address = ctx.addresses(word).get(ctx.chat.ref.messenger, "")
    return _(
        "`/{command}` works only in a private chat with me: open {address} and type it there.",
        command=word,
        address=address,
    )


def _only_in_a_group(ctx: CommandContext, word: str) -> LazyText:
    text = _("`/{command}` belongs in the group or room of your city: please type it there.", command=word)
    if not ctx.voice.private_can_grow(ctx.chat):
        return text
    more = _(
        "We are alone in this room, so I treat it as a private chat. If it is meant to be the room of your city,"
        " invite the people of your city first; or create a room with a name, and invite me there."
    )
    return lines(text, more)


async def _which_dialogue(ctx: CommandContext) -> None:
    """Ask which of several dialogues is meant. Raises UserError if there is none."""
    if not ctx.dialogues:
        if ctx.private:
            raise UserError(
                _("You do not take part in a dialogue yet: please write something in the chat of your city first.")
            )
        raise UserError(
            _("This chat does not belong to a dialogue yet. `/pair CITY` makes a code with which it can join one.")
        )
    choices = [
        (_("{dialogue}", dialogue=each.name), sign, f"dialogue:{each.id}")
        for each, sign in zip(ctx.dialogues, NUMBERS, strict=False)
    ]
    await ctx.reply(_("You take part in several dialogues. Which one do you mean?"), *choices)


async def _refusal(ctx: CommandContext, command: Command, word: str) -> LazyText:
    """Return a text that says who may use the command and whom to ask."""
    needed = command.role_in_reply if ctx.is_reply else command.role
    if command.admins and ctx.admin is None and not ctx.private:
        return _("I could not find out whether you are an administrator of this chat. Please try again in a moment.")
    if command.admins:
        return _("`/{command}` is for coordinators and for the administrators of this chat.", command=word)
    if needed is not Role.COORDINATOR:
        return _("`/{command}` is for staff, mayors and coordinators.", command=word)
    people = await ctx.rights.coordinators(ctx.store, ctx.dialogue.id if ctx.dialogue else None)
    if not people:
        return _("`/{command}` is for coordinators.", command=word)
    return _(
        "`/{command}` is for coordinators. The coordinators here are: {names}.",
        command=word,
        names=[each.name for each in people],
    )

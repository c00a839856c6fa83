"""Runs what people ask for: finds the command, checks the role, and undoes what goes wrong."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.model import Account, Message, MessageRef, Press, Reaction, Role
from bot.relay import Relay
from bot.router import Command, Context, Handler, Router, Typed
from bot.text.catalogue import Lazy, UserError, _
from bot.voice import Voice
from storage import Appointment, Chat, Dialogue, Person, Said, StorageError, Store

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The commands of all features, for everybody who types. `coordinators` are those of the settings."""

    router: Router
    voice: Voice
    relay: Relay
    coordinators: frozenset[Account]

    async def command(
        self, store: Store, chat: Chat, person: Person, event: Message, *, typed: Typed, now: datetime
    ) -> bool:
        """Run a command; False: it is nothing like one, so the text is an ordinary message."""
        command, near = self.router.find(typed.word), self.router.near(typed.word)
        if command is None and near is None:
            return False
        ctx = await self._context(store, chat, person, event.ref, now, args=typed.args, reply=event)
        await self._run(ctx, _suggestion(near or "") if command is None else self._checked(command))
        return True

    async def press(self, store: Store, chat: Chat, person: Person, event: Press | Reaction, now: datetime) -> None:
        """Do what a button does; one that the message does not have does nothing."""
        said = await store.messages.find(chat, event.ref.id)
        action = _action(said, event)
        name, _colon, rest = (action or "").partition(":")
        if handler := self.router.buttons.get(name):
            await self._run(await self._context(store, chat, person, event.ref, now, args=rest), handler)

    def is_coordinator(self, person: Person) -> bool:
        """Say whether the settings name one of the person's accounts."""
        return not self.coordinators.isdisjoint(person.accounts)

    async def _run(self, ctx: Context, handler: Handler) -> None:
        try:
            async with ctx.store.savepoint():
                await handler(ctx)
        except UserError as error:
            await ctx.reply(error.text)
        except StorageError:
            raise
        except Exception:
            # The one place: a feature's mistake must not stop the others.
            number = secrets.token_hex(3)
            log.exception("command failed", number=number)
            text = _("Something went wrong; nothing was changed. Please tell the operator: {number}", number=number)
            await ctx.reply(text)

    def _checked(self, command: Command) -> Handler:
        async def run(ctx: Context) -> None:
            if not command.may(ctx.role, reply=ctx.is_reply):
                raise UserError(_refusal(command, reply=ctx.is_reply))
            await command.handler(ctx)

        return run

    async def _context(
        self,
        store: Store,
        chat: Chat,
        person: Person,
        ref: MessageRef,
        now: datetime,
        *,
        args: str,
        reply: Message | None = None,
    ) -> Context:
        appointment, dialogue = await self._place(store, chat, person)
        answers = await store.messages.find(chat, reply.reply.to.id) if reply and reply.reply else None
        role = Role.COORDINATOR if self.is_coordinator(person) else appointment and appointment.role
        return Context(
            store=store,
            chat=chat,
            person=person,
            role=role or Role.GUEST,
            dialogue=dialogue,
            city=appointment.city if appointment else chat.city,
            args=args,
            message=ref.id,
            answers=answers,
            is_reply=bool(reply and reply.reply),
            reader=await self.voice.reader(store, chat),
            now=now,
            voice=self.voice,
            relay=self.relay,
            commands=self.router.commands,
        )

    @staticmethod
    async def _place(store: Store, chat: Chat, person: Person) -> tuple[Appointment | None, Dialogue | None]:
        """Give what the person is here, and in which dialogue: in private the only one they are in."""
        if chat.dialogue_id is not None:
            return await store.roles.of(chat.dialogue_id, person.id), await store.dialogues.get(chat.dialogue_id)
        own = await store.roles.of_person(person.id) if chat.person_id else []
        if len(own) == 1:
            return own[0], await store.dialogues.get(own[0].dialogue_id)
        return None, None


def _action(said: Said | None, event: Press | Reaction) -> str | None:
    if said is None:
        return None
    if isinstance(event, Press):
        return event.action if event.action in said.buttons.values() else None
    # Clients add or leave out the emoji variation selector as they like.
    signs = {emoji.rstrip("\ufe0f"): action for emoji, action in said.buttons.items()}
    return None if event.removed else signs.get(event.key.rstrip("\ufe0f"))


def _suggestion(near: str) -> Handler:
    async def suggest(ctx: Context) -> None:
        text = _("I don't know this command. Did you mean `/{command}`? Your message was not passed on.", command=near)
        await ctx.reply(text)

    return suggest


def _refusal(command: Command, *, reply: bool) -> Lazy:
    needed = command.role_in_reply if reply else command.role
    if needed is Role.COORDINATOR:
        return _("`/{command}` is for coordinators.", command=command.word)
    return _("`/{command}` is for staff, mayors and coordinators.", command=command.word)

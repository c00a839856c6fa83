"""Creation of contexts: who someone is where they command, press or write, and which dialogue is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.commands.context import CommandContext, Services
from bot.commands.parse import ParsedCommand
from bot.commands.router import Command
from bot.model import Edit, Message, MessageRef, Sender
from bot.relay import find_replied
from storage import Chat, Dialogue, Person, Store, StoredMessage


@dataclass(frozen=True, slots=True)
class Contexts:
    """The factory of contexts for what people do."""

    services: Services
    commands: Sequence[Command]

    async def of(
        self,
        store: Store,
        chat: Chat,
        person: Person,
        sender: Sender,
        ref: MessageRef,
        *,
        now: datetime,
        feature: str = "",
        parsed: ParsedCommand | None = None,
        event: Message | Edit | None = None,
        at: datetime | None = None,
        subject: StoredMessage | None = None,
        about: StoredMessage | None = None,
    ) -> CommandContext:
        """Return a context. `about`: the post of the bot that was pressed; `at`: when, unless `event` says it."""
        reply = event.reply if event else None
        replied = await find_replied(store, chat, None, reply) if reply and chat.person_id is not None else None
        dialogue, dialogues = await self._dialogue(store, chat, person, about, replied)
        if chat.locale is None:  # no city yet: use the language of the person speaking
            chat = replace(chat, locale=person.locale or person.guessed_locale)
        dialogue_id = dialogue.id if dialogue else None
        ctx = CommandContext(
            **self.services.all(),
            store=store,
            now=now,
            feature=feature,
            chat=chat,
            person=person,
            account=sender.account or person.accounts[0],
            grant=await self.services.rights.admit(store, chat, person, dialogue_id),
            admin=sender.admin,
            dialogue=dialogue,
            dialogues=dialogues,
            args=parsed.args if parsed else "",
            rich_args=parsed.rich_args if parsed else (),
            message=ref.id,
            replied_message=await find_replied(store, chat, dialogue_id, reply) if reply else None,
            is_reply=reply is not None,
            replied_author=reply.account if reply else None,
            reply_to=reply,
            mentions=parsed.mentions if parsed else {},
            locale_context=await self.services.voice.locale_context(store, chat),
            commands=self.commands,
            attachment=event.attachment if event else None,
            at=min(now, event.at if event else at or now),
            subject=subject,
        )
        store.deliveries.share, store.deliveries.asked_in = ctx.share, chat.id
        return ctx

    async def _dialogue(
        self, store: Store, chat: Chat, person: Person, about: StoredMessage | None, replied: StoredMessage | None
    ) -> tuple[Dialogue | None, Sequence[Dialogue]]:
        """Return the dialogue meant in a chat, and all candidates; in private, those of the person.

        There a post of the bot that is pressed, or replied to, tells which one is meant.
        """
        if chat.dialogue_id is not None:
            dialogue = await store.dialogues.get(chat.dialogue_id)
            return dialogue, (dialogue,)
        if chat.person_id is None:
            return None, ()
        ids = [each.dialogue_id for each in await store.roles.of_person(person.id)]
        dialogues = [await store.dialogues.get(id) for id in ids]
        if not dialogues and self.services.rights.by_settings(person):
            dialogues = await store.dialogues.all()
        if about and about.dialogue_id is not None:
            return await store.dialogues.get(about.dialogue_id), dialogues
        meant = replied.dialogue_id if replied and replied.chat_id is None else None
        told = [each for each in dialogues if each.id == meant]
        chosen = told or [each for each in dialogues if len(dialogues) == 1 or each.id == person.dialogue_id]
        return (chosen[0] if chosen else None), dialogues

"""Polls and pins on the human side."""

from __future__ import annotations

from collections.abc import Sequence

from bot.sandbox.telegram.actors import ChatActor, GroupActor, PersonActor
from bot.sandbox.telegram.clients import Clients
from bot.sandbox.telegram.errors import Json
from bot.sandbox.telegram.polls import TelegramPoll


class Voting(Clients):
    """The actions of people with polls and pins."""

    def ask(
        self,
        chat: ChatActor,
        person: PersonActor,
        question: str,
        options: Sequence[str],
        *,
        anonymous: bool = True,
        multiple: bool = False,
        thread: int | None = None,
    ) -> Json:
        """Send a poll of one's own; bots do not hear of its votes."""
        self.enter(chat, person, "can_send_polls", thread=thread)
        id = str(self.world.number())
        poll = TelegramPoll(id, person, chat, question, tuple(options), anonymous=anonymous, multiple=multiple)
        self.world.polls[poll.id] = poll
        poll.record = self.world.post(chat, person, poll.message, thread=thread)
        return poll.record.message

    def vote(
        self,
        chat: ChatActor,
        person: PersonActor,
        message_id: int,
        *options: int,
        anonymous: bool = False,
        forwarded: bool = False,
    ) -> Json:
        """Choose options of a poll by their numbers from 0, in place of earlier ones; none take the vote back.

        `anonymous`: as an admin in the name of the group. `forwarded`: where somebody has forwarded the poll, which is
        the same one there. Return the message.
        """
        poll = self._poll(chat, message_id)
        if not forwarded:
            self._enter_voting(chat, person)
        chosen = tuple(sorted(set(options)))
        before = poll.votes.get(person.id, ())
        if poll.closed:
            raise ValueError("the poll is closed")
        if len(chosen) > 1 and not poll.multiple:
            raise ValueError("the poll takes one answer only")
        if not set(chosen) <= set(range(len(poll.options))):
            raise ValueError(f"the poll has only {len(poll.options)} options")
        if before and before != chosen and not poll.revoting:
            raise ValueError("the poll does not let votes be changed")
        if before != chosen:
            self.world.vote(poll, person, chosen, anonymous=anonymous)
        return self.record(chat, message_id).message

    def stop(self, chat: ChatActor, person: PersonActor, message_id: int) -> None:
        """Close a poll of one's own."""
        poll = self._poll(chat, message_id)
        if poll.owner is not person or poll.closed:
            raise ValueError(f"{person.name} cannot close the poll")
        self.world.close_poll(poll)

    def pin(self, chat: ChatActor, person: PersonActor, message_id: int) -> Json:
        """Pin a message; return the service message that shows it."""
        record = self.record(chat, message_id)
        self._enter_pinning(chat, person)
        if record.service or record.id in chat.pinned:
            raise ValueError(f"message {message_id} cannot be pinned")
        return self.world.pin(chat, record, person).message

    def unpin(self, chat: ChatActor, person: PersonActor, message_id: int) -> None:
        """Unpin a message; no bot hears of it."""
        record = self.record(chat, message_id)
        self._enter_pinning(chat, person)
        if record.id not in chat.pinned:
            raise ValueError(f"message {message_id} is not pinned")
        self.world.unpin(chat, record, person)

    def pins(self, chat: ChatActor) -> list[Json]:
        """Return the pinned messages of a chat, the newest first."""
        return [chat.records[id].message for id in sorted(chat.pinned, reverse=True)]

    def _enter_voting(self, chat: ChatActor, person: PersonActor) -> None:
        if isinstance(chat, GroupActor) and not chat.member(person).inside:
            raise ValueError(f"{person.name} is not in {chat.title}")

    def _enter_pinning(self, chat: ChatActor, person: PersonActor) -> None:
        if isinstance(chat, GroupActor) and not chat.may(person, "can_pin_messages"):
            raise ValueError(f"{person.name} may not pin messages in {chat.title}")

    def _poll(self, chat: ChatActor, message_id: int) -> TelegramPoll:
        self.world.close_due_polls()
        message = self.record(chat, message_id).message
        if "poll" not in message:
            raise ValueError(f"message {message_id} is no poll")
        return self.world.polls[message["poll"]["id"]]

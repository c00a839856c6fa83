"""What happens on the server beyond messages: reactions, votes, pins, who comes and goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import count

from bot.sandbox.telegram.actors import (
    CHANNEL_BOT,
    BotActor,
    ChatActor,
    GroupActor,
    Member,
    PersonActor,
    Private,
    Record,
    Who,
)
from bot.sandbox.telegram.errors import Json
from bot.sandbox.telegram.polls import TelegramPoll
from bot.sandbox.telegram.timeline import Timeline


class TelegramWorld(Timeline):
    """Everyone and everything on one server."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Begin empty; `clock` returns aware datetimes."""
        super().__init__(clock)
        self.polls: dict[str, TelegramPoll] = {}

    # Reactions, votes and pins

    def react(self, chat: ChatActor, record: Record, who: Who, emoji: str) -> None:
        """Set a reaction, empty to take it back. Only bots that are admins hear of it, and only of people's."""
        old = record.reactions.get(who.id, "")
        if emoji == old:
            return
        record.reactions.pop(who.id, None)
        if emoji:
            record.reactions[who.id] = emoji
        if isinstance(who, PersonActor):
            update = {
                "chat": chat.chat,
                "message_id": record.id,
                "user": who.user,
                "date": self.now,
                "old_reaction": _reactions(old),
                "new_reaction": _reactions(emoji),
            }
            for bot in self.hearing(chat):
                if isinstance(chat, Private) or (isinstance(chat, GroupActor) and chat.member(bot).admin):
                    bot.updates.add("message_reaction", update)
        self.emit("reaction", chat, message=record.message, **{"from": who.user}, emoji=emoji, old=old)

    def vote(self, poll: TelegramPoll, person: PersonActor, options: tuple[int, ...], *, anonymous: bool) -> None:
        """Count a person's vote, empty to take it back; the bot that sent the poll hears of it."""
        poll.votes.pop(person.id, None)
        if options:
            poll.votes[person.id] = options
        voter = {"user": CHANNEL_BOT, "voter_chat": poll.chat.chat} if anonymous else {"user": person.user}
        answer = {"poll_id": poll.id, "option_ids": [*options], "option_persistent_ids": poll.persistent(options)}
        if isinstance(poll.owner, BotActor) and not poll.anonymous:
            poll.owner.updates.add("poll_answer", answer | voter)
        if isinstance(poll.owner, BotActor):
            poll.owner.updates.add("poll", poll.poll)
        self._show_poll(poll, "vote", options=[*options], **{"from": person.user})

    def close_poll(self, poll: TelegramPoll) -> None:
        """End a poll; the bot that sent it hears of it, or all bots of the chat if a person did."""
        poll.closed = True
        for bot in [poll.owner] if isinstance(poll.owner, BotActor) else self.hearing(poll.chat):
            bot.updates.add("poll", poll.poll)
        self._show_poll(poll, "edit")

    def close_due_polls(self) -> None:
        """End the polls whose time is over."""
        for poll in self.polls.values():
            if poll.close_date and not poll.closed and poll.close_date <= self.now:
                self.close_poll(poll)

    def pin(self, chat: ChatActor, record: Record, who: Who) -> Record:
        """Pin a message and return the service message, of which the bot that pins hears as well."""
        chat.pinned.add(record.id)
        shown = {name: value for name, value in record.message.items() if name != "reply_to_message"}
        thread = record.message.get("message_thread_id") if "is_topic_message" in record.message else None
        service = self.post(chat, who, {"pinned_message": shown}, thread=thread)
        self.emit("pin", chat, message=record.message, **{"from": who.user})
        return service

    def unpin(self, chat: ChatActor, record: Record, who: Who) -> None:
        """Unpin a message; no bot hears of it."""
        chat.pinned.discard(record.id)
        self.emit("unpin", chat, message=record.message, **{"from": who.user})

    def _show_poll(self, poll: TelegramPoll, kind: str, **more: object) -> None:
        if poll.record:
            poll.record.message = poll.record.message | poll.message
            self.emit(kind, poll.chat, message=poll.record.message, **more)

    # Membership

    def stand(self, group: GroupActor, new: Member, by: Who) -> None:
        """Change someone's membership of a group, and tell the bots that may hear of it."""
        who = new.who
        old = group.member(who)
        group.members[who.id] = new
        if old.member != new.member:
            self._tell_of(group, old, new, by)
        self.emit("member", group, user=who.user, status=new.status, **{"from": by.user})

    def _tell_of(self, group: GroupActor, old: Member, new: Member, by: Who) -> None:
        """Inform a bot of its own membership, and bots that are administrators of everybody else's."""
        update = {
            "chat": group.chat,
            "from": by.user,
            "date": self.now,
            "old_chat_member": old.member,
            "new_chat_member": new.member,
        }
        if isinstance(new.who, BotActor):
            new.who.updates.add("my_chat_member", update)
        for bot in group.bots:
            if bot is not new.who and group.member(bot).admin:
                bot.updates.add("chat_member", update)

    def block(self, chat: Private, *, blocked: bool) -> None:
        """Block the bot on behalf of the person, or unblock it."""
        statuses = ("member", "kicked") if blocked else ("kicked", "member")
        old, new = (Member(chat.bot, status).member for status in statuses)
        (chat.person.blocked.add if blocked else chat.person.blocked.discard)(chat.bot.id)
        update = {
            "chat": chat.chat,
            "from": chat.person.user,
            "date": self.now,
            "old_chat_member": old,
            "new_chat_member": new,
        }
        chat.bot.updates.add("my_chat_member", update)

    def migrate(self, group: GroupActor, by: Who) -> GroupActor:
        """Turn a basic group into a supergroup, whose message ids start again from 1."""
        new = GroupActor(-1_000_000_000_000 - self.number(), count(1), title=group.title, supergroup=True)
        self.groups[new.id] = new
        new.members = group.members
        self.post(group, by, {"migrate_to_chat_id": new.id})
        group.moved_to = new
        self.post(new, by, {"migrate_from_chat_id": group.id})
        self.emit("migrate", group, to=new.id)
        return new


def _reactions(emoji: str) -> list[Json]:
    return [{"type": "emoji", "emoji": emoji}] if emoji else []

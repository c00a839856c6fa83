"""People, bots and groups, and how they change: the part of `People` without messages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import count
from secrets import token_urlsafe

from bot.sandbox.telegram.actors import GENERAL, BotActor, ChatActor, GroupActor, Member, PersonActor, Private, Who
from bot.sandbox.telegram.errors import Json
from bot.sandbox.telegram.menus import menu
from bot.sandbox.telegram.rights import PERMISSIONS, RIGHTS
from bot.sandbox.telegram.updates import Updates
from bot.sandbox.telegram.world import TelegramWorld

_DELAYS = (0, 5, 10, 30, 60, 300, 900, 3600)


class Groups:
    """People, bots and groups. Raises ValueError for what a client would not let someone do."""

    def __init__(self, world: TelegramWorld) -> None:
        """Act in `world`."""
        self.world = world

    # Who there is

    def bot(
        self, username: str = "IntercityBot", name: str = "Intercity", token: str | None = None, *, privacy: bool = True
    ) -> BotActor:
        """Register a bot, as BotFather does. A `token` must begin with the bot's id and a colon."""
        id = int(token.partition(":")[0]) if token else 700_000_000 + self.world.number()
        bot = BotActor(id, username, name, token or f"{id}:{token_urlsafe(26)}", Updates(self.world.clock), privacy)
        self.world.bots[id] = bot
        return bot

    def person(
        self, first_name: str, last_name: str = "", username: str = "", language_code: str = "de", id: int | None = None
    ) -> PersonActor:
        """Register a person."""
        person = PersonActor(id or self.world.number(), first_name, last_name, username, language_code)
        self.world.people[person.id] = person
        return person

    def rename(
        self,
        person: PersonActor,
        first_name: str | None = None,
        last_name: str | None = None,
        username: str | None = None,
    ) -> None:
        """Change a person's names; an empty username is given up, and anybody may take it then."""
        if username and self._owner_of(username) not in (None, person):
            raise ValueError(f"@{username} is taken")
        person.first_name = person.first_name if first_name is None else first_name
        person.last_name = person.last_name if last_name is None else last_name
        person.username = person.username if username is None else username

    def group(
        self,
        title: str,
        people: Sequence[PersonActor] = (),
        *,
        bot_admin: bool = True,
        supergroup: bool = True,
        forum: bool = False,
        channel: bool = False,
        bots: Sequence[BotActor] | None = None,
    ) -> GroupActor:
        """Return a group as it might have existed before: the first of `people` owns it.

        `bots`: those that are in it (None: all); they get no update. Forums and channels are supergroups.
        """
        inside = list(self.world.bots.values()) if bots is None else list(bots)
        big = supergroup or forum or channel
        id = -(1_000_000_000_000 if big else 0) - self.world.number()
        ids = count(1 + forum * GENERAL) if big or not inside else inside[0].ids
        group = GroupActor(id, ids, title=title, supergroup=big, forum=forum, channel=channel)
        for number, person in enumerate(people):
            group.members[person.id] = Member(person, "member" if number else "creator")
        for bot in inside:
            group.members[bot.id] = Member(bot, "administrator" if bot_admin else "member")
        self.world.groups[id] = group
        return group

    def private(self, person: PersonActor, bot: BotActor | None = None) -> Private:
        """Return the chat of a person with a bot (None: the only one). It starts with the person's first message."""
        bot = bot or self._only_bot()
        key = (bot.id, person.id)
        if key not in self.world.privates:
            self.world.privates[key] = Private(person.id, bot.ids, person=person, bot=bot)
        return self.world.privates[key]

    def menu(self, chat: ChatActor, person: PersonActor, bot: BotActor | None = None) -> list[Json]:
        """Return the commands of a bot that the person is offered in a chat, as `{"command": …, "description": …}`."""
        return menu(bot or self._only_bot(), chat, person)

    # Coming and going

    def add_bot(self, chat: GroupActor, by: PersonActor, bot: BotActor | None = None, *, admin: bool = False) -> None:
        """Add a bot to a group. If it was restricted there it still is, unless made an admin."""
        bot = bot or self._only_bot()
        if not bot.joinable:
            raise ValueError(f"{bot.name} cannot be added to groups")
        self.world.stand(chat, Member(bot, "administrator") if admin else chat.member(bot).back, by)
        self.world.post(chat, by, {"new_chat_members": [bot.user]})

    def kick_bot(self, chat: GroupActor, by: PersonActor, bot: BotActor | None = None) -> None:
        """Remove a bot from a group."""
        bot = bot or self._only_bot()
        self.world.stand(chat, Member(bot, "kicked"), by)
        self.world.post(chat, by, {"left_chat_member": bot.user})

    def join(self, chat: GroupActor, person: PersonActor, by: PersonActor | None = None) -> None:
        """Add a person to a group, again or for the first time; `by`: somebody else adds them."""
        self.world.stand(chat, chat.member(person).back, by or person)
        self.world.post(chat, by or person, {"new_chat_members": [person.user]})

    def remove(self, chat: GroupActor, person: PersonActor, by: PersonActor | None = None) -> None:
        """Remove a person from a group."""
        by = by or self._owner(chat)
        self.world.stand(chat, Member(person, "kicked"), by)
        self.world.post(chat, by, {"left_chat_member": person.user})

    def leave(self, chat: GroupActor, person: PersonActor) -> None:
        """Leave a group as a person."""
        self.world.post(chat, person, {"left_chat_member": person.user})
        self.world.stand(chat, chat.member(person).gone, person)

    def block(self, person: PersonActor, bot: BotActor | None = None, *, blocked: bool = True) -> None:
        """Block a bot, or unblock it."""
        self.world.block(self.private(person, bot), blocked=blocked)

    # Rights

    def promote(
        self,
        chat: GroupActor,
        who: Who,
        *,
        admin: bool = True,
        rights: Collection[str] = RIGHTS,
        by: PersonActor | None = None,
    ) -> None:
        """Promote a person or a bot to an admin with `rights`, or demote them to an ordinary member."""
        _refuse_unknown(rights, RIGHTS)
        member = Member(who, "administrator", frozenset(rights)) if admin else Member(who, "member")
        self.world.stand(chat, member, by or self._owner(chat))

    def restrict(self, chat: GroupActor, who: Who, *, may: Collection[str] = (), by: PersonActor | None = None) -> None:
        """Restrict a member of a supergroup (a person or a bot, no longer an admin) to the permissions `may`."""
        _refuse_unknown(may, PERMISSIONS)
        if not chat.supergroup:
            raise ValueError("only supergroups restrict single members")
        self.world.stand(chat, Member(who, "restricted", frozenset(may)), by or self._owner(chat))

    def permit(self, chat: GroupActor, may: Collection[str]) -> None:
        """Restrict ordinary members to the permissions `may`; bots get no update."""
        _refuse_unknown(may, PERMISSIONS)
        chat.permissions = frozenset(may)

    def allow_reactions(self, chat: GroupActor, emoji: Collection[str]) -> None:
        """Allow only these reactions in a group."""
        chat.available_reactions = frozenset(emoji)

    # Groups themselves

    def retitle(self, chat: GroupActor, title: str, by: PersonActor | None = None) -> None:
        """Change the title of a group."""
        chat.title = title
        self.world.post(chat, by or self._owner(chat), {"new_chat_title": title})

    def slow_down(self, chat: GroupActor, seconds: int) -> None:
        """Set slow mode, 0 to end it; bots get no update."""
        if not chat.supergroup or seconds not in _DELAYS:
            raise ValueError(f"slow mode takes a supergroup and one of {_DELAYS} seconds")
        chat.slow_mode = seconds

    def topic(self, chat: GroupActor, name: str, by: PersonActor | None = None) -> int:
        """Open a topic in a forum and return its thread id."""
        record = self.world.post(
            chat, by or self._owner(chat), {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        )
        record.message |= {"message_thread_id": record.id, "is_topic_message": True}
        return record.id

    def rename_topic(self, chat: GroupActor, thread: int, name: str, by: PersonActor | None = None) -> None:
        """Change the name of a topic."""
        self.world.post(chat, by or self._owner(chat), {"forum_topic_edited": {"name": name}}, thread=thread)

    def close_topic(self, chat: GroupActor, thread: int = GENERAL, by: PersonActor | None = None) -> None:
        """Close a topic, by default the general one: only administrators write there then."""
        chat.closed.add(thread)
        self._tell_topic(chat, thread, "forum_topic_closed", by)

    def reopen_topic(self, chat: GroupActor, thread: int = GENERAL, by: PersonActor | None = None) -> None:
        """Open a topic again."""
        chat.closed.discard(thread)
        self._tell_topic(chat, thread, "forum_topic_reopened", by)

    def _tell_topic(self, chat: GroupActor, thread: int, what: str, by: PersonActor | None) -> None:
        place = None if thread == GENERAL else thread
        self.world.post(chat, by or self._owner(chat), {what: {}}, thread=place)

    def migrate(self, group: GroupActor, by: PersonActor | None = None) -> GroupActor:
        """Turn a basic group into a supergroup and return that; the old one answers with its new id."""
        return self.world.migrate(group, by or self._owner(group))

    def _owner(self, chat: GroupActor) -> PersonActor:
        return next(m.who for m in chat.members.values() if m.status == "creator" and isinstance(m.who, PersonActor))

    def _owner_of(self, username: str) -> Who | None:
        everyone: list[Who] = [*self.world.people.values(), *self.world.bots.values()]
        return next((who for who in everyone if who.username.lower() == username.lower()), None)

    def _only_bot(self) -> BotActor:
        if len(self.world.bots) != 1:
            raise ValueError("say which bot: there is not exactly one")
        return next(iter(self.world.bots.values()))


def _refuse_unknown(names: Collection[str], known: frozenset[str]) -> None:
    if strange := set(names) - known:
        raise ValueError(f"there is no right {', '.join(sorted(strange))}")

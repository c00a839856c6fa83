"""The human side: what people do in their clients, as calls for tests, the page and the benchmarks."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Callable, Sequence
from itertools import count
from secrets import token_urlsafe

from bot.sandbox.telegram.actors import ANONYMOUS_ADMIN, Bot, Chat, Group, Member, Person, Private, Record, Who
from bot.sandbox.telegram.entities import normalise
from bot.sandbox.telegram.errors import Json
from bot.sandbox.telegram.updates import Updates
from bot.sandbox.telegram.world import World


class People:
    """What people do. Everything takes effect at once; messages are dicts as the Bot API writes them.

    Raises ValueError for what a client would not let someone do.
    """

    def __init__(self, world: World) -> None:
        """Act in `world`."""
        self.world = world

    # Who there is

    def bot(
        self, username: str = "IntercityBot", name: str = "Intercity", token: str | None = None, *, privacy: bool = True
    ) -> Bot:
        """Register a bot, as BotFather does. A given token must begin with the bot's id and a colon."""
        id = int(token.partition(":")[0]) if token else 700_000_000 + self.world.number()
        bot = Bot(id, username, name, token or f"{id}:{token_urlsafe(26)}", Updates(self.world.clock), privacy)
        self.world.bots[id] = bot
        return bot

    def person(
        self, first_name: str, last_name: str = "", username: str = "", language_code: str = "de", id: int | None = None
    ) -> Person:
        """Register a person."""
        person = Person(id or self.world.number(), first_name, last_name, username, language_code)
        self.world.people[person.id] = person
        return person

    def group(
        self,
        title: str,
        people: Sequence[Person] = (),
        *,
        bot_admin: bool = True,
        supergroup: bool = True,
        forum: bool = False,
        bots: Sequence[Bot] | None = None,
    ) -> Group:
        """Give a group that exists already: the first of `people` owns it.

        `bots`: those that are in it (None: all there are); they are not told. A forum is a supergroup.
        """
        inside = list(self.world.bots.values()) if bots is None else list(bots)
        big = supergroup or forum
        id = -(1_000_000_000_000 if big else 0) - self.world.number()
        ids = count(1) if big or not inside else inside[0].ids
        group = Group(id, ids, title=title, supergroup=big, forum=forum)
        for number, person in enumerate(people):
            group.members[person.id] = Member(person, "member" if number else "creator")
        for bot in inside:
            group.members[bot.id] = Member(bot, "administrator" if bot_admin else "member")
        self.world.groups[id] = group
        return group

    def private(self, person: Person, bot: Bot | None = None) -> Private:
        """Give the chat of a person with a bot (None: the only one). It begins when the person says something."""
        bot = bot or self._only_bot()
        key = (bot.id, person.id)
        if key not in self.world.privates:
            self.world.privates[key] = Private(person.id, bot.ids, person=person, bot=bot)
        return self.world.privates[key]

    # Talk

    def say(
        self,
        chat: Chat,
        person: Person,
        text: str,
        *,
        entities: Sequence[Json] = (),
        reply_to: int | None = None,
        thread: int | None = None,
        forward: bool | Person = False,
        anonymous: bool = False,
    ) -> Json:
        """Write a text. Commands, mentions and addresses get their entities as in Telegram.

        `forward`: it is someone else's text (True: of someone whose account is hidden).
        `anonymous`: as an admin in the name of the group.
        """
        self._enter(chat, person)
        content = self._text(text, entities)
        if forward:
            content["forward_origin"] = self._origin(forward)
        if anonymous:
            content |= {"from": ANONYMOUS_ADMIN, "sender_chat": chat.chat}
        return self.world.post(chat, person, content, reply_to=reply_to, thread=thread).message

    def photo(
        self,
        chat: Chat,
        person: Person,
        name: str = "",
        caption: str = "",
        *,
        size: int = 48_213,
        thread: int | None = None,
    ) -> Json:
        """Send a picture; with a name it is sent as a file, the only kind of picture that keeps its name."""
        self._enter(chat, person)
        file = {"file_id": f"file{self.world.number()}", "file_unique_id": f"u{self.world.number()}", "file_size": size}
        mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
        content: Json = (
            {"document": file | {"file_name": name, "mime_type": mime}}
            if name
            else {"photo": [file | {"width": 1280, "height": 960}]}
        )
        if caption:
            written = self._text(caption, ())
            content |= {"caption": written["text"], "caption_entities": written.get("entities", [])}
        return self.world.post(chat, person, content, thread=thread).message

    def edit(self, chat: Chat, person: Person, message_id: int, text: str, entities: Sequence[Json] = ()) -> Json:
        """Change one's own text or caption."""
        record = self._record(chat, message_id)
        if record.author != person.id:
            raise ValueError(f"{person.name} cannot edit what someone else wrote")
        content = self._text(text, entities)
        if "text" not in record.message:
            content = {"caption": content["text"], "caption_entities": content.get("entities", [])}
        self.world.change(chat, record, person, content, drop=("entities", "caption_entities"))
        return record.message

    def delete(self, chat: Chat, person: Person, message_id: int) -> None:
        """Delete one's own message, in private or as an admin of the group any."""
        record = self._record(chat, message_id)
        admin = isinstance(chat, Private) or (isinstance(chat, Group) and chat.member(person).admin)
        if record.author != person.id and not admin:
            raise ValueError(f"{person.name} cannot delete what someone else wrote")
        self.world.remove(chat, record)

    def react(self, chat: Chat, person: Person, message_id: int, emoji: str) -> None:
        """Set the reaction `emoji`, in place of an earlier one; empty takes it back."""
        self.world.react(chat, self._record(chat, message_id), person, emoji)

    def press(self, chat: Chat, person: Person, message_id: int, callback_data: str) -> asyncio.Future[Json]:
        """Press a button; await the result for the bot's answer, `{"text": …, "show_alert": …}`."""
        record = self._record(chat, message_id)
        rows = record.message.get("reply_markup", {}).get("inline_keyboard", [])
        if callback_data not in [button.get("callback_data") for row in rows for button in row]:
            raise ValueError(f"message {message_id} has no button {callback_data!r}")
        id = str(self.world.number())
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self.world.queries[id] = answer
        query = {
            "id": id,
            "from": person.user,
            "message": record.message,
            "chat_instance": str(chat.id),
            "data": callback_data,
        }
        self.world.bots[record.author].updates.add("callback_query", query)
        self.world.emit("callback", chat, message=record.message, **{"from": person.user}, data=callback_data)
        return answer

    def start(self, person: Person, payload: str = "", bot: Bot | None = None) -> Json:
        """Press Start in the private chat."""
        return self.say(self.private(person, bot), person, f"/start {payload}".strip())

    # Groups

    def add_bot(self, chat: Group, by: Person, bot: Bot | None = None, *, admin: bool = False) -> None:
        """Take a bot into a group."""
        bot = bot or self._only_bot()
        self.world.stand(chat, bot, "administrator" if admin else "member", by)
        self.world.post(chat, by, {"new_chat_members": [bot.user]})

    def kick_bot(self, chat: Group, by: Person, bot: Bot | None = None) -> None:
        """Throw a bot out of a group."""
        bot = bot or self._only_bot()
        self.world.stand(chat, bot, "kicked", by)
        self.world.post(chat, by, {"left_chat_member": bot.user})

    def promote(self, chat: Group, who: Who, *, admin: bool = True, by: Person | None = None) -> None:
        """Make someone (a person or a bot) an admin of the group, or an ordinary member again."""
        self.world.stand(chat, who, "administrator" if admin else "member", by or self._owner(chat))

    def join(self, chat: Group, person: Person) -> None:
        """Let a person come into a group."""
        self.world.stand(chat, person, "member", person)
        self.world.post(chat, person, {"new_chat_members": [person.user]})

    def leave(self, chat: Group, person: Person) -> None:
        """Let a person leave a group."""
        self.world.post(chat, person, {"left_chat_member": person.user})
        self.world.stand(chat, person, "left", person)

    def topic(self, chat: Group, name: str, by: Person | None = None) -> int:
        """Open a topic in a forum and give its thread id."""
        record = self.world.post(
            chat, by or self._owner(chat), {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        )
        record.message |= {"message_thread_id": record.id, "is_topic_message": True}
        return record.id

    def migrate(self, group: Group, by: Person | None = None) -> Group:
        """Make a supergroup of a basic group and give it; the old one answers with where it went."""
        return self.world.migrate(group, by or self._owner(group))

    def block(self, person: Person, bot: Bot | None = None, *, blocked: bool = True) -> None:
        """Block a bot, or take that back."""
        self.world.block(self.private(person, bot), blocked=blocked)

    def push(self, update: Json, bot: Bot | None = None) -> int:
        """Send a bot an update of any shape, for what nobody here can do; give its id."""
        return (bot or self._only_bot()).updates.put(update)

    # What people see

    def messages(self, chat: Chat) -> list[Json]:
        """Give what stands in a chat now, oldest first, each with its `reactions`."""
        return [self.world.as_seen(record) for record in chat.records.values()]

    async def wait_for(
        self,
        predicate: Callable[[Json], bool],
        timeout: float = 5.0,  # noqa: ASYNC109 - a limit for what is waited for, as the tests say it
        *,
        since: int = 0,
    ) -> Json:
        """Give the first event, of those that happened from `since` on or happen within `timeout`, that is wanted.

        `since` is a length of `history`. Raises AssertionError that shows what was seen.
        """
        async with self.world.watch() as queue:
            for event in self.world.history[since:]:
                if predicate(event):
                    return event
            try:
                async with asyncio.timeout(timeout):
                    while not predicate(event := await queue.get()):
                        pass
            except TimeoutError:
                seen = "\n".join(_line(event) for event in self.world.history[since:])
                raise AssertionError(
                    f"did not happen within {timeout} s; what happened:\n{seen or 'nothing'}"
                ) from None
        return event

    # Inside

    def _text(self, text: str, entities: Sequence[Json]) -> Json:
        text, kept = normalise(text, entities, lambda _: True)
        if not text:
            raise ValueError("a message needs a text")
        return {"text": text} | ({"entities": kept} if kept else {})

    def _origin(self, forward: bool | Person) -> Json:
        if isinstance(forward, Person):
            return {"type": "user", "sender_user": forward.user, "date": self.world.now}
        return {"type": "hidden_user", "sender_user_name": "Someone", "date": self.world.now}

    def _enter(self, chat: Chat, person: Person) -> None:
        if isinstance(chat, Private):
            if chat.bot.id in person.blocked:
                self.world.block(chat, blocked=False)
            chat.started = True
        elif isinstance(chat, Group) and chat.moved_to:
            raise ValueError(f"{chat.title} has become a supergroup")
        elif isinstance(chat, Group) and not chat.member(person).inside:
            raise ValueError(f"{person.name} is not in {chat.title}")

    def _record(self, chat: Chat, message_id: int) -> Record:
        if message_id not in chat.records:
            raise ValueError(f"there is no message {message_id}")
        return chat.records[message_id]

    def _owner(self, chat: Group) -> Person:
        return next(m.who for m in chat.members.values() if m.status == "creator" and isinstance(m.who, Person))

    def _only_bot(self) -> Bot:
        if len(self.world.bots) != 1:
            raise ValueError("say which bot: there is not exactly one")
        return next(iter(self.world.bots.values()))


def _line(event: Json) -> str:
    message = event.get("message", {})
    text = message.get("text") or message.get("caption") or ""
    return f"  {event['kind']} in {event['chat']}: #{message.get('message_id', '')} {text!r}"

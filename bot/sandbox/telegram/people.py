"""The human side: what people do in their clients, for tests, the page and the benchmarks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from bot.sandbox.telegram.actors import ANONYMOUS_ADMIN, BotActor, ChatActor, GroupActor, PersonActor, Private
from bot.sandbox.telegram.cards import Cards
from bot.sandbox.telegram.emoji import bare
from bot.sandbox.telegram.errors import Json
from bot.sandbox.telegram.locating import Locating
from bot.sandbox.telegram.media import CAPTIONED
from bot.sandbox.telegram.sharing import Sharing
from bot.sandbox.telegram.voting import Voting


class PeopleActors(Sharing, Cards, Locating, Voting):
    """The actions of people. Everything takes effect at once; messages are dicts as in the Bot API.

    All raise ValueError for what a client would not let someone do.
    """

    # Talk

    def say(
        self,
        chat: ChatActor,
        person: PersonActor,
        text: str,
        *,
        entities: Sequence[Json] = (),
        reply_to: int | None = None,
        thread: int | None = None,
        forward: bool | PersonActor = False,
        anonymous: bool = False,
        quote: str = "",
    ) -> Json:
        """Send a text. Commands, mentions and addresses get their entities as in Telegram.

        `quote`: the selected part of the message replied to.
        `forward`: it is someone else's text (True: of someone whose account is hidden).
        `anonymous`: as an admin in the name of the group.
        """
        self.enter(chat, person, "can_send_messages", reply_to, thread)
        content = self.text(text, entities) | self.origin(forward) | self.quoted(chat, reply_to, quote)
        if anonymous:
            content |= {"from": ANONYMOUS_ADMIN, "sender_chat": chat.chat}
        return self.world.post(chat, person, content, reply_to=reply_to, thread=thread).message

    def edit(
        self, chat: ChatActor, person: PersonActor, message_id: int, text: str, entities: Sequence[Json] = ()
    ) -> Json:
        """Edit one's own text or caption; only a caption may become empty."""
        record = self.record(chat, message_id)
        if record.author != person.id:
            raise ValueError(f"{person.name} cannot edit what someone else wrote")
        if not record.message.keys() & {"text", *CAPTIONED}:
            raise ValueError(f"message {message_id} has no text")
        content = self.text(text, entities) if "text" in record.message else self.caption(text, entities)
        self.world.change(chat, record, person, content, drop=("entities", "caption", "caption_entities"))
        return record.message

    def delete(self, chat: ChatActor, person: PersonActor, message_id: int) -> None:
        """Delete one's own message, or any in private or as an admin of the group."""
        record = self.record(chat, message_id)
        any = isinstance(chat, Private) or (isinstance(chat, GroupActor) and chat.may(person, "can_delete_messages"))
        if record.author != person.id and not any:
            raise ValueError(f"{person.name} cannot delete what someone else wrote")
        self.world.remove(chat, record)

    def react(self, chat: ChatActor, person: PersonActor, message_id: int, emoji: str) -> None:
        """Set the reaction `emoji`, in place of an earlier one; empty removes it."""
        record = chat.head(self.record(chat, message_id))
        if isinstance(chat, GroupActor) and not chat.may(person, "can_react_to_messages"):
            raise ValueError(f"{person.name} may not react in {chat.title}")
        if record.service or (emoji and bare(emoji) not in chat.available_reactions):
            raise ValueError(f"{emoji} is no reaction to message {message_id}")
        self.world.react(chat, record, person, bare(emoji))

    def press(
        self, chat: ChatActor, person: PersonActor, message_id: int, callback_data: str, *, forge: bool = False
    ) -> asyncio.Future[Json]:
        """Press a button; return a future of the bot's answer, `{"text": …, "show_alert": …}`.

        `forge`: with a modified client, which sends data of no button of the message.
        """
        record = self.record(chat, message_id)
        rows = record.message.get("reply_markup", {}).get("inline_keyboard", [])
        if not forge and callback_data not in [button.get("callback_data") for row in rows for button in row]:
            raise ValueError(f"message {message_id} has no button {callback_data!r}")
        if record.author not in self.world.bots:
            raise ValueError(f"message {message_id} is no bot's")
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

    def start(self, person: PersonActor, payload: str = "", bot: BotActor | None = None) -> Json:
        """Press Start in the private chat."""
        return self.say(self.private(person, bot), person, f"/start {payload}".strip())

    def push(self, update: Json, bot: BotActor | None = None) -> int:
        """Queue an update of any shape for a bot and return its id."""
        return (bot or self._only_bot()).updates.put(update)

    # What people see

    def messages(self, chat: ChatActor) -> list[Json]:
        """Return the messages of a chat, oldest first, each with its `reactions`."""
        return [self.world.as_seen(record) for record in chat.records.values()]

    async def wait_for(
        self,
        predicate: Callable[[Json], bool],
        timeout: float = 5.0,  # noqa: ASYNC109 - a limit for what is waited for, as the tests say it
        *,
        since: int = 0,
    ) -> Json:
        """Return the first event that fits, from `since` on or within the next `timeout` seconds.

        `since` is a length of `history`. Raise AssertionError with the events that were seen.
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


def _line(event: Json) -> str:
    message = event.get("message", {})
    text = message.get("text") or message.get("caption") or ""
    return f"  {event['kind']} in {event['chat']}: #{message.get('message_id', '')} {text!r}"

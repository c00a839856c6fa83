"""One call of a method, and what all methods look up in the same way: the chat, the text, the keyboard."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.sandbox.telegram.actors import BotActor, ChatActor, GroupActor, Private, Who
from bot.sandbox.telegram.entities import normalise, units
from bot.sandbox.telegram.errors import ApiError, Json, bad_request, forbidden, not_played
from bot.sandbox.telegram.files import FormFile
from bot.sandbox.telegram.limits import ServerLimits
from bot.sandbox.telegram.world import TelegramWorld

_URL = re.compile(r"(?:https?|tg)://.+", re.IGNORECASE)
_NO_URL_BUTTONS = frozenset({"text", "callback_data", "url", "style"})


@dataclass(frozen=True)
class Call:
    """A bot's call with its parameters, already typed by the specification."""

    world: TelegramWorld
    limits: ServerLimits
    bot: BotActor
    params: Json
    uploads: Mapping[str, FormFile] = field(default_factory=dict)
    """The files of the request by the names of their parts."""

    def chat(self) -> ChatActor:
        """Return the chat with the id `chat_id`, if the bot may be in it; raise ApiError."""
        return self.found(self.params["chat_id"])

    def found(self, id: object) -> ChatActor:
        """Return the chat with this id, if the bot may be in it; raise ApiError."""
        if not isinstance(id, int):
            raise bad_request("chat not found")
        return self._group(id) if id < 0 else self._private(id)

    def user(self, id: int) -> Who:
        """Return the user with this id; raise ApiError."""
        who = self.world.people.get(id) or self.world.bots.get(id)
        if who is None:
            raise bad_request("user not found")
        return who

    def pace(self, chat: ChatActor) -> None:
        """Count the call; raise ApiError 429."""
        self.limits.check(self.bot.id, chat.id)

    def text(self) -> Json:
        """Return the fields `text` and `entities` as Telegram stores them; raise ApiError."""
        text, entities = self.formatted(self.params.get("text", ""), self.params.get("entities", []))
        if not text:
            raise bad_request("message text is empty")
        if units(text) > 4096:
            raise bad_request("message is too long")
        return {"text": text} | ({"entities": entities} if entities else {})

    def caption(self, params: Json) -> Json:
        """Return the fields `caption` and `caption_entities` of a call or an item of media; raise ApiError."""
        text, entities = self.formatted(params.get("caption", ""), params.get("caption_entities", []))
        if units(text) > 1024:
            raise bad_request("message caption is too long")
        if not text:
            return {}
        return {"caption": text} | ({"caption_entities": entities} if entities else {})

    def line(self, name: str) -> str:
        """Return a parameter that is a plain text of one line; raise ApiError."""
        text, _ = self.formatted(" ".join(str(self.params[name]).split()), [])
        if not text:
            raise bad_request(f"{name.replace('_', ' ')} must be non-empty")
        return text

    def formatted(self, text: str, entities: list[Json]) -> tuple[str, list[Json]]:
        """Return text and entities as Telegram stores them; raise ApiError."""
        return normalise(text, entities, self._knows)

    def keyboard(self) -> Json:
        """Return the field `reply_markup`, or nothing; raise ApiError."""
        markup = self.params.get("reply_markup")
        if markup is None:
            return {}
        if "inline_keyboard" not in markup:
            raise not_played("reply_markup other than inline keyboards")
        rows = [[_button(button) for button in row] for row in markup["inline_keyboard"] if row]
        return {"reply_markup": {"inline_keyboard": rows}} if rows else {}

    def _private(self, id: int) -> Private:
        person = self.world.people.get(id)
        chat = self.world.privates.get((self.bot.id, id))
        if person and self.bot.id in person.blocked:
            raise forbidden("bot was blocked by the user")
        if chat and chat.started:
            return chat
        if person and self._knows(id):
            raise forbidden("bot can't initiate conversation with a user")
        raise bad_request("chat not found")

    def _group(self, id: int) -> GroupActor:
        group = self.world.groups.get(id)
        if group is None or self.bot.id not in group.members:
            raise bad_request("chat not found")
        member = group.member(self.bot)
        if member.status == "kicked":
            raise forbidden(f"bot was kicked from the {group.kind} chat")
        if not member.inside:
            raise forbidden(f"bot is not a member of the {group.kind} chat")
        if group.moved_to:
            text = "Bad Request: group chat was upgraded to a supergroup chat"
            raise ApiError(400, text, migrate_to_chat_id=group.moved_to.id)
        return group

    def _knows(self, user_id: int) -> bool:
        """Whether the bot has met the user."""
        if (self.bot.id, user_id) in self.world.privates:
            return True
        return any(self.bot.id in g.members and user_id in g.members for g in self.world.groups.values())


def _button(button: Json) -> Json:
    if strange := button.keys() - _NO_URL_BUTTONS:
        raise not_played(f"buttons with {', '.join(sorted(strange))}")
    if not button["text"].strip():
        raise bad_request("can't parse inline keyboard button: Text must be non-empty")
    if ("callback_data" in button) == ("url" in button):
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and not _URL.fullmatch(button["url"]):
        raise bad_request("BUTTON_URL_INVALID")
    return button

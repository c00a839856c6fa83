"""The known state of the rooms that we are in."""

from __future__ import annotations

from collections.abc import Mapping

from bot.messengers.matrix.power import ADMIN, power_for_message, power_for_state, power_of
from bot.messengers.matrix.raw import Raw, as_dict, clean, is_state, size
from bot.model import is_id

STATE_TYPES = (
    "m.room.create",
    "m.room.power_levels",
    "m.room.name",
    "m.room.canonical_alias",
    "m.room.encryption",
    "m.room.member",
    "m.room.tombstone",
    "m.room.history_visibility",
)
"""The state event types that we use."""

CLEAR = ("m.reaction",)
"""Event types that cannot be encrypted yet."""
_CREATE, _POWER = ("m.room.create", ""), ("m.room.power_levels", "")


class Room:
    """The state of a room, as far as we need it. Members become known as they write (lazy loading)."""

    def __init__(self, id: str, me: str, *, encrypted: bool = False) -> None:
        """Start without state; `encrypted` if the room was ever seen encrypted."""
        self.id = id
        self.state: dict[tuple[str, str], Raw] = {}
        self.encrypted = encrypted
        self.joined = False
        self.inviter = ""
        self.asked_in_private = False
        self.zone = ""
        """The time zone of the person who invited us to a direct room, if known."""
        self._me = me
        self._counts = {"m.joined_member_count": 0, "m.invited_member_count": 0}

    def update(self, event: Raw) -> None:
        """Apply a state event; ignore anything else or malformed."""
        if not is_state(event) or event["type"] not in STATE_TYPES:
            return
        self.state[event["type"], event["state_key"]] = event
        # Once encrypted, always encrypted: no later event may make us send cleartext.
        self.encrypted = self.encrypted or event["type"] == "m.room.encryption"
        if (event["type"], event["state_key"]) == ("m.room.member", self._me):
            self.joined = event["content"].get("membership") == "join"

    def rewind(self, events: list[Raw]) -> None:
        """Restore the power levels from before `events`, oldest first, which the state already includes."""
        changes = (event for event in events if is_state(event) and (event["type"], event["state_key"]) == _POWER)
        first = next(changes, None)
        if first is None:
            return
        self.state.pop(_POWER, None)
        before = as_dict(first.get("unsigned")).get("prev_content")
        if isinstance(before, dict):
            self.state[_POWER] = {**first, "content": before}

    def count(self, summary: object) -> None:
        """Update the member counts from the room summary of a sync."""
        for key in self._counts:
            number = size(as_dict(summary).get(key))
            if number is not None:
                self._counts[key] = number

    def count_members(self, memberships: list[Raw]) -> None:
        """Update the member counts from a list of all memberships that have not ended."""
        now = [as_dict(each.get("content")).get("membership") for each in memberships]
        self.count({"m.joined_member_count": now.count("join"), "m.invited_member_count": now.count("invite")})

    def name_of(self, user: str) -> str:
        """Return a member's display name, or the MXID if none is known."""
        name = self._content("m.room.member", user).get("displayname")
        return clean(name) if isinstance(name, str) and name.strip() else user

    @property
    def title(self) -> str:
        """The room's name or canonical alias, or an empty string."""
        for type, key in (("m.room.name", "name"), ("m.room.canonical_alias", "alias")):
            value = self._content(type).get(key)
            if isinstance(value, str) and value.strip():
                return clean(value)
        return ""

    @property
    def alias(self) -> str:
        """The room's canonical alias, or an empty string."""
        alias = self._content("m.room.canonical_alias").get("alias")
        return alias if isinstance(alias, str) else ""

    @property
    def private(self) -> bool:
        """Whether the room has two members and is either a direct chat or without a name."""
        return self.of_two and self.may_be_private

    @property
    def may_be_private(self) -> bool:
        """Whether the room counts as private once it has two members."""
        return self._direct or not self.title

    @property
    def size(self) -> int:
        """The number of members, joined or invited."""
        return sum(self._counts.values())

    @property
    def of_two(self) -> bool:
        """Whether there are exactly two members, joined or invited."""
        return self.size == 2

    @property
    def members(self) -> dict[str, str]:
        """The memberships of known members, by MXID."""
        return {
            user: str(event["content"].get("membership"))
            for (type, user), event in self.state.items()
            if type == "m.room.member"
        }

    def has_admin(self, user: str) -> bool | None:
        """Return whether a user is an admin of the room; None in a private one, or if its state is unknown."""
        if self.private or _CREATE not in self.state:
            return None
        return power_of(self.state, user) >= ADMIN

    def may_write(self, user: str, levels: Raw | None = None) -> bool:
        """Return whether a user may send messages, under other power `levels` (their content) if given."""
        others = {_CREATE: self.state.get(_CREATE, {}), _POWER: {"content": levels}}
        state = self.state if levels is None else others
        type = "m.room.encrypted" if self.encrypted else "m.room.message"
        return power_of(state, user) >= power_for_message(state, type)

    def may_send(self, user: str, type: str) -> bool:
        """Return whether a user may send events of this type."""
        sent = "m.room.encrypted" if self.encrypted and type not in CLEAR else type
        return power_of(self.state, user) >= power_for_message(self.state, sent)

    def may(self, user: str, type: str) -> bool:
        """Return whether a user may set state of this type."""
        return power_of(self.state, user) >= power_for_state(self.state, type)

    def tombstone(self, event: Raw) -> str | None:
        """Return the id of the replacement room, if the sender was entitled to set it (trust: case 34)."""
        to = event["content"].get("replacement_room")
        if not is_id(to) or not to.startswith("!") or to == self.id:
            return None
        return to if self.may(event["sender"], "m.room.tombstone") else None

    @property
    def shows_history(self) -> bool:
        """Whether those who join may read earlier messages, which is the default."""
        visibility = self._content("m.room.history_visibility").get("history_visibility")
        return visibility not in ("invited", "joined")

    @property
    def successor(self) -> Raw | None:
        """The tombstone that closed this room, if it is valid."""
        event = self.state.get(("m.room.tombstone", ""))
        return event if event and self.tombstone(event) else None

    @property
    def _direct(self) -> bool:
        mine = self.state.get(("m.room.member", self._me), {})
        contents = (mine.get("content"), as_dict(mine.get("unsigned")).get("prev_content"))
        return any(as_dict(content).get("is_direct") is True for content in contents)

    def _content(self, type: str, key: str = "") -> Raw:
        return as_dict(self.state.get((type, key), {}).get("content"))


def predecessors(rooms: Mapping[str, Room], id: str) -> list[Raw]:
    """Return the tombstones of those `rooms` that are replaced by the room `id`."""
    successors = [room.successor for room in rooms.values()]
    return [each for each in successors if each and each["content"]["replacement_room"] == id]

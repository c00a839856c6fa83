"""Who may change what, written from what users are promised; it shares no code with what it judges."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tests.fuzz.snapshot import Row, Snapshot
from tests.fuzz.town import SETTINGS, Queued

Key = TypeVar("Key", bound=Hashable)
_SETTINGS = {str(account) for account in SETTINGS}


@dataclass(frozen=True, kw_only=True)
class Deed:
    """An action by someone. `command`: the English word of a typed command; `action`: of a genuine button.

    `chat`: where; `admin`: whether the messenger reported admin rights there.
    """

    who: str
    chat: str
    private: bool
    admin: bool
    command: str = ""
    action: str = ""


@dataclass(frozen=True)
class Judge:
    """A comparison of the state before and after one deed."""

    deed: Deed
    before: Snapshot
    after: Snapshot
    queued: Sequence[Queued]

    def faults(self) -> list[str]:
        """Return every change that must not have happened."""
        return [
            *self._cities(),
            *self._dialogues(),
            *self._chats(),
            *self._roles(),
            *self._accounts(),
            *self._people(),
            *self._codes(),
            *self._audit(),
            *self._polls(),
            *self._ballots(),
        ]

    # who it is

    @property
    def person(self) -> int | None:
        return self.before.accounts.get(self.deed.who, self.after.accounts.get(self.deed.who))

    @property
    def by_settings(self) -> bool:
        mine = self.before.accounts_of(self.person) if self.person else set()
        return bool(_SETTINGS & (mine | {self.deed.who}))

    def _coordinates(self, dialogue: int | None, city: int | None = None) -> bool:
        """Whether they are a coordinator in the dialogue (None: in any), of `city` if given."""
        if self.by_settings:
            return True
        held = [
            row
            for (where, who), row in self.before.roles.items()
            if who == self.person and row["role"] == "coordinator" and (dialogue is None or where == dialogue)
        ]
        return any(city is None or row["city_id"] == city for row in held)

    @property
    def here(self) -> Row:
        return self.before.chat(self.deed.chat) or {"dialogue_id": None, "city_id": None, "id": None}

    @property
    def may_pair(self) -> bool:
        """Whether they may pair here: a coordinator or chat admin; in an unpaired chat, any dialogue's coordinator."""
        return not self.deed.private and (self.deed.admin or self._coordinates(self.here["dialogue_id"]))

    @property
    def pairs(self) -> bool:
        return self.deed.command == "pair" or self.deed.action == "pair:yes"

    @property
    def links(self) -> bool:
        return self.deed.action.startswith("link:yes")

    def _approves(self, chat: Row, dialogue: int) -> bool:
        """Whether a coordinator of the city admits a chat for which somebody else has asked; to a new dialogue, any."""
        known = dialogue if dialogue in self.before.dialogues else None
        return self.deed.action.startswith("approve:yes") and self._coordinates(known, chat["city_id"])

    @property
    def approves_or_pairs(self) -> bool:
        return self.deed.action.startswith("approve:yes") or (self.pairs and self.may_pair)

    @property
    def paired(self) -> list[str]:
        """The chats that have joined a dialogue."""
        return [self.after.chats[id]["ref"] for id, (old, new) in self._moved().items() if old is None and new]

    def _moved(self) -> dict[int, tuple[int | None, int | None]]:
        moved = {}
        for id, row in self.after.chats.items():
            old, new = self.before.chats.get(id, {}).get("dialogue_id"), row["dialogue_id"]
            if old != new or (new and self.before.chats[id]["city_id"] != row["city_id"]):
                moved[id] = (old, new)
        return moved

    # what has changed

    def _cities(self) -> Iterator[str]:
        for id, row in self.before.cities.items():
            if self.after.cities.get(id) != row:
                yield f"a city that was known has changed: {row['name']}"
        if self.after.cities.keys() - self.before.cities.keys() and not self.paired:
            yield "a city was added without a pairing"

    def _dialogues(self) -> Iterator[str]:
        for id, row in self.before.dialogues.items():
            now = self.after.dialogues.get(id)
            if now is None or not now["cities"] >= row["cities"]:
                yield f"a dialogue has lost a city, or is gone: {row['name']}"
            elif now != row and not self.paired:
                yield f"a dialogue has changed without a pairing: {row['name']}"
        if self.after.dialogues.keys() - self.before.dialogues.keys() and not self.paired:
            yield "a dialogue was made without a pairing"

    def _chats(self) -> Iterator[str]:
        if self.before.chats.keys() - self.after.chats.keys():
            yield "a chat is gone"
        for id, (old, new) in self._moved().items():
            ref = self.after.chats[id]["ref"]
            if old is None and new:
                yield from self._joined(ref, new)
            elif new is None and old:
                yield from self._left(ref, old)
            else:
                yield f"{ref} has changed its dialogue or city"
        yield from self._spoken()

    def _joined(self, ref: str, dialogue: int) -> Iterator[str]:
        joined = [self.after.chat(each) or {} for each in self.paired]  # also the chat of the code, in a new dialogue
        approved = any(self._approves(each, dialogue) for each in joined)
        if not (approved or (self.pairs and self.may_pair)):
            yield f"{ref} was paired by someone who may not"
        makers = {row["chat_id"] for row in self.before.codes.values() if row["used_at"] is None}
        row = self.before.chat(ref)
        if not approved and ref != self.deed.chat and (row is None or row["id"] not in makers):
            yield f"{ref} was paired, and nobody has asked for that there"
        if not self._noted("pair", {ref}):
            yield f"no audit note that {ref} was paired"
        yield from self._announced("🤝", self.after.chats_of(dialogue))

    def _left(self, ref: str, dialogue: int) -> Iterator[str]:
        row = self.before.chat(ref) or {}
        if not self.deed.action.startswith("unpair:yes") or ref != self.deed.chat:
            yield f"{ref} was taken out without its button"
        if not self._coordinates(dialogue, row["city_id"]):
            yield f"{ref} was taken out by someone who may not"
        if not self._noted("unpair", {ref}):
            yield f"no audit note that {ref} was taken out"
        yield from self._announced("🔌", self.after.chats_of(dialogue))

    def _spoken(self) -> Iterator[str]:
        for id, row in self.after.chats.items():
            old = self.before.chats.get(id)
            if old is None or (old["locale"], old["zone"]) == (row["locale"], row["zone"]):
                continue
            joined = old["dialogue_id"] is None  # judged there
            mine = self.pairs and row["ref"] == self.deed.chat
            if not (joined or row["dialogue_id"] is None or (mine and self._coordinates(old["dialogue_id"]))):
                yield f"the language or zone of {row['ref']} was changed by someone who may not"

    def _roles(self) -> Iterator[str]:
        for key in self.before.roles.keys() | self.after.roles.keys():
            old, new = self.before.roles.get(key), self.after.roles.get(key)
            if old and new and old != new and _but_muting(old) == _but_muting(new):
                yield from self._muted(key[0], new)
            elif old != new:
                yield from self._role(*key, old, new)

    def _muted(self, dialogue: int, row: Row) -> Iterator[str]:
        told = row["person_id"] == self.person  # they learn that they are muted
        may = self.deed.command in {"mute", "unmute"} and self._coordinates(dialogue, row["city_id"])
        if not (told or may):
            yield f"{self.after.accounts_of(row['person_id'])} was muted, or not any more, by someone who may not"

    def _role(self, dialogue: int, person: int, old: Row | None, new: Row | None) -> Iterator[str]:
        if self.links or self.deed.command == "unlink":
            return  # judged with the accounts
        name = f"the role of {self.after.accounts_of(person) or self.before.accounts_of(person)}"
        if new is None:
            yield f"{name} was taken away"
        elif new["appointed_at"] is None:
            here = {self.here["dialogue_id"], (self.after.chat(self.deed.chat) or {}).get("dialogue_id")}
            if (old and old["appointed_at"]) or new["role"] != "guest" or person != self.person or dialogue not in here:
                yield f"{name} came from nowhere"
        elif self.deed.command == "role":
            yield from self._given(name, dialogue, old, new)
        elif not (self.approves_or_pairs and new["role"] == "coordinator" and not (old and old["appointed_at"])):
            yield f"{name} was given by someone who may not"
        else:
            makers = {row[key] for row in self.before.codes.values() for key in ("account", "claimed_by")}
            if self.deed.who not in (accounts := self.after.accounts_of(person)) and not makers & accounts:
                yield f"{name} was given to someone who has not paired"
        if new and new["appointed_at"] and not self._noted("role", self.after.accounts_of(person)):
            yield f"no audit note for {name}"

    def _given(self, name: str, dialogue: int, old: Row | None, new: Row) -> Iterator[str]:
        if not self._coordinates(dialogue, new["city_id"]):
            yield f"{name} was given by someone who does not coordinate that city"
        if old and old["appointed_at"] and old["city_id"] != new["city_id"]:
            yield f"{name} has changed the city"
        if not self.deed.private and self.here["dialogue_id"] != dialogue:
            yield f"{name} was given from a chat of another dialogue"
        yield from self._announced("👤", self.after.chats_of(dialogue))

    def _accounts(self) -> Iterator[str]:
        for account, owner in self.before.accounts.items():
            now = self.after.accounts.get(account)
            linked = self.links and self.person in {owner, now}
            parted = self.deed.command == "unlink" and owner == self.person
            if now != owner and not (linked or parted):
                yield f"{account} has become someone else's"
        new = self.after.accounts.keys() - self.before.accounts.keys() - {self.deed.who}
        if new and not (self.deed.command == "role" and self._coordinates(None)):
            yield f"accounts came from nowhere: {new}"

    def _people(self) -> Iterator[str]:
        for id, row in self.before.people.items():
            theirs = id == self.person or self.links
            if not theirs and id in self.after.people and self.after.people[id] != row:
                yield f"the settings of {self.before.accounts_of(id)} were changed by someone else"
        if self.before.people.keys() - self.after.people.keys() and not self.links:
            yield "someone was forgotten"

    def _codes(self) -> Iterator[str]:
        for id in self.after.codes.keys() - self.before.codes.keys():
            row = self.after.codes[id]
            where = self.after.chats[row["chat_id"]]["ref"]
            if row["account"] != self.deed.who or where != self.deed.chat:
                yield f"a code came from nowhere: {row}"
            elif row["purpose"] == "pair" and not (self.pairs and self.may_pair):
                yield f"a code to pair was made by someone who may not, in {where}"
            elif row["purpose"] == "link" and not self.deed.private:
                yield f"a code to link was made where others are, in {where}"

    def _audit(self) -> Iterator[str]:
        if any(self.after.audit.get(id) != row for id, row in self.before.audit.items()):
            yield "the audit was changed"
        makers = {row[key] for row in self.before.codes.values() for key in ("account", "claimed_by")}
        for row in self._notes():
            who = "nobody" if self.deed.who == "None" else self.deed.who
            paired = row["action"] == "pair" or row["details"].endswith("by pairing")
            if row["account"] != who and not (paired and row["account"] in makers):
                yield f"the audit says someone else did it: {row}"

    def _polls(self) -> Iterator[str]:
        """Only coordinators make, change and end polls; once somebody has voted, nothing but the state changes."""
        voted = {id for id, _voter in (*self.before.ballots, *self.before.secret)}
        for id, row in self.after.polls.items():
            old = self.before.polls.get(id)
            same = (old, self.before.topics.get(id)) == (row, self.after.topics[id])
            if not same and not self._coordinates(row["dialogue_id"]):
                yield f"a poll was made or changed by someone who may not: {row}"
            frozen = {**row, "state": old and old["state"]}, self.after.topics[id]
            if id in voted and frozen != (old, self.before.topics[id]):
                yield f"the rules or topics of a poll were changed after the first ballot: {row}"
            if old and old["state"] == "closed" and row["state"] != "closed":
                yield f"a closed poll was opened again: {row}"

    def _ballots(self) -> Iterator[str]:
        """People change no ballots but their own, in an open poll of their dialogue, and never two at once."""
        open_ones = self._changed(self.before.ballots, self.after.ballots)
        secret = self._changed(self.before.secret, self.after.secret)
        if self.links or self.deed.command == "unlink":
            return  # those of two people become those of one
        for poll, person in open_ones:
            if person != self.person:
                yield f"the ballot of {self.before.accounts_of(person)} was changed by someone else"
            yield from self._may_vote(poll)
        for poll, _digest in secret:
            yield from self._may_vote(poll)
        if len(open_ones) + len(secret) > 1:
            yield f"one deed has changed more than one ballot: {open_ones}, {secret}"

    def _may_vote(self, poll: int) -> Iterator[str]:
        row = self.before.polls.get(poll, {})
        if row.get("state") != "open":
            yield f"a ballot was changed in a poll that is not open: {row}"
        if row.get("voters") == "mayors" and not self.by_settings:
            held = self.before.roles.get((row["dialogue_id"], self.person or 0), {})
            if held.get("role") != "mayor":
                yield f"somebody who is no mayor has voted where only mayors do: {row}"

    @staticmethod
    def _changed(before: Mapping[Key, Row], after: Mapping[Key, Row]) -> set[Key]:
        return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}

    def _notes(self) -> list[Row]:
        return [row for id, row in self.after.audit.items() if id not in self.before.audit]

    def _noted(self, action: str, subjects: set[str]) -> bool:
        return any(row["action"] == action and row["subject"] in subjects for row in self._notes())

    def _announced(self, sign: str, chats: Sequence[str]) -> Iterator[str]:
        for chat in chats:
            if not any(str(each.chat) == chat and sign in each.text for each in self.queued):
                yield f"{sign} was not announced in {chat}"


def _but_muting(row: Row) -> dict[str, object]:
    return {key: value for key, value in row.items() if key not in {"muted_at", "told_at"}}

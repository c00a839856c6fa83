"""Rights of people: bound to accounts, granted by the settings or an appointment, and looked up each time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.model import Account, Role
from storage import Appointment, Chat, City, Person, Profile, Store


@dataclass(frozen=True, slots=True)
class Grant:
    """A person's grant in a chat: their role, and the city that they speak for (None: no chat of a city).

    `appointment` is their appointment, given or implied by taking part. Coordinators from the settings cannot be muted.
    """

    role: Role
    city: City | None
    appointment: Appointment | None = None

    @property
    def muted(self) -> bool:
        """Whether nothing that they write is relayed."""
        return self.appointment is not None and self.appointment.muted


class Rights:
    """The rights of everybody. Coordinators from the settings hold theirs in every dialogue."""

    def __init__(self, coordinators: Iterable[Account]) -> None:
        """Create the rights with the `coordinators` from the settings."""
        self.settings = frozenset(coordinators)

    def by_settings(self, person: Person) -> bool:
        """Whether the settings name one of the person's accounts as a coordinator's."""
        return not self.settings.isdisjoint(person.accounts)

    async def admit(self, store: Store, chat: Chat, person: Person, dialogue_id: int | None) -> Grant:
        """Return the grant of a person who acts in a chat; `dialogue_id` is the dialogue meant, in private.

        Whoever acts in a city's chat becomes a guest of that city until appointed. A coordinator from the settings acts
        for the city of the chat until an appointment gives them one.
        """
        appointment = await self._appointment(store, chat, person, dialogue_id)
        for_life = appointment is not None and (appointment.appointed or chat.city is None)
        city = appointment.city if appointment and for_life else chat.city
        if self.by_settings(person):
            return Grant(Role.COORDINATOR, city, appointment and replace(appointment, muted=False))
        if dialogue_id is None and chat.person_id is None and await self.coordinates(store, person):
            return Grant(Role.COORDINATOR, city)  # in a chat that is not paired yet
        return Grant(appointment.role if appointment else Role.GUEST, city, appointment)

    async def coordinates(self, store: Store, person: Person) -> bool:
        """Return whether a person is a coordinator anywhere, and so may bring the bot into a chat."""
        appointment = await store.roles.of_person(person.id)
        return self.by_settings(person) or any(each.role is Role.COORDINATOR for each in appointment)

    async def coordinators(self, store: Store, dialogue_id: int | None) -> list[Person]:
        """Return the coordinators of a dialogue and those from the settings who have ever been seen."""
        appointment = await store.roles.in_dialogue(dialogue_id) if dialogue_id else []
        ids = [each.person_id for each in appointment if each.role is Role.COORDINATOR]
        appointed = [await store.people.get(id) for id in ids]
        named = [await store.people.by_account(account) for account in sorted(self.settings)]
        return list({person.id: person for person in (*appointed, *named) if person}.values())

    async def private_chats(self, store: Store, dialogue_id: int | None) -> list[Chat]:
        """Return one private chat for each coordinator who has opened one.

        Without a dialogue: for coordinators from the settings or, if none of them has one, of all dialogues.
        """
        chats = await _private(store, await self.coordinators(store, dialogue_id))
        if chats or dialogue_id:
            return chats
        dialogues = await store.dialogues.all()
        people = [person for each in dialogues for person in await self.coordinators(store, each.id)]
        return await _private(store, {person.id: person for person in people}.values())

    async def officials(self, store: Store, dialogue_id: int) -> list[Profile]:
        """Return the profiles of mayors and coordinators, whose names nobody else may imitate."""
        return await store.people.officials(dialogue_id, self.settings)

    @staticmethod
    async def _appointment(store: Store, chat: Chat, person: Person, dialogue_id: int | None) -> Appointment | None:
        if chat.dialogue_id is not None and chat.city:
            return await store.roles.get_or_create(chat.dialogue_id, person.id, chat.city)
        return await store.roles.of(dialogue_id, person.id) if dialogue_id else None


async def _private(store: Store, people: Iterable[Person]) -> list[Chat]:
    chats = [await store.chats.private(person.id) for person in people]
    return [private[0] for private in chats if private]

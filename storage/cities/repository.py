"""Cities and the dialogues between them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.text.characters import fold
from bot.text.lookalikes import skeleton
from storage import tables as t
from storage.base import Repository
from storage.cities.records import City, Dialogue
from storage.columns import keys_to
from storage.menus import MenuDigests


def city_of(row: sa.Row[tuple[int, str, str, str, str]]) -> City:
    """Return the city of a row of `cities`."""
    return City(row.id, row.name, row.locale, row.zone)


class Cities(Repository):
    """Cities. Names are compared case-insensitively, and ö equals oe."""

    async def add(self, name: str, locale: str, zone: str) -> City:
        """Add a city. Raises ValueError if its name could be mistaken for that of another."""
        if other := await self.alike(name):
            raise ValueError(f"{name!r} looks like {other.name!r}")
        row = await self._new_row(t.cities, name=name, skeleton=skeleton(name), locale=locale, zone=zone)
        if row is None:  # added meanwhile by a concurrent transaction
            raise ValueError(f"{name!r} looks like a city that is there")
        return City(row.id, name, locale, zone)

    async def all(self) -> list[City]:
        """Return all cities, sorted by name."""
        return [city_of(row) for row in await self._all(sa.select(t.cities).order_by(t.cities.c.name))]

    async def named(self, name: str) -> City | None:
        """Return the city with this name."""
        # Compared here, not in SQL: SQLite folds only ASCII, and Köln equals Koeln.
        return next((city for city in await self.all() if fold(city.name) == fold(name)), None)

    async def alike(self, name: str) -> City | None:
        """Return a city whose name could be mistaken for this one."""
        return next((city for city in await self.all() if skeleton(city.name) == skeleton(name)), None)

    async def in_use(self, city: City) -> bool:
        """Return whether a dialogue, a chat, an appointment or anything else still refers to the city."""
        uses = [sa.select(key).where(key == city.id).limit(1) for key in keys_to(t.cities)]
        return any([await self._one(use) for use in uses])

    async def remove(self, city: City) -> None:
        """Remove an unused city."""
        await self._connection.execute(sa.delete(t.cities).where(t.cities.c.id == city.id))


class Dialogues(Repository):
    """Dialogues and the cities that take part in them."""

    def __init__(self, connection: AsyncConnection, menus: MenuDigests) -> None:
        """Work on an open transaction; the menus follow who takes part."""
        super().__init__(connection)
        self._menus = menus

    async def add(self, name: str, cities: tuple[City, ...]) -> Dialogue:
        """Add a dialogue between these cities; its name must be unique."""
        id = await self._insert(t.dialogues, name=name)
        for city in cities:
            await self._connection.execute(sa.insert(t.dialogue_cities).values(dialogue_id=id, city_id=city.id))
        return Dialogue(id, name, cities)

    async def all(self) -> list[Dialogue]:
        """Return all dialogues, sorted by name."""
        rows = await self._all(sa.select(t.dialogues).order_by(t.dialogues.c.name))
        return [Dialogue(row.id, row.name, await self._cities(row.id)) for row in rows]

    async def get(self, id: int) -> Dialogue:
        """Return the dialogue with this id."""
        row = (await self._connection.execute(sa.select(t.dialogues).where(t.dialogues.c.id == id))).one()
        return Dialogue(row.id, row.name, await self._cities(row.id))

    async def named(self, name: str) -> Dialogue | None:
        """Return the dialogue with this name, compared as city names are."""
        return next((dialogue for dialogue in await self.all() if fold(dialogue.name) == fold(name)), None)

    async def join(self, dialogue: Dialogue, city: City, name: str) -> Dialogue:
        """Add a city to a dialogue, and rename the dialogue accordingly."""
        await self._connection.execute(sa.insert(t.dialogue_cities).values(dialogue_id=dialogue.id, city_id=city.id))
        await self._connection.execute(sa.update(t.dialogues).where(t.dialogues.c.id == dialogue.id).values(name=name))
        return await self.get(dialogue.id)

    async def remove(self, dialogue: Dialogue) -> None:
        """Remove a dialogue and its appointments; its chats, messages and what else may no longer belong to any."""
        here = t.chats.c.dialogue_id == dialogue.id
        await self._connection.execute(sa.update(t.chats).where(here).values(city_id=None))
        for key in keys_to(t.dialogues):
            if key.nullable:
                freed = sa.update(key.table).where(key == dialogue.id).values({key.name: None})
                await self._connection.execute(freed)
        await self._delete(t.dialogues, t.dialogues.c.id == dialogue.id)
        await self._menus.outdate()

    async def _cities(self, dialogue_id: int) -> tuple[City, ...]:
        of_dialogue = t.cities.join(t.dialogue_cities, t.dialogue_cities.c.city_id == t.cities.c.id)
        rows = await self._all(
            sa.select(t.cities)
            .select_from(of_dialogue)
            .where(t.dialogue_cities.c.dialogue_id == dialogue_id)
            .order_by(t.cities.c.id)
        )
        return tuple(city_of(row) for row in rows)

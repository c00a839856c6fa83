"""The name of a city follows every name of its people: it cannot mislead, and is unique (case 107)."""

from __future__ import annotations

import pytest

from tests.trust.world import LEEDS, PRIYA, World

PRETENDING = [
    "Leeds · mayor",
    "Leeds ‧ mayor",
    "Leeds: agreed",
    "Leeds mayor",
    "Leeds (Mауоr)",
    "Leeds - Bürgermeisterin",
    "Leeds (Oberbürgermeister)",
    "Leeds, Oberbürgermeisterin",
    "Leeds Mayoress",
    "Leeds, Coordinators",
    "Leeds M.a.y.o.r",
    "evil.example.com",
    "Leeds evil.com/login",
    "Leeds ⚠️",
    "Leeds https://evil.example",
    "Leeds @grace",
    "x" * 61,
    "\u200b",
]


async def joins_as(world: World, name: str) -> str:
    """Join with Bonn's code, as Leeds's admin, under a city name; return the reply."""
    await world.two_unpaired()
    code = await world.pairing_code()
    answers = await world.commands(LEEDS, PRIYA, f"pair {code} {name} | locale: en_GB | zone: Europe/London")
    return "\n".join(answers)


async def cities(world: World) -> set[str]:
    async with world.database.begin() as store:
        return {city.name for city in await store.cities.all()}


@pytest.mark.parametrize("name", PRETENDING)
async def test_case_107_a_citys_name_pretends_nothing(world: World, name: str) -> None:
    answer = await joins_as(world, name)
    assert "city" in answer
    assert not await world.joined(LEEDS)
    assert await cities(world) == {"Köln", "Indianapolis"}


ALIKE = [
    ("Indіanapolis", "Indianapolis"),
    ("Indianapo1is", "Indianapolis"),
    ("lndianapolis", "Indianapolis"),
    ("Indiana-polis", "Indianapolis"),
    ("Koln", "Köln"),
    ("Kӧln", "Köln"),
]


@pytest.mark.parametrize(("name", "other"), ALIKE)
async def test_case_107_no_city_looks_like_another(world: World, name: str, other: str) -> None:
    answer = await joins_as(world, name)
    assert "looks like" in answer
    assert other in answer
    assert await cities(world) == {"Köln", "Indianapolis"}


INVISIBLE = ["Indianapolis\u200b", "\u202eIndianapolis", "Indian\u2060apolis", " INDIANAPOLIS "]


@pytest.mark.parametrize("name", INVISIBLE)
async def test_case_107_what_nobody_sees_makes_no_second_city(world: World, name: str) -> None:
    await joins_as(world, name)
    assert await cities(world) <= {"Köln", "Indianapolis", "Bonn"}

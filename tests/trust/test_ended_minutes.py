"""Minutes that have ended: nobody alters what was noted, and only coordinators add to it (case 151)."""

from __future__ import annotations

from typing import Any

from bot.agreement import verify
from bot.model import Role
from tests.trust.world import ANNA, EVE, GRACE, INDY, KOELN, MEHMET, World, called, only

LINE = "#beschluss Wir zahlen 5 Euro"


async def ended(world: World) -> None:
    await world.commands(KOELN, ANNA, "protokoll anfang Brücken")
    await world.speaks(KOELN, ANNA, LINE)
    await world.commands(KOELN, ANNA, "protokoll ende")


async def versions(world: World) -> list[dict[str, Any]]:
    """Return the content of every version that the cities are asked about."""
    async with world.database.begin() as store:
        minutes = only(await store.minutes.of_dialogue(only(await store.dialogues.all()).id))
        history = await store.agreements.history(minutes.agreement_id or 0)
    assert verify(history) is None
    return [dict(each.content) for each in history if "lines" in each.content]


async def test_case_151_only_coordinators_correct_minutes(world: World) -> None:
    await ended(world)
    await world.appoint(MEHMET, Role.MAYOR)
    world.telegram.admins |= {each for each in (EVE.account,) if each}
    for who in (MEHMET, EVE, called(EVE, "Anna Weber")):
        await world.commands(KOELN, who, "protokoll 1 berichtigen Wir zahlen 5 Millionen Euro")
    assert len(await versions(world)) == 1


async def test_case_151_nothing_that_was_noted_is_altered(world: World) -> None:
    await ended(world)
    line = world.original(KOELN, LINE)
    world.telegram.edits(KOELN, ANNA, line, "#beschluss Wir zahlen 5 Millionen Euro")
    await world.quiet()
    await world.speaks(KOELN, ANNA, "#zurück")
    await world.commands(INDY, GRACE, "minutes 1 correct 6 euros")
    first, second = await versions(world)
    assert first["lines"] == second["lines"]
    assert [each["text"] for each in first["lines"]] == ["Wir zahlen 5 Euro"]
    assert (first["corrections"], [each["text"] for each in second["corrections"]]) == ([], ["6 euros"])

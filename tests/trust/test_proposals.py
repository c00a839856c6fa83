"""Who makes and changes action points, and who becomes their owner (cases 141, 142)."""

from __future__ import annotations

from bot.model import Pre, Quote, Role, rich
from storage import ActionPoint
from tests.trust.world import ANNA, EVE, INDY, KOELN, MEHMET, TOM, World, called, only

PROPOSAL = "aufgabe Wir zahlen 5 Millionen Euro @anna bis Freitag"


async def proposed(world: World) -> list[ActionPoint]:
    """Return the action points, at most two."""
    async with world.database.begin() as store:
        dialogue = only(await store.dialogues.all())
        found = [await store.actions.numbered(dialogue.id, number) for number in (1, 2)]
    return [each for each in found if each]


async def test_case_141_guests_propose_and_change_nothing(world: World) -> None:
    """Neither an administrator of the chat, nor somebody with a coordinator's name."""
    await world.speaks(KOELN, ANNA, "Guten Morgen")
    world.telegram.admins |= {each for each in (EVE.account,) if each}
    for who, chat in ((MEHMET, KOELN), (EVE, KOELN), (called(EVE, "Anna Weber"), KOELN), (TOM, INDY)):
        await world.commands(chat, who, PROPOSAL)
    assert await proposed(world) == []
    await world.commands(KOELN, ANNA, "aufgabe Bäume pflanzen")
    for words in ("ändern Alles fällen", "frist morgen", "wer @mehmet", "ersetzen Alles fällen", "sdg: 1"):
        await world.commands(KOELN, MEHMET, f"aufgabe 1 {words}")
    (point,) = await proposed(world)
    assert (point.text, point.version, point.due_on, point.sdgs) == ("Bäume pflanzen", 1, None, ())


async def test_case_141_words_of_others_propose_nothing(world: World) -> None:
    """Quoted, as code, forwarded, or in a message that was no command at first."""
    for text in ((Quote(rich(f"/{PROPOSAL}")),), (Pre(f"/{PROPOSAL}"),)):
        await world.speaks(KOELN, ANNA, text)
    await world.speaks(KOELN, ANNA, f"/{PROPOSAL}", forwarded=True)
    id = world.telegram.says(KOELN, ANNA, "Guten Morgen")
    await world.quiet()
    world.telegram.edits(KOELN, ANNA, id, f"/{PROPOSAL}")
    await world.quiet()
    assert await proposed(world) == []


async def test_case_141_nobody_changes_an_action_point_by_editing_its_command_without_the_role(world: World) -> None:
    await world.appoint(MEHMET, Role.STAFF)
    id = world.telegram.says(KOELN, MEHMET, "/aufgabe Bäume pflanzen")
    await world.quiet()
    await world.appoint(MEHMET, Role.GUEST)
    world.telegram.edits(KOELN, MEHMET, id, "/aufgabe Alles fällen")
    world.telegram.edits(KOELN, EVE, id, "/aufgabe Nichts tun")
    await world.quiet()
    assert [each.text for each in await proposed(world)] == ["Bäume pflanzen"]


async def test_case_142_a_name_that_anybody_can_choose_makes_nobody_an_owner(world: World) -> None:
    await world.speaks(KOELN, called(EVE, "Henriette Reker"), "Guten Morgen")
    (answer,) = await world.commands(KOELN, ANNA, "aufgabe Bäume pflanzen @Henriette Reker bis Freitag")
    assert "nur ein Name" in answer
    assert await proposed(world) == []

"""Exports of polls show what the polls have announced, to the coordinators of their own dialogue (case 69)."""

from __future__ import annotations

from bot.model import ChatRef, Role, Sender
from tests.trust.world import ANNA, BEN, BONN, GRACE, INDY, KOELN, MEHMET, World, privately

HEADER = 1


async def opened(world: World, rules: str) -> None:
    """Publish a poll in which Anna and Mehmet have voted in private."""
    await world.opens_private(ANNA, MEHMET)
    await world.speaks(KOELN, MEHMET, "Hallo")
    await world.commands(KOELN, ANNA, f"umfrage Was zuerst? | - Radwege | - Bäume | - Parks | {rules}")
    await world.commands(KOELN, ANNA, "umfrage 1 veröffentlichen")
    for who, ballot in ((MEHMET, "1=5 3=2"), (ANNA, "1=1 2=4")):
        await world.commands(privately(who), who, f"stimme 1 {ballot}")


async def closed(world: World) -> None:
    """Close the poll, without counting it."""
    async with world.database.begin() as store:
        poll = await store.polls.numbered(1, 1)
        assert poll
        await store.polls.close(poll, world.now(), {}, in_force=False)


async def exported(world: World, chat: ChatRef = KOELN, who: Sender = ANNA, format: str = "csv") -> str:
    """Return the file that an export has brought, or nothing."""
    before = len(files_in(world, chat))
    await world.commands(chat, who, f"export polls {format}")
    return "".join(files_in(world, chat)[before:])


def files_in(world: World, chat: ChatRef) -> list[str]:
    found = world.messenger(chat).messages_in(chat)
    return [each.data.decode("utf-8-sig") for each in found if each.file and each.data]


async def test_case_69_an_export_names_the_voters_of_open_ballots(world: World) -> None:
    await opened(world, "ergebnis: laufend")
    lines = (await exported(world)).splitlines()[HEADER:]
    assert [line.split(";")[:4] for line in lines] == [
        ["1", "Köln", ANNA.name, "1=1 2=4"],
        ["1", "Köln", MEHMET.name, "1=5 3=2"],
    ]


async def test_case_69_an_export_tells_neither_who_voted_in_secret_nor_in_which_order(world: World) -> None:
    await opened(world, "wahl: geheim")
    await closed(world)
    for format in ("csv", "json", "md", "html"):
        text = await exported(world, format=format)
        assert "1=1 2=4" in text.replace("\\", "")
        for told in ("Anna", "Mehmet", "telegram"):
            assert told not in text
    lines = (await exported(world)).splitlines()[HEADER:]
    assert [line.split(";")[:4] for line in lines] == [["1", "Köln", "", "1=1 2=4"], ["1", "Köln", "", "1=5 3=2"]]


async def test_case_69_an_export_shows_no_count_that_the_card_does_not_show_yet(world: World) -> None:
    await opened(world, "ergebnis: danach")
    await shows_ballots_only_after_the_close(world)


async def test_case_69_no_single_secret_ballot_can_be_read_while_the_count_is_live(world: World) -> None:
    await opened(world, "wahl: geheim | ergebnis: laufend")
    await shows_ballots_only_after_the_close(world)


async def shows_ballots_only_after_the_close(world: World) -> None:
    for format in ("csv", "json", "md", "html"):
        assert "1=1 2=4" not in (await exported(world, format=format)).replace("\\", "")
    await closed(world)
    assert "1=1 2=4" in await exported(world)


async def test_case_69_only_coordinators_of_the_dialogue_are_sent_an_export(world: World) -> None:
    await world.second_dialogue()
    await opened(world, "ergebnis: laufend")
    await world.appoint(MEHMET, Role.MAYOR)
    for chat, who in ((KOELN, MEHMET), (privately(MEHMET), MEHMET), (KOELN, BEN), (BONN, BEN), (privately(BEN), BEN)):
        assert "1=5" not in await exported(world, chat, who)
    assert "1=5" in await exported(world, INDY, GRACE)

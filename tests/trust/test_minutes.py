"""Minutes contain what their chair and the coordinators have marked, and nothing else (cases 136, 137, 139)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.model import Pre, Quote, Role, Send, Sender, rich
from storage import tables as t
from tests.trust import raw
from tests.trust.test_identity import ANONYMOUS, CHANNEL
from tests.trust.world import ANNA, EVE, GRACE, INDY, KOELN, MEHMET, TOM, World, called, only

LINE = "#beschluss Wir zahlen 5 Millionen Euro"


async def start(world: World, who: Sender = ANNA) -> None:
    """Open minutes, with somebody of Köln in the chair."""
    await world.commands(KOELN, who, "protokoll anfang Brücken")


async def kept(world: World) -> list[str]:
    """Return all that the database has of the lines."""
    async with world.database.engine.begin() as connection:
        rows = await connection.execute(sa.select(t.minutes_lines.c.text).order_by(t.minutes_lines.c.id))
        return [row.text for row in rows if row.text]


async def test_case_136_lines_of_others_are_not_taken(world: World) -> None:
    """Neither a guest's, nor an administrator's, nor those of somebody with a coordinator's name."""
    await start(world)
    world.telegram.admins |= {each for each in (EVE.account,) if each}
    for who, chat in ((MEHMET, KOELN), (EVE, KOELN), (called(EVE, "Anna Weber"), KOELN), (TOM, INDY)):
        await world.speaks(chat, who, LINE)
    await world.appoint(TOM, Role.STAFF, "Indianapolis")
    await world.appoint(MEHMET, Role.MAYOR)
    await world.speaks(INDY, TOM, LINE)
    await world.speaks(KOELN, MEHMET, LINE)
    assert await kept(world) == []
    await world.speaks(INDY, GRACE, "#agreed We meet in May")
    assert await kept(world) == ["We meet in May"], "a coordinator of another city writes, too; once"


async def test_case_136_whoever_has_lost_the_role_writes_no_more(world: World) -> None:
    await world.appoint(MEHMET, Role.COORDINATOR)
    await start(world, MEHMET)
    await world.speaks(KOELN, MEHMET, "#info Noch in der Leitung")
    line = world.original(KOELN, "#info Noch in der Leitung")
    await world.appoint(MEHMET, Role.GUEST)
    await world.speaks(KOELN, MEHMET, LINE)
    world.telegram.edits(KOELN, MEHMET, line, LINE)
    await world.quiet()
    await world.commands(KOELN, MEHMET, "protokoll ende")
    assert await kept(world) == ["Noch in der Leitung"]
    async with world.database.begin() as store:
        minutes = only(await store.minutes.of_dialogue(only(await store.dialogues.all()).id))
    assert minutes.is_open


async def test_case_136_who_is_muted_says_nothing_through_minutes(world: World) -> None:
    """Neither by starting or ending them, nor by a line, nor by a correction: every city would read it."""
    await world.speaks(KOELN, MEHMET, "Guten Morgen")
    await world.commands(KOELN, ANNA, "stumm @mehmet")
    await world.appoint(MEHMET, Role.COORDINATOR)
    before = len(world.at(INDY))
    await start(world, MEHMET)
    assert len(world.at(INDY)) == before
    await start(world)
    await world.speaks(KOELN, ANNA, "#info Kein Geld")
    before = len(world.at(INDY))
    await world.speaks(KOELN, MEHMET, LINE)
    await world.commands(KOELN, MEHMET, "protokoll ende")
    assert len(world.at(INDY)) == before
    await world.commands(KOELN, ANNA, "protokoll ende")
    before = len(world.at(INDY))
    await world.commands(KOELN, MEHMET, "protokoll 1 berichtigen Wir zahlen 5 Millionen Euro")
    assert len(world.at(INDY)) == before
    assert await kept(world) == ["Kein Geld"]


async def test_case_136_quoted_words_are_no_lines(world: World) -> None:
    await start(world)
    quoted = (Quote(rich(LINE)), *rich("Stimmt das?"))
    for text in (quoted, (Pre(LINE),), rich("> ", LINE), rich("Eve: ", LINE)):
        await world.speaks(KOELN, ANNA, text)
    assert await kept(world) == []


async def test_case_136_words_of_others_are_no_lines(world: World) -> None:
    """What a coordinator forwards, sends through another bot, or has in the copy of a guest's message."""
    await start(world)
    await world.speaks(KOELN, ANNA, LINE, forwarded=True)
    world.telegram.says(KOELN, ANNA, LINE, via="gif")
    world.telegram.says(KOELN, ANNA, LINE, origin="Eve")
    await world.quiet()
    assert any(LINE in each for each in world.at(INDY)), "they are passed on"
    assert await kept(world) == []


@pytest.mark.parametrize("author", [ANONYMOUS, CHANNEL])
async def test_case_136_who_writes_as_a_chat_writes_no_lines(world: World, author: dict[str, object]) -> None:
    await start(world)
    world.telegram.admins |= {each for each in (ANNA.account,) if each}
    await raw.on_telegram(world, raw.message(**author, text=LINE))
    assert await kept(world) == []


async def test_case_137_lines_of_a_guest_without_end_hold_up_nobody(world: World) -> None:
    """Each gets a sign at most; the signs wait behind what the bot has to announce."""
    await start(world)
    await world.speaks(INDY, TOM, "Good morning")
    await world.speaks(KOELN, EVE, "#info 0")
    answers = len(world.at(KOELN))
    world.telegram.hold()
    for number in range(1, 40):
        world.telegram.says(KOELN, EVE, f"#info {number}")
    await world.telegram.taken_in()
    world.matrix.says(INDY, GRACE, "!role @tom:test staff")
    await world.matrix.taken_in()
    before = len(world.telegram.calls)
    world.telegram.release()
    await world.quiet()
    announced = next(n for n, call in enumerate(world.telegram.calls[before:]) if isinstance(call, Send))
    assert announced < 10
    assert len(world.at(KOELN)) == answers + 1


async def test_case_139_only_marked_lines_are_kept(world: World) -> None:
    """Neither what is said besides, nor a line that was taken back or corrected."""
    await start(world)
    await world.speaks(KOELN, ANNA, "Das bleibt unter uns.\n#info Die Brücke ist gesperrt\nDas auch.")
    await world.speaks(KOELN, ANNA, "#info Ein Versehen")
    await world.speaks(KOELN, ANNA, "#zurück")
    await world.speaks(INDY, GRACE, "#info My phone number is 555-0100")
    world.matrix.edits(INDY, GRACE, world.original(INDY, "#info My phone number is 555-0100"), "#info Grace calls")
    await world.speaks(INDY, GRACE, "#idea Deleted at once")
    world.matrix.deletes(INDY, GRACE, world.original(INDY, "#idea Deleted at once"))
    await world.quiet()
    assert await kept(world) == ["Die Brücke ist gesperrt", "Grace calls"]

"""Reminders of roundtables: to chats and people, once, at the right local time, in words of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from bot.model import ChatRef, Moment, Role
from handlers.roundtables import _reminder_text, _reminders
from storage import Answer, Database, NewItem, ReminderState, RoundtableState
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, direct_room, private_chat, running
from tests.stories.reminding import DAY, HENRIETTE, HOUR, START, Reminding

HENRIETTES, TOMS = private_chat(HENRIETTE), direct_room(TOM)
ANNAS, MEHMETS = private_chat(ANNA), private_chat(MEHMET)


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Reminding]:
    async with told_on(database) as it:
        yield it


@asynccontextmanager
async def told_on(database: Database) -> AsyncIterator[Reminding]:
    """Run a dialogue with a mayor on either side, and one of the staff in Köln."""
    it = Reminding(database)
    await it.set_up()
    async with running(it):
        await it.appoint(HENRIETTE, "Köln", Role.MAYOR)
        await it.appoint(TOM, "Indianapolis", Role.MAYOR)
        await it.appoint(MEHMET, "Köln", Role.STAFF)
        yield it


async def test_each_chat_is_reminded_once_at_each_time_in_its_own_words(story: Reminding) -> None:
    await story.meets(speakers=())
    for before in (7 * DAY, DAY, HOUR):
        known = len(story.bells(KOELN))
        await story.until(START - before - timedelta(minutes=1))
        assert len(story.bells(KOELN)) == len(story.bells(INDY)) == known
        await story.until(START - before)
        assert len(story.bells(KOELN)) == len(story.bells(INDY)) == known + 1
    await story.until(START + DAY)
    assert [each.splitlines()[0].rpartition(": ")[2] for each in story.bells(KOELN)] == [
        "noch 7 Tage",
        "noch 1 Tag",
        "noch 1 Stunde",
    ]
    assert story.bells(INDY)[-1].replace("\u202f", " ").splitlines()[:3] == [
        "🔔 Städte vereint (roundtable 1): 1 hour to go",
        "Begins: Monday, February 22, 2027, 5:00 AM (Indianapolis)",
        "Where: https://meet.example/1",
    ]
    post = story.telegram.messages_in(KOELN)[-1].post
    assert post
    assert [node.unix for node in post.text if isinstance(node, Moment)] == [int(START.timestamp())]


async def test_only_those_with_a_private_chat_are_reminded_there_and_asked_for_an_answer(story: Reminding) -> None:
    await story.says(HENRIETTES, HENRIETTE, "/start")
    await story.says(MEHMETS, MEHMET, "/start")
    roundtable = await story.meets(DAY, 2 * HOUR, HOUR, listeners=(ANNA, MEHMET))
    await story.until(START - DAY)
    assert story.bells(HENRIETTES)[-1].splitlines() == [
        "🔔 Städte vereint (Runde 1, Köln – Indianapolis): noch 1 Tag",
        "Beginn: Montag, 22. Februar 2027, 11:00 Uhr (Berlin)",
        "Ort: https://meet.example/1",
        "Sie sind eingeladen und haben Rederecht. Bitte antworten Sie: Nehmen Sie teil?",
    ]
    asked = [story.telegram.messages_in(each)[-1].post for each in (HENRIETTES, MEHMETS)]
    assert [len(each.buttons) for each in asked if each] == [4, 3], "listeners cannot wish to speak"
    await story.answers(roundtable, HENRIETTE, Answer.YES)
    await story.answers(roundtable, MEHMET, Answer.NO)
    await story.until(START - 2 * HOUR)
    assert story.bells(HENRIETTES)[-1].endswith("Sie haben zugesagt.")
    last = story.telegram.messages_in(HENRIETTES)[-1].post
    assert last
    assert last.buttons == ()
    await story.until(START)
    assert (len(story.bells(HENRIETTES)), len(story.bells(MEHMETS)), story.at(ANNAS)) == (3, 1, [])


async def test_the_agenda_shows_whose_turn_it_is(story: Reminding) -> None:
    await story.says(HENRIETTES, HENRIETTE, "/start")
    roundtable = await story.meets(HOUR)
    async with story.database.begin() as store:
        person = await store.people.by_account(HENRIETTE.account) if HENRIETTE.account else None
        assert person
        items = [NewItem("Begrüßung", timedelta(minutes=15), person.id), NewItem("Ausblick")]
        await store.agenda.set(roundtable.id, [*items, *[NewItem("Weiteres")] * 20])
    await story.until(START)
    rows = story.bells(HENRIETTES)[0].splitlines()
    assert rows[4:6] == ["1. Begrüßung (15 Minuten): Sie haben das Wort", "2. Ausblick"]
    assert len(rows) == 4 + _reminder_text.ITEMS + 1
    assert "Sie haben das Wort" not in story.bells(KOELN)[0]


async def test_people_choose_their_own_times_or_none(story: Reminding) -> None:
    for who, chat in ((HENRIETTE, HENRIETTES), (MEHMET, MEHMETS)):
        await story.says(chat, who, "/start")
    told = await story.says(HENRIETTES, HENRIETTE, "/me erinnern: 2 Std., 3 Tage")
    assert told == "Private Erinnerungen an Runden: 3 Tage und 2 Stunden vorher"
    assert (await story.says(MEHMETS, MEHMET, "/me remind: keine")).splitlines()[0].endswith(": keine")
    assert "3 Tage und 2 Stunden vorher" in await story.says(HENRIETTES, HENRIETTE, "/me")
    await story.meets(DAY, listeners=(MEHMET,))
    await story.until(START)
    assert [each.splitlines()[0].rpartition(": ")[2] for each in story.bells(HENRIETTES)] == [
        "noch 3 Tage",
        "noch 2 Stunden",
    ]
    assert story.bells(MEHMETS) == []
    assert len(story.bells(KOELN)) == 1
    assert "so wie bei jeder Runde" in await story.says(HENRIETTES, HENRIETTE, "/me erinnern: standard")
    assert "3 Stunden vorher" in await story.says(HENRIETTES, HENRIETTE, "/me erinnern 3 Stunden")
    assert "wann" in await story.says(HENRIETTES, HENRIETTE, "/me erinnern:")
    assert "bald" in await story.says(HENRIETTES, HENRIETTE, "/me erinnern: bald")


async def test_who_cannot_be_reminded_in_private_is_mentioned_and_the_coordinator_told_once(story: Reminding) -> None:
    await story.says(direct_room(GRACE), GRACE, "!start")
    await story.meets(DAY, HOUR, speakers=(HENRIETTE, TOM), listeners=(ANNA, GRACE, MEHMET))
    await story.until(START)
    for chat, who in ((INDY, TOM), (KOELN, HENRIETTE)):
        assert [each.splitlines()[-1].startswith(f"{who.name}: ") for each in story.bells(chat)] == [True, True]
        post = story.messenger(chat).messages_in(chat)[-1].post
        assert post
        assert post.mentions == (who.account,), "listeners are not mentioned"
    told = [each for each in story.at(direct_room(GRACE)) if "Tom Jackson" in each]
    assert len(told) == 1
    assert "https://matrix.test/" in told[0]


async def test_a_blocked_private_chat_falls_back_to_a_mention(story: Reminding) -> None:
    await story.says(HENRIETTES, HENRIETTE, "/start")
    await story.says(MEHMETS, MEHMET, "/start")
    roundtable = await story.meets(DAY, listeners=(MEHMET,))
    await story.until(START - DAY - timedelta(minutes=1))
    del story.telegram.chats[HENRIETTES], story.telegram.chats[MEHMETS]
    await story.until(START - DAY)
    assert [each.startswith("Henriette Reker: 🔔 Städte vereint") for each in story.at(KOELN)[-2:]].count(True) == 1
    told = {each.person_id: each.told for each in await story.rows(roundtable) if each.person_id}
    assert sorted(str(each) for each in told.values()) == ["in chat", "not"], "who only listens is not mentioned"


async def test_nights_are_left_alone_except_in_chats(story: Reminding) -> None:
    """5:00 in Indianapolis: what would come at night comes in the morning, or the evening before."""
    await story.says(TOMS, TOM, "!start")
    await story.meets(DAY, 2 * HOUR, HOUR, speakers=(TOM,))
    moments: list[datetime] = []
    for hours in range(30, -1, -1):
        await story.until(START - hours * HOUR)
        moments += [story.clock.now] * (len(story.bells(TOMS)) - len(moments))
    assert [START - each for each in moments] == [22 * HOUR, 9 * HOUR], "7:00 the day before, and 20:00"
    assert "9 hours to go" in story.bells(TOMS)[-1]
    assert len(story.bells(INDY)) == 3


async def test_a_moved_roundtable_has_other_reminders_and_a_cancelled_one_none(story: Reminding) -> None:
    await story.says(HENRIETTES, HENRIETTE, "/start")
    roundtable = await story.meets(DAY, HOUR)
    await story.until(START - DAY)
    moved = await story.moves(roundtable, START + 3 * DAY)
    await story.until(START + 2 * DAY - timedelta(minutes=1))
    assert len(story.bells(HENRIETTES)) == len(story.bells(KOELN)) == 1
    await story.until(START + 2 * DAY)
    assert len(story.bells(HENRIETTES)) == len(story.bells(KOELN)) == 2
    async with story.database.begin() as store:
        ctx = story.app.services.context(store, story.clock.now)
        person = await store.people.by_account(HENRIETTE.account) if HENRIETTE.account else None
        assert person
        assert await _reminders.reminded_privately(ctx, moved) == {person.id}
        await story.plan(store, await store.roundtables.change(moved, revised=True, state=RoundtableState.CANCELLED))
    await story.until(START + 4 * DAY)
    assert len(story.bells(HENRIETTES)) == len(story.bells(KOELN)) == 2
    assert {each.state for each in await story.rows(roundtable)} == {ReminderState.SENT, ReminderState.VOID}


async def test_what_is_due_when_the_roundtable_changes_is_not_lost(story: Reminding) -> None:
    roundtable = await story.meets(DAY)
    story.clock.now = START - DAY
    async with story.database.begin() as store:
        await story.plan(store, await store.roundtables.change(roundtable, revised=True, title="Neu"))
    await story.until(START)
    assert [each[:5] for each in story.bells(KOELN)] == ["🔔 Neu"]


async def test_planning_again_doubles_nothing_and_what_has_passed_is_not_planned(story: Reminding) -> None:
    roundtable = await story.meets(20 * DAY, DAY, HOUR)
    for moment in (START - 2 * DAY, START - DAY, START - HOUR):
        await story.until(moment)
        async with story.database.begin() as store:
            await story.plan(store, roundtable)
            await story.plan(store, roundtable)
    await story.until(START)
    assert len(story.bells(KOELN)) == 2


async def test_after_a_downtime_the_last_one_comes_late_and_is_marked_so(story: Reminding) -> None:
    await story.says(HENRIETTES, HENRIETTE, "/start")
    await story.says(ANNAS, ANNA, "/start")
    await story.meets(7 * DAY, DAY, HOUR)
    await story.jump(START - 3 * HOUR)
    for chat in (KOELN, HENRIETTES):
        (bell,) = story.bells(chat)
        assert "noch 3 Stunden" in bell
        assert "Diese Erinnerung kommt zu spät, sie war für Sonntag, 21. Februar 2027, 11:00 Uhr" in bell
    await story.until(START)
    assert len(story.bells(KOELN)) == len(story.bells(HENRIETTES)) == 2
    reports = [each for each in story.at(ANNAS) if each.startswith("⏰")]
    assert [each.splitlines()[1:] for each in reports] == [["• Runde 1, „Städte vereint“: 4 Erinnerungen verspätet"]]


async def test_what_is_late_does_not_wake_anybody(story: Reminding) -> None:
    await story.says(TOMS, TOM, "!start")
    await story.meets(7 * DAY, HOUR, start=START + 5 * HOUR, speakers=(TOM,))
    await story.jump(START - 3 * DAY - HOUR)  # 4:00 in Indianapolis
    assert (len(story.bells(TOMS)), len(story.bells(INDY))) == (0, 1)
    await story.until(START - 3 * DAY + 2 * HOUR)
    assert len(story.bells(TOMS)) == 1


async def test_after_the_start_nothing_is_sent_and_the_coordinators_get_one_report(story: Reminding) -> None:
    await story.says(ANNAS, ANNA, "/start")
    for number in range(3):
        await story.meets(DAY, HOUR, start=START + number * HOUR, speakers=())
    await story.jump(START + DAY)
    await story.until(START + 2 * DAY)
    assert story.bells(KOELN) == story.bells(INDY) == []
    (report,) = [each for each in story.at(ANNAS) if each.startswith("⏰")]
    assert len(report.splitlines()) == 4
    assert "Runde 2" in report
    assert [each for each in story.at(INDY) if "⏰" in each], "Grace has no private chat, and is mentioned"


async def test_one_that_fails_holds_up_no_other(story: Reminding, monkeypatch: pytest.MonkeyPatch) -> None:
    send = _reminders._to_chat

    async def fail(ctx: object, roundtable: object, reminder: object, chat_id: int, *, is_late: bool) -> None:
        await send(ctx, roundtable, reminder, chat_id, is_late=is_late)  # type: ignore[arg-type]
        if chat_id == 1:
            raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(_reminders, "_to_chat", fail)
    roundtable = await story.meets(DAY, HOUR, speakers=())
    await story.until(START)
    assert (story.bells(KOELN), len(story.bells(INDY))) == ([], 2)
    assert [each.state for each in await story.rows(roundtable) if each.chat_id == 1] == [ReminderState.EXPIRED] * 2


async def test_many_are_sent_in_parts(story: Reminding, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_reminders, "MOST", 2)
    for who in (HENRIETTE, MEHMET, ANNA):
        await story.says(private_chat(who), who, "/start")
    await story.meets(DAY, listeners=(MEHMET, ANNA, GRACE))
    await story.until(START)
    chats = [KOELN, INDY, HENRIETTES, MEHMETS, ANNAS]
    assert [len(story.bells(each)) for each in chats] == [1] * 5


async def test_a_clock_that_is_set_back_sends_nothing_twice(story: Reminding) -> None:
    await story.meets(DAY, speakers=())
    await story.until(START - DAY)
    await story.jump(START - 2 * DAY)
    await story.until(START)
    assert len(story.bells(KOELN)) == 1


async def test_neither_who_is_not_invited_nor_a_chat_that_has_left_is_reminded(story: Reminding) -> None:
    for who in (HENRIETTE, MEHMET):
        await story.says(private_chat(who), who, "/start")
    roundtable = await story.meets(DAY, HOUR, listeners=(MEHMET,))
    await story.until(START - DAY)
    async with story.database.begin() as store:
        chat = await store.chats.by_ref(INDY)
        assert chat
        await store.chats.unpair(chat)
    await story.quiet()  # invitations follow who takes part
    async with story.database.begin() as store:
        assert MEHMET.account
        mehmet = await store.people.by_account(MEHMET.account)
        invitation = mehmet and await store.invitations.get(roundtable.id, mehmet.id)
        assert invitation
        await store.invitations.withdraw(invitation)
    await story.until(START)
    chats = (KOELN, HENRIETTES, INDY, MEHMETS)
    assert [len(story.bells(each)) for each in chats] == [2, 2, 1, 1]


async def test_who_was_reminded_in_private_learns_there_of_a_move_and_of_the_cancellation(story: Reminding) -> None:
    for who in (HENRIETTE, MEHMET, ANNA):
        await story.says(private_chat(who), who, "/start")
    await story.meets(DAY, HOUR, listeners=(MEHMET,))
    await story.until(START - DAY)
    await story.says(KOELN, ANNA, "/runde 1 verlegen 1. März 2027, 11:00")
    await story.says(KOELN, ANNA, "/runde 1 absagen Sturm")
    told = "\n".join(story.at(MEHMETS))
    assert told.count("→ Montag, 1. März 2027, 11:00 Uhr (Berlin)") == told.count("Sturm") == 1
    assert "Sturm" not in "\n".join(story.at(ANNAS)), "she was not reminded"


async def test_who_goes_to_another_zone_is_reminded_at_its_time(story: Reminding) -> None:
    await story.says(HENRIETTES, HENRIETTE, "/start")
    await story.meets(HOUR)
    await story.says(HENRIETTES, HENRIETTE, "/zeitzone America/New_York")
    await story.until(START - 9 * HOUR - timedelta(minutes=1))
    assert story.bells(HENRIETTES) == []
    await story.until(START - 9 * HOUR)  # 20:00 there, as it begins at 5:00
    assert len(story.bells(HENRIETTES)) == 1


async def test_a_chat_that_joins_later_is_reminded(story: Reminding) -> None:
    await story.meets(DAY, HOUR)
    await story.until(START - DAY)
    annex = ChatRef(KOELN.messenger, "-1002")
    story.telegram.messages_in(annex)
    async with story.database.begin() as store:
        dialogue, *_others = await store.dialogues.all()
        await store.chats.pair(annex, dialogue, dialogue.cities[0])
    await story.until(START)
    assert (len(story.bells(annex)), len(story.bells(KOELN))) == (1, 2)

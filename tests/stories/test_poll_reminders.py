"""Reminders to vote: asked for by a coordinator, before the close, and what people are told after a downtime."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.commands.context import Context
from bot.model import ChatRef, MessengerName, Role, Sender
from bot.text.catalogue import LocaleContext
from bot.voice import words
from handlers.polls import _mentions, _reminders, _turnout
from storage import Database, Electorate, Job, Poll, StorageError
from storage.jobs import Jobs
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, direct_room, private_chat, running, someone
from tests.stories.polling import HENRIETTE, JOE, MEHMET, NOW, Polling

ANNAS, HENRIETTES, JOES = private_chat(ANNA), private_chat(HENRIETTE), direct_room(JOE)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Polling]:
    it = Polling(database)
    await it.set_up()
    async with running(it):
        await it.quiet()
        yield it


async def opens_private_chat(story: Polling, *people: Sender) -> None:
    for who in people:
        assert who.account
        telegram = who.account.messenger is MessengerName.TELEGRAM
        await story.says(private_chat(who) if telegram else direct_room(who), who, "/start" if telegram else "!start")


def mentioned(story: Polling, chat: ChatRef) -> set[str]:
    """Return the accounts that the last post in a chat notifies."""
    post = story.messenger(chat).messages_in(chat)[-1].post
    assert post
    return {each.id for each in post.mentions}


# Asked for


async def test_who_has_not_voted_is_reminded_in_private_or_by_one_mention_in_their_citys_chat(story: Polling) -> None:
    await opens_private_chat(story, HENRIETTE, JOE)
    poll = await story.asks()
    await story.votes(poll, GRACE)
    assert (await story.says(KOELN, ANNA, "/umfrage 1 erinnern")).splitlines() == [
        "An Umfrage 1 erinnere ich alle mit einer Rolle, die noch nicht abgestimmt haben:",
        "• privat: 2 Personen",
        "• im Chat ihrer Stadt: 2 Personen",
    ]
    assert story.reminders(HENRIETTES)[-1].splitlines() == [
        "🗳️ Ihre Stimme fehlt noch: Was zuerst?",
        "Umfrage 1, Köln – Indianapolis",
        "Ende: Freitag, 19. Februar 2027, 11:00 Uhr (Berlin)",
        "Bitte stimmen Sie über die Schaltfläche ab, oder schreiben Sie /stimme 1 1=5 2=3",
    ]
    assert story.reminders(JOES)[-1].splitlines()[2:] == [
        "Closes: Friday, February 19, 2027, 5:00\u202fAM (Indianapolis)",
        "Please vote with the button, or write !vote 1 1=5 2=3",
    ]
    assert story.reminders(KOELN)[-1].splitlines() == [
        "🗳️ Es fehlen noch Stimmen: Was zuerst?",
        "Anna Weber, Mehmet Kaya: Bitte stimmen Sie bei Umfrage 1 ab.",
        "Ende: Freitag, 19. Februar 2027, 11:00 Uhr (Berlin)",
        "Stimmen Sie unter der Umfrage ab, oder schreiben Sie /stimme 1 1=5 2=3",
    ]
    assert story.reminders(INDY) == []


async def test_everybody_is_mentioned_in_one_message(story: Polling) -> None:
    await story.asks()
    story.telegram.says(KOELN, ANNA, "/poll 1 remind")
    await story.quiet()
    (reminder,) = [each for each in story.telegram.messages_in(KOELN) if each.post and each.text.startswith("🗳️")]
    assert reminder.post
    assert len(reminder.post.mentions) == 3
    assert len(story.reminders(INDY)) == 1


async def test_a_coordinator_reminds_once_in_a_while_and_reads_when_the_last_time_was(story: Polling) -> None:
    poll = await story.asks()
    await story.says(KOELN, ANNA, "/umfrage 1 erinnern")
    before = story.reminders(KOELN)
    told = await story.says(KOELN, ANNA, "/umfrage 1 erinnern")
    assert "zuletzt erinnert: Freitag, 12. Februar 2027, 11:00 Uhr (Berlin)" in told
    assert "Wieder möglich ist es ab: Freitag, 12. Februar 2027, 12:00 Uhr (Berlin)" in told
    assert story.reminders(KOELN) == before
    story.clock.now = NOW + HOUR
    await story.votes(poll, MEHMET, HENRIETTE, ANNA)
    assert "im Chat ihrer Stadt: 2 Personen" in await story.says(KOELN, ANNA, "/umfrage 1 erinnern")


async def test_nobody_is_reminded_who_need_not_vote(story: Polling) -> None:
    poll = await story.asks()
    await story.votes(poll, ANNA, MEHMET, HENRIETTE, GRACE, JOE)
    assert "haben alle mit einer Rolle abgestimmt" in await story.says(KOELN, ANNA, "/umfrage 1 erinnern")
    async with story.database.begin() as store:
        await store.polls.close(await store.polls.get(poll.id), story.clock(), {}, in_force=False)
    assert "läuft nicht" in await story.says(KOELN, ANNA, "/umfrage 1 erinnern")
    assert story.reminders(KOELN) == story.reminders(INDY) == []


async def test_only_a_coordinator_reminds(story: Polling) -> None:
    await story.asks()
    assert "Das kann nur die Koordination" in await story.says(KOELN, MEHMET, "/umfrage 1 erinnern")


async def test_who_cannot_be_reached_at_all_is_named_to_the_coordinator(story: Polling) -> None:
    await story.appoint(someone(MessengerName.MATRIX, "@lotte:test", "Lotte Lang"), "Köln", Role.STAFF)
    poll = await story.asks()
    await story.votes(poll, ANNA, MEHMET, HENRIETTE, GRACE, JOE)
    assert (await story.says(KOELN, ANNA, "/umfrage 1 erinnern")).endswith("• Nicht erreichbar: Lotte Lang")


async def test_many_are_not_all_named(story: Polling, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_mentions, "MOST", 1)
    await story.asks()
    await story.says(KOELN, ANNA, "/umfrage 1 erinnern")
    assert "Anna Weber und 2 weitere: Bitte stimmen Sie" in story.reminders(KOELN)[-1]


async def test_a_secret_poll_with_a_live_count_names_nobody(story: Polling) -> None:
    await opens_private_chat(story, HENRIETTE)
    poll = await story.asks(secret=True, live=True)
    await story.votes(poll, MEHMET)
    await story.says(KOELN, ANNA, "/umfrage 1 erinnern")
    assert story.reminders(KOELN)[-1].splitlines()[1::2] == [
        "In dieser Stadt fehlt bei Umfrage 1 noch 1 Stimme.",
        "Die Abstimmung ist geheim: Die Schaltfläche unter der Umfrage öffnet den Stimmzettel im privaten Chat.",
    ]
    assert len(story.reminders(HENRIETTES)) == 1, "in private"
    assert story.telegram.messages_in(KOELN)[-2].post


async def test_many_are_reminded_in_small_parts_and_not_who_has_voted_meanwhile(
    story: Polling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_reminders, "MOST", 1)
    await opens_private_chat(story, HENRIETTE, MEHMET, ANNA)
    poll = await story.asks()
    send, voted = _reminders.send, [HENRIETTE]

    async def after_a_vote(ctx: Context, job: Job, prepared: None) -> None:
        await send(ctx, job, prepared)
        if voted and await ctx.store.jobs.is_current(job) is False:
            person_id = story.people[voted.pop()]
            await ctx.store.ballots.cast(poll, person_id, 1, "1=5", messenger=MessengerName.TELEGRAM, at=ctx.now)

    kind = story.app.features.jobs[_reminders.REMIND]
    monkeypatch.setattr(
        story.app.jobs, "_kinds", {**story.app.jobs._kinds, kind.name: replace(kind, apply=after_a_vote)}
    )
    await story.says(KOELN, ANNA, "/umfrage 1 erinnern")
    told = [len(story.reminders(each)) for each in (ANNAS, private_chat(MEHMET), HENRIETTES)]
    assert told == [1, 1, 0]


async def test_a_mayor_reads_it_in_their_own_language_and_time_and_votes_there(story: Polling) -> None:
    await opens_private_chat(story, HENRIETTE)
    await story.says(HENRIETTES, HENRIETTE, "/sprache en-GB")
    await story.says(HENRIETTES, HENRIETTE, "/timezone Asia/Tokyo")
    poll = await story.asks(voters=Electorate.MAYORS)
    await story.says(KOELN, ANNA, "/umfrage 1 erinnern")
    assert "Closes: Friday, 19 February 2027, 19:00 (Tokyo)" in story.reminders(HENRIETTES)[-1]
    assert "Topic 1 of 2" in await story.chooses(HENRIETTES, HENRIETTE), "the ballot is opened by the button"
    assert "counts" in await story.says(HENRIETTES, HENRIETTE, "/vote 1 1=5 2=3")
    async with story.database.begin() as store:
        assert await store.ballots.of(poll, story.people[HENRIETTE]) == "1=5 2=3"
    story.clock.now += HOUR
    assert "1 Person" in await story.says(KOELN, ANNA, "/umfrage 1 erinnern"), "the other mayor"
    assert sum("Your vote is missing" in each for each in story.at(HENRIETTES)) == 1


async def test_who_has_blocked_the_private_chat_meanwhile_is_mentioned(story: Polling) -> None:
    await opens_private_chat(story, HENRIETTE)
    poll = await story.asks()
    await story.votes(poll, ANNA, MEHMET)
    del story.telegram.chats[HENRIETTES]
    await story.says(KOELN, ANNA, "/umfrage 1 erinnern")
    assert story.at(KOELN)[-1].startswith("Henriette Reker: 🗳️ Ihre Stimme fehlt noch: Was zuerst?")
    assert story.at(KOELN)[-1].endswith("Stimmen Sie unter der Umfrage ab, oder schreiben Sie /stimme 1 1=5 2=3")
    assert mentioned(story, KOELN) == {"21"}


# Before the close


async def test_a_day_before_the_close_chats_and_those_who_have_not_voted_are_told_once(story: Polling) -> None:
    await opens_private_chat(story, HENRIETTE, JOE, ANNA)
    poll = await story.asks(closes_in=7 * DAY + 4 * HOUR)
    await story.votes(poll, JOE, MEHMET)
    await story.until(NOW + 6 * DAY + 4 * HOUR - timedelta(minutes=1))
    assert story.reminders(KOELN) == story.reminders(HENRIETTES) == []
    await story.until(NOW + 6 * DAY + 4 * HOUR)
    assert story.reminders(KOELN)[0].splitlines() == [
        "⏳ Diese Umfrage endet bald: Was zuerst?",
        "Endet in 1 Tag: Freitag, 19. Februar 2027, 15:00 Uhr (Berlin)",
        "Stimmen Sie unter der Umfrage ab, oder schreiben Sie /stimme 1 1=5 2=3",
    ]
    assert story.reminders(INDY)[0].splitlines()[1] == "Grace Miller: please vote in poll 1."
    assert mentioned(story, INDY) == {"@grace:test"}
    assert [len(story.reminders(each)) for each in (HENRIETTES, ANNAS, JOES)] == [1, 1, 0]
    assert "Endet in 1 Tag" in story.reminders(HENRIETTES)[0]
    await story.until(NOW + 8 * DAY)
    assert [len(story.reminders(each)) for each in (HENRIETTES, ANNAS, JOES, KOELN, INDY)] == [1, 1, 0, 1, 1]


async def test_short_polls_have_their_notice_an_hour_before_and_very_short_ones_none(story: Polling) -> None:
    await story.asks(closes_in=timedelta(minutes=59))
    await story.until(NOW + HOUR)
    assert story.reminders(KOELN) == []
    await story.asks(closes_in=8 * HOUR)
    await story.until(NOW + 2 * DAY)
    assert "Endet in 1 Stunde" in story.reminders(KOELN)[0]
    assert len(story.reminders(KOELN)) == 1


async def test_the_notice_follows_the_close_when_that_moves_and_ends_with_the_poll(story: Polling) -> None:
    poll = await story.asks(closes_in=7 * DAY)
    poll = await story.closes(poll, NOW + 9 * DAY)
    await story.until(NOW + 7 * DAY)
    assert story.reminders(KOELN) == []
    poll = await story.closes(poll, NOW + 8 * DAY)
    await story.until(NOW + 7 * DAY + HOUR)
    assert story.reminders(KOELN) == []
    poll = await story.closes(poll, NOW + 12 * DAY)
    async with story.database.begin() as store:
        await store.polls.close(await store.polls.get(poll.id), story.clock(), {}, in_force=False)
    await story.until(NOW + 13 * DAY)
    assert story.reminders(KOELN) == []


@pytest.mark.parametrize(
    ("closes_in", "koeln", "indy"),
    [
        # At 03:00 in Köln the day before: in the morning there. 21:00 in Indianapolis is the night, too.
        (7 * DAY + 16 * HOUR, NOW + 6 * DAY + 20 * HOUR, NOW + 7 * DAY + 2 * HOUR),
        # An hour before is 23:00 in Köln, and the poll is over before the morning: in the evening there.
        (13 * HOUR, NOW + 9 * HOUR, NOW + 12 * HOUR),
    ],
)
async def test_nobody_is_woken(story: Polling, closes_in: timedelta, koeln: datetime, indy: datetime) -> None:
    await opens_private_chat(story, HENRIETTE, JOE)
    await story.asks(closes_in=closes_in)
    for chat, private, at in ((KOELN, HENRIETTES, koeln), (INDY, JOES, indy)):
        assert story.reminders(chat) == [] or chat == INDY
        await story.until(at - timedelta(minutes=1))
        assert [story.reminders(chat), story.reminders(private)] == [[], []]
        await story.until(at)
        assert [len(story.reminders(each)) for each in (chat, private)] == [1, 1]


async def test_what_is_late_is_marked_so_unless_it_is_night_or_over(story: Polling) -> None:
    await opens_private_chat(story, HENRIETTE, JOE)
    await story.asks(closes_in=7 * DAY + 6 * HOUR)
    await story.jump(NOW + 6 * DAY + 16 * HOUR)  # 03:00 in Köln, 21:00 in Indianapolis
    assert [story.reminders(each) for each in (KOELN, INDY, HENRIETTES, JOES)] == [[], [], [], []]
    await story.until(NOW + 6 * DAY + 20 * HOUR)
    assert "Endet in 10 Stunden: Freitag, 19. Februar 2027, 17:00 Uhr (Berlin)" in story.reminders(HENRIETTES)[0]
    assert story.reminders(KOELN)[0].endswith("Als er fällig war, war ich nicht in Betrieb.")
    assert story.reminders(JOES) == []
    await story.asks(closes_in=4 * DAY)
    await story.jump(NOW + 20 * DAY)
    assert len(story.reminders(KOELN)) == 1, "it was over"


async def test_planning_anew_repeats_no_notice(story: Polling) -> None:
    poll = await story.asks()
    for _again in range(2):
        await story.closes(poll, NOW + 7 * DAY)
        await story.until(NOW + 6 * DAY)
    assert len(story.reminders(KOELN)) == 1


async def test_what_is_lost_before_it_is_committed_is_sent_once_all_the_same(
    story: Polling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the process had been killed in the middle of each job."""
    finish, lost = Jobs.finish, list[str]()

    async def lose_the_first(self: Jobs, job: Job) -> None:
        if job.kind in {_reminders.NOTICE, _reminders.REMIND} and job.kind not in lost:
            lost.append(job.kind)
            raise StorageError("the database is gone")
        await finish(self, job)

    monkeypatch.setattr("bot.retries.PAUSE", (0.0, 0.0))
    monkeypatch.setattr(Jobs, "finish", lose_the_first)
    await opens_private_chat(story, HENRIETTE)
    await story.asks()
    await story.until(NOW + 6 * DAY + 3 * HOUR)
    assert lost == [_reminders.NOTICE, _reminders.REMIND]
    assert [len(story.reminders(each)) for each in (KOELN, INDY, HENRIETTES)] == [1, 1, 1]


# After a downtime


async def test_coordinators_are_told_once_that_ballots_may_be_missing(story: Polling) -> None:
    await opens_private_chat(story, ANNA)
    poll = await story.asks()
    await story.says(KOELN, MEHMET, "Hallo")
    assert (await _state(story, poll)).warned_at is None
    story.telegram.gap = True
    await story.says(KOELN, MEHMET, "Hallo?")
    await story.says(KOELN, MEHMET, "Hallo!")
    assert (await _state(story, poll)).warned_at == NOW
    (warning,) = [each for each in story.at(ANNAS) if each.startswith("⚠️")]
    assert "Nachrichten auf Telegram verpasst" in warning
    assert warning.splitlines()[1] == "Laufende Umfragen: 1"
    assert warning.endswith("/umfrage 1 erinnern erinnert alle, von denen mir die Stimme fehlt.")
    assert sum("may be missing" in each for each in story.at(INDY)) == 1, "Grace has no private chat"


async def test_the_card_says_that_ballots_may_be_missing(story: Polling) -> None:
    poll = await story.asks()
    story.telegram.gap = True
    await story.says(KOELN, MEHMET, "Hallo")
    async with story.database.begin() as store:
        ctx = story.app.services.context(store, story.clock())
        told = words(await _turnout.text(ctx, await store.polls.get(poll.id)), LocaleContext("de_DE", "Europe/Berlin"))
    assert told.splitlines()[-1].startswith("⚠️ Aus der Zeit vor Freitag, 12. Februar 2027, 11:00 Uhr (Berlin) fehlen")


async def test_without_open_polls_nobody_is_told_of_a_gap(story: Polling) -> None:
    story.telegram.gap = True
    await story.says(KOELN, MEHMET, "Hallo")
    assert not any("⚠️" in each for each in (*story.at(KOELN), *story.at(INDY)))


async def _state(story: Polling, poll: Poll) -> Poll:
    async with story.database.begin() as store:
        return await store.polls.get(poll.id)

"""Everything stored about a person is known: it follows them when accounts are linked, is exported, and is deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.model import Account, ChatRef, MessageRef, MessengerName, Post, Reaction, Role, Sender, Sent, Vote, rich
from storage import (
    Answer,
    AttendanceKind,
    Chat,
    City,
    Database,
    Dialogue,
    LineKind,
    NewItem,
    NewTopic,
    Participation,
    Person,
    PlannedDueReminder,
    PollState,
    Purpose,
    ReminderState,
    Roundtable,
    Share,
    Store,
    StoredReaction,
)
from storage import tables as t
from storage.personal import OnForget, OnLink, Personal, references, undeclared
from tests.storage.agreements import proposed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
GROUP = ChatRef(MessengerName.TELEGRAM, "-1001")
ROOM = ChatRef(MessengerName.MATRIX, "!room:test")
ANNA = Account(MessengerName.TELEGRAM, "471147114711")
TOM = Account(MessengerName.MATRIX, "@tom:leeds.test")
NAME = "Anna Vergissmeinnicht"
MERGED = {t.people.c.id, t.accounts.c.person_id, t.roles.c.person_id}
"""What `storage.people.links` has rules for."""


def test_every_column_that_refers_to_people_declares_what_happens_to_them() -> None:
    assert undeclared() == []


@pytest.mark.parametrize(
    "column",
    [
        sa.Column("voter", sa.ForeignKey("people.id")),
        sa.Column("person_id", sa.BigInteger),
        sa.Column("confirmed_by", sa.Text),
        sa.Column("account", sa.Text),
        sa.Column("answers", sa.JSON),
    ],
    ids=lambda column: column.name,
)
def test_a_new_column_that_declares_nothing_is_noticed(column: sa.Column[Any]) -> None:
    schema = sa.MetaData()
    sa.Table("people", schema, sa.Column("id", sa.Integer, primary_key=True))
    sa.Table("polls", schema, sa.Column("id", sa.Integer, primary_key=True), sa.Column("question", sa.Text), column)
    assert undeclared(schema) == [column]


@pytest.mark.parametrize(
    ("column", "declared"), references(), ids=lambda each: str(each) if each is not Personal else ""
)
def test_what_a_column_declares_can_be_done(column: sa.Column[Any], declared: Personal) -> None:
    table = column.table
    keys = [each for each in table.constraints if isinstance(each, sa.UniqueConstraint | sa.PrimaryKeyConstraint)]
    assert set(declared.export) <= set(table.c.keys())
    assert bool(declared.why) == (declared.on_forget is OnForget.KEEP)
    assert (declared.on_link is OnLink.MERGE) == (column in MERGED)
    if column.foreign_keys:  # the row it refers to goes away
        assert declared.on_link is not OnLink.STAY
        assert declared.on_forget is not OnForget.KEEP
    if declared.on_link is OnLink.MOVE:
        assert not any(column in key.columns.values() for key in keys), (
            "two rows may collide: this needs a rule of its own"
        )
        assert table is t.chats or "chat_id" in table.c
    if declared.on_link is OnLink.FOLLOW:
        assert bool(declared.prevails) == any(column in key.columns.values() for key in keys)
    assert not declared.prevails or (declared.on_link is OnLink.FOLLOW and declared.prevails in table.c)
    if declared.on_forget is OnForget.CLEAR:
        assert column.nullable or column.server_default is not None


async def fill(store: Store) -> tuple[Person, Chat]:
    """Store something about Anna in every table that may refer to her; return her and her private chat."""
    anna = await store.people.get_or_create(ANNA, NAME, "vergissmeinnicht", NOW)
    tom = await store.people.get_or_create(TOM, "Tom", "tom", NOW)
    koeln = await store.cities.add("Köln", "de_DE", "Europe/Berlin")
    leeds = await store.cities.add("Leeds", "en_GB", "Europe/London")
    dialogue = await store.dialogues.add("Köln – Leeds", (koeln, leeds))
    group, room = await store.chats.pair(GROUP, dialogue, koeln), await store.chats.pair(ROOM, dialogue, leeds)
    private = await store.chats.get_or_create(ChatRef(ANNA.messenger, ANNA.id), title=NAME, person_id=anna.id)
    for person, city in ((anna, koeln), (tom, leeds)):
        await store.roles.set(dialogue, person, city, Role.COORDINATOR, NOW)
    for person, chat, other, id in ((anna, group, room, "1"), (tom, room, group, "$2")):
        said = await store.messages.add(
            sent_at=NOW, dialogue_id=dialogue.id, chat=chat, native_id=id, person_id=person.id
        )
        await store.deliveries.send(other, said, Post(rich("hello")), NOW, share=Share(person.id))
    asked = await store.messages.add(sent_at=NOW, chat=private, native_id="3", person_id=anna.id)
    answer = await store.messages.add(sent_at=NOW)
    await store.deliveries.send(private, answer, Post(rich(f"Hello {NAME}")), NOW, reply_to=asked)
    await store.messages.record_reaction(
        group, "r1", await store.messages.get(answer), StoredReaction(anna.id, "4", "👍")
    )
    heart = Reaction(id="r2", ref=MessageRef(GROUP, "4"), sender=Sender(ANNA, NAME), at=NOW, key="❤️")
    await store.reactions.record(group, await store.messages.get(answer), heart, anna.id)
    vote = Vote(id="v1", poll="4", ref=None, sender=Sender(ANNA, NAME), at=NOW, options=(0,), source="v1")
    await store.native_votes.record(group, await store.messages.get(answer), anna.id, vote)
    in_an_hour = NOW + timedelta(hours=1)
    await store.codes.add(Purpose.PAIR, "a", account=ANNA, chat=group, expires_at=in_an_hour, city=koeln)
    await store.codes.add(Purpose.LINK, "b", account=TOM, chat=room, expires_at=in_an_hour)
    link = await store.codes.find(Purpose.LINK, "b", NOW)
    assert link
    await store.codes.claim(link, ANNA)
    await store.codes.count_guess(ANNA, Purpose.PAIR, NOW)
    await store.pairings.ask(group, ANNA, koeln, "", NOW)
    await store.news.add(
        dialogue.id,
        group,
        "5",
        post_id=answer,
        status_id=answer,
        person_id=anna.id,
        city=koeln.name,
        headline="A new bridge",
        text=rich("It is open."),
        attachment="",
        at=NOW,
    )
    await store.calendar_links.make("digest", anna.id, None, NOW)
    await store.audit.record(NOW, "role", by=ANNA, dialogue=dialogue, subject=str(ANNA), details="staff → coordinator")
    await store.feeds.add(dialogue.id, "https://koeln.test/feed", NOW, added_by=str(ANNA), chat_id=group.id)
    roundtable = await store.roundtables.add(
        dialogue.id,
        NOW,
        title="Cities united",
        description="",
        place="",
        starts_at=in_an_hour,
        ends_at=in_an_hour + timedelta(hours=2),
        zone="Europe/Berlin",
        remind=(),
        created_by=anna.id,
        chair_id=anna.id,
    )
    await store.agenda.set(roundtable.id, [NewItem("Welcome", None, anna.id)])
    for person, city, deputy in ((anna, koeln, tom), (tom, leeds, anna)):
        await invite(store, roundtable, person, city, deputy)
        await remind(store, roundtable, person)
    (speaker,) = [each for each in await store.invitations.of(roundtable.id) if each.person_id == anna.id]
    await store.meetings.begin_speech(speaker, None, NOW)
    await take_part_in_poll(store, dialogue, anna)
    await agree(store, dialogue, anna)
    return await store.people.get(anna.id), private


async def take_part_in_poll(store: Store, dialogue: Dialogue, person: Person) -> None:
    """Store a poll that she has made, proposed for, voted in, and begun to vote in once more."""
    poll = await store.polls.add(dialogue.id, NOW, question="What first?", created_by=person.id)
    poll = await store.polls.change(poll, state=PollState.OPEN)
    await store.polls.propose(poll.id, NewTopic("Trees", proposed_by=person.id))
    city_id = dialogue.cities[0].id
    await store.ballots.cast(poll, person.id, city_id, "1=5", messenger=MessengerName.TELEGRAM, at=NOW)
    await store.ballot_drafts.save(poll.id, person.id, "1=3", 7, NOW)


async def agree(store: Store, dialogue: Dialogue, person: Person) -> None:
    """Store an action point that she proposes and owns, with a reminder, and minutes that she writes."""
    point = await proposed(store, dialogue, person)
    reminder = PlannedDueReminder(person.id, NOW.date(), 1, "Europe/Berlin", NOW + timedelta(days=1))
    await store.due_reminders.plan(point.id, [reminder], NOW)
    minutes = await store.minutes.start(dialogue.id, NOW, title="Trees", chair_id=person.id, chat_id=1)
    await store.minutes_lines.add(minutes, LineKind.IDEA, "More trees", NOW, person_id=person.id)
    city_id = dialogue.cities[0].id
    await store.participants.record(minutes, person.id, city_id, AttendanceKind.WROTE, NOW)


async def invite(store: Store, roundtable: Roundtable, person: Person, city: City, deputy: Person) -> None:
    answer = {"part": Participation.SPEAKER, "answer": Answer.OPEN, "answered_at": None, "explicit": False}
    who = {"person_id": person.id, "city_id": city.id, "deputy_id": deputy.id, "deputy_for": deputy.id}
    await store.invitations._insert(t.invitations, roundtable_id=roundtable.id, **who, **answer)


async def remind(store: Store, roundtable: Roundtable, person: Person) -> None:
    due = {"sequence": 0, "before": 3600, "due_at": NOW, "state": ReminderState.PENDING}
    await store.reminders._insert(t.reminders, roundtable_id=roundtable.id, person_id=person.id, **due)


async def rows(store: Store, table: sa.Table) -> list[sa.Row[Any]]:
    return list((await store._connection.execute(sa.select(table))).all())


async def naming_anna(store: Store) -> set[str]:
    """Return the tables in which her account or name occurs anywhere."""
    texts = {table.name: str(await rows(store, table)) for table in t.metadata.sorted_tables}
    return {name for name, text in texts.items() if ANNA.id in text or NAME in text}


async def referring_to(store: Store, person: Person) -> set[str]:
    """Return the columns that refer to a person by their id."""
    columns = [column for column, _declared in references() if not isinstance(column.type, sa.Text)]
    return {
        str(column)
        for column in columns
        if any(getattr(row, column.name) == person.id for row in await rows(store, column.table))
    }


async def test_a_forgotten_person_leaves_only_what_is_kept_for_a_reason(database: Database) -> None:
    async with database.begin() as store:
        anna, private = await fill(store)
        assert await naming_anna(store) >= {
            "accounts",
            "audit",
            "chats",
            "codes",
            "deliveries",
            "feeds",
            "guesses",
            "pairings",
        }
        assert len(await referring_to(store, anna)) == 30
        await store.menu_digests.set(Account(MessengerName.TELEGRAM, "99"), "all", "de", "digest")
        assert await store.people.forget(anna)
        due = {row.kind for row in await rows(store, t.jobs)}
        assert due == {"menus:telegram", "reactions", "roster"}, "what she was shown, and asked, is taken back"
    async with database.begin() as store:
        assert await naming_anna(store) == {"audit", "guesses"}
        assert await referring_to(store, anna) == set()
        assert [row.id for row in await rows(store, t.chats)] == [1, 2] != [1, private.id]


async def test_others_keep_what_a_forgotten_person_has_written(database: Database) -> None:
    async with database.begin() as store:
        anna, _private = await fill(store)
        assert await store.people.forget(anna)
        tom = await store.people.by_account(TOM)
        assert tom
        assert await referring_to(store, tom) == {
            *("people.id", "accounts.person_id", "roles.person_id", "messages.person_id", "deliveries.person_id"),
            *("invitations.person_id", "reminders.person_id"),
        }
        authors = {row.native_id: row.person_id for row in await rows(store, t.messages) if row.native_id}
        assert authors == {"1": None, "$2": tom.id}
        assert sorted(row.lane for row in await rows(store, t.deliveries)) == [ROOM.lane, GROUP.lane]
        assert await rows(store, t.codes) == []


async def test_nobody_is_forgotten_while_something_is_sent_to_them(database: Database) -> None:
    async with database.begin() as store:
        anna, private = await fill(store)
        delivery = await store.deliveries.claim(private.ref.lane, NOW)
        assert delivery
    async with database.begin() as store:
        assert not await store.people.forget(anna)
        assert await store.people.by_account(ANNA) == anna
        await store.deliveries.delivered(delivery, Sent(("4",)), NOW)
    async with database.begin() as store:
        assert await store.people.forget(anna)
        assert await store.people.by_account(ANNA) is None


async def test_what_is_stored_about_a_person_is_exported(database: Database) -> None:
    async with database.begin() as store:
        anna, private = await fill(store)
        exported = await store.people.export(anna)
    assert set(exported) == {column.table.name for column, declared in references() if declared.export}
    assert all(exported.values())
    assert [row["name"] for row in exported["people"]] == [NAME]
    assert [(row["role"], row["appointed_at"]) for row in exported["roles"]] == [(Role.COORDINATOR, NOW)]
    assert [row["native_id"] for row in exported["messages"]] == ["1", "3"]
    assert [row["title"] for row in exported["chats"]] == [private.title]
    assert [row["purpose"] for row in exported["codes"]] == [Purpose.PAIR]
    assert len(exported["audit"]) == 1, "by her and about her"
    assert str(TOM) not in str(exported)


async def test_linked_accounts_bring_along_all_that_refers_to_their_person(database: Database) -> None:
    async with database.begin() as store:
        anna, _private = await fill(store)
        tom = await store.people.by_account(TOM)
        assert tom
        await store.links.join(tom, anna)
        assert await referring_to(store, anna) == {"deliveries.person_id"}, "whose turn it is does not change"
        both = await store.people.get(tom.id)
        assert await store.links.part(both, NOW)
        again = await store.people.by_account(ANNA)
        assert again
        assert await referring_to(store, again) == {
            *("people.id", "accounts.person_id", "roles.person_id", "chats.person_id", "messages.person_id"),
            *("reactions.person_id", "relayed_reactions.person_id", "news.person_id", "votes.person_id"),
        }


@pytest.mark.parametrize("first", [True, False])
async def test_of_two_answers_of_one_person_the_newer_one_stays(database: Database, *, first: bool) -> None:
    async with database.begin() as store:
        anna, _private = await fill(store)
        tom = await store.people.by_account(TOM)
        assert tom
        for person, at in ((anna, NOW), (tom, NOW + timedelta(minutes=1))):
            answered = sa.update(t.invitations).where(t.invitations.c.person_id == person.id)
            answer = Answer.YES if person == anna else Answer.NO
            await store._connection.execute(answered.values(answer=answer, answered_at=at))
        await store.links.join(*((anna, tom) if first else (tom, anna)))
        (stays,) = await rows(store, t.invitations)
        assert (stays.person_id, stays.answer) == (anna.id if first else tom.id, Answer.NO)
        assert [row.person_id for row in await rows(store, t.reminders)] == [stays.person_id]

"""One person has one ballot, which nobody else casts, changes or takes away (cases 61 to 66, 68 and 100)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.commands import budget
from bot.model import Account, Deletion, Message, MessageRef, MessengerName, Press, rich
from storage import Database, NewTopic, NotOpenError, Poll, PollState, Store
from tests.fake_chats import FakeMessage
from tests.stories.ballots import opened as poll_in
from tests.stories.ballots import tally
from tests.stories.conftest import someone
from tests.trust.test_races import in_a_row, opened
from tests.trust.world import ANNA, BEN, EVE, GRACE, INDY, KOELN, MEHMET, TOM, World, code_in, only, privately

TOM_HERE = someone(MessengerName.TELEGRAM, "78", "Tom J.", "en")
NOW = datetime(2026, 3, 1, tzinfo=UTC)


async def press(world: World, who: object, label: str, card: FakeMessage | None = None) -> list[str]:
    """Press a button in Köln, by its label or emoji."""
    card = card or world.card(KOELN)
    assert card.post
    action = next(each.action for each in card.post.buttons if label in f"{each.emoji} {each.label}")
    return await world.presses(KOELN, who, card.id, action)  # type: ignore[arg-type]


async def linked(world: World) -> None:
    """Link Tom's two accounts."""
    await world.commands(INDY, TOM, "me")
    await world.opens_private(TOM_HERE, TOM)
    code = code_in("\n".join(await world.commands(privately(TOM_HERE), TOM_HERE, "link")))
    await world.commands(privately(TOM), TOM, f"link {code}")
    await world.picks(privately(TOM_HERE), TOM_HERE, "✅")


async def test_case_61_linked_accounts_have_one_ballot_also_a_secret_one(world: World) -> None:
    await linked(world)
    poll = await poll_in(world, secret=True)
    await world.commands(privately(TOM), TOM, "vote 1 1=5")
    await world.commands(privately(TOM_HERE), TOM_HERE, "vote 1 2=5")
    assert await tally(world, poll) == {"Indianapolis": {"2=5": 1}}


async def test_case_62_the_last_ballot_counts_and_it_can_be_taken_back(world: World) -> None:
    poll = await poll_in(world)
    await world.commands(KOELN, MEHMET, "stimme 1 1=5")
    await world.commands(KOELN, MEHMET, "stimme 1 1=4")
    assert await tally(world, poll) == {"Köln": {"1=4": 1}}
    await world.commands(KOELN, MEHMET, "stimme 1 keine")
    assert await tally(world, poll) == {}


async def test_case_62_what_was_sent_after_the_close_does_not_count_whenever_the_poll_is_closed(world: World) -> None:
    poll = await poll_in(world, closes_in=timedelta(minutes=5))
    ref = MessageRef(INDY, "$late")
    late = Message(id="late", ref=ref, sender=TOM, at=world.now() + timedelta(minutes=6), text=rich("!vote 1 1=5"))
    in_time = replace(late, id="in time", ref=MessageRef(INDY, "$early"), sender=GRACE, at=world.now())
    world.ahead += timedelta(minutes=10)  # nobody has come to close it
    world.matrix.happens(in_time)
    world.matrix.happens(late)
    await world.matrix.taken_in()
    await world.app.outbox.idle()
    assert await tally(world, poll) == {"Indianapolis": {"1=5": 1}}
    assert "is closed" in world.last(INDY)


async def test_case_62_a_moderator_takes_nobodys_vote_away(world: World) -> None:
    poll = await poll_in(world, "approval")
    card = world.card(INDY)
    await world.opens_private(TOM)
    for key in ("1️⃣", "2️⃣"):
        await world.reacts(INDY, TOM, card.id, key)
    reactions = [each for each in world.matrix._log if getattr(each, "key", "") in {"1️⃣", "2️⃣"}]
    for each, who in zip(reactions, (GRACE, TOM), strict=True):
        await world.happens(Deletion(id=f"gone {each.id}", ref=MessageRef(INDY, each.id), sender=who, at=world.now()))
    assert await tally(world, poll) == {"Indianapolis": {"1": 1}}, "Tom's own removal counts, Grace's does not"
    assert "still counts" in world.last(privately(TOM))


async def test_case_63_a_ballot_of_another_poll_or_person_is_out_of_reach(world: World) -> None:
    mine, theirs = await poll_in(world), await poll_in(world)
    await world.opens_private(MEHMET, EVE)
    await world.commands(KOELN, EVE, "me")
    await world.commands(KOELN, MEHMET, "stimme 1")
    ballot = world.card(privately(MEHMET))
    assert ballot.post
    action = ballot.post.buttons[5].action
    forged = action.replace(f"ballot:{mine.id}:", f"ballot:{theirs.id}:")
    for chat, who, id, data in (
        (privately(MEHMET), MEHMET, ballot.id, forged),
        (privately(EVE), EVE, ballot.id, action),
        (KOELN, EVE, world.card(KOELN).id, action),
    ):
        assert "keine Wirkung" in only(await world.presses(chat, who, id, data)) or who is EVE
    async with world.database.begin() as store:
        people = [await store.people.by_account(each.account) for each in (MEHMET, EVE) if each.account]
        drafts = [await store.ballot_drafts.of(poll.id, each.id) for poll in (mine, theirs) for each in people if each]
    assert [each.ballot for each in drafts if each and each.ballot] == []


async def test_case_64_one_press_counts_once_however_often_it_is_reported(world: World) -> None:
    poll = await poll_in(world, "approval")
    card = world.card(KOELN)
    assert card.post
    ref = MessageRef(KOELN, card.id)
    action = card.post.buttons[0].action
    again = Press(id="the same", ref=ref, sender=MEHMET, at=world.now(), action=action, query="q")
    await world.happens(again, again)
    assert await tally(world, poll) == {"Köln": {"1": 1}}


async def test_case_65_a_bot_has_no_vote(world: World) -> None:
    poll = await poll_in(world, "approval")
    robot = replace(EVE, is_bot=True)
    await world.commands(KOELN, robot, "stimme 1 1")
    await press(world, robot, "1️⃣")
    assert await tally(world, poll) == {}


async def test_case_66_who_writes_in_the_name_of_a_group_has_no_vote_and_is_told_why(world: World) -> None:
    poll = await poll_in(world)
    world.telegram.says(KOELN, replace(ANNA, account=None), "/stimme 1 1=5")
    await world.quiet()
    assert "nur von Personen" in world.last(KOELN)
    assert await tally(world, poll) == {}


async def test_case_95_a_ballot_beyond_the_budget_of_answers_counts_without_one(world: World) -> None:
    poll, secret = await poll_in(world), await poll_in(world, secret=True)
    for _ in range(budget.ANSWERS + 1):
        world.telegram.says(KOELN, MEHMET, "/stimme 1 1=1")
    await world.quiet()
    assert "Zu schnell" in world.last(KOELN)
    before = len(world.at(KOELN))
    typed = [await world.commands(KOELN, MEHMET, words) for words in ("stimme 1 1=5", "stimme 1", "stimme 2 1=5", "me")]
    assert (typed, len(world.at(KOELN))) == ([[]] * 4, before)
    assert await tally(world, poll) == {"Köln": {"1=5": 1}}
    assert await tally(world, secret) == {}


async def test_case_100_a_link_to_a_ballot_casts_none_and_leads_into_no_other_dialogue(world: World) -> None:
    poll = await poll_in(world)
    await world.second_dialogue()
    await world.commands(KOELN, MEHMET, "me")
    shown = only(await world.commands(privately(MEHMET), MEHMET, "start vote_1 1=5"))
    assert "Thema 1 von 3" in shown
    assert await tally(world, poll) == {}
    foreign = only(await world.commands(privately(BEN), BEN, f"start vote_1_{poll.dialogue_id}"))
    assert "Woran arbeiten wir" not in foreign


async def published(database: Database) -> None:
    """Open a poll in which one person may vote."""
    async with database.begin() as store:
        leeds = await store.cities.add("Leeds", "en_GB", "Europe/London")
        dialogue = await store.dialogues.add("Leeds", (leeds,))
        await store.people.get_or_create(Account(MessengerName.MATRIX, "@owen:test"), "Owen Reed", "", NOW)
        poll = await store.polls.add(dialogue.id, NOW, question="What first?")
        await store.polls.set_topics(poll.id, [NewTopic("Parks"), NewTopic("Schools")])
        await store.polls.change(poll, state=PollState.OPEN, opened_at=NOW)


async def the_poll(store: Store) -> Poll:
    poll = await store.polls.numbered(1, 1)
    assert poll
    return poll


async def cast(store: Store) -> str:
    try:
        await store.ballots.cast(await the_poll(store), 1, 1, "1=5", messenger=MessengerName.MATRIX, at=NOW)
    except NotOpenError:
        return "refused"
    return "counted"


async def close(store: Store) -> int:
    """Close the poll; return how many ballots its result holds."""
    poll = await the_poll(store)
    counted = sum(sum(each.values()) for each in (await store.ballots.tallied(poll)).values())
    await store.polls.close(poll, NOW, {"ballots": counted}, in_force=False)
    return counted


@pytest.mark.parametrize(("first", "second", "outcome"), [(cast, close, 1), (close, cast, "refused")])
async def test_case_68_a_ballot_and_the_close_at_the_same_moment_have_one_result(
    on_postgres: str,
    first: Callable[[Store], Awaitable[object]],
    second: Callable[[Store], Awaitable[object]],
    outcome: object,
) -> None:
    async with opened(on_postgres) as database:
        await published(database)
        assert await in_a_row(database, first, second) == outcome

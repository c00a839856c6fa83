"""The guards of votes in native polls, each taken away as in `guards`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from typing import Any

from telegram import PollAnswer

from bot.commands.context import CommandContext, Context
from bot.intake import inbox, votes
from bot.intake.hooks import Hooks
from bot.intake.votes import PollVotes
from bot.messengers.telegram import conversion
from bot.messengers.telegram.references import user_sender
from bot.model import MessengerName, Vote
from handlers.polls import _native, _voting
from storage import Chat, City, Person, Poll, Store, StoredMessage
from storage.intake import ProcessedEvents
from storage.messages.votes import NativeVotes
from storage.polls.repository import Polls
from tests.trust import test_native_votes as native_votes
from tests.trust.guards import Removal, instead, soon_nothing, soon_yes

Case = Callable[..., Coroutine[Any, Any, None]]


def _by_messenger(ctx: CommandContext, _poll: Poll, person_id: int) -> int:
    return person_id if ctx.account.messenger is MessengerName.TELEGRAM else 1


async def _of_any_post(ctx: Context, _post: StoredMessage) -> Poll | None:
    return (await ctx.store.polls.open())[0]


async def _as_it_comes(
    self: PollVotes, store: Store, chat: Chat, person: Person, event: Vote, *, poll: StoredMessage, now: datetime
) -> None:
    await store.native_votes.record(chat, poll, person.id, event)
    await self._hooks.vote(store, chat, person, event, poll=poll, now=now)


def _by_user(id: str, answer: PollAnswer, now: datetime) -> Vote:
    assert answer.user
    options = tuple(answer.option_ids)
    return Vote(id=id, poll=answer.poll_id, ref=None, sender=user_sender(answer.user), at=now, options=options)


def _nobody_a_bot(event: Any) -> Any:
    return replace(event, sender=replace(event.sender, is_bot=False))


async def _city_of(ctx: CommandContext, _poll: Poll) -> City | None:
    return ctx.city


ballots_by_messenger = instead(_voting, "voter", _by_messenger)
every_native_poll_counts = instead(_native, "of_post", _of_any_post)
votes_as_they_come = instead(PollVotes, "_count", _as_it_comes)
removed_votes_stay = instead(NativeVotes, "remove", soon_nothing)
events_processed_again = instead(ProcessedEvents, "mark_processed", soon_yes)
bots_are_people = instead(inbox, "harmless", _nobody_a_bot)
groups_vote_as_users = instead(conversion, "_vote", _by_user)
refusals_not_explained = instead(Hooks, "refused_vote", soon_nothing)
refusals_explained_each_time = instead(Polls, "mark_told", soon_yes)
everybody_takes_part = instead(votes, "_takes_part", soon_yes)
everybody_votes = instead(_voting, "check", _city_of)
ends_not_told = instead(Hooks, "poll_end", soon_nothing)

GUARDS: list[tuple[Case, Removal]] = [
    (native_votes.test_case_61_a_person_votes_once_on_both_messengers, ballots_by_messenger),
    (native_votes.test_case_62_a_vote_in_a_poll_that_was_replaced_counts_for_nothing, every_native_poll_counts),
    (native_votes.test_case_62_an_earlier_vote_that_is_read_late_is_no_later_one, votes_as_they_come),
    (native_votes.test_case_62_a_vote_that_is_removed_is_taken_back, removed_votes_stay),
    (native_votes.test_case_64_a_vote_that_comes_again_counts_once, events_processed_again),
    (native_votes.test_case_65_a_bot_does_not_vote, bots_are_people),
    (native_votes.test_case_66_who_votes_as_a_group_is_nobody, groups_vote_as_users),
    (native_votes.test_case_66_a_vote_as_a_group_is_refused_and_explained_once, refusals_not_explained),
    (native_votes.test_case_66_a_vote_as_a_group_is_refused_and_explained_once, refusals_explained_each_time),
    (native_votes.test_case_121_whoever_sees_a_poll_elsewhere_does_not_vote_in_it, everybody_takes_part),
    (native_votes.test_case_121_who_may_not_vote_is_refused_in_native_polls_too, everybody_votes),
    (native_votes.test_case_121_nobody_ends_a_poll_by_ending_the_native_one, ends_not_told),
]

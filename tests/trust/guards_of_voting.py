"""The guards of ballots, each taken away as in `guards`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.commands import dispatch
from bot.commands.context import CommandContext, DialogueContext
from bot.commands.parse import ParsedCommand
from bot.intake import inbox
from bot.intake.inbox import Inbox
from bot.model import Message, Press, Reaction
from bot.signer import Signer
from bot.text.catalogue import LazyText
from handlers.polls import _eligibility, _pressing, _receipts, _typed, _voting
from storage import Chat, Person, Poll, Store, StoredMessage, Voter
from storage.intake import ProcessedEvents
from storage.polls.ballots import BallotBox
from tests.trust import test_voting as voting
from tests.trust.guards import both, instead, nothing, soon_nothing, soon_yes
from tests.trust.world import ANNA

_not_open, _choose, _typed_ballot, _cast = _eligibility._not_open, _pressing.choose, _typed.typed, BallotBox.cast


def _by_account(ctx: CommandContext, poll: Poll, person_id: int) -> Voter:
    return ctx.signer.mark(ctx.account) if poll.secret else person_id


def _while_open(poll: Poll, ctx: CommandContext) -> LazyText | None:
    return _not_open(poll, replace(ctx, at=poll.closes_at or ctx.at))


async def _whoever_removed_it(ctx: DialogueContext) -> None:
    await _choose(replace(ctx, moderated=False))


async def _by_one_tap(ctx: DialogueContext) -> None:
    await _typed_ballot(replace(ctx, by_address=False))


async def _first_stays(self: BallotBox, poll: Poll, voter: Voter, *args: Any, **options: Any) -> str | None:
    first = await self.of(poll, voter)
    return first if first is not None else await _cast(self, poll, voter, *args, **options)


def _any_action(_stored: StoredMessage | None, event: Press | Reaction) -> str | None:
    return event.action if isinstance(event, Press) else event.key


def _unsigned(_self: Signer, _message_id: int, sealed: str) -> str:
    return sealed.rpartition("~")[0]


async def _by_name(
    self: Inbox,
    store: Store,
    chat: Chat,
    person: Person | None,
    event: Message,
    *,
    parsed: ParsedCommand,
    now: datetime,
) -> bool:
    assert ANNA.account
    known = person or await store.people.by_account(ANNA.account)
    assert known
    return await self._dispatch.command(store, chat, known, event, parsed=parsed, now=now)


voters_by_account = both(instead(_voting, "voter", _by_account), instead(_receipts, "voter", _by_account))
first_ballot_stays = instead(BallotBox, "cast", _first_stays)
late_ballots = instead(_eligibility, "_not_open", _while_open)
moderated_ballots = instead(
    _pressing.router, "buttons", [replace(each, handler=_whoever_removed_it) for each in _pressing.router.buttons]
)
any_button = both(instead(dispatch, "signed_action", _any_action), instead(Signer, "verify", _unsigned))
presses_repeated = instead(ProcessedEvents, "mark_processed", soon_yes)
bots_heard = instead(inbox, "_says_nothing", nothing)
people_by_name = instead(Inbox, "_is_command", _by_name)
ballots_by_one_tap = instead(
    _typed.router, "commands", [replace(each, handler=_by_one_tap) for each in _typed.router.commands]
)
closed_polls_open = instead(BallotBox, "_lock", soon_nothing)
ballots_within_the_budget = instead(
    _typed.router, "commands", [replace(each, always=False) for each in _typed.router.commands]
)

_CLOSED_FIRST: dict[str, Any] = {"first": voting.close, "second": voting.cast, "outcome": "refused"}

GUARDS: list[Any] = [
    (voting.test_case_61_linked_accounts_have_one_ballot_also_a_secret_one, voters_by_account),
    (voting.test_case_62_the_last_ballot_counts_and_it_can_be_taken_back, first_ballot_stays),
    (voting.test_case_62_what_was_sent_after_the_close_does_not_count_whenever_the_poll_is_closed, late_ballots),
    (voting.test_case_62_a_moderator_takes_nobodys_vote_away, moderated_ballots),
    (voting.test_case_63_a_ballot_of_another_poll_or_person_is_out_of_reach, any_button),
    (voting.test_case_64_one_press_counts_once_however_often_it_is_reported, presses_repeated),
    (voting.test_case_65_a_bot_has_no_vote, bots_heard),
    (voting.test_case_66_who_writes_in_the_name_of_a_group_has_no_vote_and_is_told_why, people_by_name),
    (voting.test_case_95_a_ballot_beyond_the_budget_of_answers_counts_without_one, ballots_within_the_budget),
    (voting.test_case_100_a_link_to_a_ballot_casts_none_and_leads_into_no_other_dialogue, ballots_by_one_tap),
    (
        voting.test_case_68_a_ballot_and_the_close_at_the_same_moment_have_one_result,
        closed_polls_open,
        _CLOSED_FIRST,
    ),
]

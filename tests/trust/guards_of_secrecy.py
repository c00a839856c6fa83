"""The guards of secret ballots, each taken away as in `guards`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from bot.commands.context import Context
from bot.model import Account
from bot.signer import Signer
from handlers.polls import _receipts
from storage import Chat, Poll, StoredMessage, purge
from storage import tables as t
from storage.polls.ballots import BallotBox
from tests.trust import test_secrecy as secrecy
from tests.trust.guards import Removal, instead


def plain_times(patch: pytest.MonkeyPatch) -> None:
    """Store when a ballot is cast."""
    patch.setattr(Signer, "veil", lambda _self, _voter, at: int(at.timestamp()))


def plain_voters(patch: pytest.MonkeyPatch) -> None:
    """Name voters by their ids."""
    patch.setattr(Signer, "voter", lambda _self, _poll_id, person_id: str(person_id))


def open_drafts(patch: pytest.MonkeyPatch) -> None:
    """Store what is chosen so far as it is."""
    patch.setattr(Signer, "seal", lambda _self, text: text)
    patch.setattr(Signer, "unseal", lambda _self, text: text)


async def _kept(_ctx: Context, _chat: Chat, _post: StoredMessage) -> None:
    """Keep what will never arrive."""


async def _as_written(self: BallotBox, poll: Poll, at: datetime) -> None:
    theirs = sa.update(t.secret_ballots).where(t.secret_ballots.c.poll_id == poll.id)
    await self._connection.execute(theirs.values(closed_at=at, voter=t.secret_ballots.c.ballot))


def kept_for_ever(patch: pytest.MonkeyPatch) -> None:
    """Delete no secret ballots."""
    every = purge.rules

    def rest(besides: Collection[Account]) -> tuple[purge.Expiry, ...]:
        return tuple(each for each in every(besides) if each is not purge.SECRET_BALLOTS)

    patch.setattr(purge, "rules", rest)


in_the_order_of_writing = instead(BallotBox, "close", _as_written)

GUARDS: list[tuple[Callable[..., Coroutine[Any, Any, None]], Removal]] = [
    (secrecy.test_case_120_nothing_stored_leads_from_a_secret_ballot_to_its_voter, plain_times),
    (secrecy.test_case_120_nothing_stored_leads_from_a_secret_ballot_to_its_voter, plain_voters),
    (secrecy.test_case_120_neither_what_is_filled_in_nor_what_was_typed_leaves_a_trace, open_drafts),
    (secrecy.test_case_120_a_receipt_that_never_arrives_is_not_kept, instead(_receipts, "erase", _kept)),
    (secrecy.test_case_120_after_the_close_the_rows_lie_in_another_order, in_the_order_of_writing),
    (secrecy.test_case_120_two_weeks_after_the_close_nothing_is_left, kept_for_ever),
    (secrecy.test_case_120_a_persons_ballots_in_two_polls_have_nothing_in_common, plain_voters),
]

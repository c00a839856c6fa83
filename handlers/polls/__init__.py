"""Topic polls: the cities decide together what the exchange works on.

Making one: `_commands` (/poll, /polls), `_creation`, `_settings` (keys and their values), `_topics`; `_preview`
of the draft, `_changes` to it, `_proposals` by staff; `_offers` to make one of a native poll.

Voting: `_typed` (/vote), `_pressing` (buttons and reactions), `_ballot` (the private one, a `_partial_ballot` shown in
`_pages`) and `_native_votes` all end in `_voting`. `_eligibility`: who may; `_receipts`: what voters read; `_posts`:
which poll a post is about; `_linked`: two people who turn out to be one.

Showing: `_card` in every chat, with its `_choices`, the `_rules` and the `_native` polls; `_turnout`; `_result`, with
`_pairwise` and a `_picture`; `_lists`.

Closing: `_closing`, `_priorities`, `_export`; before it, `_reminders` (`_reminder_text`, `_mentions`) and, after a gap
in what was read, `_catchup`. `_lookup` finds polls by their numbers and buttons.
"""

from __future__ import annotations

from bot.commands.context import Context
from bot.features import Feature
from handlers.polls import (
    _ballot,
    _card,
    _catchup,
    _changes,
    _closing,
    _linked,
    _native,
    _native_votes,
    _offers,
    _picture,
    _posts,
    _pressing,
    _priorities,
    _proposals,
    _receipts,
    _reminders,
    _typed,
)
from handlers.polls._commands import router as commands
from handlers.polls._export import POLLS
from storage import Chat, StoredMessage


async def _follow(ctx: Context, dialogue_id: int) -> None:
    """Update the cards and native polls of a dialogue after its chats or roles have changed."""
    await _card.follow(ctx, dialogue_id)
    await _native.follow(ctx, dialogue_id)


async def _refused(ctx: Context, chat: Chat, post: StoredMessage) -> None:
    """Follow up on a post that will never arrive in a chat."""
    await _receipts.erase(ctx, chat, post)
    await _native.refused(ctx, chat, post)
    await _reminders.fall_back(ctx, chat, post)


feature = Feature(
    name="polls",
    routers=(
        commands,
        _changes.router,
        _proposals.router,
        _offers.router,
        _typed.router,
        _pressing.router,
        _ballot.router,
        _priorities.router,
    ),
    exports=(POLLS,),
    jobs=(_linked.KIND, _offers.KIND, *_card.KINDS, _closing.KIND, _picture.KIND, *_reminders.KINDS),
    on_message=_offers.on_message,
    command_in=_posts.command_in,
    on_vote=_native_votes.on_vote,
    on_refused_vote=_native_votes.on_refused_vote,
    on_poll_end=_native.ended,
    on_refusal=_refused,
    on_gap=_catchup.warn,
    on_roster=_follow,
)

"""Topic polls: the cities decide together what the exchange works on."""

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
    """Bring what stands in the chats of a dialogue into step with who takes part, and how."""
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

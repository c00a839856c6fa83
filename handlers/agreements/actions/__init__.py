"""Action points: who does what by when, agreed by every city.

Making one: `_commands` (/action, /actions), `_parsing` of what is typed, with its `_owners`, `_links` and `_languages`;
`_creation` stores it, wherever it comes from.

Agreeing: `_card` in every chat, `_texts` as each reader sees them, `_changes` to it, `_history` of who has confirmed.

Following up: `_list`, `_reminders` of its owners, `_clashes` of due dates with holidays; `_weekly` come the `_digest`
for the chats of each city and the `_brief` for mayors. `_rows` is what an action point looks like there; `_export`
as files, and `_calendar`. `_lookup` finds action points by their numbers.
"""

from __future__ import annotations

from bot.commands.context import Context
from bot.features import Feature
from handlers.agreements import _roster, _signing
from handlers.agreements.actions import _agreement, _brief, _calendar, _changes, _commands, _list, _reminders, _weekly
from handlers.agreements.actions._export import ACTIONS
from storage import AgreementKind

_signing.KINDS[AgreementKind.ACTION] = _agreement.KIND


async def _follow(ctx: Context, dialogue_id: int) -> None:
    """Follow the chats, roles and time zones of a dialogue, which have changed."""
    await _roster.follow(ctx, dialogue_id)
    await _reminders.follow(ctx, dialogue_id)
    await _weekly.plan(ctx, dialogue_id)


feature = Feature(
    name="actions",
    routers=(_commands.router, _list.router, _brief.router, _changes.router, _signing.router),
    jobs=(*_reminders.KINDS, *_weekly.KINDS),
    command_in=_signing.command_in,
    on_reply=_signing.on_reply,
    on_refusal=_reminders.fall_back,
    on_roster=_follow,
    calendar=_calendar.subscribed,
    exports=(ACTIONS,),
)

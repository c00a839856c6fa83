"""Action points: who does what by when, agreed by every city.

Making one: `_commands` (/action, /actions), `_parsing` of what is typed, with its `_owners` and `_links`; `_creation`
stores it, wherever it comes from; `_edits_of_command` follow the message that it was typed in.

Agreeing: `_card` in every chat, `_texts` as each reader sees them, `_changes` to it, `_history` of who has confirmed.

Following up: `_list`, `_reminders` of its owners, `_clashes` of due dates with holidays. `_lookup` finds action points
by their numbers.
"""

from __future__ import annotations

from bot.features import Feature
from handlers.agreements import _roster, _signing
from handlers.agreements.actions import _agreement, _changes, _commands
from storage import AgreementKind

_signing.KINDS[AgreementKind.ACTION] = _agreement.KIND

feature = Feature(
    name="actions",
    routers=(_commands.router, _changes.router, _signing.router),
    command_in=_signing.command_in,
    on_reply=_signing.on_reply,
    on_roster=_roster.follow,
)

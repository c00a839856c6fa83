"""Minutes of a meeting: marked lines that its chair and the coordinators write in any chat of the dialogue.

`_commands` (/minutes) lead to `_starting`, `_chair`, `_attendance` and the end. While minutes are open, `_hooks` hear
what people write: `_reading` finds the marked lines, `_lines` take, change and remove them, `_actions` make action
points of some. `_card` shows them in every chat, with the `_presence` of people by city. `_topics` follow the agenda of
a roundtable. `_silence` ends forgotten minutes. `_lookup` finds minutes by their numbers.

`_ending` puts to the cities what was noted: its `_content`, as a `_record` with the names of people, which `_document`
and `_votes` write for each language, `_files` make into files, and `_publishing` shows to the chats. `_afterwards` has
the commands for minutes that have ended, and `_export` writes them all.
"""

from __future__ import annotations

from bot.features import Feature
from handlers.agreements import _signing
from handlers.agreements.minutes import _card, _commands, _hooks, _publishing, _silence, _starting, _topics
from handlers.agreements.minutes._export import EXPORT
from storage import AgreementKind

_signing.KINDS[AgreementKind.MINUTES] = _publishing.KIND

feature = Feature(
    name="minutes",
    routers=(_commands.router, _silence.router, _starting.router),
    jobs=(_topics.KIND, _silence.KIND),
    command_in=_signing.command_in,
    on_reply=_signing.on_reply,
    on_message=_hooks.on_message,
    on_anonymous=_hooks.on_anonymous,
    on_edit=_hooks.on_edit,
    on_deletion=_hooks.on_deletion,
    on_gap=_hooks.on_gap,
    on_roster=_card.follow,
    exports=(EXPORT,),
)

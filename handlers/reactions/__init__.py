"""Reactions of people, which are shown in the other chats of the dialogue."""

from __future__ import annotations

from bot.features import Feature
from bot.jobs.kinds import JobKind
from handlers.reactions._drawing import draw
from handlers.reactions._recording import record, record_anonymous
from storage import REACTIONS

feature = Feature(
    name="reactions",
    jobs=(JobKind(name=REACTIONS, apply=draw),),
    on_reaction=record,
    on_anonymous_reaction=record_anonymous,
)

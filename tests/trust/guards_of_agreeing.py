"""The guards of agreeing, each taken away as in `guards`."""

from __future__ import annotations

from typing import Any

from bot.commands.context import DialogueContext
from handlers.agreements import _signing
from handlers.agreements.minutes import _hooks
from storage import City
from tests.trust import test_agreeing as agreeing
from tests.trust import test_minutes as minutes
from tests.trust.guards import instead, yes


async def _own_city(ctx: DialogueContext) -> City | None:
    return ctx.city


anybody = instead(_signing, "city_signed_for", _own_city)

GUARDS: list[tuple[Any, ...]] = [
    (agreeing.test_case_135_whoever_has_lost_the_role_agrees_no_more_in_private, anybody),
    (minutes.test_case_136_lines_of_others_are_not_taken, instead(_hooks, "may_write", yes)),
    (minutes.test_case_136_whoever_has_lost_the_role_writes_no_more, instead(_hooks, "may_write", yes)),
]

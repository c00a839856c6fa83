"""The guards of stored data, each taken away as in `guards`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from bot import settings
from bot.messengers.matrix import position
from bot.model import Post, Replace
from storage import BOT, Chat, Share, database, purge, sqlite
from storage import tables as t
from storage.deliveries import posts, repair, rows
from storage.deliveries.repository import Deliveries
from tests.trust import test_keeping as keeping
from tests.trust.guards import Removal, both, instead, nothing, soon_nothing

Case = Callable[..., Coroutine[Any, Any, None]]


async def _change_what_waits(
    self: Deliveries,
    chat: Chat,
    message_id: int,
    post: Post,
    at: datetime,
    *,
    part: int = 0,
    share: Share = BOT,
    live: bool = False,  # noqa: ARG001 - the signature of `replace`
) -> None:
    waiting = (*rows.about(chat, message_id), t.deliveries.c.part == part, rows.QUEUED)
    changed = sa.update(t.deliveries).where(*waiting).values(post=posts.dump(post))
    if (await self._connection.execute(changed)).rowcount == 0:
        await self._add(chat, Replace.kind, at, posts.dump(post), message_id=message_id, part=part, share=share)


failed_rows_left_alone = instead(rows, "UNSENT", rows.QUEUED)
what_came_meanwhile_forgotten = instead(Deliveries, "_superseding", soon_nothing)
taken_back_not_looked_at = instead(repair, "_still_wanted", sa.true)
failed_rows_not_changed = instead(Deliveries, "replace", _change_what_waits)
new_parts_sent_alone = instead(Deliveries, "lengthen", Deliveries.send)

doors_left_open = both(instead(settings, "close_folder", nothing), instead(sqlite, "_close_to_others", nothing))
nobody_forgotten = instead(purge, "people", lambda _besides: purge.AUDIT)
cursors_of_any_length = instead(position, "LONGEST_ID", 10**9)


def values_in_errors(patch: pytest.MonkeyPatch) -> None:
    """Include the value in an error message."""
    patch.setattr(
        database,
        "create_async_engine",
        lambda url, **more: create_async_engine(url, **more | {"hide_parameters": False}),
    )


GUARDS: list[tuple[Case, Removal] | tuple[Case, Removal, dict[str, Any]]] = [
    (
        keeping.test_case_110_what_was_taken_back_is_not_sent_by_a_retry,
        both(failed_rows_left_alone, taken_back_not_looked_at),
    ),
    (
        keeping.test_case_110_what_is_taken_back_while_it_fails_is_not_sent_by_a_retry,
        both(what_came_meanwhile_forgotten, taken_back_not_looked_at),
    ),
    (
        keeping.test_case_110_what_was_taken_back_in_a_chat_that_has_left_is_not_sent_by_a_retry,
        taken_back_not_looked_at,
    ),
    (keeping.test_case_110_a_retry_sends_the_words_as_they_are_now, failed_rows_not_changed),
    (
        keeping.test_case_110_a_retry_sends_the_words_to_which_it_was_changed_while_it_failed,
        what_came_meanwhile_forgotten,
    ),
    (keeping.test_case_110_a_change_that_failed_does_not_come_back_over_a_newer_one, failed_rows_not_changed),
    (keeping.test_case_110_a_retry_sends_as_many_parts_as_there_are_now, new_parts_sent_alone, {"longer": True}),
    (keeping.test_case_110_a_retry_sends_as_many_parts_as_there_are_now, failed_rows_left_alone, {"longer": False}),
    (keeping.test_case_110_what_failed_does_not_go_to_a_chat_that_has_left_the_dialogue, failed_rows_left_alone),
    (keeping.test_case_112_the_data_are_closed_to_others, doors_left_open),
    (keeping.test_case_113_who_has_no_part_in_a_dialogue_any_more_is_forgotten, nobody_forgotten),
    (keeping.test_case_113_errors_of_the_database_repeat_no_words, values_in_errors),
    (keeping.test_case_113_the_cursor_has_an_end, cursors_of_any_length),
]

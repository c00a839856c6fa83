"""Live locations, and polls in which people vote: their copies change once a minute at most.

What comes in between waits as a job, each state in place of the one before: nothing else is kept of a person's path.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.model import Edit, LiveLocation, Message, PollSnapshot, Post
from storage import Chat, Store, dump_post

Change: TypeAlias = Callable[[Chat, int, Post], Awaitable[None]]
"""Queues the change of one chat's copy of a message."""

LIVE = "live"
"""The kind of jobs that change the copies of a message, by its id; without a payload they only end the minute."""
EVERY = timedelta(minutes=1)


def poll_in(message: Message) -> str:
    """Return the id by which the end of a message's poll will be reported; empty for one that was only forwarded."""
    thing = message.attachment.thing if message.attachment else None
    return thing.poll if isinstance(thing, PollSnapshot) and message.origin is None else ""


async def change_copies(
    store: Store, id: int, copies: Sequence[tuple[Chat, Post]], change: Change, *, event: Edit, now: datetime
) -> None:
    """`change` the copies of message `id`; if that was done less than a minute ago, once the minute is over."""
    thing, key = event.attachment.thing if event.attachment else None, str(id)
    goes_on = (isinstance(thing, LiveLocation) and not thing.ended) or (
        isinstance(thing, PollSnapshot) and not thing.closed
    )
    if goes_on and (due := await store.jobs.due(LIVE, key)):
        await store.jobs.schedule(LIVE, key, due, {str(chat.id): dump_post(post) for chat, post in copies})
        return
    for chat, post in copies:
        await change(chat, id, post)
    if goes_on:
        await store.jobs.schedule(LIVE, key, now + EVERY)
    elif thing:
        await store.jobs.cancel(LIVE, key)

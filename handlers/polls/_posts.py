"""Which poll a post is about, and whether an answer to it is a ballot."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress

from bot.commands.context import Context
from bot.text.characters import fold
from storage import Poll, PollState, StoredMessage

VOTE = "vote"
"""The button action `vote:POLL`, and the command."""
TOPIC = "topic"
"""The button action `topic:POLL:TOPIC`."""
BALLOT = "ballot"
"""The button action `ballot:POLL:STEP`."""

_BUTTON = re.compile(rf"(?:@[^:]*:)?(?:{VOTE}|{TOPIC}|{BALLOT}):(?P<id>\d+)")
_DRESSING = re.compile("[\ufe0f\u20e3]")
_SCORE = re.compile(r"(?:\d{1,2}\s*[=:]\s*\d{1,3}[\s,;]*)+")
_RANK = re.compile(r"\d{1,2}(?:\s*[>=]\s*\d{1,2})+")
_CHOICE = re.compile(r"\d{1,2}(?:[\s,;+&]+\d{1,2})*")
_TIME = re.compile(r"\d{1,2}:\d{2}")
_NONE = {"none", "keine", "keinen", "keins"}


async def of_post(ctx: Context, post: StoredMessage) -> Poll | None:
    """Return the poll that a post is about, locked, unless it has expired: one of its own, or one with buttons."""
    if found := await ctx.store.polls.by_message(post.id):
        return found
    if draft := await ctx.store.ballot_drafts.by_post(post.id):
        return await ctx.store.polls.get(draft.poll_id)
    for sealed in post.buttons.values():
        if action := _BUTTON.match(ctx.signer.verify(post.id, sealed) or ""):
            with suppress(LookupError):
                return await ctx.store.polls.get(int(action["id"]))
    return None


async def command_in(ctx: Context, post: StoredMessage | None, text: str) -> str:
    """Return the command for an answer to a post that is a ballot and nothing else; empty for any other answer.

    In private, points and rankings are one without an answer, too; a number alone could be anything.
    """
    if post is None:
        return f"{VOTE} {text}" if is_ballot(text) and re.search("[=>]", text) else ""
    poll = await of_post(ctx, post) if is_ballot(text) else None
    return f"{VOTE} {poll.number} {text}" if poll and poll.state in {PollState.OPEN, PollState.CLOSED} else ""


def is_ballot(text: str) -> bool:
    """Whether a text has the form of a ballot, of whatever method: `1=5 2=3`, `3>1`, `1 3`; a time of day has not."""
    typed = fold(unicodedata.normalize("NFKC", _DRESSING.sub("", text))).strip(" .!")
    typed = re.sub(r"\s(?:und|and)\s", ", ", typed).replace("→", ">")
    forms = (_SCORE, _RANK, _CHOICE)
    return typed in _NONE or (not _TIME.fullmatch(typed) and any(form.fullmatch(typed) for form in forms))

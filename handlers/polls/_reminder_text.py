"""What reminders to vote say."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from bot.commands.context import Context
from bot.dates import in_words
from bot.model import Mention, RichText, rich
from bot.text.catalogue import LazyText, _, lines, n_
from bot.voting import example
from handlers.polls._mentions import Mentions, Place
from handlers.polls._turnout import MOST_NAMES, are_named
from storage import Dialogue, Poll

HOUR = timedelta(hours=1)


class Why(StrEnum):
    """Why somebody is reminded."""

    ASKED = "asked"
    """A coordinator wants it."""
    SOON = "soon"
    """The poll closes soon."""
    LATE = "late"
    """The same, but the bot was not running when it was due."""


def to_person(
    poll: Poll, topics: int, dialogue: Dialogue, now: datetime, why: Why, *, has_button: bool = True
) -> LazyText:
    """Return the reminder for one person; `topics`: how many there are; `has_button`: there is one to vote with."""
    head = _("🗳️ *Your vote is missing:* {question}", question=poll.question)
    about = _("Poll {number} of {dialogue}", number=str(poll.number), dialogue=dialogue.name)
    how = _here(poll, topics)
    if has_button:
        how = _(
            "Please vote with the button, or write `/vote {number} {ballot}`",
            number=str(poll.number),
            ballot=example(poll.method, topics),
        )
    return lines(head, about, _closes(poll, now, why), how, *_late(why))


def to_chat(poll: Poll, topics: int, place: Place, now: datetime, why: Why) -> LazyText:
    """Return the reminder for the chat of a city, with those whose votes are missing."""
    head = _("🗳️ *Votes are missing:* {question}", question=poll.question)
    if why is not Why.ASKED:
        head = _("⏳ *This poll closes soon:* {question}", question=poll.question)
    missing = [_missing(poll, place)] if place.number else []
    return lines(head, *missing, _closes(poll, now, why), _here(poll, topics), *_late(why))


def too_soon(poll: Poll, last: datetime, again: datetime) -> LazyText:
    """Return why nobody is reminded right now."""
    return _(
        "I last reminded people of poll {number} on {last}. I can do so again from {again} on.",
        number=str(poll.number),
        last=last,
        again=again,
    )


async def outcome(ctx: Context, poll: Poll, privately: int, found: Mentions) -> LazyText:
    """Return how many are reminded, and how, and who cannot be."""
    mentioned = sum(each.number for each in found.places.values())
    rows = [_("I remind those with a role who have not voted in poll {number}:", number=str(poll.number))]
    if privately:
        rows.append(n_("• in private: {n} person", "• in private: {n} people", privately))
    if mentioned:
        rows.append(n_("• in the chat of their city: {n} person", "• in the chat of their city: {n} people", mentioned))
    if found.unreached and are_named(poll):
        people = [await ctx.store.people.get(each.person_id) for each in found.unreached[:MOST_NAMES]]
        rows.append(_("• I cannot reach: {names}", names=[each.name for each in people]))
    elif found.unreached:
        rows.append(n_("• I cannot reach {n} person", "• I cannot reach {n} people", len(found.unreached)))
    return lines(*rows)


def _missing(poll: Poll, place: Place) -> LazyText:
    number = str(poll.number)
    if not place.people:
        return n_(
            "{n} person of this city has not voted in poll {number}.",
            "{n} people of this city have not voted in poll {number}.",
            place.others,
            number=number,
        )
    if place.others:
        return n_(
            "{who} and {n} other person: please vote in poll {number}.",
            "{who} and {n} others: please vote in poll {number}.",
            place.others,
            who=_mentions(place),
            number=number,
        )
    return _("{who}: please vote in poll {number}.", who=_mentions(place), number=number)


def _mentions(place: Place) -> RichText:
    names = [(", ", Mention(account, rich(person.name))) for person, account in place.people]
    return rich(*[part for name in names for part in name][1:])


def _closes(poll: Poll, now: datetime, why: Why) -> LazyText:
    end = poll.closes_at or now
    if why is Why.ASKED:
        return _("Closes: {at}", at=end)
    left = end - now
    rounded = round(left / HOUR) * HOUR if left > 3 * HOUR else left
    return _("Closes in {time}: {at}", time=in_words(rounded), at=end)


def _here(poll: Poll, topics: int) -> LazyText:
    if poll.secret:
        return _("The ballot is secret: the button under the poll opens it in private.")
    return _(
        "Vote under the poll, or write `/vote {number} {ballot}`",
        number=str(poll.number),
        ballot=example(poll.method, topics),
    )


def _late(why: Why) -> list[LazyText]:
    return [_("This notice is late: I was not running when it was due.")] if why is Why.LATE else []

"""What people send that is no file: as text for the readers of another chat, or as a place on the map."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision

from bot.model import (
    Attachment,
    Checklist,
    Contact,
    ContactDetail,
    Dice,
    Edit,
    Giveaway,
    Invoice,
    Link,
    LiveLocation,
    Location,
    Message,
    PaidMedia,
    PollChoice,
    PollSnapshot,
    Task,
    Thing,
    rich,
)
from bot.relay.dice import thrown
from bot.text.catalogue import ForReader, LazyText, _, lines, n_
from bot.text.languages import cldr
from bot.text.localtimes import LocalTime
from bot.text.names import guard
from bot.text.vcards import phone_link

_STARS = "XTR"
_DETAILS = {
    "ADR": _("Address"),
    "BDAY": _("Birthday"),
    "EMAIL": _("Email"),
    "NICKNAME": _("Nickname"),
    "NOTE": _("Note"),
    "ORG": _("Organisation"),
    "PHOTO": _("Picture"),
    "ROLE": _("Role"),
    "TITLE": _("Position"),
    "URL": _("Website"),
}


def bare_location(event: Message | Edit) -> Location | None:
    """Return the location that a message is, if nothing else has to be said with it."""
    thing = event.attachment.thing if event.attachment else None
    return thing if isinstance(thing, Location) and not (event.text or event.via) else None


def thing_text(attachment: Attachment) -> LazyText | None:
    """Return all that is known of a thing; None for files, and for what nothing is known of."""
    return lines(*_lines(attachment.thing, attachment.name)) if attachment.thing else None


def _lines(thing: Thing, name: str) -> Iterator[LazyText]:
    match thing:
        case Location():
            yield _("📍 Location: {place}", place=_on_the_map(thing))
        case LiveLocation():
            yield _live(thing)
        case Contact():
            yield from _contact(thing)
        case Dice():
            yield thrown(thing)
        case PollSnapshot():
            yield from _poll(thing)
        case Checklist():
            yield _("☑️ Checklist: {title}", title=name)
            yield from map(_task, thing.tasks)
        case Invoice():
            yield _(
                "🧾 Invoice: {title}, {price}. It can be paid only in the original chat.",
                title=name,
                price=_price(thing),
            )
        case Giveaway():
            yield _giveaway(thing)
        case PaidMedia():
            yield _paid(thing)


def _on_the_map(location: Location) -> Link:
    at = f"{location.latitude:.5f}", f"{location.longitude:.5f}"
    url = "https://www.openstreetmap.org/?mlat={0}&mlon={1}#map=16/{0}/{1}".format(*at)
    return Link(url, rich(location.label))


def _live(live: LiveLocation) -> LazyText:
    """Return a live location. Its end is told from the beginning: no messenger reports when the time is over."""
    if live.ended:
        state = (
            _("📍 Live location, ended at {time}", time=_time(live.until))
            if live.until
            else _("📍 Live location, ended")
        )
    else:
        state = _("📍 Live location until {time}", time=_time(live.until)) if live.until else _("📍 Live location")
    if live.location is None:
        return state
    where = _on_the_map(live.location)
    return (
        _("{state}. Last place: {place}", state=state, place=where)
        if live.ended
        else _("{state}: {place}", state=state, place=where)
    )


def _time(at: datetime) -> ForReader:
    """Return the time of day in the reader's zone."""
    return lambda reads: _("{time}", time=LocalTime(at, reads.zone))


def _contact(contact: Contact) -> Iterator[LazyText]:
    yield _("📇 Contact: {name}", name=contact.name or _("no name"))
    for phone in contact.phones:
        yield _("Phone: {number}", number=phone_link(phone))
    yield from map(_detail, contact.details)


def _detail(detail: ContactDetail) -> LazyText:
    label = _DETAILS.get(detail.name, detail.name.capitalize())
    if not detail.value:
        return _("{kind}: visible only in the original chat", kind=label)
    return _("{label}: {value}", label=label, value=guard(detail.value))


def _poll(poll: PollSnapshot) -> Iterator[LazyText]:
    question = guard(poll.question)
    yield _("📊 Quiz: {question}", question=question) if poll.quiz else _("📊 Poll: {question}", question=question)
    yield from (_choice(each, counted=bool(poll.voters)) for each in poll.options)
    rules = [_("Several answers may be chosen.")] * poll.multiple + [_("The poll is anonymous.")] * poll.anonymous
    if rules:
        yield lines(*rules, by=" ")
    voters = poll.voters or 0
    if poll.closed:
        yield n_("The poll has ended: {n} person has voted.", "The poll has ended: {n} people have voted.", voters)
    else:
        yield _("Voting is possible only in the original chat.")
        if voters:
            yield n_("{n} person has voted so far.", "{n} people have voted so far.", voters)


def _choice(choice: PollChoice, *, counted: bool) -> LazyText:
    text = guard(choice.text)
    if choice.votes is None or not counted:
        return _("• {option}", option=text)
    return n_("• {option}: {n} vote", "• {option}: {n} votes", choice.votes, option=text)


def _task(task: Task) -> LazyText:
    text = guard(task.text)
    return _("• {task} (done)", task=text) if task.done else _("• {task}", task=text)


def _price(invoice: Invoice) -> ForReader | LazyText:
    if invoice.currency == _STARS:
        return _stars(invoice.amount)
    amount = Decimal(invoice.amount).scaleb(-get_currency_precision(invoice.currency))
    return lambda reads: _("{price}", price=format_currency(amount, invoice.currency, locale=cldr(reads.locale)))


def _stars(number: int) -> LazyText:
    return n_("{n} Telegram Star", "{n} Telegram Stars", number)


def _giveaway(draw: Giveaway) -> LazyText:
    if draw.drawn:
        return n_("🎁 Giveaway: the winner has been drawn.", "🎁 Giveaway: {n} winners have been drawn.", draw.winners)
    return n_(
        "🎁 Giveaway: one winner is drawn on {date}. It is possible to take part only in the original chat.",
        "🎁 Giveaway: {n} winners are drawn on {date}. It is possible to take part only in the original chat.",
        draw.winners,
        date=draw.at,
    )


def _paid(media: PaidMedia) -> LazyText:
    return n_(
        "[{n} picture or video for {price} – visible only in the original chat]",
        "[{n} pictures and videos for {price} – visible only in the original chat]",
        media.count,
        price=_stars(media.stars),
    )

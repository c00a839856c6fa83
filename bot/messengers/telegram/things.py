"""What people send that is neither text nor file: places, contacts, dice, polls, and what only Telegram has."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeAlias

from telegram import Giveaway as TelegramGiveaway
from telegram import GiveawayWinners, Message, Poll, Story, Venue
from telegram import Location as TelegramLocation

from bot.messengers.telegram.references import title
from bot.messengers.telegram.texts import parsed
from bot.model import (
    Attachment,
    Checklist,
    Contact,
    Dice,
    Giveaway,
    Invoice,
    LiveLocation,
    Location,
    PaidMedia,
    PollChoice,
    PollSnapshot,
    Task,
)
from bot.text.vcards import contact_details

_FOR_EVER = 0x7FFFFFFF
"""The period of a live location that its sender ends (Bot API, "editMessageLiveLocation")."""
_Drawn: TypeAlias = TelegramGiveaway | GiveawayWinners


def thing_of(message: Message) -> Attachment | None:
    """Return what a message has besides text and files; None for texts, files and service messages."""
    return _shared(message) or _only_here(message)


def _shared(message: Message) -> Attachment | None:
    """Return what other messengers have too, or can show as text."""
    if message.venue:  # also has a location
        return Attachment("location", message.venue.title, thing=_venue(message.venue))
    if message.location:
        return Attachment("location", thing=_location(message, message.location))
    if message.contact:
        names = (message.contact.first_name, message.contact.last_name)
        name, card = " ".join(filter(None, names)), message.contact.vcard or ""
        phones, details = contact_details(card, message.contact.phone_number)
        return Attachment("contact", name, thing=Contact(name, phones, details))
    if message.dice:
        return Attachment("dice", message.dice.emoji, thing=Dice(message.dice.emoji, message.dice.value))
    if message.poll:
        return poll_of(message.poll)
    return None


def poll_of(poll: Poll) -> Attachment:
    """Return a poll as it stands. How many votes there are is unknown while people do not see it either."""
    options = tuple(
        PollChoice(parsed(each.text, each.text_entities), each.voter_count if poll.total_voter_count else None)
        for each in poll.options
    )
    snapshot = PollSnapshot(
        question=parsed(poll.question, poll.question_entities),
        options=options,
        multiple=bool(poll.allows_multiple_answers),
        quiz=poll.type == Poll.QUIZ,
        anonymous=poll.is_anonymous,
        closed=poll.is_closed,
        voters=poll.total_voter_count,
        poll=poll.id,
    )
    return Attachment("poll", poll.question, thing=snapshot)


def _venue(venue: Venue) -> Location:
    return Location(venue.location.latitude, venue.location.longitude, venue.title, venue.address)


def _location(message: Message, location: TelegramLocation) -> Location | LiveLocation:
    """Return a location. One that has been edited has moved; once it has no period any more, it has ended."""
    place = Location(location.latitude, location.longitude)
    if period := location.live_period:
        seconds = period.total_seconds() if isinstance(period, timedelta) else period
        return LiveLocation(place, None if seconds >= _FOR_EVER else message.date + timedelta(seconds=seconds))
    return LiveLocation(place, message.edit_date, ended=True) if message.edit_date else place


def _only_here(message: Message) -> Attachment | None:
    """Return what only Telegram has."""
    if message.story:
        return Attachment("story", _teller(message.story))
    if message.game:
        return Attachment("game", message.game.title)
    if message.invoice:
        invoice = message.invoice
        return Attachment("invoice", invoice.title, thing=Invoice(invoice.total_amount, invoice.currency))
    if message.checklist:
        tasks = (
            Task(parsed(each.text, each.text_entities), bool(each.completion_date)) for each in message.checklist.tasks
        )
        return Attachment("checklist", message.checklist.title, thing=Checklist(tuple(tasks)))
    if message.paid_media:
        paid = message.paid_media
        return Attachment("paid_media", thing=PaidMedia(len(paid.paid_media), paid.star_count))
    draw = message.giveaway or message.giveaway_winners
    return Attachment("giveaway", thing=_giveaway(draw)) if draw else None


def _giveaway(draw: _Drawn) -> Giveaway:
    return Giveaway(draw.winner_count, draw.winners_selection_date, drawn=isinstance(draw, GiveawayWinners))


def _teller(story: Story) -> str:
    """Return whose story it is."""
    return title(story.chat)

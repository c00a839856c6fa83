"""What a reminder says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.dates import in_words
from bot.model import Account, Mention, rich
from bot.text.catalogue import LazyText, _, lines
from storage import AgendaItem, Answer, City, Dialogue, Invitation, Participation, Person, Roundtable

ITEMS = 12
"""Most items of an agenda that a reminder shows."""

_PARTS = {
    Participation.SPEAKER: _("You are invited to speak."),
    Participation.LISTENER: _("You are invited to listen."),
}
_ANSWERS = {
    Answer.OPEN: _("Please answer: will you attend?"),
    Answer.YES: _("You have said that you will attend."),
    Answer.MAYBE: _("You have said that you may attend. Please decide."),
}


def to_chat(roundtable: Roundtable, time: timedelta, agenda: Sequence[AgendaItem], *rest: LazyText) -> LazyText:
    """Return the reminder for the chat of a city; `time`: until the start."""
    head = _(
        "🔔 *{title}* (roundtable {number}): {time} to go",
        title=roundtable.title,
        number=str(roundtable.number),
        time=in_words(time),
    )
    return lines(head, *_facts(roundtable), *_agenda(agenda), *rest)


def to_person(
    roundtable: Roundtable,
    dialogue: Dialogue,
    time: timedelta,
    agenda: Sequence[AgendaItem],
    *rest: LazyText,
    invitation: Invitation,
) -> LazyText:
    """Return the reminder for one person in private; `time`: until the start."""
    head = _(
        "🔔 *{title}* (roundtable {number} of {dialogue}): {time} to go",
        title=roundtable.title,
        number=str(roundtable.number),
        dialogue=dialogue.name,
        time=in_words(time),
    )
    own = [_PARTS[invitation.part], _ANSWERS[invitation.answer]]
    return lines(head, *_facts(roundtable), lines(*own, by=" "), *_agenda(agenda, invitation.person_id), *rest)


def please_open(mentioned: Sequence[tuple[Person, Account]], address: str) -> LazyText:
    """Return a line that mentions those who have no private chat with the bot."""
    names = [(", ", Mention(account, rich(person.name))) for person, account in mentioned]
    who = rich(*[part for name in names for part in name][1:])
    return _(
        "{who}: please take note. I can remind you in private if you open a chat with me: {address}",
        who=who,
        address=address,
    )


def not_reached(roundtable: Roundtable, people: Sequence[Person], city: City, address: str) -> LazyText:
    """Return what the coordinators of a city are told about those who were only mentioned."""
    return _(
        "I could not remind {people} of roundtable {number}, “{title}”, in private, and mentioned them in the chat of"
        " {city}. In private I can remind them once they have opened a chat with me: {address}",
        people=[each.name for each in people],
        number=str(roundtable.number),
        title=roundtable.title,
        city=city.name,
        address=address,
    )


def _facts(roundtable: Roundtable) -> Iterator[LazyText]:
    yield _("Begins: {start}", start=roundtable.starts_at)
    if roundtable.place:
        yield _("Where: {place}", place=roundtable.place)


def _agenda(agenda: Sequence[AgendaItem], reader: int | None = None) -> Iterator[LazyText]:
    for number, item in enumerate(agenda[:ITEMS], 1):
        text = item.text if item.planned is None else _("{item} ({time})", item=item.text, time=in_words(item.planned))
        if reader is not None and item.speaker_id == reader:
            text = _("*{item}*: your turn to speak", item=text)
        yield _("{number}. {item}", number=str(number), item=text)
    if len(agenda) > ITEMS:
        yield _("…")

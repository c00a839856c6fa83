"""How people answer an invitation to a roundtable: by a word, a button or a reaction."""

from __future__ import annotations

from enum import StrEnum

from bot.text.catalogue import LazyText, _
from bot.text.characters import fold
from bot.voice import Choice
from storage import Participation, Person, Roundtable

ATTEND = "attend"
"""The button action: `attend:ROUNDTABLE:START:RESPONSE`, with the start in seconds since 1970."""


class Response(StrEnum):
    """A response to an invitation."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"
    SPEAK = "speak"
    """They come, and wish to speak."""
    DEPUTY = "deputy"
    """They do not come, but somebody else speaks in their place."""
    OPEN = "open"
    """They take back their answer."""


_WORDS = {
    Response.YES: ("yes", "y", "ja", "j", "zusage", "zusagen"),
    Response.NO: ("no", "n", "nein", "absage", "absagen"),
    Response.MAYBE: ("maybe", "vielleicht"),
    Response.SPEAK: ("speak", "sprechen", "reden", "wortmeldung"),
    Response.DEPUTY: ("deputy", "vertretung", "vertreter", "vertreterin", "stellvertretung"),
    Response.OPEN: ("open", "offen"),
}
RESPONSES = {word: response for response, words in _WORDS.items() for word in words}
"""What people type for each, folded."""

_EMOJI = {Response.YES: "👍", Response.NO: "👎", Response.MAYBE: "🤔", Response.SPEAK: "✋"}
_SIGNS = {
    Response.YES: "👍👌✅",
    Response.NO: "👎❌",
    Response.MAYBE: "🤔🤷",
    Response.SPEAK: "✋🙋🖐✍",  # Telegram offers only the last one as a reaction
}
_LABELS = {
    Response.YES: _("yes"),
    Response.NO: _("no"),
    Response.MAYBE: _("maybe"),
    Response.SPEAK: _("wish to speak"),
}
PART_NAMES = {Participation.SPEAKER: _("a speaker"), Participation.LISTENER: _("a listener")}


def response_in(word: str) -> Response | None:
    """Return the response that a word stands for."""
    return RESPONSES.get(fold(word))


def response_by(reaction: str) -> Response | None:
    """Return the response that a reaction stands for, whatever its skin tone or gender."""
    return next((response for response, signs in _SIGNS.items() if reaction and reaction[0] in signs), None)


def choices(roundtable: Roundtable, *, speaks: bool = True, made_for: Person | None = None) -> tuple[Choice, ...]:
    """Return the buttons under a post about a roundtable to come. `speaks`: with the one to wish to speak.

    They expire once the roundtable is moved: an answer to the old date is not one to the new date.
    """
    about = f"{ATTEND}:{roundtable.id}:{int(roundtable.starts_at.timestamp())}"
    offered = [each for each in _LABELS if speaks or each is not Response.SPEAK]
    return tuple(Choice(_LABELS[each], _EMOJI[each], f"{about}:{each}", made_for) for each in offered)


def wish(roundtable: Roundtable) -> Choice:
    """Return the button to wish to speak."""
    return choices(roundtable)[-1]


def acknowledgement(response: Response) -> LazyText:
    """Return the confirmation that an answer was recorded."""
    return _ACKNOWLEDGEMENTS[response]


_ACKNOWLEDGEMENTS = {
    Response.YES: _("Noted: you will attend."),
    Response.NO: _("Noted: you will not attend."),
    Response.MAYBE: _("Noted: you may attend."),
    Response.SPEAK: _("Noted: you will attend, and wish to speak."),
    Response.DEPUTY: _("Noted: you will be represented."),
    Response.OPEN: _("Noted: your answer is open again."),
}

"""The kinds of things that people send, how they send them, and what the other side should see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from time import time
from typing import Any

from bot.sandbox.matrix_client import RawEvent
from bot.sandbox.matrix_sharing import MatrixUpload, related
from bot.sandbox.samples import sample
from bot.sandbox.telegram import SentFile
from tests.bridging.ends import POLL, MatrixEnd, TelegramEnd

SendOnTelegram = Callable[[TelegramEnd, str], Awaitable[str]]
SendOnMatrix = Callable[[MatrixEnd, str], Awaitable[str]]
"""Send a thing whose text or caption, if it has one, is the given one; return its id."""
Change = Callable[[Any, str], Awaitable[str]]
"""Change the thing with an id at one's end, and return a text that its copy has then."""

NEW, EDIT, REPLY, REACT, DELETE = ACTIONS = ("new", "edit", "reply", "react", "delete")


@dataclass(frozen=True)
class SentKind:
    """A kind of content.

    `telegram`, `matrix`: how people send it, or why they cannot. `on_telegram`, `on_matrix`: what its copy is there, in
    the messenger's own words. `words`: a pattern for the line that says what it was, where the copy is a text; empty:
    the copy has the author's own text, if the kind is `captioned`. `count`: how many messages one is. `not_possible`:
    (messenger of the author, action) → why there is nothing to do.
    """

    title: str
    telegram: SendOnTelegram | str
    matrix: SendOnMatrix | str
    on_matrix: str = "text"
    on_telegram: str = "text"
    words: str = ""
    captioned: bool = True
    count: int = 1
    not_possible: Mapping[tuple[str, str], str] = field(default_factory=dict)
    changes: Mapping[str, Change] = field(default_factory=dict)
    """Messenger of the author → how it is changed, if not by editing its text."""


def _no_edit(telegram: str = "", matrix: str = "") -> dict[tuple[str, str], str]:
    named = {("Telegram", EDIT): telegram, ("Matrix", EDIT): matrix}
    return {key: why for key, why in named.items() if why}


def _sent(kind: str, name: str = "", data: str = "", preview: str = "", **details: object) -> SendOnTelegram:
    async def send(end: TelegramEnd, text: str) -> str:
        caption = "" if kind in {"sticker", "video_note"} else text
        thumbnail = sample(preview) if preview else b""
        file = SentFile(kind, sample(data) if data else b"", name, caption, thumbnail=thumbnail, details=details)
        return await end.attach(file)

    return send


def _uploaded(kind: str, file: str, mimetype: str, **info: object) -> SendOnMatrix:
    async def send(end: MatrixEnd, text: str) -> str:
        caption = "" if kind == "voice" else text
        waveform = (0, 512, 1024) if kind == "voice" else ()
        upload = MatrixUpload(kind, sample(file), file, mimetype, caption, info=dict(info), waveform=waveform)
        return await end.person.attach(end.room, replace(upload, encrypted=end.encrypted))

    return send


async def _said(end: TelegramEnd | MatrixEnd, text: str) -> str:
    return await end.say(text)


async def _long(end: TelegramEnd | MatrixEnd, text: str) -> str:
    """Send what is two messages on Telegram from Matrix, and the longest possible one from Telegram."""
    paragraph = "The council meets on Thursday, please bring the plans for the new bridge. " * 6
    paragraphs = 8 if isinstance(end, TelegramEnd) else 12
    return await end.say("\n\n".join([text, *[paragraph.strip()] * paragraphs]))


async def _telegram_album(end: TelegramEnd, text: str) -> str:
    return await end.album([SentFile("photo", caption=text), SentFile("photo", sample("trees.jpg"))])


async def _matrix_album(end: MatrixEnd, text: str) -> str:
    first = await _uploaded("image", "photo.jpg", "image/jpeg", w=1280, h=960)(end, text)
    await _uploaded("image", "trees.jpg", "image/jpeg", w=640, h=480)(end, "")
    return first


async def _telegram_large(end: TelegramEnd, text: str) -> str:
    return await end.attach(SentFile("video", name="council.mp4", caption=text, size=25_000_000))


async def _telegram_location(end: TelegramEnd, text: str) -> str:  # noqa: ARG001 - it has none
    return end.id(end.telegram.locate(end.group, end.person, 50.9375, 6.9603))


async def _matrix_location(end: MatrixEnd, text: str) -> str:
    return await end.person.locate(end.room, 50.9375, 6.9603, text)


async def _telegram_live(end: TelegramEnd, text: str) -> str:  # noqa: ARG001 - it has none
    return end.id(end.telegram.locate(end.group, end.person, 50.9375, 6.9603, live=900))


async def _telegram_move(end: TelegramEnd, id: str) -> str:
    end.telegram.move(end.group, end.person, int(id), 50.9511, 6.9171)
    return "50.9511"


async def _matrix_live(end: MatrixEnd, text: str) -> str:  # noqa: ARG001 - it has none
    id = await _share(end, live=True)
    where: RawEvent = {"org.matrix.msc3488.location": {"uri": "geo:50.9375,6.9603"}}
    relation = {"m.relates_to": {"rel_type": "m.reference", "event_id": id}}
    await end.send(where | relation, _BEACON)
    return id


async def _matrix_stop(end: MatrixEnd, id: str) -> str:  # noqa: ARG001 - a person has only one
    await _share(end, live=False)
    return "beendet"


async def _share(end: MatrixEnd, *, live: bool) -> str:
    info: RawEvent = {"live": live, "timeout": 900_000, "org.matrix.msc3488.ts": round(time() * 1000)}
    return await end.person.send_state(end.room, f"{_BEACON}_info", info, end.person.id)


async def _telegram_venue(end: TelegramEnd, text: str) -> str:
    venue = end.telegram.venue(end.group, end.person, 50.9375, 6.9603, title=text, address="Rathausplatz 2")
    return end.id(venue)


async def _telegram_contact(end: TelegramEnd, text: str) -> str:
    return end.id(end.telegram.contact(end.group, end.person, "+49221123456", text))


async def _matrix_contact(end: MatrixEnd, text: str) -> str:
    card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{text}\r\nTEL:+13175550100\r\nEND:VCARD\r\n".encode()
    return await end.person.attach(end.room, MatrixUpload("file", card, "contact.vcf", "text/vcard"))


async def _telegram_dice(end: TelegramEnd, text: str) -> str:  # noqa: ARG001 - it has none
    return end.id(end.telegram.dice(end.group, end.person))


async def _telegram_poll(end: TelegramEnd, text: str) -> str:
    return end.id(end.telegram.ask(end.group, end.person, text, ["Trees", "Trams"]))


async def _matrix_poll(end: MatrixEnd, text: str) -> str:
    answers: list[RawEvent] = [{"id": name, "org.matrix.msc1767.text": name} for name in ("Trees", "Trams")]
    poll: RawEvent = {"question": {"org.matrix.msc1767.text": text}, "kind": "org.matrix.msc3381.poll.disclosed"}
    poll |= {"max_selections": 1, "answers": answers}
    return await end.send({POLL: poll, "org.matrix.msc1767.text": text}, POLL)


async def _matrix_emote(end: MatrixEnd, text: str) -> str:
    return await end.send({"msgtype": "m.emote", "body": text})


async def _matrix_thread(end: MatrixEnd, text: str) -> str:
    root = await end.say("The root of a thread")
    return await end.send({"msgtype": "m.text", "body": text} | related("", root))


async def _telegram_forward(end: TelegramEnd, text: str) -> str:
    return await end.say(text, forward=True)


async def _matrix_forward(end: MatrixEnd, text: str) -> str:
    origin = {"event_id": "$elsewhere", "room_id": "!elsewhere:test", "sender": "@bob:test", "origin_server_ts": 1}
    return await end.send({"msgtype": "m.text", "body": text, "m.forwarded": origin})


_BEACON = "org.matrix.msc3672.beacon"
_STICKER = "Stickers cannot be edited."
_NOTE = "It has no text that could be edited."
_FORWARDED = "Forwards cannot be edited on Telegram."
_FIXED = "Telegram does not let people edit it."
_CLIENTS = "Clients do not offer to edit it; a changed file is a new message."
_BY_CLIENT: dict[str, Any] = {"matrix": "Matrix has nothing of the kind."}

KINDS = (
    SentKind("Text", _said, _said),
    SentKind("Long text", _long, _long),
    SentKind("Emote (/me)", "Telegram has no emotes.", _matrix_emote),
    SentKind("Forward", _telegram_forward, _matrix_forward, not_possible=_no_edit(_FORWARDED)),
    SentKind("In a thread", "Within a group Telegram has no threads; a topic is a chat of its own.", _matrix_thread),
    SentKind("Photo", _sent("photo"), _uploaded("image", "photo.jpg", "image/jpeg", w=1280, h=960), "m.image", "photo"),
    SentKind("Album", _telegram_album, _matrix_album, "m.image", "photo", count=2),
    SentKind(
        "Video",
        _sent("video", "film.mp4"),
        _uploaded("video", "video.mp4", "video/mp4", w=320, h=240),
        "m.video",
        "video",
    ),
    SentKind(
        "Animation",
        _sent("animation", "wave.mp4"),
        _uploaded("video", "animation.mp4", "video/mp4", **{"fi.mau.gif": True}),
        "m.video",
        "animation",
    ),
    SentKind(
        "Audio",
        _sent("audio", "song.mp3", title="Song", performer="Choir"),
        _uploaded("audio", "music.mp3", "audio/mpeg"),
        "m.audio",
        "audio",
    ),
    SentKind(
        "Voice message",
        _sent("voice", duration=1),
        _uploaded("voice", "voice.ogg", "audio/ogg", duration=1000),
        "voice",
        "voice",
        not_possible=_no_edit(matrix=_NOTE),
    ),
    SentKind(
        "Video note",
        _sent("video_note", length=240),
        **_BY_CLIENT,
        on_matrix="m.video",
        captioned=False,
        not_possible=_no_edit(_NOTE),
    ),
    SentKind(
        "File",
        _sent("document", "plan.pdf"),
        _uploaded("file", "agenda.pdf", "application/pdf"),
        "m.file",
        "document",
    ),
    SentKind(
        "File over the limit",
        _telegram_large,
        "The homeserver of the test refuses it; from one that takes more, it crosses as text.",
        words=r"council\.mp4",
    ),
    SentKind(
        "Sticker",
        _sent("sticker", emoji="👋"),
        _uploaded("sticker", "sticker.webp", "image/webp", w=512, h=512),
        "m.sticker",
        "sticker",
        captioned=False,
        not_possible=_no_edit(_STICKER, _STICKER),
    ),
    SentKind(
        "Animated sticker",
        _sent("sticker", "sticker.tgs", "sticker.tgs", "sticker-preview.webp", emoji="👋"),
        **_BY_CLIENT,
        on_matrix="m.sticker",
        captioned=False,
        not_possible=_no_edit(_STICKER),
    ),
    SentKind(
        "Video sticker",
        _sent("sticker", "sticker.webm", "sticker.webm", "sticker-preview.webp", emoji="👋"),
        **_BY_CLIENT,
        on_matrix="m.sticker",
        captioned=False,
        not_possible=_no_edit(_STICKER),
    ),
    SentKind(
        "Location",
        _telegram_location,
        _matrix_location,
        "m.location",
        "venue",
        captioned=False,
        not_possible=_no_edit(_FIXED, _CLIENTS),
    ),
    SentKind(
        "Live location",
        _telegram_live,
        _matrix_live,
        words="📍",
        changes={"Telegram": _telegram_move, "Matrix": _matrix_stop},
    ),
    SentKind("Venue", _telegram_venue, **_BY_CLIENT, on_matrix="m.location", not_possible=_no_edit(_FIXED)),
    SentKind(
        "Contact",
        _telegram_contact,
        _matrix_contact,
        on_telegram="contact",
        words="(?s)Good morning.*[0-9]",
        not_possible=_no_edit(_FIXED, _CLIENTS),
    ),
    SentKind("Dice", _telegram_dice, **_BY_CLIENT, words="🎲", not_possible=_no_edit(_FIXED)),
    SentKind(
        "Poll of a person",
        _telegram_poll,
        _matrix_poll,
        words="(?s)Good.*Trees",
        not_possible=_no_edit(_FIXED),
    ),
)
_ENCRYPTED = {
    "Text",
    "In a thread",
    "Photo",
    "Album",
    "Voice message",
    "File",
    "Sticker",
    "Location",
    "Poll of a person",
}
IN_ENCRYPTED_ROOMS = tuple(
    replace(kind, title=f"{kind.title}, encrypted room") for kind in KINDS if kind.title in _ENCRYPTED
)
"""The same to and from rooms that are end-to-end encrypted."""

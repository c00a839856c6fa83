"""Parsing of what messages say of their files. It is untrusted: any value may have any type (trust: case 80)."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from bot.messengers.filenames import MIME
from bot.messengers.matrix.attachments import Address
from bot.messengers.matrix.media_keys import ALT, AUDIO, BLURHASH, GIF, SPOILER, VOICE, WARNED, WARNING
from bot.messengers.matrix.raw import Raw, as_dict, clean, line, size, words
from bot.model import Attachment

KINDS = {"m.image": "photo", "m.video": "video", "m.audio": "audio", "m.file": "file"}
"""The kinds of attachments by msgtype."""
_VOICE = (VOICE, "org.matrix.msc3245.voice.v2", "m.voice")
_AUDIO = (AUDIO, "m.audio_details", "m.audio")
_ALT = ("m.alt_text", ALT)
_BLURHASH = re.compile(r"[\w#$%*+,.:;=?@\[\]^{|}~-]{6,100}", re.ASCII)
_WIDEST, _LONGEST = 100_000, 1e6
"""Pixels of a side, and seconds, beyond which a claim is not believed."""
_LOUDEST, _SAMPLES, _MOST_SAMPLES = 1024, 100, 10_000
"""The largest number of a waveform; how many are kept, and how many are looked at."""
_NAME = 2000
_SIGNS = {"So", "Sk", "Mn", "Me", "Cf"}
"""The Unicode categories of which emoji consist."""


def file_in(kind: str, content: Raw) -> Attachment:
    """Return the file of a message of one of the KINDS."""
    info = as_dict(content.get("info"))
    if kind == "audio" and any(key in content for key in _VOICE):
        kind = "voice"
    elif info.get(GIF) is True or (kind == "photo" and _mime(info) == "image/gif"):
        kind = "animation"
    filename = content.get("filename")
    return _file(kind, content, filename if isinstance(filename, str) and filename else content.get("body"))


def sticker_in(content: Raw) -> Attachment:
    """Return the sticker of an m.sticker, whose body stands for the picture."""
    return _file("sticker", content, content.get("body"))


def is_caption(content: Raw) -> bool:
    """Whether the body of a message with a file is a caption: not if it is the only name, or the same (MSC2530)."""
    filename, body = content.get("filename"), content.get("body")
    return isinstance(filename, str) and isinstance(body, str) and filename != body


def _file(kind: str, content: Raw, name: object) -> Attachment:
    info, sound = as_dict(content.get("info")), _sound(content)
    address, preview = Address.of(content), Address.of(info, "thumbnail_url", "thumbnail_file")
    blurhash, named = info.get(BLURHASH), line(name)
    return Attachment(
        kind,
        named,
        size(info.get("size")),
        mime=_mime(info),
        source=str(address) if address else "",
        width=_pixels(info.get("w")),
        height=_pixels(info.get("h")),
        duration=_seconds(info.get("duration"), sound.get("duration")),
        alt=words(content, _ALT) or (named if kind == "sticker" else ""),
        filename=clean(name)[:_NAME] if isinstance(name, str) and kind != "sticker" else "",
        thumbnail=str(preview) if preview else "",
        blurhash=blurhash if isinstance(blurhash, str) and _BLURHASH.fullmatch(blurhash) else "",
        waveform=_waveform(sound.get("waveform")) if kind == "voice" else (),
        spoiler=_is_spoiler(content),
        emoji=named if kind == "sticker" and _is_emoji(named) else "",
    )


def _mime(info: Raw) -> str:
    mime = info.get("mimetype")
    return mime.lower() if isinstance(mime, str) and MIME.fullmatch(mime) else ""


def _sound(content: Raw) -> Raw:
    return next((found for key in _AUDIO if (found := as_dict(content.get(key)))), {})


def _seconds(*milliseconds: object) -> float | None:
    found = next((known for each in milliseconds if (known := size(each)) is not None), None)
    return None if found is None else min(found / 1000, _LONGEST)


def _waveform(values: object) -> tuple[int, ...]:
    """Return the numbers of a waveform within their bounds, the loudest of each stretch if there are too many."""
    if not isinstance(values, list) or len(values) > _MOST_SAMPLES:
        return ()
    numbers = [size(each) for each in values]
    known = [min(each, _LOUDEST) for each in numbers if each is not None]
    if len(known) < len(values):
        return ()
    ends = [len(known) * each // _SAMPLES for each in range(_SAMPLES + 1)]
    if len(known) <= _SAMPLES:
        return tuple(known)
    return tuple(max(known[start:end]) for start, end in pairwise(ends))


def _is_spoiler(content: Raw) -> bool:
    warning = as_dict(content.get(WARNING)).get("type")
    return content.get(SPOILER) is True or warning == WARNED


def _is_emoji(text: str) -> bool:
    return 0 < len(text) <= 10 and {unicodedata.category(each) for each in text} <= _SIGNS


def _pixels(value: object) -> int | None:
    number = size(value)
    return number if number and number <= _WIDEST else None
